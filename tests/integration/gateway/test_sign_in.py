"""Signing in, and what an account may do."""

import httpx

from tests.integration.gateway.college import PASSWORD, College, done, problem
from tests.platform import Platform

WRONG, LOCKED = ("sign_in_refused", None), ("sign_in_locked", None)


def attempt(platform: Platform, username: str, password: str) -> httpx.Response:
    with platform.client() as client:
        told = {"username": username, "password": password}
        return client.post("/api/v1/tokens", json=told)


def test_a_token_says_who_asks(college: College):
    me = done(college["secretary"].get("/api/v1/me"))
    assert me["username"] == "secretary"
    assert me["member_id"] is None
    assert [grant["role"] for grant in me["grants"]] == ["secretary"]
    assert done(college["g-1"].get("/api/v1/me"))["member_id"] is not None


def test_without_a_token_that_holds_nothing_is_told(platform: Platform):
    for token in (None, "made-up"):
        with platform.client(token) as client:
            answer = client.get("/api/v1/members")
        assert problem(answer, 401) == {("token_missing", None)}
        assert answer.headers["www-authenticate"].startswith("Bearer")


def test_five_failures_lock_an_account_also_for_the_right_password(college: College):
    college.invite("forgetful")
    for _ in range(5):
        assert problem(attempt(college.platform, "forgetful", "wrong"), 401) == {WRONG}
    answer = attempt(college.platform, "forgetful", PASSWORD)
    assert problem(answer, 429) == {LOCKED}
    assert answer.headers["retry-after"] == "900"


def test_a_name_without_an_account_is_answered_the_same(platform: Platform):
    for _ in range(5):
        assert problem(attempt(platform, "nobody-here", "wrong"), 401) == {WRONG}
    assert problem(attempt(platform, "nobody-here", "wrong"), 429) == {LOCKED}


def test_signing_in_forgives_earlier_failures(college: College):
    college.invite("clumsy")
    for _ in range(2):
        for _ in range(4):
            assert problem(attempt(college.platform, "clumsy", "wrong"), 401) == {WRONG}
        assert attempt(college.platform, "clumsy", PASSWORD).status_code == 201


def test_a_new_password_ends_what_was_signed_in_with_the_old(college: College):
    college.invite("changing")
    before = college["changing"]
    college.invite("changing")
    assert problem(before.get("/api/v1/me"), 401) == {("token_missing", None)}
    before.close()
    assert done(college["changing"].get("/api/v1/me"))["username"] == "changing"


def test_only_administrators_make_accounts(college: College):
    told = {"password": PASSWORD}
    for who in ("g-1", "secretary"):
        answer = college[who].put("/api/v1/accounts/another", json=told)
        assert problem(answer, 403) == {("forbidden", None)}


def test_the_administrator_of_the_settings_is_not_changed_here(college: College):
    answer = college["administrator"].put("/api/v1/accounts/admin", json={"password": PASSWORD})
    assert problem(answer, 409) == {("account_of_settings", "username")}


def test_an_account_names_each_field_that_is_wrong(college: College):
    told = {"password": "short", "grants": [{"role": "king", "path": "x"}], "age": 3}
    answer = college["administrator"].put("/api/v1/accounts/another", json=told)
    assert problem(answer, 422) == {
        ("length", "password"),
        ("choice", "grants.0.role"),
        ("pattern", "grants.0.path"),
        ("unknown_field", "age"),
    }
    told = {"password": PASSWORD, "member_number": "g-0"}
    answer = college["administrator"].put("/api/v1/accounts/another", json=told)
    assert problem(answer, 404) == {("member_unknown", None)}
