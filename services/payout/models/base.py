"""What every table of payout stands on: its own registry, and short names for the types of columns."""

from typing import Any

from sqlalchemy import BigInteger, DateTime, LargeBinary, Text
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel


class Table(SQLModel, registry=registry()):
    """Payout's own registry: two services in one process never share a table."""


def instant(**more: Any) -> Any:
    """A column that holds an aware instant."""
    return Field(sa_type=DateTime(timezone=True), **more)


def sealed(**more: Any) -> Any:
    """A column of bytes: sealed text, or what it is compared by."""
    return Field(sa_type=LargeBinary, **more)


def text(**more: Any) -> Any:
    """A column of text."""
    return Field(sa_type=Text, **more)


def rupiah(**more: Any) -> Any:
    """A column of whole rupiah."""
    return Field(sa_type=BigInteger, **more)
