"""What a program document becomes, and what refuses it."""

import copy

import pytest
import yaml

from services.contracts.enrollment import DELIVERIES, MODULE_KINDS, PROGRAM_PUBLISHED
from services.contracts.envelope import derived_id
from services.contracts.registry import CONTRACTS
from services.enrollment.domain import program as program_module
from services.enrollment.domain.organizations import Organization
from services.enrollment.domain.program import plan_program, program_id
from services.enrollment.domain.words import DELIVERY_WORDS, KIND_WORDS

from .builders import BRANCH, TREE, document, module

ORGANIZATIONS = tuple(TREE.organizations.values())


def data(written, version: int = 1, organizations: tuple[Organization, ...] = ORGANIZATIONS):
    found, refusals = plan_program(
        written, version=version, organizations=organizations, derive=derived_id
    )
    assert refusals == ()
    assert CONTRACTS[PROGRAM_PUBLISHED].schema.load(found) == found
    return found


def refused(written) -> list[str]:
    found, refusals = plan_program(
        written, version=1, organizations=ORGANIZATIONS, derive=derived_id
    )
    assert found is None
    assert all(message.zh and message.en for message in refusals)
    return [message.field for message in refusals]


def test_the_words_are_those_of_the_contract():
    assert tuple(KIND_WORDS.values()) == MODULE_KINDS
    assert tuple(DELIVERY_WORDS.values()) == DELIVERIES


def test_the_document_shown_to_writers_is_a_program():
    shown = (program_module.__doc__ or "").split("\n\n", 1)[1]
    found = data(yaml.safe_load(shown))
    assert found["outcomes_due"] == "2026-05-20T23:59:00+08:00"
    assert found["starts_on"] == "2026-03-01"
    assert found["scheme"]["pass_mark"] == "70"
    assert [one["required"] for one in found["modules"]] == [True, False]


def test_a_scheme_left_out_is_the_default_one():
    scheme = data(document())["scheme"]
    rubric = scheme.pop("rubric")
    assert scheme == {
        "theory": "30",
        "practice": "20",
        "discussion": "10",
        "outcome": "40",
        "peer_share": "60",
        "self_share": "10",
        "staff_share": "30",
        "posts": 5,
        "pass_mark": "60",
        "reviewing": "0",
        "gates": ["modules", "electives", "posts", "outcome", "reviews"],
        "reviewers": 3,
        "quorum": 2,
        "apart": False,
        "consensus": "reliability",
        "self_tolerance": "10",
        "referee_spread": "30",
        "review_days": 7,
        "stand_in_days": 2,
        "grace_minutes": 60,
        "late": "refused",
        "late_deduction": "10",
        "appeal_days": 7,
        "files": 3,
        "file_megabytes": 20,
        "file_types": ["pdf", "docx", "png", "jpg", "zip"],
        "release": "automatic",
    }
    assert [one["title"] for one in rubric] == [
        "立意与方向",
        "理论联系实际",
        "内容与论证",
        "表达与规范",
    ]


def test_each_field_of_a_scheme_may_be_given_alone():
    scheme = data(document(scheme={"posts": 3, "consensus": "平均数"}))["scheme"]
    assert (scheme["posts"], scheme["consensus"], scheme["theory"]) == (3, "mean", "30")


def test_a_module_keeps_its_id_from_version_to_version():
    first, second = data(document(), 1), data(document(title="新标题"), 2)
    assert first["modules"][0]["id"] == second["modules"][0]["id"]
    assert (first["version"], second["version"]) == (1, 2)
    assert program_id("essay", 1, derived_id) != program_id("essay", 2, derived_id)


def test_a_module_of_another_program_is_another_module():
    assert data(document())["modules"][0]["id"] != data(document(code="b"))["modules"][0]["id"]


@pytest.mark.parametrize("hours", [1.5, "1.5", "1.50"])
def test_hours_are_decimals_however_they_are_written(hours):
    assert data(document(modules=[module(hours=hours)]))["modules"][0]["hours"] == "1.5"


