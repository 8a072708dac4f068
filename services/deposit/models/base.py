"""The registry of this service alone."""

from sqlalchemy.orm import registry
from sqlmodel import SQLModel


class Table(SQLModel, registry=registry()):
    """What every table of deposit is made of."""
