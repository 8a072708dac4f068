"""What the rollout file says about pick-ups, and which slots a day has."""

from datetime import UTC, date, datetime, timedelta

import pytest
from pydantic import ValidationError

from deploy.rollout.check import DEFAULT_PATH
from services.deposit.domain.disputes import due_at, fits
from services.deposit.domain.pickups import Place, free_slots, missed_before, slot_times
from shared.kernel.pick_ups import PickUp, PickUpSlot, Weekday
from shared.runtime.rollout import load_rollout

MONDAY, SATURDAY, SUNDAY = date(2026, 11, 23), date(2026, 11, 28), date(2026, 11, 29)
PAGI = {"slot": "pagi", "begins_at": "08:00", "ends_at": "11:00", "capacity": 2}


def test_the_day_of_the_week_is_the_calendars() -> None:
    assert [Weekday.of(day) for day in (MONDAY, SATURDAY, SUNDAY)] == [Weekday.MON, Weekday.SAT, Weekday.SUN]


def test_a_bank_without_slots_goes_round_once_in_the_morning_of_its_opening_days() -> None:
    pick_up = PickUp(minimum_grams=1, calls_a_day=4)
    (slot,) = pick_up.slots_on(MONDAY, (Weekday.MON,))
    assert (slot.slot, slot.capacity, slot.begins_at.hour) == ("pagi", 4, 8)
    assert pick_up.slots_on(SUNDAY, (Weekday.MON,)) == ()


def test_a_slot_has_its_own_days_or_the_banks_and_stands_in_the_order_of_the_day() -> None:
    siang = PAGI | {"slot": "siang", "begins_at": "13:00", "ends_at": "15:00", "days": ["sun"]}
    pick_up = PickUp.model_validate({"minimum_grams": 1, "days": ["mon"], "slots": [siang, PAGI]})
    assert [slot.slot for slot in pick_up.slots_on(MONDAY, ())] == ["pagi"]
    assert [slot.slot for slot in pick_up.slots_on(SUNDAY, ())] == ["siang"]


def test_the_minimum_is_that_of_the_kind_or_the_general_one() -> None:
    pick_up = PickUp.model_validate({"minimum_grams": 5, "minimum_grams_of": {"group": 20}})
    assert [pick_up.minimum_for(kind) for kind in ("group", "person", None, "bulan")] == [20, 5, 5, 5]


@pytest.mark.parametrize(
    "wrong",
    [
        {"slots": [PAGI, PAGI]},
        {"slots": [PAGI | {"ends_at": "08:00"}]},
        {"slots": [PAGI | {"capacity": 0}]},
        {"minimum_grams": 0},
        {"asked_days_ahead": 0},
        {"minimum_grams_of": {"kucing": 3}},
    ],
)
def test_what_makes_no_sense_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        PickUp.model_validate({"minimum_grams": 1} | wrong)
    PickUpSlot.model_validate(PAGI)


def test_the_main_waste_bank_of_lubuk_pakam_fetches_twice_on_a_weekday() -> None:
    rollout = load_rollout(DEFAULT_PATH)
    bank, subdistrict = rollout.waste_bank("lubuk-pakam-induk"), rollout.subdistrict_of("lubuk-pakam-induk")
    assert bank is not None
    assert subdistrict is not None
    # Sunday evening, WIB: Monday is next.
    now = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    free = [(each.on, each.slot.slot, each.free) for each in free_slots(bank, subdistrict, {}, now)]
    assert free[:2] == [(MONDAY, "pagi", 7), (MONDAY, "siang", 5)]
    assert (SATURDAY, "siang", 5) not in free
    assert not [each for each in free if each[0] == SUNDAY]
    # Twelve calls a day are all that the cart can do, whatever the slots say.
    booked = {Place(MONDAY, "pagi"): 6, Place(MONDAY, "siang"): 5}
    left = [each for each in free_slots(bank, subdistrict, booked, now) if each.on == MONDAY]
    assert [(each.slot.slot, each.free) for each in left] == [("pagi", 1)]
    assert slot_times(bank, Place(SUNDAY, "pagi")) is None
    assert slot_times(None, Place(MONDAY, "pagi")) is None


def test_a_call_is_missed_when_its_day_and_the_grace_are_over() -> None:
    midnight = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)
    grace = timedelta(hours=6)
    assert missed_before(midnight + timedelta(hours=5, minutes=59), grace) == date(2026, 11, 22)
    assert missed_before(midnight + timedelta(hours=6), grace) == MONDAY


def test_an_answer_is_due_at_the_end_of_the_last_calendar_day() -> None:
    late_evening = datetime(2026, 11, 22, 16, 59, tzinfo=UTC)
    assert due_at(late_evening, 7) == datetime(2026, 11, 29, 17, tzinfo=UTC)
    assert due_at(late_evening + timedelta(minutes=1), 7) == datetime(2026, 11, 30, 17, tzinfo=UTC)


def test_only_some_complaints_need_a_deposit() -> None:
    complaints = ("weight", "item_or_grade", "price", "missing", "not_mine", "other")
    assert [fits(each, names_deposit=True) for each in complaints] == [True, True, True, False, True, True]
    assert [fits(each, names_deposit=False) for each in complaints] == [
        False,
        False,
        False,
        True,
        False,
        True,
    ]
