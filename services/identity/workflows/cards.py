"""A member's card: issuing, replacing and blocking it, finding whose one is."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.identity.domain.cards import Card, PrintedCard, ReplacedReason, number_is_whole
from services.identity.domain.people import Member, Standing
from services.identity.domain.refusals import Refusal
from services.identity.store import cards as store
from services.identity.store import changes, people
from services.identity.workflows.card_giving import bind_card, make_cards
from services.identity.workflows.known import covers_bank, knows, lock_known
from shared.contracts import CardReplaced
from shared.kernel.ids import uuid7
from shared.kernel.roles import Role
from shared.kernel.rollout import Rollout
from shared.runtime.audit import Act, done_by, note
from shared.runtime.database import Tx
from shared.runtime.outbox import say
from shared.runtime.sealing import Sealer
from shared.runtime.tokens import Caller


@dataclass(frozen=True, slots=True)
class Issued:
    """A card that a member has now. `printed` is known only if it was made just now: it is shown once."""

    card: Card
    printed: PrintedCard | None
    is_new: bool = True


async def issue_card(
    tx: Tx,
    sealer: Sealer,
    member_id: UUID,
    number: str | None,
    *,
    by: Caller,
    rollout: Rollout,
    now: datetime,
) -> Issued | Refusal:
    """Give a card to a member without a working one: the blank one with this number, or one that is made now."""
    standing = await lock_known(tx, member_id, by)
    if isinstance(standing, Refusal):
        return standing
    before = await store.cards_of(tx, [member_id])
    working = next((card for card in before if card.blocked_at is None), None)
    if working is not None:
        return Issued(working, None, is_new=False) if working.number == number else Refusal.MEMBER_HAS_CARD
    issued = await _give(tx, sealer, standing, number, by=by, rollout=rollout, now=now)
    if isinstance(issued, Refusal):
        return issued
    last = before[-1] if before else None
    if last is not None and last.replaced_by_id is None:
        reason = last.blocked_why
        if reason is not None and reason != "merged":
            await _say_replaced(tx, standing, last.id, reason, issued.card.id, by=by, now=now)
    await note(tx, [_act("issue_card", standing, by, after={"card_id": str(issued.card.id)})], now)
    return issued


async def replace_card(
    tx: Tx,
    sealer: Sealer,
    card_id: UUID,
    number: str | None,
    reason: ReplacedReason,
    *,
    by: Caller,
    rollout: Rollout,
    now: datetime,
) -> Issued | Refusal:
    """Block a member's working card and give them another, in one step."""
    found = await _lock_owned(tx, card_id, by)
    if isinstance(found, Refusal):
        return found
    card, standing = found
    if card.blocked_at is not None:
        return Refusal.CARD_BLOCKED
    await store.block_card(tx, card.id, reason, now)
    issued = await _give(tx, sealer, standing, number, by=by, rollout=rollout, now=now)
    if isinstance(issued, Refusal):
        return issued
    await _say_replaced(tx, standing, card.id, reason, issued.card.id, by=by, now=now)
    await note(
        tx,
        [
            _act(
                "replace_card",
                standing,
                by,
                before={"card_id": str(card.id)},
                after={"card_id": str(issued.card.id), "reason": reason},
            )
        ],
        now,
    )
    return issued


async def block_card(
    tx: Tx, card_id: UUID, reason: ReplacedReason, *, by: Caller, rollout: Rollout, now: datetime
) -> Card | Refusal:
    """From now on the card opens nothing. Blocking it again changes nothing."""
    blank = await store.find_card(tx, card_id)
    if blank is not None and blank.member_id is None:
        return await _block_blank(tx, blank, reason, by=by, rollout=rollout, now=now)
    found = await _lock_owned(tx, card_id, by)
    if isinstance(found, Refusal):
        return found
    card, standing = found
    if card.blocked_at is None:
        await store.block_card(tx, card.id, reason, now)
        await changes.mark_changed(tx, [(standing.waste_bank_id, standing.id, None)])
        act = _act("block_card", standing, by, after={"card_id": str(card.id), "reason": reason})
        await note(tx, [act], now)
    return await store.find_card(tx, card_id) or Refusal.UNKNOWN_CARD


