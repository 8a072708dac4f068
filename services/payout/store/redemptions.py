"""Redemptions, their attempts and their timeline."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.payout.domain.redemption import State
from services.payout.models import Attempt, Hint, Redemption, Step
from shared.runtime.database import Tx
from shared.runtime.tokens import REGENCY_LENGTH

_COLUMNS = tuple(Redemption.model_fields)
_INSERT = (
    f"insert into redemption ({', '.join(_COLUMNS)}) "  # noqa: S608 - our columns
    f"values ({', '.join(f'${n}' for n in range(1, len(_COLUMNS) + 1))}) on conflict do nothing returning 1"
)
_CHANGING = tuple(name for name in _COLUMNS if name != "redemption_id")
_UPDATE = (
    f"update redemption set {', '.join(f'{name} = ${n}' for n, name in enumerate(_CHANGING, 2))} "  # noqa: S608
    "where redemption_id = $1"
)


@dataclass(frozen=True, slots=True)
class Tally:
    """Redemptions that are under way in one state, and since when the oldest of them stands there."""

    state: State
    count: int
    oldest_at: datetime | None


def _redemption(row: Any) -> Redemption:
    return Redemption(**dict(row))


async def lock_member(tx: Tx, member_id: UUID) -> None:
    """Let one request of a member at a time decide about caps and repeats."""
    await tx.execute("select pg_advisory_xact_lock(hashtextextended($1::uuid::text, 0))", member_id)


async def insert_redemption(tx: Tx, redemption: Redemption) -> bool:
    """Keep a new redemption; False if its key or its quote is already used."""
    return await tx.fetchval(_INSERT, *(getattr(redemption, name) for name in _COLUMNS)) is not None


async def save_redemption(tx: Tx, redemption: Redemption) -> None:
    """Write a redemption back that was locked before."""
    await tx.execute(_UPDATE, redemption.redemption_id, *(getattr(redemption, name) for name in _CHANGING))


async def redemption_by_key(tx: Tx, members: Collection[UUID], key: str) -> Redemption | None:
    """What a member asked for under a key, be it under an id that was merged into theirs."""
    row = await tx.fetchrow(
        "select * from redemption where member_id = any($1::uuid[]) and idempotency_key = $2 "
        "order by redemption_id limit 1",
        list(members),
        key,
    )
    return None if row is None else _redemption(row)


async def redemption_of(tx: Tx, redemption_id: UUID) -> Redemption | None:
    """One redemption, as it stands."""
    row = await tx.fetchrow("select * from redemption where redemption_id = $1", redemption_id)
    return None if row is None else _redemption(row)


async def redemption_by_quote(tx: Tx, quote_id: UUID) -> Redemption | None:
    """What a quote was redeemed for."""
    row = await tx.fetchrow("select * from redemption where quote_id = $1", quote_id)
    return None if row is None else _redemption(row)


async def lock_redemption(tx: Tx, redemption_id: UUID) -> Redemption | None:
    """One redemption, locked until the transaction ends."""
    row = await tx.fetchrow("select * from redemption where redemption_id = $1 for update", redemption_id)
    return None if row is None else _redemption(row)


async def lock_redemptions(tx: Tx, redemption_ids: Collection[UUID]) -> dict[UUID, Redemption]:
    """Several redemptions, locked in the order of their ids so that two batches never wait for each other."""
    rows = await tx.fetch(
        "select * from redemption where redemption_id = any($1::uuid[]) order by redemption_id for update",
        list(redemption_ids),
    )
    return {row["redemption_id"]: _redemption(row) for row in rows}


async def lock_due(tx: Tx, now: datetime, most: int) -> list[Redemption]:
    """Redemptions that a biller is to be asked about and nobody else is asking about, locked."""
    rows = await tx.fetch(
        """
        select * from redemption
        where next_ask_at <= $1 and (leased_until is null or leased_until < $1)
        order by next_ask_at limit $2 for update skip locked
        """,
        now,
        most,
    )
    return [_redemption(row) for row in rows]


async def spent_since(tx: Tx, members: Collection[UUID], since: datetime) -> tuple[int, int]:
    """Rupiah that a member redeemed, or is redeeming, since then; and how much of it at a counter's tablet."""
    row = await tx.fetchrow(
        """
        select coalesce(sum(amount_rupiah), 0) as everywhere,
               coalesce(sum(amount_rupiah) filter (where tablet_id is not null), 0) as at_counters
        from redemption
        where member_id = any($1::uuid[]) and requested_at >= $2
          and state not in ('refused', 'failed', 'released', 'reversed')
        """,
        list(members),
        since,
    )
    return int(row["everywhere"]), int(row["at_counters"])


async def bought_since(tx: Tx, target_fingerprint: bytes | None, product_code: str, since: datetime) -> bool:
    """Whether this product was asked for to this number since then, and was not refused or failed."""
    found = await tx.fetchval(
        """
        select exists (
            select 1 from redemption
            where target_fingerprint = $1 and requested_at >= $3 and product_code = $2
              and state not in ('refused', 'failed', 'released', 'reversed'))
        """,
        target_fingerprint,
        product_code,
        since,
    )
    return bool(found)


async def page_of_members(
    tx: Tx, members: Collection[UUID], before: UUID | None, most: int
) -> list[Redemption]:
    """The redemptions of these ids, newest first, those before a given one."""
    rows = await tx.fetch(
        """
        select * from redemption where member_id = any($1::uuid[]) and ($2::uuid is null or redemption_id < $2)
        order by redemption_id desc limit $3
        """,
        list(members),
        before,
        most,
    )
    return [_redemption(row) for row in rows]


