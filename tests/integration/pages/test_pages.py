"""The pages of a running platform, as browsers without JavaScript see them."""

import re
from collections.abc import Callable

import httpx
import pytest

from tests.integration.pages.reading import Page, form_of, words_of
from tests.integration.pages.training import MANY, TITLE, Training

Enter = Callable[[str], httpx.Client]
UNKNOWN = "00000000-0000-4000-8000-000000000000"


def strict(answer: httpx.Response) -> bool:
    """Whether the policy forbids everything inline and foreign, and the page keeps to it."""
    page = Page(answer.text)
    foreign = [one for one in page.addresses if not one.startswith(("/", "#"))]
    policy = answer.headers["Content-Security-Policy"]
    return (
        not page.refused
        and not [one for one in foreign + page.addresses if one.startswith("//")]
        and not foreign
        and "default-src 'none'" in policy
        and "unsafe" not in policy
    )


@pytest.mark.parametrize("address", ["/", "/?lang=en", "/sign-in", "/verify"])
def test_public_pages_answer_and_keep_to_a_strict_policy(
    browser: httpx.Client, training: Training, address: str
) -> None:
    answer = browser.get(address)
    assert answer.status_code == 200
    assert strict(answer)


@pytest.mark.parametrize("username", ["passed", "idle", "both", "elsewhere", "nobody"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_home_keeps_to_the_policy_for_everyone(
    signed_in: Enter, username: str, language: str
) -> None:
    answer = signed_in(username).get("/", params={"lang": language})
    assert answer.status_code == 200
    assert strict(answer)
    assert answer.headers["Cache-Control"] == "no-store"


def test_everything_a_page_asks_for_is_there(browser: httpx.Client, training: Training) -> None:
    assets = [one for one in Page(browser.get("/").text).addresses if one.startswith("/assets/")]
    assert len(assets) >= 3
    for address in assets:
        answer = browser.get(address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]


def test_the_start_page_shows_numbers_and_nobodys_name(
    browser: httpx.Client, training: Training
) -> None:
    words = words_of(browser.get("/").text)
    assert "报名人数 2" in words
    assert "通过 1 / 2" in words
    assert "安然" not in words


def test_english_is_spoken_when_asked_for_and_remembered(browser: httpx.Client) -> None:
    assert 'lang="zh-CN"' in browser.get("/").text
    assert 'lang="en"' in browser.get("/", headers={"Accept-Language": "en-GB,en"}).text
    assert 'lang="en"' in browser.get("/?lang=en").text
    assert 'lang="en"' in browser.get("/sign-in").text


def test_a_form_without_the_token_of_this_browser_signs_nobody_in(
    browser: httpx.Client, training: Training
) -> None:
    for token in ("", "forged"):
        answer = training.enter(browser, "passed", form_token=token)
        assert answer.status_code == 400
        assert "zhixing_session" not in browser.cookies
    with httpx.Client(base_url=browser.base_url) as other:
        stolen = form_of(other.get("/sign-in").text, "/sign-in")["form_token"]
    assert training.enter(browser, "passed", form_token=stolen).status_code == 400


def test_a_wrong_password_is_said_and_signs_nobody_in(
    browser: httpx.Client, training: Training
) -> None:
    answer = training.enter(browser, "passed", password="wrong")
    assert answer.status_code == 401
    assert "用户名或密码不正确" in answer.text
    assert "zhixing_session" not in browser.cookies


def test_the_session_cannot_be_read_by_scripts_nor_sent_by_other_sites(
    browser: httpx.Client, training: Training
) -> None:
    browser.follow_redirects = False
    answer = training.enter(browser, "passed")
    assert answer.status_code == 303
    [cookie] = [
        one for one in answer.headers.get_list("Set-Cookie") if one.startswith("zhixing_session=")
    ]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


@pytest.mark.parametrize(
    "elsewhere", ["https://example.org/", "//example.org", "/\\example.org", "javascript:x"]
)
def test_signing_in_leads_to_no_other_site(
    browser: httpx.Client, training: Training, elsewhere: str
) -> None:
    browser.follow_redirects = False
    assert training.enter(browser, "passed", next=elsewhere).headers["Location"] == "/"


def test_signing_out_ends_the_session_also_for_who_copied_it(
    signed_in: Enter,
) -> None:
    browser = signed_in("passed")
    copied = browser.cookies["zhixing_session"]
    assert browser.post("/sign-out").status_code == 400
    browser.post("/sign-out", data=form_of(browser.get("/").text, "/sign-out"))
    assert "zhixing_session" not in browser.cookies
    with httpx.Client(base_url=browser.base_url, cookies={"zhixing_session": copied}) as thief:
        assert 'action="/sign-out"' not in thief.get("/").text


def test_a_learner_sees_score_gates_and_certificate(signed_in: Enter, training: Training) -> None:
    html = signed_in("passed").get("/").text
    words = words_of(html)
    assert "安然，您好" in words
    assert "100.00" in words
    assert "完成 1/1 个必修模块。" in words
    assert "已满足 3 / 3" in words
    assert training.serial in words
    assert f"/api/v1/certificates/{training.serial}.pdf" in Page(html).addresses
    assert f"/records/{training.passed}" in Page(html).addresses


def test_what_a_learner_has_not_done_is_named(signed_in: Enter) -> None:
    words = words_of(signed_in("idle").get("/").text)
    assert "完成 0/1 个必修模块。" in words
    assert "未通过" in words


def test_a_record_opens_to_its_member_and_to_who_reads_the_branch(
    signed_in: Enter, training: Training
) -> None:
    for username in ("passed", "secretary"):
        answer = signed_in(username).get(f"/records/{training.passed}")
        assert answer.status_code == 200
        assert strict(answer)
        words = words_of(answer.text)
        for said in ("安然", "T-1", "第一党支部", "导学", "学习侧重点 待补", training.serial):
            assert said in words


@pytest.mark.parametrize("username", ["idle", "elsewhere"])
def test_anothers_record_is_as_unknown_as_one_that_is_not(
    signed_in: Enter, training: Training, username: str
) -> None:
    browser = signed_in(username)
    anothers = browser.get(f"/records/{training.passed}")
    none = browser.get(f"/records/{UNKNOWN}")
    assert [anothers.status_code, none.status_code] == [404, 404]
    assert words_of(anothers.text) == words_of(none.text)
    assert strict(anothers)


def test_a_record_asks_a_stranger_to_sign_in_and_then_opens(
    browser: httpx.Client, training: Training
) -> None:
    asked = browser.get(f"/records/{training.passed}")
    assert asked.url.path == "/sign-in"
    form = form_of(asked.text, "/sign-in")
    assert form["next"] == f"/records/{training.passed}"
    answer = training.enter(browser, "passed", next=form["next"])
    assert answer.url.path == f"/records/{training.passed}"


def test_staff_see_the_members_of_their_branch_only(signed_in: Enter, training: Training) -> None:
    words = words_of(signed_in("secretary").get("/").text)
    for said in ("安然", "T-1", "白桦", "通过", "未通过", "第一党支部", training.serial):
        assert said in words


def test_staff_of_another_branch_see_their_own_page_by_page_and_each_once(
    signed_in: Enter,
) -> None:
    browser = signed_in("elsewhere")
    address, seen = "/", []
    while address:
        page = Page(browser.get(address).text)
        assert "安然" not in page.words
        seen += re.findall("丁[0-9]{3}", page.words)
        address = next(filter(re.compile(r"/\?after=[0-9a-f-]{36}").fullmatch, page.addresses), "")
    assert len(seen) == MANY
    assert len(set(seen)) == MANY


def test_who_inspects_and_learns_finds_both(signed_in: Enter) -> None:
    browser = signed_in("both")
    html = browser.get("/").text
    assert "学员进度" in html
    assert "/?mine=1" in Page(html).addresses
    own = words_of(browser.get("/?mine=1").text)
    assert "白桦，您好" in own
    assert "学员进度" not in own


@pytest.mark.parametrize("query", ["?program=x&after=x", f"?program={UNKNOWN}", "?after=%00"])
def test_a_filter_that_means_nothing_is_passed_over(signed_in: Enter, query: str) -> None:
    answer = signed_in("secretary").get(f"/{query}")
    assert answer.status_code == 200
    assert "安然" in answer.text


def test_a_script_in_a_title_comes_out_as_text(signed_in: Enter, training: Training) -> None:
    browser = signed_in("passed")
    for address in ("/", f"/records/{training.passed}", f"/verify/{training.serial}"):
        html = browser.get(address).text
        assert "<script" not in html
        assert TITLE in words_of(html)


def test_the_verification_shows_every_printed_field_and_the_status(
    browser: httpx.Client, training: Training
) -> None:
    told = browser.get(f"/api/v1/verify/{training.serial}").json()
    answer = browser.get(f"/verify/{training.serial}")
    assert answer.status_code == 200
    assert strict(answer)
    words = words_of(answer.text)
    assert "有效" in words
    for field in ("serial", "name", "program", "total", "hours", "organization", "issued_on"):
        assert told[field]
        assert told[field] in words


@pytest.mark.parametrize("serial", ["ZX2026-AAAAA-AAAAA", "<b>x<b>", "%00", "x" * 500, "证书"])
def test_a_serial_that_was_never_issued_is_not_found(browser: httpx.Client, serial: str) -> None:
    answer = browser.get(f"/verify/{serial}")
    assert answer.status_code == 404
    assert "没有这个编号的证书" in answer.text
    assert "<b>x" not in answer.text
    assert strict(answer)


def test_the_box_finds_a_serial_however_it_was_typed(
    browser: httpx.Client, training: Training
) -> None:
    answer = browser.get("/verify", params={"serial": f" {training.serial.lower()} "})
    assert answer.status_code == 200
    assert answer.url.path == f"/verify/{training.serial}"


def test_browsers_get_a_page_and_machines_a_problem_where_nothing_is(
    browser: httpx.Client,
) -> None:
    page = browser.get("/nowhere", headers={"Accept": "text/html,*/*"})
    assert page.status_code == 404
    assert strict(page)
    for address, accept in (("/nowhere", "*/*"), ("/api/v1/nowhere", "text/html,*/*")):
        answer = browser.get(address, headers={"Accept": accept})
        assert answer.status_code == 404
        assert answer.headers["Content-Type"] == "application/problem+json"
