"""What archive has concluded. All of it follows from the inbox."""

from datetime import date
from typing import Any

from sqlalchemy import JSON, Uuid
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    type_annotation_map = {dict[str, Any]: JSON}


class Record(Base):
    """The training record of an enrollment."""

    __tablename__ = "records"

    enrollment_id: Mapped[str] = mapped_column(Uuid(as_uuid=False), primary_key=True)
    program_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    member_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    path: Mapped[str]
    completed: Mapped[int]
    modules: Mapped[int]
    passed: Mapped[bool | None]
    data: Mapped[dict[str, Any]]


class Certificate(Base):
    """A certificate and its status: valid, superseded or questioned."""

    __tablename__ = "certificates"

    serial: Mapped[str] = mapped_column(primary_key=True)
    enrollment_id: Mapped[str] = mapped_column(Uuid(as_uuid=False))
    issued_on: Mapped[date]
    status: Mapped[str]
    data: Mapped[dict[str, Any]]


class Person(Base):
    """PERSONAL DATA of a member, apart from all records, so that it can be erased."""

    __tablename__ = "people"

    member_id: Mapped[str] = mapped_column(Uuid(as_uuid=False), primary_key=True)
    number: Mapped[str]
    name: Mapped[str]


class Organization(Base):
    """The name of an organization, by its path."""

    __tablename__ = "organizations"

    path: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]


TABLES = tuple(Base.metadata.tables)
