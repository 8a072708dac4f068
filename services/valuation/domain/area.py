"""Whose deposits and prices a caller may see and decide about."""

from dataclasses import dataclass


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
