"""Grams of a deposit by class of the national composition, in one fixed order of columns."""

from collections.abc import Iterable

from shared.kernel.waste_classes import WasteClass

CLASSES: tuple[str, ...] = tuple(each.value for each in WasteClass)
COLUMNS: tuple[str, ...] = tuple(f"grams_{each}" for each in CLASSES)
_INDEX = {each: number for number, each in enumerate(CLASSES)}
_OTHER = _INDEX[WasteClass.OTHER.value]


def grams_by_class(lines: Iterable[tuple[str, int]]) -> list[int | None]:
    """Grams for each of the nine classes, None where nothing was weighed; a class we do not know counts as other."""
    grams: list[int | None] = [None] * len(CLASSES)
    for waste_class, weight in lines:
        number = _INDEX.get(waste_class, _OTHER)
        grams[number] = (grams[number] or 0) + weight
    return grams
