"""What a record claims to be is told without ever raising, whatever stands in it."""

import pytest
from aiokafka import ConsumerRecord
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts import BY_TYPE, CreditHeld
from shared.runtime.envelope import Poison, decode, event_class, header, partition_of
from shared.runtime.outbox import EVENT_BYTES_MAX


def record(headers: list[tuple[str, bytes | None]], value: bytes | None = b"{}") -> ConsumerRecord:
    return ConsumerRecord("t", 0, 0, 0, 0, b"k", value, None, 1, 2, tuple(headers))


def typed(name: str) -> ConsumerRecord:
    return record([("ce_type", name.encode())])


def test_a_known_type_is_its_class() -> None:
    for name, kind in BY_TYPE.items():
        assert event_class(typed(name)) is kind


@pytest.mark.parametrize(
    ("given_record", "kind"),
    [
        (record([]), "header"),
        (record([("ce_type", None)]), "header"),
        (record([("ce_type", CreditHeld.TYPE.encode()), ("traceparent", b"\xff")]), "header"),
        (typed("id.timbang.credit.held.v2"), "version"),
        (typed("id.timbang.credit.held.v11"), "version"),
    ],
)
def test_what_can_never_be_understood_is_poison(given_record: ConsumerRecord, kind: str) -> None:
    found = event_class(given_record)
    assert isinstance(found, Poison)
    assert found.kind == kind


def test_a_fact_of_somebody_else_is_no_poison() -> None:
    assert event_class(typed("id.timbang.weather.changed.v1")) is None
    assert event_class(typed("org.example.thing")) is None


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (None, "tombstone"),
        (b"{", "payload"),
        (b"\xff", "payload"),
        (b" " * (EVENT_BYTES_MAX + 1), "oversized"),
    ],
)
def test_a_value_that_is_no_event_is_poison(value: bytes | None, kind: str) -> None:
    found = decode(record([], value), CreditHeld)
    assert isinstance(found, Poison)
    assert found.kind == kind


def test_a_refusal_never_repeats_what_was_sent() -> None:
    secret = b'{"member_id": "Siti Aminah 0812", "amount_rupiah": -5}'
    found = decode(record([], secret), CreditHeld)
    assert isinstance(found, Poison)
    assert "Siti" not in found.error
    assert "member_id" in found.error


@given(
    st.lists(st.tuples(st.text(max_size=20), st.one_of(st.none(), st.binary(max_size=30)))),
    st.binary(max_size=200),
)
def test_nothing_that_a_stranger_sends_raises(headers: list[tuple[str, bytes | None]], value: bytes) -> None:
    sent = record(headers, value)
    event_class(sent)
    header(sent.headers, "ce_type")
    assert isinstance(decode(sent, CreditHeld), Poison | CreditHeld)


@given(st.text(max_size=64), st.integers(min_value=1, max_value=96))
def test_a_partition_always_exists(key: str, partitions: int) -> None:
    assert 0 <= partition_of(key, partitions) < partitions
