"""Catalogue and price lists in the database, and the newest book of them in memory."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from pydantic import TypeAdapter

from services.valuation.domain.book import PriceBook, PublishedList, Tariff
from services.valuation.store import exceptions
from shared.kernel.catalogue import DeductionRule, Item, Price
from shared.runtime.database import DatabaseUnavailableError, Tx

_PRICES = TypeAdapter(tuple[Price, ...])
_RULES = TypeAdapter(tuple[DeductionRule, ...])

_SAVE_ITEMS = """
insert into catalogue_item (code, place, content)
select * from unnest($1::text[], $2::int[], $3::text[]::json[])
on conflict (code) do update set place = excluded.place, content = excluded.content
where catalogue_item.place <> excluded.place or catalogue_item.content::text <> excluded.content::text
"""
_INSERT_LIST = """
insert into price_list (price_list_id, name, waste_bank_id, prices, deductions, drafted_by, drafted_at,
                        effective_at, published_by, published_at)
values ($1, $2, $3, $4::text::json, $5::text::json, $6, $7, $8, $9, $10)
on conflict (price_list_id) do nothing returning price_list_id
"""
_COLUMNS = """price_list_id, name, waste_bank_id, prices::text, deductions::text, drafted_by, drafted_at,
effective_at, published_by, published_at"""

# How many lists were published, how often an exception was decided or ended, and, where an exception is for one member,
# how many ids were given up: none of them ever becomes less.
_EDITION = """
select (select count(*) from price_list where published_at is not null),
       (select count(decided_at) + count(ended_at) from price_exception where decided_at is not null),
       (select count(*) from member_alias
        where exists (select from price_exception where decided_at is not null and member_id is not null))
