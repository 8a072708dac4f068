"""What can be chosen when credit is redeemed: amounts as tiles, never typed."""

from dataclasses import dataclass

from services.web.pages.resident.rules.offering import cash_tiles, package_tiles, product_for, tiles_of


@dataclass(frozen=True)
class Thing:
    """A product as a tile needs it."""

    code: str
    kind: str
    brand: str
    nominal_rupiah: int | None = None
    amount_rupiah: int | None = None
    name: str = "Barang"
    available: bool = True
    why_not: str | None = None
    smallest_rupiah: int | None = None
    largest_rupiah: int | None = None
    step_rupiah: int | None = None


PULSA = [
    Thing("xl-10", "pulsa", "XL", 10_000, 10_800),
    Thing("tri-10", "pulsa", "TRI", 10_000, 10_600),
    Thing("xl-5", "pulsa", "XL", 5_000, 5_600),
    Thing("tri-5", "pulsa", "TRI", 5_000, None, available=False, why_not="out_of_stock"),
]
CASH = [Thing("tunai", "cash", "Tunai", smallest_rupiah=10_000, largest_rupiah=500_000, step_rupiah=5_000)]
DATA = [Thing("xl-3gb", "data", "XL", None, 20_300), Thing("tri-2gb", "data", "TRI", None, 9_400)]


def test_one_tile_for_each_nominal_costs_what_the_cheapest_costs() -> None:
    tiles = tiles_of(PULSA)
    assert [(tile.value, tile.amount_rupiah, tile.available) for tile in tiles] == [
        ("5000", 5_600, True),
        ("10000", 10_600, True),
    ]


def test_what_nobody_sells_now_says_why() -> None:
    (tile,) = tiles_of([PULSA[3]])
    assert (tile.available, tile.why_not, tile.amount_rupiah) == (False, "out_of_stock", None)


def test_the_product_is_the_operators_own() -> None:
    found = product_for(PULSA, "10000", "TRI")
    assert found is not None
    assert found.code == "tri-10"
    assert product_for(PULSA, "10000", "AXIS") is None
    assert product_for(PULSA, "7000", "XL") is None
    package = product_for(DATA, "tri-2gb", "XL")
    assert package is not None
    assert package.brand == "TRI"
    assert [tile.value for tile in package_tiles(DATA)] == ["xl-3gb", "tri-2gb"]


def test_cash_is_round_amounts_and_all_one_has() -> None:
    tiles = cash_tiles(CASH, 67_300)
    assert [tile.nominal_rupiah for tile in tiles] == [
        10_000, 20_000, 50_000, 65_000, 100_000, 200_000, 500_000,
    ]  # fmt: skip
    assert [tile.nominal_rupiah for tile in tiles if tile.all_of_it] == [65_000]
    assert not any(tile.all_of_it for tile in cash_tiles(CASH, 9_999))
    assert not any(tile.all_of_it for tile in cash_tiles(CASH, None))
    assert cash_tiles([], 50_000) == []
    chosen = product_for(CASH, "65000", None)
    assert chosen is not None
    assert chosen.kind == "cash"
