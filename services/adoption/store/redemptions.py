"""Redemptions, a row each: every event fills its own columns, so they may come in any order and any number."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from services.adoption.store.rows import columns, put_once, written
from shared.runtime.database import Tx


class Asked(NamedTuple):
    """What every event of payout says about a redemption."""

    redemption_id: UUID
    subdistrict_code: str
    amount_rupiah: int
    member_id: UUID
    product_kind: str
    requested_at: datetime


class Paid(NamedTuple):
    """What a delivery adds."""

    delivered_at: datetime
    provider: str
    cost_rupiah: int


class FloatChange(NamedTuple):
    """Money that went into a biller's float, or came out of it."""

    change_id: UUID
    provider: str
    amount_rupiah: int


# What every fact about a redemption says is the same in all of them.
_SAME = """
(was.subdistrict_code, was.amount_rupiah, was.member_id)
    = (excluded.subdistrict_code, excluded.amount_rupiah, excluded.member_id)
"""
_SAME_ASKED = f"""{_SAME}
    and coalesce(was.product_kind, excluded.product_kind) = excluded.product_kind
    and coalesce(was.requested_at, excluded.requested_at) = excluded.requested_at
"""
_ASKED = f"""
insert into redemption as was (redemption_id, subdistrict_code, amount_rupiah, member_id, product_kind, requested_at,
                             failed)
select *, $7 from unnest($1::uuid[], $2::text[], $3::bigint[], $4::uuid[], $5::text[], $6::timestamptz[])
on conflict (redemption_id) do update set
    product_kind = excluded.product_kind, requested_at = excluded.requested_at,
    failed = was.failed or excluded.failed
where {_SAME_ASKED}
"""  # noqa: S608 - parts of ours
# It is delivered once. Taken back, it counts no longer, and its cost may be known better by then: least() passes over
# null, and gives the same whichever of two comes first.
_PAID = f"""
insert into redemption as was (redemption_id, subdistrict_code, amount_rupiah, member_id, product_kind, requested_at,
                             delivered_at, provider, cost_rupiah, late, reversed)
select *, $10, $11 from unnest($1::uuid[], $2::text[], $3::bigint[], $4::uuid[], $5::text[], $6::timestamptz[],
                               $7::timestamptz[], $8::text[], $9::bigint[])
on conflict (redemption_id) do update set
    product_kind = excluded.product_kind, requested_at = excluded.requested_at,
    delivered_at = least(was.delivered_at, excluded.delivered_at),
    provider = least(was.provider, excluded.provider),
    cost_rupiah = least(was.cost_rupiah, excluded.cost_rupiah),
    late = was.late or excluded.late, reversed = was.reversed or excluded.reversed
where {_SAME_ASKED}
    and (was.delivered_at is null or was.reversed or excluded.reversed
        or (was.delivered_at, was.provider, was.cost_rupiah)
            = (excluded.delivered_at, excluded.provider, excluded.cost_rupiah))
"""  # noqa: S608 - parts of ours
_CREDIT = """
insert into redemption as was (redemption_id, subdistrict_code, amount_rupiah, member_id, {column})
select * from unnest($1::uuid[], $2::text[], $3::bigint[], $4::uuid[], $5::{type}[])
on conflict (redemption_id) do update set {column} = excluded.{column}
where {same}
"""
_CREDIT_STATEMENTS = {
    "held": _CREDIT.format(column="held", type="boolean", same=_SAME),
    "refused": _CREDIT.format(column="refused", type="boolean", same=_SAME),
    "settled": _CREDIT.format(column="settled", type="boolean", same=_SAME),
    # A release after a failure and one after a reversal cannot both happen; the reversal would be the later fact. No
    # figure tells a failure from a cancellation.
    "released": _CREDIT.format(column="released", type="text", same=_SAME).replace(
        "set released = excluded.released",
        "set released = case when was.released = 'reversed' then was.released else excluded.released end",
    ),
}


async def ask(tx: Tx, asked: Sequence[Asked], *, failed: bool) -> int:
    """Note redemptions that were requested, or that ended without a product. Each stands once in the batch.

    Returns, as all that follow, how many were written: those that are new, or known as the same.
    """
    return written(await tx.execute(_ASKED, *columns(asked), failed))


async def pay(tx: Tx, asked: Sequence[Asked], paid: Sequence[Paid], *, late: bool, taken_back: bool) -> int:
    """Note redemptions that were delivered, delivered after the credit was back, or taken back by the biller."""
    return written(await tx.execute(_PAID, *columns(asked), *columns(paid), late, taken_back))


async def note_credit(
    tx: Tx, column: str, credits_of: Sequence[tuple[UUID, str, int, UUID]], values: Sequence[Any]
) -> int:
    """Note what wallet did: `held`, `refused` and `settled` are true or not, `released` holds why."""
    return written(await tx.execute(_CREDIT_STATEMENTS[column], *columns(credits_of), values))


async def change_float(tx: Tx, changes: Sequence[FloatChange]) -> int:
    """Note money put into a biller's float or taken out, once each."""
    return await put_once(tx, "float_change", "uuid text bigint", changes)
