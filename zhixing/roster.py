"""Hands a roster to a running gateway, and says what became of each row."""

from pathlib import Path

import httpx

from zhixing.demo.client import Client, Problem
from zhixing.settings import CannotStart

STATUSES = {
    "added": "新增 added",
    "changed": "更新 changed",
    "unchanged": "未变 unchanged",
    "refused": "拒绝 refused",
}


def sent(file: Path, url: str, password: str, dry_run: bool) -> tuple[list[str], bool]:
    """The report as lines, and whether a row was refused.

    Raises `CannotStart` where the gateway is away or refuses the whole sheet.
    """
    sheet = {"file": (file.name, file.read_bytes())}
    try:
        with Client(url, patience=0) as client:
            admin = client.signed_in("admin", password)
            report = admin.post(f"/api/v1/roster?dry_run={str(dry_run).lower()}", files=sheet)
    except Problem as problem:
        told = [f"{one['zh']} {one['en']}" for one in problem.errors] or [problem.detail]
        raise CannotStart("\n".join([f"{url} refuses:", *told])) from None
    except httpx.TransportError as error:
        raise CannotStart(f"{url} does not answer: {error}") from None
    lines = []
    for row in report["rows"]:
        said = "；".join(f"{one['zh']} {one['en']}" for one in row["messages"])
        lines.append(f"{row['row']:>6}  {STATUSES[row['status']]}  {said}".rstrip())
    counts = "，".join(
        f"{STATUSES[name]} {count}" for name, count in report["counts"].items() if count
    )
    lines.append(f"{'试运行，未保存 dry run, nothing kept' if dry_run else '完成 done'}: {counts}")
    return lines, bool(report["counts"]["refused"])
