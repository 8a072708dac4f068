"""Whose deposits and prices a caller may see and decide about."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Area:
    """Waste banks named one by one (an operator's), or whole sub-districts and regencies. Empty is nothing."""

    waste_banks: frozenset[str] = frozenset()
    subdistricts: frozenset[str] = frozenset()
    regencies: frozenset[str] = frozenset()

    @property
    def as_lists(self) -> tuple[list[str], list[str], list[str]]:
        """The same as three sorted lists, for a query."""
        return sorted(self.waste_banks), sorted(self.subdistricts), sorted(self.regencies)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. `covers` tells whether a waste bank of a sub-district lies in their area."""

    id: UUID
    role: str
    covers: Callable[[str, str], bool]
