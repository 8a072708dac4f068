"""Quotes, and what is known about meters."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from services.payout.models import Quote
from shared.kernel.ids import uuid7
from shared.runtime.database import Tx


async def insert_quote(tx: Tx, quote: Quote) -> None:
    """Keep a new quote."""
    values = quote.model_dump()
    columns = ", ".join(values)
    places = ", ".join(f"${n}" for n in range(1, len(values) + 1))
    await tx.execute(f"insert into quote ({columns}) values ({places})", *values.values())  # noqa: S608 - our columns


async def quote_of(tx: Tx, quote_id: UUID, members: Collection[UUID]) -> Quote | None:
    """A member's own quote, be it under an id that was merged into theirs."""
    row = await tx.fetchrow(
        "select * from quote where quote_id = $1 and member_id = any($2::uuid[])", quote_id, list(members)
    )
    return None if row is None else Quote(**dict(row))


async def known_owner(tx: Tx, fingerprint: bytes, since: datetime) -> bytes | None:
    """What PLN said about a meter, sealed, if it was heard since then."""
    found: bytes | None = await tx.fetchval(
        "select owner_sealed from meter_owner where fingerprint = $1 and read_at > $2", fingerprint, since
    )
    return found


async def save_owner(tx: Tx, fingerprint: bytes, owner_sealed: bytes, at: datetime) -> None:
    """Keep what PLN said about a meter."""
    await tx.execute(
        """
        insert into meter_owner (fingerprint, owner_sealed, read_at) values ($1, $2, $3)
        on conflict (fingerprint) do update set owner_sealed = excluded.owner_sealed, read_at = excluded.read_at
        """,
        fingerprint,
        owner_sealed,
        at,
    )


async def count_inquiry(
    tx: Tx, member_id: UUID, fingerprint: bytes, now: datetime, most_an_hour: int
) -> bool:
    """Count one more question about a meter; False, and nothing counted, if the member asked too often."""
    await tx.execute("select pg_advisory_xact_lock(hashtextextended($1::uuid::text, 1))", member_id)
    asked = await tx.fetchval(
        "select count(*) from inquiry where member_id = $1 and asked_at > $2",
        member_id,
        now - timedelta(hours=1),
    )
    if asked >= most_an_hour:
        return False
    await tx.execute(
        "insert into inquiry (inquiry_id, member_id, asked_at, fingerprint) values ($1, $2, $3, $4)",
        uuid7(),
        member_id,
        now,
        fingerprint,
    )
    return True


async def forget(
    tx: Tx, *, inquiries_before: datetime, owners_before: datetime, quotes_before: datetime
) -> int:
    """Remove what is kept about numbers and no longer needed: used quotes too, their redemption has all of it."""
    removed = 0
    for statement, before in (
        ("delete from inquiry where asked_at < $1", inquiries_before),
        ("delete from meter_owner where read_at < $1", owners_before),
        ("delete from quote where expires_at < $1", quotes_before),
    ):
        removed += int((await tx.execute(statement, before)).rpartition(" ")[2])
    return removed
