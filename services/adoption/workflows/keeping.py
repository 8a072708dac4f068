"""Keeping events exactly as they were said."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar
from uuid import UUID

from services.adoption.store import events as store
from shared.contracts import Event
from shared.runtime.database import Tx
from shared.runtime.hearing import AsSaid
from shared.runtime.outbox import encode

EventT = TypeVar("EventT", bound=Event)


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
    """Keep events of one class, a row each; what is kept already stays as it is."""
    await store.keep_each(tx, events[0].TYPE, [event.event_id for event in events], _payloads(events))


def _payloads(events: Sequence[Event]) -> list[bytes]:
    """As they were said, where that is known: a newer sender may have said more than we understand."""
    return events.payloads if isinstance(events, AsSaid) else [encode(event) for event in events]