async def look_up(
    tx: Tx, sealer: Sealer, number: str, *, by: Caller, rollout: Rollout
) -> tuple[Card, Member] | Refusal:
    """Whose card this is, for staff of the area."""
    if not number_is_whole(number):
        return Refusal.WRONG_CARD_NUMBER
    card = await store.find_by_number(tx, number)
    if card is None:
        return Refusal.UNKNOWN_CARD
    if card.member_id is None:
        return Refusal.CARD_BLANK if covers_bank(by, card.waste_bank_id, rollout) else Refusal.UNKNOWN_CARD
    member = await people.find_member(tx, sealer, card.member_id)
    if member is None or not knows(by, member):
        return Refusal.UNKNOWN_CARD
    return (card, member) if card.blocked_at is None else Refusal.CARD_BLOCKED


async def _give(
    tx: Tx,
    sealer: Sealer,
    standing: Standing,
    number: str | None,
    *,
    by: Caller,
    rollout: Rollout,
    now: datetime,
) -> Issued | Refusal:
    printed = None
    if number is None:
        (printed,) = await make_cards(tx, sealer, 1, waste_bank_id=standing.waste_bank_id, by=by, now=now)
    bound = await bind_card(
        tx, printed.number if printed else number or "", standing, by=by, rollout=rollout, now=now
    )
    return bound if isinstance(bound, Refusal) else Issued(bound, printed)


async def _lock_owned(tx: Tx, card_id: UUID, by: Caller) -> tuple[Card, Standing] | Refusal:
    """A card with the member who has it, both locked; the member first, as everywhere."""
    card = await store.find_card(tx, card_id)
    if card is None or (card.member_id is None and by.role is Role.MEMBER):
        return Refusal.UNKNOWN_CARD
    if card.member_id is None:
        return Refusal.CARD_BLANK
    standing = await lock_known(tx, card.member_id, by)
    locked = await store.lock_card(tx, card_id)
    if isinstance(standing, Refusal) or locked is None or locked.member_id != standing.id:
        return Refusal.UNKNOWN_CARD
    return locked, standing


async def _block_blank(
    tx: Tx, card: Card, reason: ReplacedReason, *, by: Caller, rollout: Rollout, now: datetime
) -> Card | Refusal:
    if by.role is Role.MEMBER or not covers_bank(by, card.waste_bank_id, rollout):
        return Refusal.UNKNOWN_CARD
    locked = await store.lock_card(tx, card.id)
    if locked is None or locked.member_id is not None:
        return Refusal.CARD_TAKEN
    if locked.blocked_at is None:
        await store.block_card(tx, card.id, reason, now)
        subdistrict = rollout.subdistrict_of(card.waste_bank_id)
        act = Act(
            "block_card",
            "waste_bank",
            card.waste_bank_id,
            subdistrict_code=subdistrict.kemendagri_code if subdistrict else None,
            after={"card_id": str(card.id), "reason": reason},
            **done_by(by),
        )
        await note(tx, [act], now)
    return await store.find_card(tx, card.id) or Refusal.UNKNOWN_CARD


async def _say_replaced(
    tx: Tx,
    standing: Standing,
    old_id: UUID,
    reason: ReplacedReason,
    card_id: UUID,
    *,
    by: Caller,
    now: datetime,
) -> None:
    await store.set_replaced_by(tx, old_id, card_id)
    await say(
        tx,
        [
            CardReplaced(
                event_id=uuid7(),
                recorded_at=now,
                member_id=standing.id,
                card_id=card_id,
                replaced_card_id=old_id,
                why=reason,
                replaced_at=now,
                replaced_by=by.subject,
            )
        ],
    )


def _act(
    action: str,
    standing: Standing,
    by: Caller,
    *,
    before: dict[str, str] | None = None,
    after: dict[str, str] | None = None,
) -> Act:
    return Act(
        action,
        "member",
        str(standing.id),
        subdistrict_code=standing.subdistrict_code,
        before=before,
        after=after,
        **done_by(by),
    )
