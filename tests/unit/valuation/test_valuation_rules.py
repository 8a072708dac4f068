"""Which list counts, what a deposit is worth by it, and when a person has to look."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.valuation.domain.book import PriceBook, PublishedList, Tariff
from services.valuation.domain.bounds import DaySoFar, out_of_bounds
from services.valuation.domain.pricing import Reason, Worth, honoured, price
from services.valuation.domain.publishing import missing_prices, over_deducted, unknown_prices
from shared.kernel.catalogue import DeductionRule, Item, Price
from shared.kernel.rollout import Caps
from shared.kernel.rounding import line_value_rupiah

START = datetime(2026, 10, 1, tzinfo=UTC)
BANK, OTHER = "induk", "cemara"
AGE_MAX = timedelta(days=30)
CAPS = Caps(
    weight_grams_a_line=1_000,
    weight_grams_a_day=2_000,
    value_rupiah_a_day=3_000,
    deposits_a_day=2,
    redemption_rupiah_a_day=1,
    credit_owed_rupiah=1,
)


@dataclass(frozen=True)
class Line:
    item_code: str
    grade: str
    unit: str
    quantity: int
    shown_rupiah: int = 0


def rule(basis_points: int, beneficiary: str = "waste_bank") -> DeductionRule:
    words = dict.fromkeys(("name_id", "name_en", "reason_id", "reason_en"), "x")
    return DeductionRule(beneficiary=beneficiary, basis_points=basis_points, **words)


def listed(
    number: int, day: int, bank: str | None = None, paid: int = 1_000, rules: Sequence[DeductionRule] = ()
) -> PublishedList:
    tariffs = {
        ("P05", "bersih"): Tariff("kg", paid, "plastic", None),
        ("M01", "bersih"): Tariff("litre", paid, "other", 910),
        ("B02", "-"): Tariff("piece", paid, "glass", 480),
    }
    return PublishedList(UUID(int=number), bank, START + timedelta(days=day), tariffs, tuple(rules))


@st.composite
def published(draw: st.DrawFn) -> list[PublishedList]:
    """Some general lists and some of one waste bank, each beginning on a day of its own within its scope."""
    general = sorted(draw(st.sets(st.integers(0, 60), min_size=1, max_size=5)))
    own = sorted(draw(st.sets(st.integers(0, 60), max_size=4)))
    lists = [listed(number, day) for number, day in enumerate(general, 1)]
    return lists + [listed(number, day, BANK) for number, day in enumerate(own, 100)]


@given(published(), st.integers(-5, 100))
def test_in_force_is_the_last_of_its_own_begun_or_else_of_the_general_ones(
    lists: list[PublishedList], day: int
) -> None:
    at = START + timedelta(days=day)
    begun = [each for each in lists if each.effective_at <= at]
    own = [each for each in begun if each.waste_bank_id == BANK]
    general = [each for each in begun if each.waste_bank_id is None]
    book = PriceBook({}, lists)
    latest = {True: own, False: general}[bool(own)]
    assert book.in_force(BANK, at) is (max(latest, key=lambda each: each.effective_at) if latest else None)
    assert book.in_force(OTHER, at) is (max(general, key=lambda each: each.effective_at) if general else None)


@given(published(), st.integers(-5, 100))
def test_the_list_in_force_is_always_honoured(lists: list[PublishedList], day: int) -> None:
    at, book = START + timedelta(days=day), PriceBook({}, lists)
    for bank in (BANK, OTHER):
        in_force = book.in_force(bank, at)
        if in_force is not None:
            assert honoured(book, in_force.id, bank, at, timedelta(0)) is in_force


@given(published(), st.integers(0, 100))
def test_age_counts_from_the_beginning_of_the_list_that_followed(
    lists: list[PublishedList], day: int
) -> None:
    book = PriceBook({}, lists)
    reigns = sorted(
        (each for each in lists if each.waste_bank_id is None), key=lambda each: each.effective_at
    )
    for one, following in itertools.pairwise(reigns):
        at = following.effective_at + timedelta(days=day)
        assert book.age(one, OTHER, at) == timedelta(days=day)
        assert honoured(book, one.id, OTHER, at, AGE_MAX) is (one if day <= 30 else Reason.LIST_TOO_OLD)
    assert book.age(reigns[-1], OTHER, START + timedelta(days=1000)) == timedelta(0)


def test_a_list_counts_only_for_the_waste_banks_that_it_was_published_for() -> None:
    general, own, late_general = listed(1, 0), listed(2, 5, BANK), listed(3, 9)
    book = PriceBook({}, [general, own, late_general])
    at = START + timedelta(days=10)
    assert honoured(book, own.id, OTHER, at, AGE_MAX) is Reason.LIST_OF_ANOTHER_BANK
    assert honoured(book, late_general.id, BANK, at, AGE_MAX) is Reason.LIST_OF_ANOTHER_BANK
    assert honoured(book, general.id, BANK, at, AGE_MAX) is general
    assert honoured(book, UUID(int=9), BANK, at, AGE_MAX) is Reason.LIST_UNKNOWN
    assert book.next_after(OTHER, START) is late_general
    assert book.next_after(BANK, at) is None


lines_of_all_units = st.lists(
    st.one_of(
        st.builds(Line, st.just("P05"), st.just("bersih"), st.just("kg"), st.integers(0, 10**6)),
        st.builds(Line, st.just("M01"), st.just("bersih"), st.just("litre"), st.integers(0, 10**6)),
        st.builds(Line, st.just("B02"), st.just("-"), st.just("piece"), st.integers(0, 10**4)),
    ),
    min_size=1,
    max_size=6,
)


@given(lines_of_all_units, st.integers(0, 60_000), st.integers(0, 60_000), st.integers(0, 10_000))
def test_worth_adds_up_to_the_rupiah(lines: list[Line], paid: int, paid_in_force: int, share: int) -> None:
    by, in_force = listed(1, 0, paid=paid, rules=[rule(share)]), listed(2, 1, paid=paid_in_force)
    worth = price(lines, by, in_force)
    assert isinstance(worth, Worth)
    assert worth.gross_rupiah == sum(line_value_rupiah(line.unit, line.quantity, paid) for line in lines)
    assert worth.net_rupiah + sum(each.amount_rupiah for each in worth.deductions) == worth.gross_rupiah
    at_weighing = sum(line_value_rupiah(line.unit, line.quantity, paid_in_force) for line in lines)
    assert worth.price_difference_rupiah == worth.gross_rupiah - at_weighing
    assert worth.grams == sum(line.reporting_grams for line in worth.lines)
    assert worth.heaviest_line_grams == max(line.reporting_grams for line in worth.lines)


def test_a_line_that_the_list_in_force_does_not_price_makes_no_difference() -> None:
    by, in_force = listed(1, 0), listed(2, 1, paid=2_000)
    del in_force.tariffs["M01", "bersih"]  # type: ignore[attr-defined]
    worth = price([Line("M01", "bersih", "litre", 1_000), Line("B02", "-", "piece", 1)], by, in_force)
    assert isinstance(worth, Worth)
    assert worth.price_difference_rupiah == -1_000


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (Line("P99", "bersih", "kg", 1), Reason.ITEM_NOT_PRICED),
        (Line("P05", "kotor", "kg", 1), Reason.ITEM_NOT_PRICED),
        (Line("P05", "bersih", "piece", 1), Reason.UNIT_DIFFERS),
    ],
)
def test_what_the_list_does_not_price_is_not_guessed(line: Line, reason: Reason) -> None:
    assert price([line], listed(1, 0), listed(1, 0)) is reason


def worth_of(*lines: Line) -> Worth:
    by = listed(1, 0)
    found = price(lines, by, by)
    assert isinstance(found, Worth)
    return found


def test_a_rupiah_too_much_or_too_little_is_seen() -> None:
    for shown, differs in ((999, True), (1_000, False), (1_001, True)):
        line = Line("P05", "bersih", "kg", 1_000, shown)
        assert worth_of(line).as_shown is not differs


@pytest.mark.parametrize(
    ("grams", "day", "reasons"),
    [
        (1_000, DaySoFar(0, 0, 0), []),
        (1_001, DaySoFar(0, 0, 0), [Reason.LINE_WEIGHT]),
        (1_000, DaySoFar(1, 1_000, 2_000), []),
        (1_000, DaySoFar(1, 1_001, 2_000), [Reason.DAY_WEIGHT]),
        (1_000, DaySoFar(1, 1_000, 2_001), [Reason.DAY_VALUE]),
        (1_000, DaySoFar(2, 0, 0), [Reason.DAY_DEPOSITS]),
        (
            9_000,
            DaySoFar(2, 0, 0),
            [Reason.LINE_WEIGHT, Reason.DAY_WEIGHT, Reason.DAY_VALUE, Reason.DAY_DEPOSITS],
        ),
    ],
)
def test_bounds_are_broken_one_beyond_them(grams: int, day: DaySoFar, reasons: list[Reason]) -> None:
    assert out_of_bounds(worth_of(Line("P05", "bersih", "kg", grams)), day, CAPS) == reasons


def test_a_list_is_whole_when_every_grade_has_one_price() -> None:
    words = dict.fromkeys(("name_id", "name_en", "condition_id", "condition_en"), "x")
    item = Item.model_validate(
        {
            "code": "P05",
            "name_id": "x",
            "name_en": "x",
            "waste_class": "plastic",
            "unit": "kg",
            "grades": [{"grade": "bersih", **words}, {"grade": "kotor", **words}],
        }
    )
    clean = Price(item="P05", grade="bersih", price_rupiah=1, source="x")
    other = Price(item="P05", grade="lain", price_rupiah=1, source="x")
    assert missing_prices([clean], {"P05": item}) == [("P05", "kotor")]
    assert unknown_prices([clean], {"P05": item}) == []
    assert unknown_prices([clean, clean, other], {"P05": item}) == [("P05", "bersih"), ("P05", "lain")]


def test_deductions_take_at_most_everything_and_name_each_beneficiary_once() -> None:
    assert not over_deducted([rule(5_000), rule(5_000, "school")])
    assert over_deducted([rule(5_001), rule(5_000, "school")])
    assert over_deducted([rule(1), rule(1)])
