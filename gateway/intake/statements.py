"""An xAPI statement, checked and stripped to what may be told.

The shapes are those of xAPI 1.0.3 (Data, parts 2 and 4) and of 2.0 (IEEE
9274.1.1): whatever a record store must refuse is refused, naming the property.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from gateway.intake import (
    HUGE,
    Check,
    Received,
    account_id,
    digest_of,
    each,
    flag,
    keyed,
    matches,
    measured,
    nonempty,
    number,
    object_key,
    plausible,
    record,
    refuse,
    scaled,
    scaled_text,
    storable,
    text,
    word,
)
from services.contracts.envelope import derived_id

VOIDED = "http://adlnet.gov/expapi/verbs/voided"
WRITTEN_BY_THE_STORE = frozenset({"id", "stored", "authority", "version"})
COMMENTED = "http://adlnet.gov/expapi/verbs/commented"
DISCUSSION = "http://id.tincanapi.com/activitytype/discussion"
# Moodle tells the text of a post as the description of the thing posted.
POST_TYPES = frozenset(
    {
        "http://id.tincanapi.com/activitytype/forum-reply",
        DISCUSSION,
        "http://activitystrea.ms/comment",
    }
)


MAKING = frozenset(
    {
        "http://activitystrea.ms/create",
        "http://activitystrea.ms/schema/1.0/create",
        "https://w3id.org/xapi/acrossx/verbs/posted",
        "http://id.tincanapi.com/verb/replied",
        COMMENTED,
    }
)
DELETING = frozenset(
    {
        "http://activitystrea.ms/delete",
        "http://activitystrea.ms/schema/1.0/delete",
        "https://w3id.org/xapi/dod-isd/verbs/deleted",
    }
)


def read_statement(raw: Any, *, partner: str, now: datetime) -> Received:
    """The statement in a JSON value; raises `Refused` where xAPI is not kept.

    A statement without an id gets one derived from its content, so that the
    same statement sent again is the same statement.
    """
    STATEMENT(raw)
    storable(raw)
    time = moment(raw["timestamp"]) if "timestamp" in raw else now
    digest = digest_of({name: raw[name] for name in raw.keys() - WRITTEN_BY_THE_STORE})
    given = raw.get("id")
    statement_id = given.lower() if given else derived_id("statement", partner, digest)
    return Received(
        statement_id,
        account_id(partner, identifier(raw["actor"])),
        digest,
        plausible(time, now, "timestamp"),
        told(raw, partner, statement_id),
        raw,
    )


def told(raw: Mapping[str, Any], partner: str, statement_id: str) -> dict[str, Any]:
    """What is told of a checked statement: ids, truth values, a number, the measure of a text."""
    target, result = raw["object"], raw.get("result", {})
    definition = target.get("definition", {})
    object_id, object_type = named(target, partner)
    length, digest = None, None
    text = result.get("response")
    if text is None and object_type in POST_TYPES:
        text = max(definition.get("description", {}).values(), key=size, default=None)
    if text is not None:
        length, digest = measured(text)
    share = result.get("score", {}).get("scaled")
    return {
        "partner": partner,
        "statement_id": statement_id,
        "verb": raw["verb"]["id"],
        "object_id": object_id,
        "object_key": key_of_post(partner, raw["verb"]["id"], object_id, object_type),
        "object_type": object_type,
        "parents": parents(raw.get("context", {}).get("contextActivities", {}).get("parent", ())),
        "completion": result.get("completion"),
        "success": result.get("success"),
        "scaled": None if share is None else scaled_text(share),
        "text_length": length,
        "text_digest": digest,
    }


def key_of_post(partner: str, verb: str, object_id: str, object_type: str | None) -> str | None:
    """The key of the post that is made or deleted; other objects are not looked up by it.

    Nor is a discussion commented on: it is shared, and the comment has no name of its own.
    """
    if verb not in (MAKING | DELETING) or object_type not in POST_TYPES:
        return None
    if verb == COMMENTED and object_type == DISCUSSION:
        return None
    return object_key(partner, object_id)


def size(text: str) -> tuple[int, str]:
    """The longest of several translations is told; equal lengths go by the text."""
    return len(text), text


def parents(given: Any) -> list[str]:
    """The ids of the parents; xAPI 1.0 allows one activity in the place of a list."""
    return [activity["id"] for activity in ([given] if isinstance(given, dict) else given)]


def named(target: Mapping[str, Any], partner: str) -> tuple[str, str | None]:
    """Id and type of a statement's object. Of a person only a derived id is told."""
    kind = target.get("objectType", "Activity")
    if kind == "Activity":
        return target["id"], target.get("definition", {}).get("type")
    if kind == "StatementRef":
        return target["id"].lower(), kind
    if kind == "SubStatement":
        return derived_id("substatement", partner, digest_of(target)), kind
    return account_id(partner, identifier(target)), kind


