"""Price lists: drafted, published with the instant from which they hold, and never changed after that."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from services.valuation.domain.publishing import missing_prices, over_deducted, unknown_prices
from services.valuation.domain.refusals import Refusal
from services.valuation.store import lists
from services.valuation.store.lists import StoredList
from shared.contracts import PriceListPublished
from shared.kernel import wib
from shared.kernel.catalogue import Catalogue, DeductionRule, Item, Price, PriceLists
from shared.kernel.ids import uuid7
from shared.kernel.rollout import Rollout
from shared.runtime.audit import Act, note
from shared.runtime.database import Tx
from shared.runtime.outbox import say

__all__ = ["StoredList"]

# Whoever a file speaks for: the programme itself.
PROGRAMME_ITSELF = UUID("01a0d15b-0b80-7000-8000-000000000000")


@dataclass(frozen=True, slots=True)
class Publisher:
    """Who puts prices in force, and for which waste banks they may: None stands for all that have no list."""

    id: UUID
    role: str
    may: Callable[[str | None], bool]


async def seed_catalogue(tx: Tx, catalogue: Catalogue, files: Sequence[PriceLists], now: datetime) -> int:
    """Store the catalogue and publish lists of the files that are not known yet; returns how many those were.

    A list of a file holds from the beginning of its WIB day and counts as published then.
    """
    await lists.save_items(tx, catalogue.items)
    said: list[PriceListPublished] = []
    for file in files:
        for each in file.price_lists:
            whole = file.whole(each)
            effective_at = wib.start_of_day(each.effective_on)
            stored = StoredList(
                price_list_id=each.id,
                name=each.name,
                waste_bank_id=each.waste_bank_id,
                prices=whole.prices,
                deductions=whole.deductions,
                drafted_by=PROGRAMME_ITSELF,
                drafted_at=now,
                effective_at=effective_at,
                published_by=PROGRAMME_ITSELF,
                published_at=now,
            )
            if await lists.insert_list(tx, stored):
                said.append(_published(stored, effective_at, PROGRAMME_ITSELF, now))
    await say(tx, said)
    return len(said)


async def draft_list(
    tx: Tx,
    *,
    price_list_id: UUID,
    name: str,
    waste_bank_id: str | None,
    based_on: UUID | None,
    prices: Sequence[Price],
    deductions: Sequence[DeductionRule] | None,
    by: Publisher,
    rollout: Rollout,
    now: datetime,
) -> StoredList | Refusal:
    """Write a draft, or write it anew. With `based_on`, what is not given is taken over from that published list.

    A draft of a scope outside of the drafter's area is not written over.
    """
    if waste_bank_id is not None and rollout.waste_bank(waste_bank_id) is None:
        return Refusal.WASTE_BANK_UNKNOWN
    base = None if based_on is None else await lists.find_list(tx, based_on)
    if based_on is not None and (base is None or base.published_at is None):
        return Refusal.LIST_UNKNOWN
    taken_over: tuple[Price, ...] = ()
    if base is not None:
        own = {(price.item, price.grade) for price in prices}
        taken_over = tuple(price for price in base.prices if (price.item, price.grade) not in own)
    rules = deductions if deductions is not None else (base.deductions if base else ())
    catalogue = await lists.items(tx)
    draft = StoredList(
        price_list_id=price_list_id,
        name=name,
        waste_bank_id=waste_bank_id,
        prices=(*prices, *taken_over),
        deductions=tuple(rules),
        drafted_by=by.id,
        drafted_at=now,
    )
    if unknown_prices(draft.prices, catalogue) or over_deducted(draft.deductions):
        return Refusal.LIST_INCOMPLETE
    return await _save_draft(tx, draft, by)


async def _save_draft(tx: Tx, draft: StoredList, by: Publisher) -> StoredList | Refusal:
    if await lists.insert_list(tx, draft):
        return draft
    existing = await lists.find_list(tx, draft.price_list_id, lock=True)
    if existing is None or existing.published_at is not None or not by.may(existing.waste_bank_id):
        return Refusal.LIST_PUBLISHED
    await lists.replace_draft(tx, draft)
    return draft


async def publish_list(
    tx: Tx,
    price_list_id: UUID,
    *,
    effective_at: datetime | None,
    by: Publisher,
    rollout: Rollout,
    now: datetime,
) -> StoredList | Refusal:
    """Put a draft in force from an instant that is not past, or from now on. The same again changes nothing."""
    draft = await lists.find_list(tx, price_list_id, lock=True)
    if draft is None or not by.may(draft.waste_bank_id):
        return Refusal.LIST_UNKNOWN
    if draft.published_at is not None:
        same = effective_at is None or effective_at == draft.effective_at
        return draft if same else Refusal.LIST_PUBLISHED
    if effective_at is not None and effective_at < now:
        return Refusal.EFFECTIVE_IN_PAST
    catalogue = await lists.items(tx)
    if missing_prices(draft.prices, catalogue) or unknown_prices(draft.prices, catalogue):
        return Refusal.LIST_INCOMPLETE
    begins = effective_at or now
    if not await lists.publish(tx, price_list_id, by.id, now, begins):
        return Refusal.EFFECTIVE_TAKEN
    published = replace(draft, effective_at=begins, published_by=by.id, published_at=now)
    await say(tx, [_published(published, begins, by.id, now)])
    await note(tx, [_act(published, begins, by, rollout)], now)
    return published


def _act(published: StoredList, begins: datetime, by: Publisher, rollout: Rollout) -> Act:
    bank = published.waste_bank_id
    subdistrict = None if bank is None else rollout.subdistrict_of(bank)
    return Act(
        "price_list.publish",
        "price_list",
        str(published.price_list_id),
        by.id,
        by.role,
        None if subdistrict is None else subdistrict.kemendagri_code,
        {"state": "draft"},
        {"state": "published", "waste_bank_id": bank, "effective_at": begins.isoformat()},
    )


def _published(stored: StoredList, effective_at: datetime, by: UUID, now: datetime) -> PriceListPublished:
    return PriceListPublished(
        event_id=uuid7(),
        recorded_at=now,
        price_list_id=stored.price_list_id,
        waste_bank_id=stored.waste_bank_id,
        effective_at=effective_at,
        published_by=by,
    )


async def read_list(tx: Tx, price_list_id: UUID, *, drafts_too: bool) -> StoredList | Refusal:
    """A published list, or for those who may see it, a draft."""
    found = await lists.find_list(tx, price_list_id)
    if found is None or (found.published_at is None and not drafts_too):
        return Refusal.LIST_UNKNOWN
    return found


async def list_history(
    tx: Tx, waste_bank_id: str | None, before: tuple[datetime, UUID] | None, limit: int
) -> list[StoredList]:
    """Published lists, the last to begin first."""
    return await lists.published_lists(tx, waste_bank_id, before, limit)


async def list_drafts(tx: Tx, before: tuple[datetime, UUID] | None, limit: int) -> list[StoredList]:
    """Drafts, the newest first."""
    return await lists.drafts(tx, before, limit)


async def read_catalogue(tx: Tx) -> Mapping[str, Item]:
    """The waste catalogue by code, in its order."""
    return await lists.items(tx)
