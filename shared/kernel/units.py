"""What a quantity counts: grams for kg lines, millilitres for litre lines, pieces for piece lines."""

from enum import StrEnum


class Unit(StrEnum):
    """The unit in which a price is named. Quantities are always whole numbers of its small part."""

    KG = "kg"
    LITRE = "litre"
    PIECE = "piece"

    @property
    def parts(self) -> int:
        """How many of the whole numbers that are weighed or counted make one priced unit."""
        return 1 if self is Unit.PIECE else 1000
