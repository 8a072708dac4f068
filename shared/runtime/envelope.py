"""CloudEvents 1.0 in Kafka's binary mode: attributes are headers, the value is the event as JSON."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args
from zlib import crc32

from aiokafka import ConsumerRecord
from pydantic import ValidationError

from shared.contracts import BY_TYPE, Event
from shared.runtime.outbox import EVENT_BYTES_MAX

CONTENT_TYPE = b"application/json"
_VERSIONLESS = {name.rpartition(".v")[0] for name in BY_TYPE}


def partition_of(key: str, partitions: int) -> int:
    """The one partition function of every relay: CRC-32 of the key's UTF-8 bytes modulo the topic's partitions."""
    return crc32(key.encode()) % partitions


def common_headers(source: str, traceparent: str, time: str) -> list[tuple[str, bytes]]:
    """The attributes that all events of one outbox row share."""
    return [
        ("ce_specversion", b"1.0"),
        ("ce_source", source.encode()),
        ("ce_time", time.encode()),
        ("content-type", CONTENT_TYPE),
        ("traceparent", traceparent.encode()),
    ]


# Why a record was set aside: the first five say what is wrong with it, the next two what came of obeying it. Behind
# the last one stands no record: Kafka no longer had it when its turn came.
Kind = Literal["header", "version", "tombstone", "oversized", "payload", "refused", "failed", "missing"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class Poison:
    """A record that can never be understood, and why."""

    kind: Kind
    error: str


def header(headers: Iterable[tuple[str, bytes | None]], name: str) -> str | None:
    """One header as text, or None if it is absent, null or not UTF-8."""
    for key, value in headers:
        if key == name:
            return value.decode("utf-8", "replace") if value is not None else None
    return None


def event_class(record: ConsumerRecord) -> type[Event] | Poison | None:
    """What a record claims to be. None: a fact that this version has no word for, to be skipped and counted."""
    try:
        b"".join([value for _, value in record.headers]).decode()
    except (UnicodeDecodeError, TypeError):
        return Poison("header", "a header is null or not UTF-8")
    type_name = header(record.headers, "ce_type")
    if type_name is None:
        return Poison("header", "there is no ce_type header")
    known = BY_TYPE.get(type_name)
    if known is not None:
        return known
    if type_name.rpartition(".v")[0] in _VERSIONLESS:
        return Poison("version", f"{type_name} is a version that this service cannot read")
    return None


def decode(record: ConsumerRecord, kind: type[Event]) -> Event | Poison:
    """Read the value as an event of that class. Never raises."""
    if record.value is None:
        return Poison("tombstone", "the record has no value")
    if len(record.value) > EVENT_BYTES_MAX:
        return Poison("oversized", f"{len(record.value)} bytes; at most {EVENT_BYTES_MAX} may travel")
    try:
        event: Event = kind.__pydantic_validator__.validate_json(record.value)
    except ValidationError as error:
        # Where and which rule, never the value: it might hold what must not be stored here.
        where = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['type']}" for e in error.errors()[:5])
        return Poison("payload", where)
    return event
