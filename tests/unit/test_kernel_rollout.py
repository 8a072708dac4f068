"""The phase of a day, and everything that a rollout file must not say."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.kernel.rollout import Phase, PhaseEntry, Rollout, Subdistrict

FIRST = date(2026, 1, 1)


def subdistrict_words(**changed: Any) -> dict[str, Any]:
    """A small sound sub-district, as a file would say it."""
    return {
        "kemendagri_code": "12.07.28",
        "bps_code": "1212300",
        "name": "Lubuk Pakam",
        "region": "lowland",
        "villages": 13,
        "latitude": 3.55,
        "longitude": 98.88,
        "phases": [{"phase": "planned", "since_on": FIRST}],
    } | changed


def bank_words(**changed: Any) -> dict[str, Any]:
    """A small sound waste bank."""
    return {
        "id": "lubuk-pakam-induk",
        "name": "Bank Sampah Induk",
        "kind": "main",
        "villages": ["Cemara"],
        "opening_days": ["sat"],
    } | changed


def rollout_words(*subdistricts: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """A small sound rollout with these sub-districts."""
    return {
        "smallest_reward_rupiah": 5000,
        "caps": {
            "weight_grams_a_line": 1,
            "weight_grams_a_day": 1,
            "value_rupiah_a_day": 1,
            "deposits_a_day": 1,
            "redemption_rupiah_a_day": 1,
            "credit_owed_rupiah": 1,
        },
        "regencies": [
            {
                "kemendagri_code": "12.07",
                "bps_code": "1212",
                "name": "Deli Serdang",
                "subdistricts": list(subdistricts) or [subdistrict_words()],
            }
        ],
    } | changed


@st.composite
def histories(draw: st.DrawFn) -> tuple[PhaseEntry, ...]:
    """Any dated history in which no phase follows itself."""
    days = sorted(draw(st.sets(st.integers(0, 1000), min_size=1, max_size=8)))
    entries: list[PhaseEntry] = []
    for day in days:
        choice = [phase for phase in Phase if not entries or phase is not entries[-1].phase]
        entries.append(PhaseEntry(phase=draw(st.sampled_from(choice)), since_on=FIRST + timedelta(days=day)))
    return tuple(entries)


def with_history(entries: tuple[PhaseEntry, ...]) -> Subdistrict:
    return Subdistrict.model_validate(subdistrict_words(phases=entries, waste_banks=[bank_words()]))


@given(histories(), st.integers(-10, 1100))
def test_the_phase_of_a_day_is_the_last_one_begun(entries: tuple[PhaseEntry, ...], offset: int) -> None:
    day = FIRST + timedelta(days=offset)
    begun = [entry for entry in entries if entry.since_on <= day]
    expected = begun[-1].phase if begun else Phase.PLANNED
    assert with_history(entries).phase_on(day) is expected


@given(histories())
def test_a_later_phase_never_changes_an_earlier_day(entries: tuple[PhaseEntry, ...]) -> None:
    whole, shorter = with_history(entries), with_history(entries[:1])
    for day in range((entries[-1].since_on - FIRST).days):
        on = FIRST + timedelta(days=day)
        if len(entries) == 1 or on < entries[1].since_on:
            assert whole.phase_on(on) is shorter.phase_on(on)


def test_the_phase_at_weighing_is_that_of_the_day_in_deli_serdang() -> None:
    opened = with_history(
        (
            PhaseEntry(phase=Phase.PLANNED, since_on=FIRST),
            PhaseEntry(phase=Phase.OPEN, since_on=date(2026, 10, 1)),
        )
    )
    assert opened.phase_at(datetime(2026, 9, 30, 16, 59, tzinfo=UTC)) is Phase.PLANNED
    assert opened.phase_at(datetime(2026, 9, 30, 17, 0, tzinfo=UTC)) is Phase.OPEN


def test_a_rollout_answers_by_code_and_by_waste_bank() -> None:
    rollout = Rollout.model_validate(rollout_words(subdistrict_words(waste_banks=[bank_words()])))
    found = rollout.subdistrict_of("lubuk-pakam-induk")
    assert found is not None
    assert found is rollout.subdistrict("12.07.28")
    assert rollout.waste_bank("lubuk-pakam-induk") is found.waste_banks[0]
    assert rollout.subdistrict("12.07.99") is None
    assert rollout.waste_bank("nowhere") is None
    assert rollout.phase_at("12.07.99", datetime(2026, 10, 1, tzinfo=UTC)) is None
    assert rollout.caps_for("12.07.28") is rollout.caps


def test_a_subdistrict_may_have_caps_of_its_own() -> None:
    own = rollout_words()["caps"] | {"deposits_a_day": 99}
    rollout = Rollout.model_validate(rollout_words(subdistrict_words(caps=own)))
    assert rollout.caps_for("12.07.28").deposits_a_day == own["deposits_a_day"]


PLANNED, OPEN = {"phase": "planned", "since_on": FIRST}, {"phase": "open", "since_on": date(2026, 2, 1)}


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (rollout_words(subdistrict_words(phases=[OPEN])), "without a waste bank"),
        (
            rollout_words(subdistrict_words(phases=[OPEN, PLANNED], waste_banks=[bank_words()])),
            "does not begin after",
        ),
        (
            rollout_words(
                subdistrict_words(phases=[PLANNED, {"phase": "planned", "since_on": date(2026, 2, 1)}])
            ),
            "follows itself",
        ),
        (rollout_words(subdistrict_words(), subdistrict_words()), "stands twice"),
        (rollout_words(subdistrict_words(waste_banks=[bank_words(), bank_words()])), "stands twice"),
        (rollout_words(subdistrict_words(kemendagri_code="12.08.28")), "is not a sub-district of"),
        (rollout_words(subdistrict_words(bps_code="1207300")), "is not of regency"),
        (rollout_words(subdistrict_words(latitude=98.88, longitude=3.55)), "less than or equal"),
        (rollout_words(subdistrict_words(waste_banks=[bank_words(latitude=3.5)])), "half a pair"),
        (rollout_words(subdistrict_words(population=0)), "population"),
        (rollout_words(subdistrict_words(phase="open")), "Extra inputs"),
        (
            rollout_words(changes=[{"on": FIRST, "who": "x", "why": "y", "subdistrict": "12.07.99"}]),
            "not in the file",
        ),
        (
            rollout_words(
                subdistrict_words(
                    targets=[
                        {"quarter": quarter, "registered_members": 1, "active_members": 1, "weight_kg": 1}
                        for quarter in ("2027-Q1", "2026-Q4")
                    ]
                )
            ),
            "in order",
        ),
    ],
)
def test_what_a_rollout_must_not_say(words: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        Rollout.model_validate(words)
