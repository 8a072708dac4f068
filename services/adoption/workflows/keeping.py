"""Keeping events exactly as they were said, and setting aside what contradicts an earlier one.

A fact is known by what it is about (a deposit, a sale) or by its event's id. Heard again it changes nothing; with other
figures it is a contradiction, and the first one stands. Figures are what this service counts.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from services.adoption.store import events as store
from shared.contracts import Event
from shared.runtime.database import Tx
from shared.runtime.hearing import AsSaid, UnacceptableEventError
from shared.runtime.outbox import encode

EventT = TypeVar("EventT", bound=Event)
RowT = TypeVar("RowT", bound=tuple[Any, ...])


def once(events: Iterable[EventT], name: str) -> dict[UUID, EventT]:
    """The events by the subject that they are about (its field's name); of a repeated one the first."""
    found: dict[UUID, EventT] = {}
    for event in events:
        found.setdefault(getattr(event, name), event)
    return found


async def keep_new(
    tx: Tx, events: Sequence[Event], given: Mapping[UUID, Event], new: Sequence[UUID] | None
) -> None:
    """Keep, packed, the events of new subjects. `given` has each once by its subject; `new` is None if all are new."""
    payloads = _payloads(events)
    if new is None and len(given) == len(events):
        await store.keep_pack(tx, events[0].TYPE, [event.event_id for event in events], payloads)
        return
    kept = list(given.values()) if new is None else [given[subject] for subject in new]
    if kept:
        by_id = dict(zip((event.event_id for event in events), payloads, strict=True))
        ids = [event.event_id for event in kept]
        await store.keep_pack(tx, kept[0].TYPE, ids, [by_id[event_id] for event_id in ids])


async def keep(tx: Tx, events: Sequence[Event]) -> None:
    """Keep events of one class, a row each; what is kept already stays as it is.

    Raises UnacceptableEventError if an id is said again with another content. When it was written down, and fields of
    which only one of the two knows, are no contradiction.
    """
    payloads = _payloads(events)
    ids = [event.event_id for event in events]
    if await store.keep_each(tx, events[0].TYPE, ids, payloads) == len(events):
        return
    kept = await store.kept(tx, ids)
    for event, payload in zip(events, payloads, strict=True):
        before = kept[event.event_id]
        if before != (event.TYPE, payload) and _contradicts(event, *before):
            raise UnacceptableEventError(f"event {event.event_id} was heard before with another content")


def _contradicts(event: Event, type_name: str, payload: bytes) -> bool:
    if type_name != event.TYPE:
        return True
    before = type(event).model_validate_json(payload)
    known_to_both = (event.model_fields_set & before.model_fields_set) - {"recorded_at"}
    return any(getattr(event, name) != getattr(before, name) for name in known_to_both)


def distinct(rows: Iterable[RowT], what: str, key: int = 1) -> list[RowT]:
    """Rows of a batch once each, in the order of their keys, which are their first columns.

    In one order everywhere, so that two batches never wait for each other in a ring. Raises UnacceptableEventError if
    two of one key differ; the batch is then halved until one stands alone.
    """
    found: dict[tuple[Any, ...], RowT] = {}
    for row in rows:
        if found.setdefault(row[:key], row) != row:
            raise _otherwise(what, row)
    return [row for _, row in sorted(found.items())]


def refuse_changed(written: int, rows: Sequence[tuple[Any, ...]], what: str) -> None:
    """Raise UnacceptableEventError if a row was not written, because its key is known with other figures.

    Which of them it was is certain only where one stands alone, as it does before it is set aside.
    """
    if written < len(rows):
        raise _otherwise(what, rows[0])


def _otherwise(what: str, row: tuple[Any, ...]) -> UnacceptableEventError:
    return UnacceptableEventError(f"{what} {row[0]} was heard before with other figures")


def _payloads(events: Sequence[Event]) -> list[bytes]:
    """As they were said, where that is known: a newer sender may have said more than we understand."""
    return events.payloads if isinstance(events, AsSaid) else [encode(event) for event in events]
