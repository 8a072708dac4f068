"""The nine classes in which the national waste information system (SIPSN) counts the composition of waste."""

from enum import StrEnum
from typing import NamedTuple


class WasteClass(StrEnum):
    """One of the nine; every catalogue item belongs to exactly one of them."""

    FOOD = "food"
    WOOD = "wood"
    PAPER = "paper"
    PLASTIC = "plastic"
    METAL = "metal"
    TEXTILE = "textile"
    RUBBER_LEATHER = "rubber_leather"
    GLASS = "glass"
    OTHER = "other"


class ClassName(NamedTuple):
    """A class as the screens name it."""

    indonesian: str
    english: str


CLASS_NAMES: dict[WasteClass, ClassName] = {
    WasteClass.FOOD: ClassName("Sisa makanan", "Food"),
    WasteClass.WOOD: ClassName("Kayu dan ranting", "Wood and twigs"),
    WasteClass.PAPER: ClassName("Kertas dan karton", "Paper and card"),
    WasteClass.PLASTIC: ClassName("Plastik", "Plastic"),
    WasteClass.METAL: ClassName("Logam", "Metal"),
    WasteClass.TEXTILE: ClassName("Kain", "Cloth"),
    WasteClass.RUBBER_LEATHER: ClassName("Karet dan kulit", "Rubber and leather"),
    WasteClass.GLASS: ClassName("Kaca", "Glass"),
    WasteClass.OTHER: ClassName("Lainnya", "Other"),
}
