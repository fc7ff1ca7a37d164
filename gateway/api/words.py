"""What is said about requests that are not as they should be, in both languages."""

import re
from collections.abc import Iterator
from typing import Any

# Status → what it means, as the title of a problem.
PHRASES = {
    400: ("请求无法读懂", "the request cannot be read"),
    401: ("请先登录", "sign in first"),
    403: ("不允许此操作", "this is not allowed"),
    404: ("没有这个地址或内容", "there is no such thing"),
    405: ("此地址不支持该方法", "the address does not know this method"),
    406: ("无法按要求的格式回答", "there is no answer of the wanted type"),
    409: ("与现有内容冲突", "this contradicts what already is"),
    411: ("缺少内容长度", "the length of the body is missing"),
    413: ("内容过大", "the body is too large"),
    414: ("地址过长", "the address is too long"),
    415: ("不支持此内容类型", "this media type is not read here"),
    416: ("没有这一段", "there is no such range"),
    422: ("内容不符合规则", "the request breaks a rule"),
    429: ("请求过于频繁", "too many requests"),
    500: ("系统出错，已记录", "an error of ours, it has been noted"),
    503: ("服务暂不可用，请稍后再试", "not available now, try later"),
}

# What marshmallow says → code, Chinese. Groups of the pattern fill the Chinese.
RULES = (
    (r"Missing data for required field\.", "missing", "缺少此项"),
    (r"Unknown field\.", "unknown_field", "没有这个字段"),
    (r"Field may not be null\.", "null", "不能为 null"),
    (r"Not a valid (?:string|UUID|integer|number|boolean|list|mapping type).*", "type", "类型不对"),
    (r"Not a (?:boolean|whole number)\.", "type", "类型不对"),
    (r"Invalid input type\.", "type", "类型不对"),
    (r"Not a valid file\.", "type", "应为文件"),
    (r"Not a valid mark\.", "mark", '应为十进制数，如 "85"'),
    (r"Length must be between (\d+) and (\d+)\.", "length", "应为 {} 至 {} 个字符"),
    (r"Longer than maximum length (\d+)\.", "length", "不能超过 {} 个字符"),
    (r"Shorter than minimum length (\d+)\.", "length", "至少 {} 个字符"),
    (
        r"Must be greater than or equal to (\d+) and less than or equal to (\d+)\.",
        "range",
        "应在 {} 至 {} 之间",
    ),
    (r"Must be one of: (.+)\.", "choice", "应为以下之一：{}"),
    (r"String does not match expected pattern\.", "pattern", "格式不对"),
)
COMPILED = tuple((re.compile(pattern), code, zh) for pattern, code, zh in RULES)


def broken_rules(detail: Any) -> list[dict[str, Any]]:
    """marshmallow's messages, nested by location and field, as a list of errors."""
    return [
        error(".".join(path), message)
        for location, messages in detail.items()
        for path, message in leaves(messages, ())
    ] or [error("", "Invalid input type.")]


def leaves(messages: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Each message with the path of names that leads to it."""
    if isinstance(messages, dict):
        for name, inner in messages.items():
            # What marshmallow calls the parts of a mapping and the whole object is no field.
            told = path if name in ("_schema", "key", "value") else (*path, str(name))
            yield from leaves(inner, told)
    elif isinstance(messages, list | tuple):
        for inner in messages:
            yield from leaves(inner, path)
    else:
        yield path, str(messages)


def error(field: str, message: str) -> dict[str, Any]:
    """One broken rule in both languages."""
    for pattern, code, zh in COMPILED:
        if found := pattern.fullmatch(message):
            return {
                "code": code,
                "field": field or None,
                "zh": zh.format(*found.groups()),
                "en": message,
            }
    return {"code": "invalid", "field": field or None, "zh": "不符合规则", "en": message}
