"""Whose calendar counts: `ZHIXING_ZONE`, checked at start, Asia/Shanghai by default."""

import os
from datetime import date, datetime
from zoneinfo import ZoneInfo

ZONE = ZoneInfo(os.environ.get("ZHIXING_ZONE") or "Asia/Shanghai")


def local_day(moment: datetime) -> date:
    """The calendar day of a moment, where the university is."""
    return moment.astimezone(ZONE).date()
