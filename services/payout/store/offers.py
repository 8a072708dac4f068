"""What the billers sell now, what our float there is, and whether a product keeps failing."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from services.payout.domain.offers import Offer
from services.payout.models import BillerFloat, FloatChange
from shared.runtime.database import Tx

# Three failures of a product within ten minutes close it for ten more; the next order after that is the trial.
FAILURES_TO_CLOSE = 3
BREAKER_WINDOW = timedelta(minutes=10)


class KnownOffer(NamedTuple):
    """An offer, when it was read, and how often the product failed since it last worked."""

    offer: Offer
    read_at: datetime
    failures: int


async def save_offers(tx: Tx, provider: str, offers: Sequence[Offer], read_at: datetime) -> None:
    """Replace a biller's offers by what it says now."""
    await tx.execute("delete from offer where provider = $1", provider)
    await tx.execute(
        """
        insert into offer (provider, sku, price_rupiah, on_sale, stock_left, cut_off_starts, cut_off_ends, read_at)
        select $1, o.*, $2
        from unnest($3::text[], $4::bigint[], $5::bool[], $6::bool[], $7::time[], $8::time[]) o
        on conflict (provider, sku) do nothing
        """,
        provider,
        read_at,
        [offer.sku for offer in offers],
        [offer.price_rupiah for offer in offers],
        [offer.on_sale for offer in offers],
        [offer.stock_left for offer in offers],
        [offer.cut_off_starts for offer in offers],
        [offer.cut_off_ends for offer in offers],
    )


async def known_offers(tx: Tx, provider: str, now: datetime) -> dict[str, KnownOffer]:
    """A biller's offers by SKU."""
    rows = await tx.fetch(
        """
        select o.*, (
            select count(*) from attempt a
            where a.provider = o.provider and a.sku = o.sku and a.meaning = 'product' and a.answered_at > $2
              and a.answered_at > coalesce((
                  select max(s.answered_at) from attempt s
                  where s.provider = o.provider and s.sku = o.sku and s.meaning = 'success'), '-infinity')
        ) as failures
        from offer o where o.provider = $1
        """,
        provider,
        now - BREAKER_WINDOW,
    )
    return {
        row["sku"]: KnownOffer(
            Offer(
                row["sku"],
                row["price_rupiah"],
                row["on_sale"],
                row["stock_left"],
                row["cut_off_starts"],
                row["cut_off_ends"],
            ),
            row["read_at"],
            row["failures"],
        )
        for row in rows
    }


async def take_reading_turn(tx: Tx, provider: str, now: datetime, pause: timedelta) -> bool:
    """Whether it is time to read the price list, and this process is the one that does it."""
    row = await tx.fetchrow(
        """
        insert into reading (provider, next_at) values ($1, $3)
        on conflict (provider) do update set next_at = excluded.next_at where reading.next_at <= $2
        returning provider
        """,
        provider,
        now,
        now + pause,
    )
    return row is not None


async def read_again_at(tx: Tx, provider: str, at: datetime) -> None:
    """Read the price list and the float at that instant, if not before."""
    await tx.execute("update reading set next_at = least(next_at, $2) where provider = $1", provider, at)


async def note_balance(tx: Tx, provider: str, balance_rupiah: int, at: datetime) -> None:
    """Keep what a biller says that we have left, unless something newer is known."""
    await tx.execute(
        """
        insert into biller_float (provider, balance_rupiah, read_at) values ($1, $2, $3)
        on conflict (provider) do update set balance_rupiah = excluded.balance_rupiah, read_at = excluded.read_at
        where biller_float.read_at <= excluded.read_at
        """,
        provider,
        balance_rupiah,
        at,
    )


async def balances(tx: Tx) -> list[BillerFloat]:
    """The floats as last heard."""
    return [
        BillerFloat(**dict(row)) for row in await tx.fetch("select * from biller_float order by provider")
    ]


async def account_disturbed(tx: Tx, provider: str, since: datetime) -> bool:
    """Whether the biller refused our account itself since then and has not sold anything after."""
    found = await tx.fetchval(
        """
        select exists (
            select 1 from attempt a
            where a.provider = $1 and a.meaning = 'our_fault' and a.answered_at > $2
              and not exists (
                  select 1 from attempt s
                  where s.provider = $1 and s.meaning = 'success' and s.answered_at > a.answered_at))
        """,
        provider,
        since,
    )
    return bool(found)


async def lock_key(tx: Tx, decided_by: UUID, key: str) -> None:
    """Let one request under a person's key decide at a time: a double tap waits, and then finds the first one."""
    await tx.execute(
        "select pg_advisory_xact_lock(hashtextextended($1::uuid::text || ' ' || $2, 2))", decided_by, key
    )


async def insert_float_change(tx: Tx, change: FloatChange) -> None:
    """Keep a change of the float."""
    await tx.execute(
        """
        insert into float_change
            (change_id, provider, kind, amount_rupiah, reason, decided_by, idempotency_key, recorded_at, redemption_id)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """,
        change.change_id,
        change.provider,
        change.kind,
        change.amount_rupiah,
        change.reason,
        change.decided_by,
        change.idempotency_key,
        change.recorded_at,
        change.redemption_id,
    )


async def lost_on(tx: Tx, redemption_id: UUID) -> int:
    """What the programme bears of a redemption that was sold after it had been taken back."""
    found: int = await tx.fetchval(
        "select coalesce(-sum(amount_rupiah), 0)::bigint from float_change where redemption_id = $1",
        redemption_id,
    )
    return found


async def float_change_of(tx: Tx, decided_by: UUID, key: str) -> FloatChange | None:
    """The change that a person recorded under a key."""
    row = await tx.fetchrow(
        "select * from float_change where decided_by = $1 and idempotency_key = $2", decided_by, key
    )
    return None if row is None else FloatChange(**dict(row))


async def reading_due(tx: Tx, provider: str, now: datetime) -> bool:
    """Whether the price list is to be read now."""
    next_at = await tx.fetchval("select next_at from reading where provider = $1", provider)
    return next_at is None or next_at <= now


async def offers_read_at(tx: Tx, provider: str) -> datetime | None:
    """When the price list was last read."""
    found: datetime | None = await tx.fetchval("select max(read_at) from offer where provider = $1", provider)
    return found
