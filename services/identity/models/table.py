"""The registry on which identity's tables are declared."""

from datetime import datetime

from sqlalchemy import Column, DateTime
from sqlalchemy.orm import registry
from sqlmodel import SQLModel


class Table(SQLModel, registry=registry()):
    """The service's own registry of tables."""


def instant(*, nullable: bool = False) -> Column[datetime]:
    """A column for an aware instant."""
    return Column(DateTime(timezone=True), nullable=nullable)
