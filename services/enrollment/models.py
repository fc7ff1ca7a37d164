"""What enrollment has concluded. All of it follows from the inbox."""

from typing import Any

from sqlalchemy import JSON, Uuid
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    type_annotation_map = {dict[str, Any]: JSON}


class Organization(Base):
    """An organization at its place of the tree."""

    __tablename__ = "organizations"

    id: Mapped[str] = mapped_column(Uuid(as_uuid=False), primary_key=True)
    code: Mapped[str]
    name: Mapped[str]
    kind: Mapped[str]
    path: Mapped[str]


class Member(Base):
    """A member as it stands. `number` and `name` are PERSONAL DATA."""

    __tablename__ = "members"

    id: Mapped[str] = mapped_column(Uuid(as_uuid=False), primary_key=True)
    number: Mapped[str]
    name: Mapped[str]
    path: Mapped[str]
    categories: Mapped[dict[str, Any]]
    accounts: Mapped[dict[str, Any]]


class Program(Base):
    """A published version of a program."""

    __tablename__ = "programs"

    id: Mapped[str] = mapped_column(Uuid(as_uuid=False), primary_key=True)
    code: Mapped[str]
    version: Mapped[int]
    data: Mapped[dict[str, Any]]


class Enrollment(Base):
    """A member in a program version."""

    __tablename__ = "enrollments"

    id: Mapped[str] = mapped_column(Uuid(as_uuid=False), primary_key=True)
    member_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    program_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    category: Mapped[str]
    path: Mapped[str]


TABLES = tuple(Base.metadata.tables)
