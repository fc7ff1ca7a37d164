"""Signing in, accounts, and who one is."""

import re
from typing import Any

from apiflask import APIBlueprint

from gateway.accounts import errors, passwords, repository, tokens
from gateway.accounts import schemas as say
from gateway.accounts.models import ADMIN, Account
from gateway.api.context import ask, auth, database, principal, refuse_unusable
from services.contracts.principal import ADMINISTRATOR, Grant
from services.contracts.refusal import Forbidden, Invalid

accounts = APIBlueprint("accounts", __name__, url_prefix="/api/v1", tag="accounts")


@accounts.post("/tokens")
@accounts.input(say.Credentials)
@accounts.output(say.Token, 201)
@accounts.doc(summary="Sign in", responses=[401, 422, 429])
def sign_in(json_data: dict[str, Any]) -> dict[str, Any]:
    """Five failures in a row lock the name for 15 minutes."""
    refuse_unusable(json_data)
    told = tokens.sign_in(database(), json_data["username"], json_data["password"])
    return told._asdict() | {"expires_at": told.expires_at.isoformat()}


@accounts.get("/me")
@accounts.auth_required(auth)
@accounts.output(say.Me)
@accounts.doc(summary="Who I am", responses=[401])
def me() -> dict[str, Any]:
    who = principal()
    grants = [grant._asdict() for grant in who.grants]
    return {"username": who.account, "member_id": who.member_id, "grants": grants}


@accounts.put("/accounts/<username>")
@accounts.auth_required(auth)
@accounts.input(say.NewAccount)
@accounts.output(say.Account)
@accounts.doc(summary="Make or change an account", responses=[401, 403, 404, 409, 422])
def put_account(username: str, json_data: dict[str, Any]) -> dict[str, Any]:
    """For administrators. What the account signed in with before ends."""
    if not principal().may(ADMINISTRATOR):
        raise Forbidden
    if username == ADMIN:
        raise errors.admin_is_set()
    refuse_unusable(json_data)
    check(username)
    member_id = None
    if "member_number" in json_data:
        body = {"number": json_data["member_number"]}
        member_id = ask("enrollment", "member_by_number", body)["id"]
    grants = tuple(Grant(one["role"], one["path"]) for one in json_data["grants"])
    with passwords.AT_ONCE:
        hash_ = passwords.hashed(json_data["password"])
    with database().begin() as session:
        repository.save(session, Account(username, hash_, member_id, grants))
    return {"username": username, "member_id": member_id}


def check(username: str) -> None:
    """Raises `Invalid` where a name cannot be that of an account."""
    if not re.fullmatch(say.USERNAME, username, re.ASCII):
        raise Invalid(
            "username_unusable",
            "用户名应为 1 至 64 个字母、数字或 . _ @ -，以字母或数字开头",
            "a user name is 1 to 64 letters, digits or . _ @ -, beginning with a letter or digit",
            field="username",
        )
