"""Keeping events exactly as they were said."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from services.adoption.store import events as store
from shared.contracts import Event
from shared.runtime.database import Tx
from shared.runtime.outbox import encode

EventT = TypeVar("EventT", bound=Event)


def once(events: Iterable[EventT], name: str) -> dict[UUID, EventT]:
    """The events by the subject that they are about (its field's name); of a repeated one the first."""
    found: dict[UUID, EventT] = {}
    for event in events:
        found.setdefault(getattr(event, name), event)
    return found


async def keep_new(tx: Tx, given: Mapping[UUID, Event], new: Sequence[UUID] | None) -> None:
    """Keep the events of new subjects, packed. `new` is None when all of them are."""
    kept = list(given.values()) if new is None else [given[subject] for subject in new]
    if kept:
        await store.keep_pack(
            tx, kept[0].TYPE, [event.event_id for event in kept], [encode(event) for event in kept]
        )


async def keep(tx: Tx, events: Sequence[Any]) -> None:
    """Keep events of one class, a row each; what is kept already stays as it is."""
    await store.keep_each(
        tx, events[0].TYPE, [event.event_id for event in events], [encode(event) for event in events]
    )