def identifier(actor: Mapping[str, Any]) -> str:
    """What identifies an agent or group: an account's name, or the other identifier itself."""
    if "account" in actor:
        return str(actor["account"]["name"])
    for name in IDENTIFIERS:
        if name in actor:
            return str(actor[name])
    return "\n".join(sorted(identifier(member) for member in actor["member"]))


def anything(value: Any) -> None:
    """Values of extensions are the sender's own."""


def moment(value: Any) -> datetime:
    """An ISO 8601 instant with an offset; `-00:00` is none (xAPI 1.0.3, Data 4.5)."""
    try:
        if isinstance(value, str) and INSTANT.fullmatch(value):
            return datetime.fromisoformat(value).astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    return refuse("应为带时区的 ISO 8601 时间。", "An ISO 8601 time with a time zone is needed.")


def kind_of(value: Any, usual: str) -> Any:
    return value.get("objectType", usual) if isinstance(value, dict) else usual


def actor(value: Any) -> None:
    """An agent with exactly one identifier; a group with one, or with members instead."""
    (GROUP if kind_of(value, "Agent") == "Group" else AGENT)(value)
    identifiers = len(IDENTIFIERS.keys() & value.keys())
    if identifiers > 1 or (not identifiers and "member" not in value):
        refuse("须有且只有一个身份标识。", "Exactly one identifier is needed.")


def only(kind: str) -> Check:
    """The check of an actor that must be an agent, or must be a group."""

    def check(value: Any) -> None:
        actor(value)
        if kind_of(value, "Agent") != kind:
            refuse(f"应为 {kind}。", f"This must be: {kind}.", "objectType")

    return check


def definition(value: Any) -> None:
    """Lists of components are those of the interaction type (xAPI 1.0.3, Data 2.4.4.1)."""
    DEFINITION(value)
    interaction = value.get("interactionType")
    for name in COMPONENTS & value.keys():
        if name not in COMPONENTS_OF.get(interaction, ()):
            refuse("与交互类型不符。", "This does not fit the interaction type.", name)
    if "correctResponsesPattern" in value and interaction is None:
        refuse("缺少此项。", "This is missing.", "interactionType")


def score(value: Any) -> None:
    SCORE(value)
    low, high = value.get("min", -HUGE), value.get("max", HUGE)
    if not low < high or not low <= value.get("raw", low) <= high:
        refuse("原始分不在最低分与最高分之间。", "The marks are out of order.")


def activities(value: Any) -> None:
    (activity if isinstance(value, dict) else activity_list)(value)


def target(value: Any) -> None:
    """A statement's object: an activity unless `objectType` says otherwise."""
    kind = kind_of(value, "Activity")
    check = OBJECTS.get(kind) if isinstance(kind, str) else None
    if check is None:
        refuse("没有这种对象。", "There is no such kind of object.", "objectType")
    check(value)


def whole(checks: Mapping[str, Check], *required: str) -> Check:
    """The check of a statement or substatement, where its parts must fit each other."""
    parts = record(checks, *required)

    def check(value: Any) -> None:
        parts(value)
        kind = kind_of(value["object"], "Activity")
        if value["verb"]["id"] == VOIDED and kind != "StatementRef":
            refuse("作废须指向一条语句。", "What is voided must be a StatementRef.", "object")
        for name in ("revision", "platform") if kind != "Activity" else ():
            if name in value.get("context", ()):
                refuse("对象不是活动。", "The object is not an activity.", f"context.{name}")
        if "objectType" in value and kind == "SubStatement":
            refuse("子语句不可嵌套。", "Substatements do not nest.", "object")

    return check


def relation(kind: str, check: Check) -> Check:
    """The check of `contextAgents` or `contextGroups` (xAPI 2.0, 4.2.7)."""
    named = {"objectType": word(f"context{kind.title()}"), kind: check}
    return each(record(named | {"relevantTypes": each(iri, 1)}, "objectType", kind))


INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?"
    r"(Z|(?!-00(:?00)?$)[+-][0-9]{2}(:?[0-9]{2})?)"
)
iri = matches(
    r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20\x7f<>\"{}|\\^`\s]+", "应为 IRI。", "An IRI is needed."
)
uuid = matches(
    r"(?i:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})", "应为 UUID。", "A UUID is needed."
)
language = matches(
    r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*", "应为语言标记。", "A language tag is needed."
)
duration = matches(
    r"P(?=.)(#W|(#Y)?(#M)?(#D)?(T(?=.)(#H)?(#M)?(#S)?)?)".replace("#", "[0-9]+([.,][0-9]+)?"),
    "应为 ISO 8601 时长。",
    "An ISO 8601 duration is needed.",
)
translations = keyed(language, text)
extensions = keyed(iri, anything)
account = record({"homePage": iri, "name": nonempty}, "homePage", "name")
IDENTIFIERS: dict[str, Check] = {
    "account": account,
    "mbox": matches(r"mailto:[^@\s]+@[^@\s]+", "应为 mailto 地址。", "A mailto address is needed."),
    "mbox_sha1sum": matches(r"[0-9A-Fa-f]{40}", "应为 SHA-1 值。", "A SHA-1 value is needed."),
    "openid": iri,
}
AGENT = record(IDENTIFIERS | {"objectType": word("Agent"), "name": text})
agent, group = only("Agent"), only("Group")
GROUP = record(IDENTIFIERS | {"objectType": word("Group"), "name": text, "member": each(agent, 1)})
components = each(record({"id": nonempty, "description": translations}, "id"))
COMPONENTS_OF = {
    "choice": {"choices"},
    "sequencing": {"choices"},
    "likert": {"scale"},
    "matching": {"source", "target"},
    "performance": {"steps"},
}
COMPONENTS = {"choices", "scale", "source", "target", "steps"}
INTERACTIONS = (*COMPONENTS_OF, "true-false", "fill-in", "long-fill-in", "numeric", "other")
DEFINITION = record(
    {
        "name": translations,
        "description": translations,
        "type": iri,
        "moreInfo": iri,
        "extensions": extensions,
        "interactionType": word(*INTERACTIONS),
        "correctResponsesPattern": each(text),
    }
    | dict.fromkeys(COMPONENTS, components)
)
activity = record({"objectType": word("Activity"), "id": iri, "definition": definition}, "id")
activity_list = each(activity)
reference = record({"objectType": word("StatementRef"), "id": uuid}, "objectType", "id")
SCORE = record({"scaled": scaled, "raw": number, "min": number, "max": number})
RESULT = record(
    {
        "score": score,
        "success": flag,
        "completion": flag,
        "response": text,
        "duration": duration,
        "extensions": extensions,
    }
)
CONTEXT = record(
    {
        "registration": uuid,
        "instructor": actor,
        "team": group,
        "contextActivities": record(
            dict.fromkeys(("parent", "grouping", "category", "other"), activities)
        ),
        "contextAgents": relation("agent", agent),
        "contextGroups": relation("group", group),
        "revision": text,
        "platform": text,
        "language": language,
        "statement": reference,
        "extensions": extensions,
    }
)
ATTACHMENT = record(
    {
        "usageType": iri,
        "display": translations,
        "description": translations,
        "contentType": nonempty,
        "length": number,
        "sha2": matches(r"[0-9A-Fa-f]{56,128}", "应为 SHA-2 值。", "A SHA-2 value is needed."),
        "fileUrl": iri,
    },
    "usageType",
    "display",
    "contentType",
    "length",
    "sha2",
    # Statements come as plain JSON, so what is attached must lie elsewhere.
    "fileUrl",
)
PARTS: dict[str, Check] = {
    "actor": actor,
    "verb": record({"id": iri, "display": translations}, "id"),
    "object": target,
    "result": RESULT,
    "context": CONTEXT,
    "timestamp": moment,
    "attachments": each(ATTACHMENT),
}
NEEDED = ("actor", "verb", "object")
STATEMENT = whole(
    PARTS
    | {
        "id": uuid,
        "stored": moment,
        "authority": actor,
        "version": matches(r"[12]\.0(\.[0-9]+)?", "版本应为 1.0 或 2.0。", "Version 1.0 or 2.0."),
    },
    *NEEDED,
)
OBJECTS: dict[str, Check] = {
    "Activity": activity,
    "Agent": agent,
    "Group": group,
    "StatementRef": reference,
    "SubStatement": whole(PARTS | {"objectType": word("SubStatement")}, *NEEDED),
}
