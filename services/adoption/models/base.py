"""Adoption's own registry of tables, and short words for their columns."""

from typing import Any

from sqlalchemy import BigInteger, Column, DateTime, Identity, text
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel


class Table(SQLModel, registry=registry()):
    """The service's own registry of tables."""


def _column(
    kind: Any, *, nullable: bool = False, default: str | None = None, key: bool = False
) -> Column[Any]:
    return Column(kind, nullable=nullable, server_default=text(default) if default else None, primary_key=key)


def field(kind: Any, *, nullable: bool = False, default: str | None = None, key: bool = False) -> Any:
    """A column of that type; `default` is SQL."""
    return Field(sa_column=_column(kind, nullable=nullable, default=default, key=key))


def row_number() -> Any:
    """A key that the database counts up."""
    return Field(sa_column=Column(BigInteger, Identity(always=True), primary_key=True))


def instant(*, nullable: bool = False, default: str | None = None) -> Any:
    """An instant with its time zone."""
    return field(DateTime(timezone=True), nullable=nullable, default=default)


def counted() -> Any:
    """A sum that begins at zero."""
    # Not a Column: two tables have these, and a Column belongs to one.
    return Field(default=0, sa_type=BigInteger, sa_column_kwargs={"server_default": text("0")})
