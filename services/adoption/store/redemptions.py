"""Redemptions, a row each: every event fills its own columns, so they may come in any order and any number."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

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


# least() passes over null, and gives the same whichever of two comes first.
_ASKED = """
insert into redemption as r (redemption_id, subdistrict_code, amount_rupiah, member_id, product_kind, requested_at,
                             failed)
select *, $7 from unnest($1::uuid[], $2::text[], $3::bigint[], $4::uuid[], $5::text[], $6::timestamptz[])
on conflict (redemption_id) do update set
    product_kind = least(r.product_kind, excluded.product_kind),
    requested_at = least(r.requested_at, excluded.requested_at),
    failed = r.failed or excluded.failed
"""
_PAID = """
insert into redemption as r (redemption_id, subdistrict_code, amount_rupiah, member_id, product_kind, requested_at,
                             delivered_at, provider, cost_rupiah, late, reversed)
select *, $10, $11 from unnest($1::uuid[], $2::text[], $3::bigint[], $4::uuid[], $5::text[], $6::timestamptz[],
                               $7::timestamptz[], $8::text[], $9::bigint[])
on conflict (redemption_id) do update set
    product_kind = least(r.product_kind, excluded.product_kind),
    requested_at = least(r.requested_at, excluded.requested_at),
    delivered_at = least(r.delivered_at, excluded.delivered_at),
    provider = least(r.provider, excluded.provider),
    cost_rupiah = least(r.cost_rupiah, excluded.cost_rupiah),
    late = r.late or excluded.late, reversed = r.reversed or excluded.reversed
"""
_CREDIT = """
insert into redemption as r (redemption_id, subdistrict_code, amount_rupiah, member_id, {column})
select * from unnest($1::uuid[], $2::text[], $3::bigint[], $4::uuid[], $5::{type}[])
on conflict (redemption_id) do update set {column} = excluded.{column}
"""
_CREDIT_STATEMENTS = {
    "held": _CREDIT.format(column="held", type="boolean"),
    "refused": _CREDIT.format(column="refused", type="boolean"),
    "settled": _CREDIT.format(column="settled", type="boolean"),
    # A release after a failure and one after a reversal cannot both happen; the reversal would be the later fact.
    "released": _CREDIT.format(column="released", type="text").replace(
        "set released = excluded.released",
        "set released = case when r.released = 'reversed' then r.released else excluded.released end",
    ),
}


async def ask(tx: Tx, asked: Sequence[Asked], *, failed: bool) -> None:
    """Note redemptions that were requested, or that ended without a product. Each stands once in the batch."""
    await tx.execute(_ASKED, *_columns(asked), failed)


async def pay(tx: Tx, asked: Sequence[Asked], paid: Sequence[Paid], *, late: bool, taken_back: bool) -> None:
    """Note redemptions that were delivered, delivered after the credit was back, or taken back by the biller."""
    await tx.execute(_PAID, *_columns(asked), *_columns(paid), late, taken_back)


async def note_credit(
    tx: Tx, column: str, credits_of: Sequence[tuple[UUID, str, int, UUID]], values: Sequence[Any]
) -> None:
    """Note what wallet did: `held`, `refused` and `settled` are true or not, `released` holds why."""
    await tx.execute(_CREDIT_STATEMENTS[column], *_columns(credits_of), values)


async def change_float(
    tx: Tx, change_ids: Sequence[UUID], providers: Sequence[str], amounts: Sequence[int]
) -> None:
    """Note money put into a biller's float or taken out, once each."""
    await tx.execute(
        """
        insert into float_change (change_id, provider, amount_rupiah)
        select * from unnest($1::uuid[], $2::text[], $3::bigint[]) on conflict (change_id) do nothing
        """,
        change_ids,
        providers,
        amounts,
    )


def _columns(rows: Sequence[tuple[Any, ...]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]