"""


@dataclass(frozen=True, slots=True)
class StoredList:
    """A price list as it is stored, draft or published."""

    price_list_id: UUID
    name: str
    waste_bank_id: str | None
    prices: tuple[Price, ...]
    deductions: tuple[DeductionRule, ...]
    drafted_by: UUID
    drafted_at: datetime
    effective_at: datetime | None = None
    published_by: UUID | None = None
    published_at: datetime | None = None


async def save_items(tx: Tx, items: Sequence[Item]) -> None:
    """Store the catalogue as given; an item that is no longer in it stays, for the deposits that name it."""
    await tx.execute(
        _SAVE_ITEMS,
        [item.code for item in items],
        list(range(len(items))),
        [item.model_dump_json() for item in items],
    )


async def items(tx: Tx) -> dict[str, Item]:
    """The catalogue by code, in the order of its file."""
    rows = await tx.fetch("select code, content::text from catalogue_item order by place, code")
    return {row["code"]: Item.model_validate_json(row["content"]) for row in rows}


async def insert_list(tx: Tx, stored: StoredList) -> bool:
    """Store a new list; False if its id is taken."""
    inserted = await tx.fetchval(
        _INSERT_LIST,
        stored.price_list_id,
        stored.name,
        stored.waste_bank_id,
        _PRICES.dump_json(stored.prices).decode(),
        _RULES.dump_json(stored.deductions).decode(),
        stored.drafted_by,
        stored.drafted_at,
        stored.effective_at,
        stored.published_by,
        stored.published_at,
    )
    return inserted is not None


async def replace_draft(tx: Tx, stored: StoredList) -> None:
    """Overwrite a draft that the transaction has locked."""
    await tx.execute(
        "update price_list set name = $2, waste_bank_id = $3, prices = $4::text::json, "
        "deductions = $5::text::json, drafted_by = $6, drafted_at = $7 where price_list_id = $1",
        stored.price_list_id,
        stored.name,
        stored.waste_bank_id,
        _PRICES.dump_json(stored.prices).decode(),
        _RULES.dump_json(stored.deductions).decode(),
        stored.drafted_by,
        stored.drafted_at,
    )


async def publish(
    tx: Tx, price_list_id: UUID, published_by: UUID, published_at: datetime, effective_at: datetime
) -> bool:
    """Publish a draft; False if a list of the same scope begins at the same instant."""
    try:
        async with tx.transaction():
            await tx.execute(
                "update price_list set effective_at = $2, published_by = $3, published_at = $4 "
                "where price_list_id = $1",
                price_list_id,
                effective_at,
                published_by,
                published_at,
            )
    except asyncpg.UniqueViolationError:
        return False
    return True


async def find_list(tx: Tx, price_list_id: UUID, *, lock: bool = False) -> StoredList | None:
    """A list by its id, locked against other writers if asked; None if there is none."""
    row = await tx.fetchrow(
        f"select {_COLUMNS} from price_list where price_list_id = $1{' for update' if lock else ''}",  # noqa: S608 - ours
        price_list_id,
    )
    return None if row is None else _stored(row)


async def published_lists(
    tx: Tx, waste_bank_id: str | None, before: tuple[datetime, UUID] | None, limit: int
) -> list[StoredList]:
    """Published lists, the last to begin first; of one waste bank and the general ones, or of all."""
    rows = await tx.fetch(
        f"select {_COLUMNS} from price_list where published_at is not null "  # noqa: S608 - columns of ours
        "and ($1::text is null or waste_bank_id is null or waste_bank_id = $1) "
        "and ($2::timestamptz is null or (effective_at, price_list_id) < ($2, $3)) "
        "order by effective_at desc, price_list_id desc limit $4",
        waste_bank_id,
        before[0] if before else None,
        before[1] if before else None,
        limit,
    )
    return [_stored(row) for row in rows]


async def drafts(tx: Tx, before: tuple[datetime, UUID] | None, limit: int) -> list[StoredList]:
    """Lists that are not published, the newest first; those before a place."""
    rows = await tx.fetch(
        f"select {_COLUMNS} from price_list where published_at is null "  # noqa: S608 - columns of ours
        "and ($1::timestamptz is null or (drafted_at, price_list_id) < ($1, $2::uuid)) "
        "order by drafted_at desc, price_list_id desc limit $3",
        before[0] if before else None,
        before[1] if before else None,
        limit,
    )
    return [_stored(row) for row in rows]


class PriceBooks:
    """Keeps the newest book in memory. Lists, decided exceptions and merges stay, so their numbers tell.

    The catalogue changes only with what a process takes up at its start, and is then to be read anew.
    """

    def __init__(self) -> None:
        self._book: PriceBook | None = None
        self._edition = (0, 0, 0, 0)
        self._catalogues = 0

    def read_catalogue_anew(self) -> None:
        """The catalogue may have changed: no book that was begun before this is the newest."""
        self._catalogues += 1

    async def newest(self, tx: Tx) -> PriceBook:
        """The book of everything published; DatabaseUnavailableError as long as nothing is."""
        catalogues = self._catalogues
        published, excepted, given_up = await tx.fetchrow(_EDITION)
        if published == 0:
            # A passing state: the first start is still taking up the files of prices.
            raise DatabaseUnavailableError("no price list has been published yet")
        edition = (published, excepted, given_up, catalogues)
        if self._book is None or self._edition != edition:
            self._book, self._edition = await _load(tx, with_exceptions=excepted > 0), edition
        return self._book


async def _load(tx: Tx, *, with_exceptions: bool) -> PriceBook:
    catalogue = await items(tx)
    rows = await tx.fetch(f"select {_COLUMNS} from price_list where published_at is not null")  # noqa: S608 - ours
    approved = await exceptions.approved(tx) if with_exceptions else []
    return PriceBook(catalogue, [_published(_stored(row), catalogue) for row in rows], approved)


def _published(stored: StoredList, catalogue: Mapping[str, Item]) -> PublishedList:
    if stored.effective_at is None:
        raise AssertionError(f"price list {stored.price_list_id} is published without a beginning")
    return PublishedList(
        id=stored.price_list_id,
        waste_bank_id=stored.waste_bank_id,
        effective_at=stored.effective_at,
        tariffs={
            (price.item, price.grade): _tariff(catalogue[price.item], price.price_rupiah)
            for price in stored.prices
            if price.item in catalogue
        },
        deductions=stored.deductions,
    )


def _tariff(item: Item, price_rupiah: int) -> Tariff:
    return Tariff(item.unit.value, price_rupiah, item.waste_class.value, item.grams_per_unit_estimate)


def _stored(row: asyncpg.Record) -> StoredList:
    values: dict[str, Any] = dict(row)
    values["prices"] = _PRICES.validate_python(json.loads(values["prices"]))
    values["deductions"] = _RULES.validate_python(json.loads(values["deductions"]))
    return StoredList(**values)
