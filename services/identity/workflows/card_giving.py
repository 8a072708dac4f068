"""Making blank cards and giving them to members."""

import secrets
from datetime import datetime

from services.identity.domain.cards import (
    BODIES,
    SECRET_LENGTH,
    Card,
    PrintedCard,
    in_letters,
    number_is_whole,
    numbered,
)
from services.identity.domain.people import Member, Standing
from services.identity.domain.refusals import Refusal
from services.identity.store import cards as store
from services.identity.store import changes
from services.identity.workflows.known import covers_bank
from shared.kernel.ids import uuid7
from shared.kernel.rollout import Rollout
from shared.runtime.audit import Act, done_by, note
from shared.runtime.database import Tx
from shared.runtime.sealing import Sealer
from shared.runtime.tokens import Caller

_SECRET_BITS = 5 * SECRET_LENGTH


class NoFreeNumberError(Exception):
    """Ten billion numbers are as good as used up."""


async def make_cards(
    tx: Tx, sealer: Sealer, count: int, *, waste_bank_id: str, by: Caller, now: datetime
) -> list[PrintedCard]:
    """New blank cards for a waste bank, with their secrets, which nobody can read again afterwards."""
    made: list[PrintedCard] = []
    for _ in range(5):
        wanted = [
            PrintedCard(
                uuid7(),
                numbered(secrets.randbelow(BODIES)),
                in_letters(secrets.randbits(_SECRET_BITS), SECRET_LENGTH),
            )
            for _ in range(count - len(made))
        ]
        stored = await store.add_cards(
            tx, sealer, wanted, waste_bank_id=waste_bank_id, by=by.subject, tablet_id=by.tablet_id, now=now
        )
        made += [card for card in wanted if card.id in stored]
        if len(made) == count:
            return made
    raise NoFreeNumberError


async def allot_cards(
    tx: Tx, sealer: Sealer, count: int, *, waste_bank_id: str, by: Caller, rollout: Rollout, now: datetime
) -> list[PrintedCard] | Refusal:
    """Blank cards that a tablet may give to members while it has no signal."""
    if not covers_bank(by, waste_bank_id, rollout):
        return Refusal.NOT_YOUR_AREA
    made = await make_cards(tx, sealer, count, waste_bank_id=waste_bank_id, by=by, now=now)
    subdistrict = rollout.subdistrict_of(waste_bank_id)
    act = Act(
        "allot_cards",
        "waste_bank",
        waste_bank_id,
        subdistrict_code=subdistrict.kemendagri_code if subdistrict else None,
        after={"cards": count, "tablet_id": str(by.tablet_id) if by.tablet_id else None},
        **done_by(by),
    )
    await note(tx, [act], now)
    return made


async def bind_card(
    tx: Tx, number: str, member: Member | Standing, *, by: Caller, rollout: Rollout, now: datetime
) -> Card | Refusal:
    """Give a blank card to a member whose row is locked; a card that they have already changes nothing."""
    if not number_is_whole(number):
        return Refusal.WRONG_CARD_NUMBER
    card = await store.lock_by_number(tx, number)
    if card is None or not covers_bank(by, card.waste_bank_id, rollout):
        return Refusal.UNKNOWN_CARD
    owner = member.merged_into_id or member.id
    if card.member_id not in {None, owner}:
        return Refusal.CARD_TAKEN
    if card.blocked_at is not None:
        return Refusal.CARD_BLOCKED
    if card.member_id == owner:
        return card
    if member.merged_into_id is not None:
        return Refusal.MEMBER_MERGED
    if await store.working_card(tx, owner) is not None:
        return Refusal.MEMBER_HAS_CARD
    await store.bind_cards(tx, [(card.id, owner)], by.subject, now)
    await changes.mark_changed(tx, [(member.waste_bank_id, owner, None)])
    return card
