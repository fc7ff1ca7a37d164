"""What a roster changes, what it leaves alone and what it refuses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.enrollment import (
    ACCOUNT_LINKED,
    CATEGORIES,
    CATEGORY_ENTERED,
    MEMBER_DESCRIBED,
    MEMBER_PLACED,
    MEMBER_REGISTERED,
    ORGANIZATION_KINDS,
    ORGANIZATION_PLACED,
)
from services.contracts.envelope import derived_id
from services.contracts.registry import CONTRACTS
from services.enrollment.domain import words
from services.enrollment.domain.plan import Known, Member

from .builders import (
    BRANCH,
    COMMITTEE,
    GENERAL,
    NOTHING,
    TODAY,
    TREE,
    applied,
    commands,
    person,
    plan,
    refusals,
    unit,
)

numbers = st.sampled_from(["2023001", "2023002", "２０２３００３", "工号7"])
rosters = st.lists(
    st.builds(
        person,
        number=numbers,
        姓名=st.sampled_from(["柏溪宁", "𠮷岫衡", "岑 禾", ""]),
        党委=st.sampled_from(["示范学院党委", "1"]),
        党总支=st.sampled_from(["学生党总支", "", "无"]),
        党支部=st.sampled_from(["第一党支部", "教工党支部", "133"]),
        党小组=st.sampled_from(["第一党小组", ""]),
        对象类别=st.sampled_from(["正式党员、党务工作者", "预备党员", "activist", "党务工作者"]),
        类别起始日期=st.sampled_from(["", "2024-07-01", "2025年9月1日"]),
        合作平台账号=st.sampled_from(["", "moodle-demo:1", "moodle-demo:2；other:甲"]),
    ),
    max_size=6,
).map(lambda rows: [row | {"行号": str(place)} for place, row in enumerate(rows, 2)])
started = st.sampled_from([NOTHING, TREE])


@given(rosters, started)
def test_a_roster_applied_to_its_own_result_changes_nothing(rows, known):
    after = applied(known, plan(*rows, known=known))
    again = plan(*rows, known=after, on="2027-01-01")
    assert again.empty
    assert {row.status for row in again.rows} <= {"unchanged", "refused"}


@given(rosters.flatmap(lambda rows: st.tuples(st.just(rows), st.permutations(rows))), started)
def test_the_order_of_the_rows_changes_nothing(orders, known):
    rows, shuffled = orders
    assert plan(*rows, known=known) == plan(*shuffled, known=known)


@given(rosters, started)
def test_every_command_keeps_the_contract_of_its_fact(rows, known):
    whole = plan(*rows, known=known)
    for type_, several in (
        (ORGANIZATION_PLACED, whole.organizations),
        (MEMBER_REGISTERED, whole.registered),
        (MEMBER_DESCRIBED, whole.described),
        (MEMBER_PLACED, whole.placed),
        (CATEGORY_ENTERED, whole.categories),
        (ACCOUNT_LINKED, whole.accounts),
    ):
        for command in several:
            data = command._asdict()
            del data["subject"]
            assert CONTRACTS[type_].schema.load(data) == data


def test_the_words_are_those_of_the_contract():
    assert words.CATEGORIES == CATEGORIES
    assert tuple(words.ORGANIZATION_WORDS.values()) == ORGANIZATION_KINDS


def test_a_new_member_is_registered_described_placed_and_of_a_category():
    whole = plan(person(合作平台账号="moodle-demo:7"), known=TREE)
    member = derived_id("member", "2023001")
    assert whole.rows == ((2, "added", ()),)
    assert commands(whole) == [
        (member, TODAY),
        (member, "2023001", "柏溪宁"),
        (member, derived_id("organization", "133"), "/1/12/133/", TODAY),
        (member, "probationary_member", TODAY),
        (member, "moodle-demo", derived_id("account", "moodle-demo", "7")),
    ]


def test_names_without_codes_get_short_and_stable_ones():
    (committee, general, branch) = plan(person()).organizations
    assert branch.path == f"/{committee.code}/{general.code}/{branch.code}/"
    assert [len(one.code) for one in (committee, general, branch)] == [12, 12, 12]
    assert plan(person("other", 姓名="甲")).organizations == (committee, general, branch)


def test_the_same_name_below_another_branch_is_another_organization():
    whole = plan(
        person("a", 党小组="第一党小组"),
        person("b", row=3, 党支部="第二党支部", 党小组="第一党小组"),
    )
    assert len({one.code for one in whole.organizations if one.name == "第一党小组"}) == 2


def test_organizations_are_placed_from_the_top_down():
    paths = [one.path for one in plan(person(党小组="甲组")).organizations]
    assert paths == sorted(paths, key=len)


def test_a_general_branch_left_out_is_found_where_it_is_known():
    whole = plan(person(党总支=""), known=TREE)
    assert [one.path for one in whole.placed] == [BRANCH.path]
    assert whole.organizations == ()


def test_a_known_organization_may_be_named_by_its_code():
    whole = plan(person(党委="1", 党总支="12", 党支部="133"), known=TREE)
    assert whole.organizations == ()


def test_a_committee_deep_in_a_known_tree_is_found():
    top = COMMITTEE._replace(code="0", name="示范大学党委", path="/0/")
    college = COMMITTEE._replace(path="/0/1/")
    known = Known({"0": top, "1": college}, {})
    assert plan(person(), known=known).placed[0].path.startswith("/0/1/")


def test_two_organizations_of_one_name_cannot_be_told_apart():
    twin = BRANCH._replace(code="134", path="/1/12/134/")
    known = Known({**TREE.organizations, "134": twin}, {})
    assert refusals(person(), known=known) == ["党组织"]
    assert refusals(person(党支部="134"), known=known) == []


def test_nobody_is_removed_for_being_absent():
    known = applied(TREE, plan(person("a"), person("b", row=3), known=TREE))
    assert plan(person("a"), known=known).empty


def test_a_duty_left_out_does_not_end():
    known = applied(TREE, plan(person(对象类别="正式党员、党务工作者"), known=TREE))
    assert plan(person(对象类别="正式党员"), known=known).empty


def test_a_changed_row_says_what_changes():
    known = applied(TREE, plan(person(), known=TREE))
    change = person(姓名="柏溪", 党支部="教工党支部", 对象类别="正式党员", 合作平台账号="p:1")
    (row,) = plan(change, known=known, on="2026-09-01").rows
    assert row.status == "changed"
    assert [message.field for message in row.messages] == [
        "姓名",
        "党组织",
        "对象类别",
        "合作平台账号",
    ]
    assert row.messages[1].zh == (
        "由“示范学院党委/学生党总支/第一党支部”改为“示范学院党委/学生党总支/教工党支部”"
    )


def test_an_account_name_is_in_no_command():
    whole = plan(person(合作平台账号="moodle-demo:secret-name"), known=TREE)
    assert "secret-name" not in str(commands(whole))


def test_each_day_belongs_to_the_category_at_its_place():
    whole = plan(person(对象类别="正式党员、党务工作者", 类别起始日期="2020/7/1、2024.9.1"))
    assert {one.category: one.since for one in whole.categories} == {
        "full_member": "2020-07-01",
        "affairs_worker": "2024-09-01",
    }


@pytest.mark.parametrize("text", ["2024-7-1", "2024/07/01", "2024.7.1", "2024年7月1日", "20240701"])
def test_a_day_is_read_however_it_is_written(text):
    assert plan(person(类别起始日期=text)).categories[0].since == "2024-07-01"


@pytest.mark.parametrize("name", ["𠮷岫衡", "阿依·古丽", "㐱", "\U000323b0", "葛\U000e0100"])
def test_rare_characters_are_names(name):
    assert plan(person(姓名=name)).described[0].name == name


def test_a_compatibility_ideograph_stays_itself():
    assert plan(person(姓名="\uf9dc安")).described[0].name == "\uf9dc安"


def test_a_wide_number_is_the_narrow_one():
    assert plan(person("２０２３００１")).described[0].number == "2023001"


@pytest.mark.parametrize(
    ("cells", "field"),
    [
        ({"number": ""}, "编号"),
        ({"姓名": " "}, "姓名"),
        ({"党委": "无"}, "党委"),
        ({"党支部": "-"}, "党支部"),
        ({"对象类别": ""}, "对象类别"),
        ({"对象类别": "团员"}, "对象类别"),
        ({"对象类别": "预备党员、正式党员"}, "对象类别"),
        ({"姓名": "柏\x07宁"}, "姓名"),
        ({"姓名": "柏\u202e宁"}, "姓名"),
        ({"姓名": "柏\ufffd"}, "姓名"),
        ({"姓名": "名" * 121}, "姓名"),
        ({"姓名": "=HYPERLINK(1)"}, "姓名"),
        ({"number": "+2023"}, "编号"),
        ({"党支部": "-1+2"}, "党支部"),
        ({"合作平台账号": "@SUM(A1)"}, "合作平台账号"),
        ({"number": "2.023e+17"}, "编号"),
        ({"类别起始日期": "2024-02-30"}, "类别起始日期"),
        ({"类别起始日期": "去年"}, "类别起始日期"),
        ({"类别起始日期": "2024-07-01、2025-07-01"}, "类别起始日期"),
        ({"合作平台账号": "moodle-demo"}, "合作平台账号"),
    ],
)
def test_a_row_is_refused_for(cells, field):
    whole = plan(person(**cells))
    assert refusals(person(**cells)) == [field]
    assert commands(whole) == []


def test_a_refused_row_does_not_hinder_the_others():
    whole = plan(person("a", 姓名=""), person("b", row=3))
    assert [row.status for row in whole.rows] == ["refused", "added"]
    assert [one.number for one in whole.described] == ["b"]


def test_all_that_is_wrong_with_a_row_is_told_at_once():
    assert refusals(person("", 姓名="=1", 对象类别="团员")) == ["编号", "姓名", "对象类别"]


def test_a_number_twice_in_the_file_refuses_both_rows():
    whole = plan(person("a", row=2), person("a", row=5))
    assert [row.status for row in whole.rows] == ["refused", "refused"]
    assert "第 5 行" in whole.rows[0].messages[0].zh
    assert "row 2" in whole.rows[1].messages[0].en


def test_an_account_twice_in_the_file_refuses_both_rows():
    whole = plan(person("a", 合作平台账号="p:1"), person("b", row=3, 合作平台账号="p:1"))
    assert [row.status for row in whole.rows] == ["refused", "refused"]


def test_an_account_of_another_member_is_refused():
    known = applied(TREE, plan(person("a", 合作平台账号="p:1"), known=TREE))
    assert refusals(person("b", 合作平台账号="p:1"), known=known) == ["合作平台账号"]


def test_a_stage_older_than_the_known_one_is_refused():
    known = applied(TREE, plan(person(对象类别="正式党员"), known=TREE))
    back = person(对象类别="预备党员", 类别起始日期="2020-01-01")
    assert refusals(back, known=known) == ["类别起始日期"]


def test_a_known_member_of_an_organization_not_yet_known_stays_there():
    member = Member("2023001", "柏溪宁", "/1/12/133/", {}, frozenset())
    assert plan(person("b"), known=Known({}, {"2023001": member})).placed[0].subject == (
        derived_id("member", "b")
    )


def test_a_sheet_of_organizations_makes_a_tree():
    whole = plan(
        unit("133", "12", 名称="第一党支部"),
        unit("1", row=3, 名称="示范学院党委", 类别="党委"),
        unit("12", "1", row=4, 名称="学生党总支", 类别="general_branch"),
    )
    assert [tuple(one[1:]) for one in whole.organizations] == [COMMITTEE, GENERAL, BRANCH]
    again = plan(unit("12", "1", 名称="学生党总支", 类别="党总支"), known=applied(NOTHING, whole))
    assert again.empty
    assert again.rows[0].status == "unchanged"


def test_a_moved_organization_takes_all_below_it_along():
    known = applied(TREE, plan(person(), known=TREE))
    whole = plan(
        unit("2", 名称="另一党委", 类别="党委"),
        unit("12", "2", row=3, 名称="学生党总支", 类别="党总支"),
        known=known,
    )
    assert [row.status for row in whole.rows] == ["added", "changed"]
    assert [one.path for one in whole.organizations] == ["/2/", "/2/12/", "/2/12/133/"]
    assert [one.path for one in whole.placed] == ["/2/12/133/"]
    assert whole.placed[0].organization_id == derived_id("organization", "133")


def test_organizations_and_members_may_come_together():
    whole = plan(
        unit("1", 名称="示范学院党委", 类别="党委"),
        unit("12", "1", row=3, 名称="学生党总支", 类别="党总支"),
        unit("133", "12", row=4, 名称="第一党支部"),
        person(row=5),
    )
    assert whole.placed[0].path == "/1/12/133/"


def test_a_circle_refuses_the_whole_sheet_and_is_named():
    whole = plan(unit("a", "c"), unit("b", "a", row=3), unit("c", "b", row=4), unit("d", row=5))
    (refusal,) = whole.refusals
    assert "组织a(a) → 组织c(c) → 组织b(b) → 组织a(a)" in refusal.zh
    assert commands(whole) == []
    assert {row.status for row in whole.rows} == {"refused"}


def test_a_circle_through_what_is_known_is_found():
    whole = plan(unit("1", "133", 名称="示范学院党委", 类别="党委"), known=TREE)
    assert "示范学院党委(1) → 第一党支部(133) → 学生党总支(12)" in whole.refusals[0].zh


def test_an_organization_is_not_below_itself():
    assert plan(unit("a", "a")).refusals


def test_an_unknown_parent_refuses_the_whole_sheet_and_is_named():
    whole = plan(unit("a", "nowhere"), unit("b", row=3))
    assert "nowhere" in whole.refusals[0].en
    assert commands(whole) == []


@pytest.mark.parametrize(
    ("row", "field"),
    [
        (unit(""), "代码"),
        (unit("a/b"), "代码"),
        (unit("a", 名称=""), "名称"),
        (unit("a", 名称="=A1"), "名称"),
        (unit("a", 类别="小队"), "类别"),
        (unit("a", "上/级"), "上级代码"),
    ],
)
def test_an_organization_row_is_refused_for(row, field):
    assert refusals(row) == [field]


def test_a_code_twice_in_the_file_refuses_both_rows():
    whole = plan(unit("a"), unit("a", row=3), unit("b", row=4))
    assert [row.status for row in whole.rows] == ["refused", "refused", "added"]


def test_below_a_refused_organization_nothing_is_placed():
    whole = plan(unit("a", 类别="?"), unit("b", "a", row=3), unit("c", "b", row=4))
    assert not whole.refusals
    assert [row.status for row in whole.rows] == ["refused"] * 3


def test_a_path_longer_than_a_fact_can_carry_refuses_the_sheet():
    codes = [letter * 64 for letter in "abcdefg"]
    rows = [
        unit(code, parent, row=place)
        for place, (code, parent) in enumerate(zip(codes, ["", *codes], strict=False))
    ]
    assert plan(*rows).refusals


def test_a_member_may_return_to_an_earlier_stage():
    known = applied(TREE, plan(person(类别起始日期="2024-07-01"), known=TREE))
    known = applied(known, plan(person(对象类别="正式党员"), known=known, on="2025-07-01"))
    (entered,) = plan(person(), known=known, on="2026-05-01").categories
    assert entered[1:] == ("probationary_member", "2026-05-01")


def test_a_new_branch_is_one_whether_its_committee_is_named_or_coded():
    whole = plan(
        person("a", 党支部="新党支部"),
        person("b", row=3, 党委="1", 党总支="12", 党支部="新党支部"),
        known=TREE,
    )
    assert len(whole.organizations) == 1
    assert len({one.organization_id for one in whole.placed}) == 1


def test_a_branch_directly_below_goes_before_one_further_down():
    direct = BRANCH._replace(code="14", path="/1/14/")
    known = Known({**TREE.organizations, "14": direct}, {})
    assert plan(person(党总支=""), known=known).placed[0].path == "/1/14/"


def test_what_stands_above_an_organization_counts_before_it_is_known():
    member = Member("a", "柏溪宁", BRANCH.path, {"activist": "2024-07-01"}, frozenset())
    known = Known({"133": BRANCH}, {"a": member})
    whole = plan(unit("9"), known=known)
    assert [one.path for one in whole.organizations] == ["/9/"]
    assert whole.placed == ()


def test_a_member_moves_to_where_the_row_says():
    known = applied(TREE, plan(person(), known=TREE))
    (placed,) = plan(person(党支部="教工党支部"), known=known, on="2026-09-01").placed
    assert placed.path != BRANCH.path
    assert placed.path.startswith(GENERAL.path)
    assert placed.since == "2026-09-01"


def test_a_sheet_of_one_long_chain_is_refused_in_time():
    chain = [unit(f"c{place}", f"c{place - 1}", row=place) for place in range(2, 5000)]
    deep = plan(unit("c1", row=1), *chain)
    assert len(deep.refusals) == 1
    lost = plan(unit("c1", row=1, 类别="?"), *chain)
    assert {row.status for row in lost.rows} == {"refused"}
    assert not lost.refusals


def test_of_many_rows_with_one_number_a_few_are_named():
    whole = plan(*(person("a", row=row) for row in range(2, 3000)))
    assert whole.rows[-1].messages[0].en == "编号 is the same as in row 2, 3, 4"


@pytest.mark.parametrize("corrected", ["2023-07-01", "2025-07-01"])
def test_a_corrected_day_is_told_once_whether_earlier_or_later(corrected):
    known = applied(TREE, plan(person(类别起始日期="2024-07-01"), known=TREE))
    correction = plan(person(类别起始日期=corrected), known=known)
    assert [one.since for one in correction.categories] == [corrected]
    assert plan(person(类别起始日期=corrected), known=applied(known, correction)).empty
