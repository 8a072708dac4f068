"""What the resident's pages decide by themselves: provisional credit, missing waste, numbers as people type them."""

from datetime import UTC, date, datetime, timedelta

import pytest

from services.web.pages.resident.rules.affording import shortfall, typical_rate, usual_rate
from services.web.pages.resident.rules.courses import Course, course_of, in_groups, look_again_seconds
from services.web.pages.resident.rules.impact import Brought, Sort, weigh_up
from services.web.pages.resident.rules.naming import Named, read_name
from services.web.pages.resident.rules.phones import Fault, dialled, read_phone
from services.web.pages.resident.rules.places import opening_of, places_for, villages_of
from services.web.pages.resident.rules.provisional import (
    Credited,
    Reason,
    Weighing,
    explained,
    not_yet_credited,
    provisional_rupiah,
)
from services.web.pages.resident.rules.quantities import read_quantity
from services.web.pages.resident.visiting import back_to
from shared.kernel import wib
from shared.kernel.rollout import Rollout
from shared.runtime.rollout import load_rollout
from shared.runtime.settings import ServiceSettings

NOW = datetime(2026, 11, 22, 5, tzinfo=UTC)
PREFIXES = {"TELKOMSEL": ("0851", "0812"), "by.U": ("085154",), "XL": ("0817",)}


def weighing(
    name: str, state: str = "recorded", *, reason: str | None = None, hours_ago: int = 1
) -> Weighing:
    at = NOW - timedelta(hours=hours_ago)
    return Weighing(name, state, reason, at, at, "lubuk-pakam-cemara", 1000, 500)


class TestProvisional:
    def test_what_is_in_the_statement_is_certain(self) -> None:
        deposits = [weighing("a"), weighing("b"), weighing("c", "voided"), weighing("d", "rejected")]
        waiting = not_yet_credited(deposits, Credited(frozenset({"a"}), None))
        assert [each.deposit_id for each in waiting] == ["b"]

    def test_what_is_older_than_what_was_read_is_not_judged(self) -> None:
        deposits = [weighing("new"), weighing("old", hours_ago=50)]
        credited = Credited(frozenset(), NOW - timedelta(hours=10))
        assert [each.deposit_id for each in not_yet_credited(deposits, credited)] == ["new"]

    @pytest.mark.parametrize(
        ("state", "set_aside_for", "valued", "reason"),
        [
            ("recorded", None, None, Reason.JUST_RECEIVED),
            ("recorded", None, "valued", Reason.BEING_CREDITED),
            ("recorded", None, "flagged", Reason.BEING_CHECKED),
            ("waiting_for_member", None, None, Reason.WAITS_FOR_MEMBER),
            ("quarantined", "subdistrict_not_open", None, Reason.PLACE_NOT_OPEN),
            ("quarantined", "unknown_waste_bank", None, Reason.SET_ASIDE),
        ],
    )
    def test_each_has_its_reason(
        self, state: str, set_aside_for: str | None, valued: str | None, reason: Reason
    ) -> None:
        found = explained([weighing("a", state, reason=set_aside_for)], {"a": valued})
        assert [each.reason for each in found] == [reason]
        assert provisional_rupiah(found) == 1000


class TestAffording:
    def test_enough_is_no_shortfall(self) -> None:
        assert shortfall(20_000, 20_000, None) is None

    def test_missing_waste_is_rounded_up(self) -> None:
        rate = usual_rate([(4000, 2000), (0, 900), (500, 0)])
        assert rate is not None
        assert rate.rupiah_a_kilogram == 2000
        missing = shortfall(21_590, 10_000, rate)
        assert missing is not None
        assert (missing.missing_rupiah, missing.missing_grams) == (11_590, 5800)

    def test_whoever_brought_nothing_is_told_by_the_prices(self) -> None:
        assert usual_rate([]) is None
        rate = typical_rate([300, 1500, 0, 9000])
        assert rate is not None
        assert (rate.rupiah_a_kilogram, rate.usual) == (1500, False)
        assert typical_rate([0]) is None
        unknown = shortfall(5, 1, None)
        assert unknown is not None
        assert unknown.missing_grams is None

    def test_a_debt_counts_as_missing(self) -> None:
        missing = shortfall(10_000, -2000, None)
        assert missing is not None
        assert missing.missing_rupiah == 12_000


