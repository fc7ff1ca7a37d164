"""What assessment has concluded. All of it follows from the inbox."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, Uuid
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    type_annotation_map = {dict[str, Any]: JSON}


class Score(Base):
    """The standing score of an enrollment, and whose it is."""

    __tablename__ = "scores"

    enrollment_id: Mapped[str] = mapped_column(Uuid(as_uuid=False), primary_key=True)
    program_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    member_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    path: Mapped[str]
    score_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    total: Mapped[Decimal]
    passed: Mapped[bool]
    final: Mapped[bool]
    data: Mapped[dict[str, Any]]


class Window(Base):
    """A program's review window, for the timer that opens and closes it."""

    __tablename__ = "windows"

    program_id: Mapped[str] = mapped_column(Uuid(as_uuid=False), primary_key=True)
    outcomes_due: Mapped[datetime]
    reviews_due: Mapped[datetime]
    opened: Mapped[bool]
    closed: Mapped[bool]


TABLES = tuple(Base.metadata.tables)
