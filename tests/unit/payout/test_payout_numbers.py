"""Phones, meters, serials and the times to ask again, as people write them and billers answer them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.payout.domain.meters import (
    Segment,
    Tariff,
    exceeds_month,
    masked_name,
    read_meter,
    read_segment,
)
from services.payout.domain.phones import Phone, masked_number, operator_of, read_phone
from services.payout.domain.polling import PollPlan, may_still_ask
from services.payout.domain.serials import PlnToken, read_token

PREFIXES = {"TELKOMSEL": ["0851", "0812"], "by.U": ["085154", "085155"], "XL": ["0878"]}


@pytest.mark.parametrize(
    "text",
    [
        "081234567890",
        "81234567890",
        "6281234567890",
        "+62 812-3456-7890",
        "+62 0812 3456 7890",
        "(0812) 3456.7890",
    ],
)
def test_one_number_has_many_spellings(text: str) -> None:
    phone = read_phone(text)
    assert phone == Phone("81234567890")
    assert phone is not None
    assert phone.dialled == "081234567890"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0812",
        "0712345678",
        "0802345678901",
        "08123456789012",
        "٠٨١٢٣٤٥٦٧٨٩",
        "0812345678x",
        "14000000001",
    ],
)
def test_what_is_no_mobile_number(text: str) -> None:
    assert read_phone(text) is None


@given(st.text(max_size=30))
def test_no_text_breaks_the_readers(text: str) -> None:
    phone = read_phone(text)
    assert phone is None or read_phone(phone.dialled) == phone
    read_meter(text)
    read_segment(text)
    token = read_token(text)
    assert token is None or len(token.digits) == 20


def test_the_longest_prefix_names_the_operator() -> None:
    assert operator_of(Phone("85154123456"), PREFIXES) == "by.U"
    assert operator_of(Phone("85112345678"), PREFIXES) == "TELKOMSEL"
    assert operator_of(Phone("89912345678"), PREFIXES) is None


def test_meters_and_names() -> None:
    assert read_meter("1400-0000 001") == "14000000001"
    assert read_meter("523300817840") == "523300817840"
    assert read_meter("1400000001") is None
    assert read_segment("R1 /000001300") == Segment("R1", 1300)
    assert read_segment("R1M/000000900") == Segment("R1M", 900)
    assert read_segment("?") is None
    assert masked_name("DAVID PRATAMA") == "DA*** PR***"
    assert masked_name("") == "***"
    assert masked_number("087800001230") == "0878*****230"


TARIFFS = (
    Tariff("R1", 450, 41_500),
    Tariff("R1", 900, 60_500),
    Tariff("R1M", 900, 135_200),
    Tariff("R1", 1300, 144_470),
)


@pytest.mark.parametrize(
    ("nominal", "segment", "exceeds"),
    [
        (134_460, Segment("R1", 450), False),
        (134_461, Segment("R1", 450), True),
        (200_000, Segment("R1", 450), True),
        (391_000, Segment("R1", 900), False),
        (500_000, Segment("R1", 900), True),
        (500_000, Segment("R1M", 900), False),
        (1_000_000, Segment("R1", 1300), False),
        (1_000_000, Segment("B2", 450), False),
        (1_000_000, None, False),
    ],
)
def test_a_months_kilowatt_hours(nominal: int, segment: Segment | None, exceeds: bool) -> None:
    assert exceeds_month(nominal, segment, TARIFFS) is exceeds


DIGITS = "12345678901234567890"


@pytest.mark.parametrize(
    ("serial", "token"),
    [
        (
            "1234-5678-9012-3456-7890/NAMA-PELANGGAN  /R1M/900VA/14.5KWH",
            PlnToken(DIGITS, "14.5", "R1M", 900, "NAMA-PELANGGAN"),
        ),
        ("12345678901234567890/NAMA/R1M/33.7", PlnToken(DIGITS, "33.7", "R1M", None, "NAMA")),
        ("1234-5678-9012-3456-7890/NAMA/R1/1300VA/13,5KWH", PlnToken(DIGITS, "13.5", "R1", 1300, "NAMA")),
        (
            "1234-5678-9012-3456-7890/BU SITI / (B)/R1/900VA/9.1KWH",
            PlnToken(DIGITS, "9.1", "R1", 900, "BU SITI / (B)"),
        ),
        ("1234-5678-9012-3456-7890/NAME/R1 /000001300/66.2", PlnToken(DIGITS, "66.2", "R1", 1300, "NAME")),
        ("1234 5678 9012 3456 7890", PlnToken(DIGITS, None, None, None, None)),
        ("1234-5678-9012-3456-789/NAMA/R1/900VA/9KWH", None),
        ("1234-5678-9012-3456-7890-1/NAMA/R1/900VA/9KWH", None),
        ("", None),
        ("SN: 1234", None),
    ],
)
def test_the_token_in_a_serial(serial: str, token: PlnToken | None) -> None:
    assert read_token(serial) == token


def test_a_token_is_shown_in_fours() -> None:
    assert PlnToken(DIGITS, None, None, None, None).shown == "1234 5678 9012 3456 7890"


NOW = datetime(2026, 8, 1, tzinfo=UTC)
PLAN = PollPlan(tuple(timedelta(seconds=s) for s in (60, 120, 180)))


def test_asking_slows_down_to_hourly() -> None:
    pauses = [(PLAN.next_at(asks, NOW, 0.5) - NOW).total_seconds() for asks in (1, 2, 3, 4, 99)]
    assert pauses == [60, 120, 180, 3600, 3600]


@given(st.integers(0, 200), st.floats(0, 1, exclude_max=True))
def test_nobody_is_asked_twice_within_the_least_pause(asks: int, chance: float) -> None:
    pause = (PLAN.next_at(asks, NOW, chance) - NOW).total_seconds()
    assert 60 <= pause <= 3960


def test_a_hint_waits_for_the_least_pause() -> None:
    assert PLAN.soonest(None, NOW) == NOW
    assert PLAN.soonest(NOW - timedelta(seconds=20), NOW) == NOW + timedelta(seconds=40)


def test_asking_ends_long_before_the_biller_forgets() -> None:
    assert may_still_ask(None, NOW)
    assert may_still_ask(NOW - timedelta(days=59), NOW)
    assert not may_still_ask(NOW - timedelta(days=60), NOW)
