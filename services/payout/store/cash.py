"""The book of every waste bank's cash box: moves, their sum, and never less than nothing."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.payout.models import CashMove, Redemption
from shared.runtime.database import Tx


@dataclass(frozen=True, slots=True)
class BoxDay:
    """What a box held when a span began, and what went in and out during it, all in rupiah and not below zero."""

    opening_rupiah: int
    in_rupiah: int
    out_rupiah: int


@dataclass(frozen=True, slots=True)
class BoxStanding:
    """What is in a box now, and what members may fetch out of it, in rupiah."""

    waste_bank_id: str
    balance_rupiah: int
    promised_rupiah: int


async def lock_box(tx: Tx, waste_bank_id: str) -> int:
    """What is in the box, in rupiah; nobody else moves anything until the transaction ends."""
    await tx.execute(
        "insert into cash_box (waste_bank_id, balance_rupiah) values ($1, 0) on conflict do nothing",
        waste_bank_id,
    )
    found = await tx.fetchval(
        "select balance_rupiah from cash_box where waste_bank_id = $1 for update", waste_bank_id
    )
    return int(found)


async def in_box(tx: Tx, waste_bank_id: str) -> int:
    """What is in the box, in rupiah, as a look tells."""
    found = await tx.fetchval("select balance_rupiah from cash_box where waste_bank_id = $1", waste_bank_id)
    return int(found or 0)


async def book(tx: Tx, move: CashMove) -> bool:
    """Book a move, once; False, and nothing booked, if the box does not hold so much."""
    left = await lock_box(tx, move.waste_bank_id)
    if await tx.fetchval("select 1 from cash_move where move_id = $1", move.move_id):
        return True
    if left + move.amount_rupiah < 0:
        return False
    await tx.execute(
        """
        insert into cash_move (move_id, waste_bank_id, kind, amount_rupiah, at, cause_id)
        values ($1, $2, $3, $4, $5, $6)
        """,
        move.move_id,
        move.waste_bank_id,
        move.kind,
        move.amount_rupiah,
        move.at,
        move.cause_id,
    )
    await tx.execute(
        "update cash_box set balance_rupiah = balance_rupiah + $2 where waste_bank_id = $1",
        move.waste_bank_id,
        move.amount_rupiah,
    )
    return True


async def box_between(tx: Tx, waste_bank_id: str, begins: datetime, ends: datetime) -> BoxDay:
    """What a box held and what moved from one instant up to another."""
    row = await tx.fetchrow(
        """
        select coalesce(sum(amount_rupiah) filter (where at < $2), 0) as opening,
               coalesce(sum(amount_rupiah) filter (where at >= $2 and amount_rupiah > 0), 0) as went_in,
               coalesce(-sum(amount_rupiah) filter (where at >= $2 and amount_rupiah < 0), 0) as went_out
        from cash_move where waste_bank_id = $1 and at < $3
        """,
        waste_bank_id,
        begins,
        ends,
    )
    return BoxDay(int(row["opening"]), int(row["went_in"]), int(row["went_out"]))


async def waiting_at(tx: Tx, waste_bank_id: str, most: int) -> list[Redemption]:
    """Cash that members may fetch at a waste bank, longest waiting first."""
    rows = await tx.fetch(
        """
        select * from redemption where product_kind = 'cash' and state = 'held' and waste_bank_id = $1
        order by requested_at, redemption_id limit $2
        """,
        waste_bank_id,
        most,
    )
    return [Redemption(**dict(row)) for row in rows]


async def promised_by(tx: Tx, waste_bank_id: str) -> int:
    """Rupiah that members may fetch at a waste bank."""
    found = await tx.fetchval(
        """
        select coalesce(sum(amount_rupiah), 0) from redemption
        where product_kind = 'cash' and state = 'held' and waste_bank_id = $1
        """,
        waste_bank_id,
    )
    return int(found)


async def standing_of(tx: Tx, waste_bank_ids: Collection[str]) -> list[BoxStanding]:
    """What is in these boxes and promised out of them, by waste bank."""
    rows = await tx.fetch(
        """
        select bank, coalesce(b.balance_rupiah, 0) as balance, coalesce(sum(r.amount_rupiah), 0) as promised
        from unnest($1::text[]) bank
        left join cash_box b on b.waste_bank_id = bank
        left join redemption r on r.waste_bank_id = bank and r.product_kind = 'cash' and r.state = 'held'
        group by bank, b.balance_rupiah order by bank
        """,
        list(waste_bank_ids),
    )
    return [BoxStanding(row["bank"], row["balance"], int(row["promised"])) for row in rows]


async def moves_of(tx: Tx, cause_id: UUID) -> list[CashMove]:
    """What was moved because of a redemption or a float change."""
    rows = await tx.fetch("select * from cash_move where cause_id = $1", cause_id)
    return [CashMove(**dict(row)) for row in rows]