@pytest.mark.parametrize(
    "named", ["/1/12/133/", "133", "第一党支部", "示范学院党委/第一党支部", "1/12/133"]
)
def test_an_organization_is_named_by_path_code_or_names(named):
    organizations = [named if "/" in named else f"示范学院党委/{named}"]
    found = data(document(audience={"categories": ["activist"], "organizations": organizations}))
    assert found["audience"]["paths"] == [BRANCH.path]


def test_categories_stand_in_their_order_and_once():
    audience = {"categories": ["正式党员", "activist", "入党积极分子"], "organizations": ["/1/"]}
    assert data(document(audience=audience))["audience"]["categories"] == [
        "activist",
        "full_member",
    ]


def test_reviews_may_be_due_when_outcomes_are_in_another_offset():
    data(document(reviews_due="2026-05-20T15:59:00Z"))


def test_the_document_is_left_as_it_was():
    written = document(scheme={"posts": 3})
    before = copy.deepcopy(written)
    data(written)
    assert written == before


@pytest.mark.parametrize("field", sorted(document()))
def test_a_missing_field_is_named(field):
    written = document()
    del written[field]
    assert field in refused(written)


@pytest.mark.parametrize("field", sorted(module()))
def test_a_missing_field_of_a_module_is_named(field):
    written = module()
    del written[field]
    assert refused(document(modules=[written])) == [f"modules[0].{field}"]


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"title": ""}, "title"),
        ({"title": "长" * 201}, "title"),
        ({"code": ["a"]}, "code"),
        ({"surname": "x"}, "surname"),
        ({"starts_on": "2026-07-01"}, "ends_on"),
        ({"starts_on": "2026-02-30"}, "starts_on"),
        ({"starts_on": "1 March"}, "starts_on"),
        ({"reviews_due": "2026-05-20T23:58:59+08:00"}, "reviews_due"),
        ({"outcomes_due": "2026-05-20T23:59:00"}, "outcomes_due"),
        ({"outcomes_due": "2026-05-20"}, "outcomes_due"),
        ({"outcomes_due": "2026-05-20T25:59:00+08:00"}, "outcomes_due"),
        ({"modules": []}, "modules"),
        ({"modules": "m"}, "modules"),
        ({"modules": ["m"]}, "modules[0]"),
        ({"modules": [module(), module()]}, "modules[1].code"),
        ({"modules": [module(kind="sport")]}, "modules[0].kind"),
        ({"modules": [module(delivery="post")]}, "modules[0].delivery"),
        ({"modules": [module(hours=0)]}, "modules[0].hours"),
        ({"modules": [module(hours=-1)]}, "modules[0].hours"),
        ({"modules": [module(hours="two")]}, "modules[0].hours"),
        ({"modules": [module(hours=True)]}, "modules[0].hours"),
        ({"modules": [module(hours=float("nan"))]}, "modules[0].hours"),
        ({"modules": [module(group="e")]}, "modules[0].group"),
        ({"modules": [module(required="yes")]}, "modules[0].required"),
        ({"modules": [module(activities=[1])]}, "modules[0].activities[0]"),
        ({"modules": [module(activities="id")]}, "modules[0].activities"),
        ({"modules": [module(minutes=3)]}, "modules[0].minutes"),
        ({"scheme": {"theory": 31}}, "scheme"),
        ({"scheme": {"peer_share": 61}}, "scheme"),
        ({"scheme": {"theory": -30, "practice": 80}}, "scheme.theory"),
        ({"scheme": {"pass_mark": 101}}, "scheme.pass_mark"),
        ({"scheme": {"posts": 2.5}}, "scheme.posts"),
        ({"scheme": {"reviewers": 0}}, "scheme.reviewers"),
        ({"scheme": {"consensus": "mode"}}, "scheme.consensus"),
        ({"scheme": {"pass_mark": "60.001"}}, "scheme.pass_mark"),
        ({"scheme": {"reviewing": 5}}, "scheme"),
        ({"scheme": {"self_share": 100, "peer_share": 0, "staff_share": 0}}, "scheme.self_share"),
        ({"scheme": {"posts": 0}}, "scheme.posts"),
        ({"scheme": {"late": "perhaps"}}, "scheme.late"),
        ({"scheme": {"gates": ["luck"]}}, "scheme.gates[0]"),
        ({"scheme": {"files": 6}}, "scheme.files"),
        ({"scheme": {"file_types": ["exe"]}}, "scheme.file_types[0]"),
        ({"scheme": {"apart": "yes"}}, "scheme.apart"),
        (
            {
                "scheme": {
                    "rubric": [
                        {
                            "code": "a",
                            "title": "甲",
                            "weight": 100,
                            "levels": [{"mark": 101, "title": "优"}],
                        }
                    ]
                }
            },
            "scheme.rubric[0].levels[0].mark",
        ),
        ({"scheme": {"release": "never"}}, "scheme.release"),
        ({"scheme": {"weight": 1}}, "scheme.weight"),
        ({"scheme": "default"}, "scheme"),
        ({"scheme": {"rubric": []}}, "scheme.rubric"),
        ({"scheme": {"rubric": [{"code": "a", "title": "甲", "weight": 99}]}}, "scheme.rubric"),
        (
            {"scheme": {"rubric": [{"code": "a", "title": "甲", "weight": 50}] * 2}},
            "scheme.rubric[1].code",
        ),
        (
            {"audience": {"categories": ["member"], "organizations": ["/1/"]}},
            "audience.categories[0]",
        ),
        ({"audience": {"categories": [], "organizations": ["/1/"]}}, "audience.categories"),
        ({"audience": {"categories": ["activist"], "organizations": []}}, "audience.organizations"),
        (
            {"audience": {"categories": ["activist"], "organizations": ["/2/"]}},
            "audience.organizations[0]",
        ),
        (
            {"audience": {"categories": ["activist"], "organizations": ["/12/133/"]}},
            "audience.organizations[0]",
        ),
    ],
)
def test_a_program_is_refused_for(fields, path):
    assert refused(document(**fields)) == [path]


