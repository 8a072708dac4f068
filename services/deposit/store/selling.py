"""Buyers, and the lots that they took."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from shared.runtime.database import Tx

_BUYER_COLUMNS = "buyer_id, subdistrict_code, name, contact, added_at, added_by"
_LOT_COLUMNS = """lot_id, waste_bank_id, subdistrict_code, buyer_id, sold_at, sold_by, recorded_at,
    lines::text as lines_json, amount_rupiah, beyond_stock_reason, voids_lot_id, void_reason"""
_INSERT_LOT = """
insert into lot (lot_id, waste_bank_id, subdistrict_code, buyer_id, sold_at, sold_by, recorded_at, lines,
    amount_rupiah, beyond_stock_reason, voids_lot_id, void_reason)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
on conflict do nothing returning lot_id
"""
_LOTS = f"""
select {_LOT_COLUMNS} from lot
where waste_bank_id = $1 and ($2::timestamptz is null or (recorded_at, lot_id) < ($2, $3::uuid))
order by recorded_at desc, lot_id desc limit $4
"""  # noqa: S608 - columns of ours


class Buyer(NamedTuple):
    """Somebody who buys sorted waste; name and contact are sealed."""

    buyer_id: UUID
    subdistrict_code: str
    name: bytes
    contact: bytes
    added_at: datetime
    added_by: UUID


@dataclass(frozen=True, slots=True)
class Lot:
    """A lot, or what voids one: then every weight and amount of its lines is the opposite."""

    lot_id: UUID
    waste_bank_id: str
    subdistrict_code: str
    buyer_id: UUID
    sold_at: datetime
    sold_by: UUID
    recorded_at: datetime
    lines_json: str
    amount_rupiah: int
    beyond_stock_reason: str | None = None
    voids_lot_id: UUID | None = None
    void_reason: str | None = None


async def add_buyer(tx: Tx, buyer: Buyer) -> bool:
    """Write a new buyer; False if the id is taken."""
    row = await tx.fetchrow(
        f"insert into buyer ({_BUYER_COLUMNS}) values ($1, $2, $3, $4, $5, $6) "  # noqa: S608 - columns of ours
        "on conflict (buyer_id) do nothing returning buyer_id",
        *buyer,
    )
    return row is not None


async def buyer(tx: Tx, buyer_id: UUID) -> Buyer | None:
    """One buyer, or None."""
    row = await tx.fetchrow(f"select {_BUYER_COLUMNS} from buyer where buyer_id = $1", buyer_id)  # noqa: S608
    return None if row is None else Buyer(*row)


async def buyers(tx: Tx, subdistrict_codes: Sequence[str], limit: int) -> list[Buyer]:
    """The buyers of these sub-districts, in the order in which they were added."""
    rows = await tx.fetch(
        f"select {_BUYER_COLUMNS} from buyer where subdistrict_code = any($1::text[]) "  # noqa: S608
        "order by added_at, buyer_id limit $2",
        list(subdistrict_codes),
        limit,
    )
    return [Buyer(*row) for row in rows]


async def add_lot(tx: Tx, lot: Lot) -> bool:
    """Write a lot or the void of one; False if the id is taken or the lot is void already."""
    row = await tx.fetchrow(_INSERT_LOT, *(getattr(lot, name) for name in Lot.__slots__))
    return row is not None


async def lot(tx: Tx, lot_id: UUID) -> Lot | None:
    """One lot, or None."""
    row = await tx.fetchrow(f"select {_LOT_COLUMNS} from lot where lot_id = $1", lot_id)  # noqa: S608
    return None if row is None else Lot(**dict(row))


async def void_of(tx: Tx, lot_id: UUID) -> Lot | None:
    """What voids a lot, or None."""
    row = await tx.fetchrow(f"select {_LOT_COLUMNS} from lot where voids_lot_id = $1", lot_id)  # noqa: S608
    return None if row is None else Lot(**dict(row))


async def lots(tx: Tx, waste_bank_id: str, before: tuple[datetime, UUID] | None, limit: int) -> list[Lot]:
    """One more than a page of a bank's lots and voids, newest first, if there are so many."""
    rows = await tx.fetch(_LOTS, waste_bank_id, *(before or (None, None)), limit + 1)
    return [Lot(**dict(row)) for row in rows]
