"""Queries about who changed since when, for tablets that were away.

A change takes its number while it holds its waste bank's lock, which ends with the commit. Within a bank, numbers
therefore become visible in their order: a cursor that has passed a number has passed everything below it.
"""

from collections.abc import Sequence
from uuid import UUID

from services.identity.domain.cards import Card
from services.identity.domain.changes import Change, Gone
from services.identity.store.people import as_member
from shared.runtime.database import Tx
from shared.runtime.sealing import Sealer

# Never wait for a row or for the audit while holding these in another order: rows first, then banks, then the audit.
_LOCK = "select pg_advisory_xact_lock(hashtextextended('member changes of ' || $1::text, 0))"


async def mark_changed(tx: Tx, changes: Sequence[tuple[str, UUID, Gone | None]]) -> None:
    """Note (waste bank, member, why they are gone from it or None). Call it after the last row was locked."""
    for waste_bank_id in sorted({bank for bank, _, _ in changes}):
        await tx.execute(_LOCK, waste_bank_id)
    last = {(bank, member_id): gone for bank, member_id, gone in changes}
    await tx.execute(
        """
        insert into member_change (waste_bank_id, member_id, gone, change_no)
        select bank, member_id, gone, nextval('member_change_no')
        from unnest($1::text[], $2::uuid[], $3::text[]) as given (bank, member_id, gone)
        on conflict (waste_bank_id, member_id) do update
            set gone = excluded.gone, change_no = excluded.change_no
        """,
        [bank for bank, _ in last],
        [member_id for _, member_id in last],
        list(last.values()),
    )


async def changes_after(
    tx: Tx, sealer: Sealer, waste_bank_id: str, change_no: int, at_most: int
) -> list[Change]:
    """What changed at a bank after a number, in order. From the beginning, nobody is told whom to forget."""
    rows = await tx.fetch(
        """
        select c.change_no, c.gone, m.* from member_change c join member m on m.id = c.member_id
        where c.waste_bank_id = $1 and c.change_no > $2 and ($2 > 0 or c.gone is null)
        order by c.change_no limit $3
        """,
        waste_bank_id,
        change_no,
        at_most,
    )
    cards = await _cards(tx, [row["id"] for row in rows if row["gone"] is None])
    return [
        Change(
            change_no=row["change_no"],
            member_id=row["id"],
            gone=row["gone"],
            into_member_id=row["merged_into_id"] if row["gone"] == "merged" else None,
            member=as_member(row, sealer) if row["gone"] is None else None,
            cards=tuple(cards.get(row["id"], ())),
        )
        for row in rows
    ]


async def last_number(tx: Tx) -> int:
    """The highest number that was ever given; a cursor beyond it is of another database."""
    found: int = await tx.fetchval("select last_value from member_change_no")
    return found


async def _cards(tx: Tx, member_ids: Sequence[UUID]) -> dict[UUID, list[Card]]:
    rows = await tx.fetch(
        """
        select id, number, waste_bank_id, made_at, member_id, bound_at, blocked_at, blocked_why, replaced_by_id
        from card where member_id = any($1::uuid[]) order by bound_at, id
        """,
        list(member_ids),
    )
    found: dict[UUID, list[Card]] = {}
    for row in rows:
        found.setdefault(row["member_id"], []).append(Card(**row))
    return found