def test_an_activity_belongs_to_one_module():
    modules = [module("a", activities=["x"]), module("b", activities=["y", "x"])]
    assert refused(document(modules=modules)) == ["modules[1].activities[1]"]


@pytest.mark.parametrize(
    ("group", "path"),
    [
        ({"modules": 2}, "electives[0].modules"),
        ({"hours": 2.5}, "electives[0].hours"),
        ({"hours": 0}, "electives[0].hours"),
        ({"modules": 0}, "electives[0].modules"),
        ({}, "electives[0].modules"),
        ({"modules": 1, "minutes": 1}, "electives[0].minutes"),
    ],
)
def test_an_elective_group_is_refused_for(group, path):
    written = document(
        modules=[module(), module("e", group="e")],
        electives=[{"code": "e", "title": "选修"} | group],
    )
    assert refused(written) == [path]


def test_an_elective_group_may_ask_for_all_it_has():
    group = {"code": "e", "title": "选修", "modules": 1, "hours": 2}
    assert data(document(modules=[module(group="e")], electives=[group]))["electives"] == [
        {"code": "e", "title": "选修", "modules": 1, "hours": "2"}
    ]


def test_a_module_of_a_group_is_not_required():
    group = {"code": "e", "title": "选修", "modules": 1}
    written = document(modules=[module(group="e", required=True)], electives=[group])
    assert refused(written) == ["modules[0].required"]


def test_all_that_is_wrong_with_a_program_is_told_at_once():
    written = document(
        title="", modules=[module(hours=0), module(kind="sport")], scheme={"theory": 0}
    )
    assert refused(written) == [
        "title",
        "modules[0].hours",
        "modules[1].kind",
        "modules[1].code",
        "scheme",
    ]


def test_what_is_no_mapping_is_refused():
    assert refused([]) != []