@pytest.mark.parametrize(
    ("typed", "unit", "quantity"),
    [
        ("2,5", "kg", 2500),
        ("2.5", "kg", 2500),
        (" 2,5 kg ", "kg", 2500),
        ("0,75", "litre", 750),
        ("12", "piece", 12),
        ("12,0", "piece", 12),
        ("12,5", "piece", None),
        ("0", "kg", None),
        ("-1", "kg", None),
        ("1,2345", "kg", None),
        ("dua", "kg", None),
        ("", "kg", None),
        ("\u0662", "kg", None),
    ],
)
def test_quantities_as_people_type_them(typed: str, unit: str, quantity: int | None) -> None:
    assert read_quantity(typed, unit) == quantity


@pytest.mark.parametrize(
    ("typed", "dialled", "fault", "operator"),
    [
        ("0812 3456 7890", "081234567890", None, "TELKOMSEL"),
        ("+62 812-3456-7890", "081234567890", None, "TELKOMSEL"),
        ("6281234567890", "081234567890", None, "TELKOMSEL"),
        ("81234567890", "081234567890", None, "TELKOMSEL"),
        ("085154567890", "085154567890", None, "by.U"),
        ("0899 1234 567", "08991234567", None, None),
        ("0812345", "0812345", Fault.TOO_SHORT, "TELKOMSEL"),
        ("08123456789012", "08123456789012", Fault.TOO_LONG, "TELKOMSEL"),
        ("0617941234", "0617941234", Fault.NOT_MOBILE, None),
        ("0812abc7890", "0812abc7890", Fault.NOT_DIGITS, None),
        ("", "", Fault.EMPTY, None),
    ],
)
def test_phone_numbers(typed: str, dialled: str, fault: Fault | None, operator: str | None) -> None:
    read = read_phone(typed, PREFIXES)
    assert (read.dialled, read.fault) == (dialled, fault)
    if fault is not Fault.NOT_DIGITS:
        assert read.operator == operator


@pytest.mark.parametrize(
    ("typed", "ways"),
    [
        ("0812-0000-0001", [Named("phone", "081200000001")]),
        ("+62 812 0000 0001", [Named("phone", "6281200000001")]),
        ("860575319374", [Named("card_number", "860575319374")]),
        ("8605 7531 9374", [Named("card_number", "860575319374")]),
        ("080000000094", [Named("phone", "080000000094"), Named("card_number", "080000000094")]),
        ("nsb-001", [Named("code", "NSB-001")]),
        ("12345", []),
        ("??", []),
        ("", []),
    ],
)
def test_who_signs_in(typed: str, ways: list[Named]) -> None:
    assert read_name(typed) == ways


@pytest.mark.parametrize(
    ("asked", "place"),
    [
        ("/riwayat?mulai=5", "/riwayat?mulai=5"),
        ("/keluhan/1/tarik", "/keluhan/1"),
        ("/penukaran/1/batal", "/penukaran/1"),
        ("/keamanan/perangkat/1/lupakan", "/keamanan"),
        ("//jahat.example", "/"),
        ("/masuk?ke=/x", "/"),
        (None, "/"),
    ],
)
def test_where_one_comes_back_to(asked: str | None, place: str) -> None:
    assert back_to(asked) == place