async def page_in_review(
    tx: Tx,
    subdistrict_codes: Collection[str],
    regency_codes: Collection[str],
    after: tuple[datetime, UUID] | None,
    most: int,
    *,
    only: UUID | None,
) -> list[Redemption]:
    """What waits for a person in these sub-districts and regencies, longest first; behind a place."""
    rows = await tx.fetch(
        f"""
        select * from redemption
        where state = 'review'
          and (subdistrict_code = any($1::text[]) or left(subdistrict_code, {REGENCY_LENGTH}) = any($2::text[]))
          and ($3::timestamptz is null or (changed_at, redemption_id) > ($3, $4::uuid))
          and ($5::uuid is null or redemption_id = $5)
        order by changed_at, redemption_id limit $6
        """,  # noqa: S608 - a number of ours
        list(subdistrict_codes),
        list(regency_codes),
        after[0] if after else None,
        after[1] if after else None,
        only,
        most,
    )
    return [_redemption(row) for row in rows]


async def add_steps(tx: Tx, steps: Sequence[Step]) -> None:
    """Add lines to timelines, in this order."""
    await tx.executemany(
        "insert into step (redemption_id, at, state, reason, code, decided_by, note) "
        "values ($1, $2, $3, $4, $5, $6, $7)",
        [(s.redemption_id, s.at, s.state, s.reason, s.code, s.decided_by, s.note) for s in steps],
    )


async def steps_of(tx: Tx, redemption_ids: Collection[UUID]) -> dict[UUID, list[Step]]:
    """The timelines, oldest line first."""
    found: dict[UUID, list[Step]] = {redemption_id: [] for redemption_id in redemption_ids}
    for row in await tx.fetch(
        "select * from step where redemption_id = any($1::uuid[]) order by step_id", list(redemption_ids)
    ):
        found[row["redemption_id"]].append(Step(**dict(row)))
    return found


async def begin_attempt(tx: Tx, attempt: Attempt) -> None:
    """Keep an attempt before the biller hears of it; an attempt that was begun before stays as it is."""
    await tx.execute(
        """
        insert into attempt (redemption_id, attempt_no, provider, sku, reference, begun_at)
        values ($1, $2, $3, $4, $5, $6) on conflict (redemption_id, attempt_no) do nothing
        """,
        attempt.redemption_id,
        attempt.attempt_no,
        attempt.provider,
        attempt.sku,
        attempt.reference,
        attempt.begun_at,
    )


async def attempt_begun_at(tx: Tx, redemption_id: UUID, attempt_no: int) -> datetime | None:
    """When the biller first heard of an attempt, or may have; None if it never did."""
    found: datetime | None = await tx.fetchval(
        "select begun_at from attempt where redemption_id = $1 and attempt_no = $2", redemption_id, attempt_no
    )
    return found


async def answer_attempt(
    tx: Tx, redemption_id: UUID, attempt_no: int, meaning: str, code: str, at: datetime
) -> None:
    """Keep what the biller last said about an attempt."""
    await tx.execute(
        "update attempt set meaning = $3, code = $4, answered_at = $5 where redemption_id = $1 and attempt_no = $2",
        redemption_id,
        attempt_no,
        meaning,
        code,
        at,
    )


async def attempt_by_reference(tx: Tx, provider: str, reference: str) -> Attempt | None:
    """The attempt that a biller knows by this reference."""
    row = await tx.fetchrow(
        "select * from attempt where reference = $1 and provider = $2", reference, provider
    )
    return None if row is None else Attempt(**dict(row))


async def note_hint(tx: Tx, hint: Hint) -> bool:
    """Keep a webhook's claim; True if it was not known yet."""
    times = await tx.fetchval(
        """
        insert into hint (provider, reference, status, code, serial_fingerprint, heard_at)
        values ($1, $2, $3, $4, $5, $6)
        on conflict (provider, reference, status, code, serial_fingerprint) do update set times = hint.times + 1
        returning times
        """,
        hint.provider,
        hint.reference,
        hint.status,
        hint.code,
        hint.serial_fingerprint,
        hint.heard_at,
    )
    return bool(times == 1)


async def wake_waiting_for_funds(tx: Tx, provider: str, at: datetime) -> None:
    """Have every redemption that waits for this biller's float tried again."""
    await tx.execute(
        "update redemption set next_ask_at = $2 where state = 'waiting_for_funds' and provider = $1",
        provider,
        at,
    )


async def tallies(tx: Tx) -> list[Tally]:
    """How many redemptions stand in each state that is not an end."""
    rows = await tx.fetch(
        """
        select state, count(*) as count, min(changed_at) as oldest_at from redemption
        where state in ('requested', 'held', 'waiting_for_funds', 'submitting', 'pending', 'unknown', 'suspect',
                        'review', 'succeeded', 'failed')
        group by state
        """
    )
    return [Tally(State(row["state"]), row["count"], row["oldest_at"]) for row in rows]


async def anything_due(tx: Tx, now: datetime) -> bool:
    """Whether a biller is to be asked about anything now."""
    found = await tx.fetchval(
        """
        select exists (
            select 1 from redemption
            where next_ask_at <= $1 and (leased_until is null or leased_until < $1))
        """,
        now,
    )
    return bool(found)
