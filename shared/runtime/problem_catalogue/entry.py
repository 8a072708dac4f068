"""One kind of problem that people can meet."""

from typing import NamedTuple


class Entry(NamedTuple):
    """Status and sentences, which may name `{parameters}` that the door fills in; never personal data."""

    status: int
    indonesian: str
    english: str
