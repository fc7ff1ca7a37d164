"""What learning has concluded. All of it follows from the inbox."""

from typing import Any

from sqlalchemy import JSON, Uuid
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    type_annotation_map = {dict[str, Any]: JSON}


class Progress(Base):
    """How far an enrollment has come: completed modules and counted posts."""

    __tablename__ = "progress"

    enrollment_id: Mapped[str] = mapped_column(Uuid(as_uuid=False), primary_key=True)
    program_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    member_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    path: Mapped[str]
    data: Mapped[dict[str, Any]]


class Standing(Base):
    """What became of a partner's statement: counted, ignored, unknown or quarantined, and why."""

    __tablename__ = "standings"

    id: Mapped[str] = mapped_column(Uuid(as_uuid=False), primary_key=True)
    partner: Mapped[str]
    statement_id: Mapped[str]
    verdict: Mapped[str]
    zh: Mapped[str]
    en: Mapped[str]


TABLES = tuple(Base.metadata.tables)
