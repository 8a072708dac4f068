"""What a tablet must know of prices, as the difference between what it has and what holds now.

The cursor names what the tablet has: the state is compared, not a sequence of writes, so that no write can be skipped
whenever it committed, and whatever stopped counting is named to be deleted. Lists and exceptions never change, so an id
is enough; the catalogue may, so it is known by its hash.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any, NamedTuple
from uuid import UUID

from services.valuation.store import changes, lists
from services.valuation.store.lists import PriceBooks
from shared.kernel.rollout import Rollout
from shared.runtime.database import Tx

# Of each kind, so that the cursor stays short enough for an address.
LISTS_MAX, EXCEPTIONS_MAX = 64, 96
PAGE_THINGS, PAGE_BYTES = 500, 524_288

CATALOGUE, LIST, EXCEPTION = "catalogue", "price_list", "price_exception"
_LETTER_OF = {LIST: b"l", EXCEPTION: b"x"}
_KIND_OF = {letter: kind for kind, letter in _LETTER_OF.items()}
_HASH_BYTES, _ENTRY_BYTES = 8, 17
_NO_CATALOGUE = bytes(_HASH_BYTES)


class Had(NamedTuple):
    """What a tablet has: the hash of its catalogue, and (kind, id) of the rest."""

    catalogue: bytes
    entries: frozenset[tuple[str, UUID]]


NOTHING = Had(_NO_CATALOGUE, frozenset())


class PriceChanges(NamedTuple):
    """A page: things as JSON objects with `kind` and `id`; (kind, id) to delete; what the tablet has then."""

    changed: list[dict[str, Any]]
    gone: list[tuple[str, UUID]]
    had: Had
    more: bool


async def price_changes(
    tx: Tx, books: PriceBooks, rollout: Rollout, waste_bank_id: str, had: Had, at: datetime
) -> PriceChanges:
    """The next page for a tablet of that waste bank that has what `had` says."""
    catalogue = _catalogue(await lists.items(tx), rollout.price_list_max_age_days)
    wanted = await _wanted(tx, books, rollout, waste_bank_id, at)
    kept = had.entries & wanted.keys()
    changed: list[dict[str, Any]] = []
    size = 0
    if _hash(catalogue) != had.catalogue:
        changed.append(catalogue)
        size = len(_json(catalogue))
    sent: set[tuple[str, UUID]] = set()
    for entry, known in wanted.items():
        if entry in kept:
            continue
        thing = known if known is not None else await _price_list(tx, entry[1])
        size += len(_json(thing))
        if changed and (len(changed) >= PAGE_THINGS or size > PAGE_BYTES):
            break
        changed.append(thing)
        sent.add(entry)
    now_there = kept | sent
    return PriceChanges(
        changed=changed,
        gone=sorted(had.entries - wanted.keys()),
        had=Had(_hash(catalogue), frozenset(now_there)),
        more=len(now_there) < len(wanted),
    )


async def _wanted(
    tx: Tx, books: PriceBooks, rollout: Rollout, waste_bank_id: str, at: datetime
) -> dict[tuple[str, UUID], dict[str, Any] | None]:
    """What a tablet there should have besides the catalogue; None for a list, which is read when it is sent."""
    book = await books.newest(tx)
    max_age = timedelta(days=rollout.price_list_max_age_days)
    honoured = book.honoured(waste_bank_id, at, max_age)[-LISTS_MAX:]
    wanted: dict[tuple[str, UUID], dict[str, Any] | None] = {(LIST, each.id): None for each in honoured}
    for exception in await changes.exceptions_in_force(tx, waste_bank_id, at, EXCEPTIONS_MAX):
        values = exception._asdict()
        exception_id = values.pop("exception_id")
        wanted[EXCEPTION, exception_id] = {"kind": EXCEPTION, "id": str(exception_id)} | {
            name: value if isinstance(value, int | None) else str(_written(value))
            for name, value in values.items()
        }
    return wanted


def _written(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _catalogue(items: Mapping[str, Any], max_age_days: int) -> dict[str, Any]:
    return {
        "kind": CATALOGUE,
        "id": CATALOGUE,
        "price_list_max_age_days": max_age_days,
        "items": [item.model_dump(mode="json", exclude_none=True) for item in items.values()],
    }


async def _price_list(tx: Tx, price_list_id: UUID) -> dict[str, Any]:
    stored = await lists.find_list(tx, price_list_id)
    if stored is None or stored.effective_at is None:
        raise AssertionError(f"price list {price_list_id} is in the book but not published")
    return {
        "kind": LIST,
        "id": str(price_list_id),
        "name": stored.name,
        "waste_bank_id": stored.waste_bank_id,
        "effective_at": stored.effective_at.isoformat(),
        "prices": [
            {"item_code": price.item, "grade": price.grade, "price_rupiah": price.price_rupiah}
            for price in stored.prices
        ],
        "deductions": [rule.model_dump(mode="json") for rule in stored.deductions],
    }


def _json(thing: Mapping[str, Any]) -> bytes:
    return json.dumps(thing, separators=(",", ":"), sort_keys=True).encode()


def _hash(thing: Mapping[str, Any]) -> bytes:
    return blake2b(_json(thing), digest_size=_HASH_BYTES).digest()


def write_cursor(had: Had) -> str:
    """What a tablet has, as text that says nothing to it."""
    entries = b"".join(_LETTER_OF[kind] + entry_id.bytes for kind, entry_id in sorted(had.entries))
    return urlsafe_b64encode(had.catalogue + entries).decode().rstrip("=")


def read_cursor(text: str | None) -> Had | None:
    """What a cursor says; None if it is not one of ours."""
    if not text:
        return NOTHING
    try:
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        starts = range(_HASH_BYTES, len(raw), _ENTRY_BYTES)
        entries = [(_KIND_OF[raw[at : at + 1]], UUID(bytes=raw[at + 1 : at + _ENTRY_BYTES])) for at in starts]
    except (ValueError, KeyError):
        return None
    return Had(raw[:_HASH_BYTES], frozenset(entries)) if len(raw) >= _HASH_BYTES else None