class TestCourses:
    @pytest.mark.parametrize(
        ("state", "kind", "course"),
        [
            ("requested", "pln_token", Course.PROCESSING),
            ("unknown", "pulsa", Course.PROCESSING),
            ("review", "pulsa", Course.PROCESSING),
            ("held", "cash", Course.FETCH),
            ("held", "pulsa", Course.PROCESSING),
            ("settled", "pulsa", Course.DONE),
            ("late_success", "pulsa", Course.DONE),
            ("failed", "pulsa", Course.RETURNING),
            ("released", "pulsa", Course.RETURNED),
            ("refused", "pulsa", Course.REFUSED),
        ],
    )
    def test_states_in_words_of_residents(self, state: str, kind: str, course: Course) -> None:
        assert course_of(state, kind) is course

    def test_what_one_took_back_oneself_did_not_fail(self) -> None:
        assert course_of("released", "cash", "cancelled_by_member") is Course.CANCELLED
        assert course_of("failed", "cash", "cancelled_by_member") is Course.CANCELLED
        assert course_of("released", "cash", "not_collected") is Course.RETURNED

    def test_the_page_looks_again_less_often_and_stops(self) -> None:
        ages = [timedelta(seconds=5), timedelta(minutes=5), timedelta(hours=5)]
        seconds = [look_again_seconds(Course.PROCESSING, NOW - age, NOW) for age in ages]
        assert seconds == [4, 15, 60]
        assert look_again_seconds(Course.DONE, NOW, NOW) is None
        assert look_again_seconds(Course.FETCH, NOW, NOW) is None

    def test_a_token_is_five_groups_of_four(self) -> None:
        assert in_groups("1234-5678 9012-3456-7890") == ("1234", "5678", "9012", "3456", "7890")


def test_impact_counts_estimates_and_shows_quiet_months() -> None:
    sorts = {"P05": Sort("plastic", None), "B01": Sort("glass", 350), "M01": Sort("other", 900)}
    then = datetime(2026, 9, 30, 18, tzinfo=UTC)  # Already October in WIB.
    lines = [
        Brought("P05", "kg", 2500, NOW),
        Brought("B01", "piece", 10, then),
        Brought("M01", "litre", 500, then),
        Brought("Z99", "kg", 100, then),
    ]
    impact = weigh_up(lines, sorts, date(2026, 11, 22))
    assert impact.grams == 2500 + 3500 + 450 + 100
    assert [(each.name, each.grams) for each in impact.by_class] == [
        ("glass", 3500), ("plastic", 2500), ("other", 550),
    ]  # fmt: skip
    assert [each.name for each in impact.by_month] == [
        "2026-06", "2026-07", "2026-08", "2026-09", "2026-10", "2026-11",
    ]  # fmt: skip
    assert [each.grams for each in impact.by_month] == [0, 0, 0, 0, 4050, 2500]
    assert impact.by_class[0].percent_of_largest == 100


@pytest.fixture(scope="module")
def rollout() -> Rollout:
    return load_rollout(ServiceSettings.model_fields["rollout_path"].default)


class TestPlaces:
    def test_the_bank_that_serves_the_village_comes_first(self, rollout: Rollout) -> None:
        found = places_for(rollout, "12.07.28", "Sekip", NOW)
        assert found[0].bank.id == "lubuk-pakam-cemara"
        assert [place.serves_village for place in found] == [True, False, False]
        lubuk_pakam = rollout.subdistrict("12.07.28")
        assert lubuk_pakam is not None
        assert "Sekip" in villages_of(lubuk_pakam)

    @pytest.mark.parametrize(
        ("day", "hour", "now", "ahead"),
        [(22, 10, True, 0), (22, 7, False, 0), (22, 15, False, 3), (23, 10, False, 2)],
    )
    def test_when_it_opens(self, rollout: Rollout, day: int, hour: int, now: bool, ahead: int) -> None:
        bank = rollout.waste_bank("lubuk-pakam-cemara")  # Wednesday, Saturday and Sunday, 08.00-14.00.
        assert bank is not None
        opening = opening_of(bank, datetime(2026, 11, day, hour, tzinfo=wib.WIB))
        assert (opening.now, opening.next_in_days) == (now, ahead)


@pytest.mark.parametrize(
    ("kept", "shown"), [("+6281200000001", "081200000001"), ("+4915112345678", "+4915112345678"), (None, "")]
)
def test_a_number_is_shown_as_it_is_dialled_here(kept: str | None, shown: str) -> None:
    assert dialled(kept) == shown
