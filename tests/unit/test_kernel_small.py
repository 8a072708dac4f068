"""Ids, days, quarters, money and units."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel import wib
from shared.kernel.ids import derived_uuid, uuid7, uuid7_text
from shared.kernel.money import rupiah_text
from shared.kernel.roles import Role
from shared.kernel.units import Unit
from shared.kernel.waste_classes import CLASS_NAMES, WasteClass

SIPSN_CLASSES = 9
UUID_VERSION = 7


def test_new_ids_sort_by_birth() -> None:
    made = [uuid7() if number % 2 else UUID(uuid7_text()) for number in range(1000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)
    assert type(made[0]) is UUID
    assert made[0].version == UUID_VERSION


@given(st.uuids(), st.text(min_size=1, max_size=30))
def test_a_derived_id_depends_on_its_cause_and_purpose_alone(cause: UUID, purpose: str) -> None:
    derived = derived_uuid(cause, purpose)
    assert derived == derived_uuid(cause, purpose)
    assert derived != derived_uuid(cause, purpose + "!")
    assert derived != cause
    assert derived.version == UUID_VERSION
    assert derived.bytes[:6] == cause.bytes[:6]


def test_the_day_turns_at_17_utc() -> None:
    assert wib.day(datetime(2026, 10, 1, 16, 59, 59, tzinfo=UTC)) == date(2026, 10, 1)
    assert wib.day(datetime(2026, 10, 1, 17, 0, tzinfo=UTC)) == date(2026, 10, 2)


def test_a_naive_instant_has_no_day() -> None:
    with pytest.raises(ValueError, match="time zone"):
        wib.day(datetime(2026, 10, 1))  # noqa: DTZ001 - the mistake under test


@given(st.dates(date(2000, 1, 1), date(2100, 12, 31)))
def test_a_day_lies_in_its_quarter_and_begins_when_it_begins(on: date) -> None:
    first, after = wib.quarter_bounds(wib.quarter(on))
    assert first <= on < after
    assert wib.day(wib.start_of_day(on)) == on


@pytest.mark.parametrize("name", ["2026-Q0", "2026-Q5", "Q1", "2026"])
def test_what_is_not_a_quarter_has_no_bounds(name: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        wib.quarter_bounds(name)


def test_rupiah_are_written_with_dots() -> None:
    assert [rupiah_text(amount) for amount in (0, 950, 12_500, -1_234_567)] == [
        "Rp0",
        "Rp950",
        "Rp12.500",
        "-Rp1.234.567",
    ]


def test_units_roles_and_classes_are_the_agreed_ones() -> None:
    assert {unit.value: unit.parts for unit in Unit} == {"kg": 1000, "litre": 1000, "piece": 1}
    assert {role.name for role in Role} == {"MEMBER", "OPERATOR", "PROGRAMME", "OFFICE", "SERVICE"}
    assert len(WasteClass) == SIPSN_CLASSES
    assert set(CLASS_NAMES) == set(WasteClass)
