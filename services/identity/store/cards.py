"""Queries about cards. Of what is secret on them only keyed digests come here."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from services.identity.domain.cards import Card, PrintedCard
from shared.runtime.database import Tx
from shared.runtime.sealing import Sealer

_COLUMNS = "id, number, waste_bank_id, made_at, member_id, bound_at, blocked_at, blocked_why, replaced_by_id"


async def add_cards(
    tx: Tx,
    sealer: Sealer,
    printed: Sequence[PrintedCard],
    *,
    waste_bank_id: str,
    by: UUID,
    tablet_id: UUID | None,
    now: datetime,
) -> set[UUID]:
    """Store new blank cards; returns the ids of those whose id and number were free."""
    rows = await tx.fetch(
        """
        insert into card (id, number, secret_digest, code_digest, waste_bank_id, made_at, made_by, tablet_id)
        select *, $5, $6::timestamptz, $7::uuid, $8::uuid
        from unnest($1::uuid[], $2::text[], $3::bytea[], $4::bytea[])
        on conflict do nothing returning id
        """,
        [card.id for card in printed],
        [card.number for card in printed],
        [sealer.blind_index(f"card secret|{card.secret}") for card in printed],
        [sealer.blind_index(f"card code|{card.code}|{card.number}") for card in printed],
        waste_bank_id,
        now,
        by,
        tablet_id,
    )
    return {row["id"] for row in rows}


async def find_card(tx: Tx, card_id: UUID) -> Card | None:
    """A card, or None."""
    return _as_card(await tx.fetchrow(f"select {_COLUMNS} from card where id = $1", card_id))  # noqa: S608 - our columns


async def find_by_number(tx: Tx, number: str) -> Card | None:
    """The card with a number, or None."""
    return _as_card(await tx.fetchrow(f"select {_COLUMNS} from card where number = $1", number))  # noqa: S608 - our columns


async def lock_card(tx: Tx, card_id: UUID) -> Card | None:
    """A card, locked until the transaction ends, or None."""
    return _as_card(await tx.fetchrow(f"select {_COLUMNS} from card where id = $1 for update", card_id))  # noqa: S608


async def lock_by_number(tx: Tx, number: str) -> Card | None:
    """As `lock_card`, by its number."""
    return _as_card(await tx.fetchrow(f"select {_COLUMNS} from card where number = $1 for update", number))  # noqa: S608


async def cards_of(tx: Tx, member_ids: Sequence[UUID]) -> list[Card]:
    """Every card that the members ever had, newest last."""
    rows = await tx.fetch(
        f"select {_COLUMNS} from card where member_id = any($1::uuid[]) order by bound_at, id",  # noqa: S608
        list(member_ids),
    )
    return [Card(**row) for row in rows]


async def working_card(tx: Tx, member_id: UUID) -> Card | None:
    """The one card of a member that is not blocked, or None."""
    return _as_card(
        await tx.fetchrow(
            f"select {_COLUMNS} from card where member_id = $1 and blocked_at is null",  # noqa: S608
            member_id,
        )
    )


async def secret_fits(tx: Tx, sealer: Sealer, member_id: UUID, typed: str) -> bool:
    """Whether this is the secret, or the printed code, of the member's working card; `typed` as `as_typed` gives it."""
    row = await tx.fetchrow(
        "select number, secret_digest, code_digest from card where member_id = $1 and blocked_at is null",
        member_id,
    )
    if row is None:
        return False
    # Digests under a key that the guesser does not have: their comparison tells nothing about the secret.
    is_secret: bool = row["secret_digest"] == sealer.blind_index(f"card secret|{typed}")
    is_code: bool = row["code_digest"] == sealer.blind_index(f"card code|{typed}|{row['number']}")
    return is_secret or is_code


async def bind_cards(tx: Tx, pairs: Sequence[tuple[UUID, UUID]], by: UUID, now: datetime) -> None:
    """Give blank cards to members: (card id, member id)."""
    await tx.execute(
        """
        update card set member_id = given.member_id, bound_at = $3, bound_by = $4
        from unnest($1::uuid[], $2::uuid[]) as given (id, member_id)
        where card.id = given.id and card.member_id is null
        """,
        [card_id for card_id, _ in pairs],
        [member_id for _, member_id in pairs],
        now,
        by,
    )


async def hand_over(tx: Tx, card_id: UUID, to_member_id: UUID) -> None:
    """Let a working card mean another member, because the two are one person."""
    await tx.execute("update card set member_id = $2 where id = $1", card_id, to_member_id)


async def block_card(tx: Tx, card_id: UUID, reason: str, now: datetime) -> None:
    """From now on the card opens nothing."""
    await tx.execute("update card set blocked_at = $2, blocked_why = $3 where id = $1", card_id, now, reason)


async def set_replaced_by(tx: Tx, card_id: UUID, replaced_by: UUID) -> None:
    """Tell on a blocked card which one came after it."""
    await tx.execute("update card set replaced_by_id = $2 where id = $1", card_id, replaced_by)


async def delete_cards(tx: Tx, member_ids: Sequence[UUID]) -> None:
    """Forget the cards of members who left."""
    await tx.execute("delete from card where member_id = any($1::uuid[])", list(member_ids))


def _as_card(row: asyncpg.Record | None) -> Card | None:
    return None if row is None else Card(**row)
