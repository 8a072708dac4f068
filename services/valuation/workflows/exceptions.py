"""Exceptions to a price or deduction: one person proposes with a reason, another decides, all of it stays on a list."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from services.valuation.domain.exceptions import HOLDS_MAX
from services.valuation.domain.refusals import Refusal
from services.valuation.store import exceptions, lists
from services.valuation.store.exceptions import State, StoredException
from shared.contracts import PriceExceptionApproved
from shared.kernel.ids import uuid7
from shared.runtime.audit import Act, Values, done_by, note
from shared.runtime.database import Tx
from shared.runtime.outbox import say
from shared.runtime.tokens import Caller

__all__ = [
    "State",
    "StoredException",
    "decide_exception",
    "end_exception",
    "list_exceptions",
    "propose_exception",
]

list_exceptions = exceptions.listed


async def propose_exception(
    tx: Tx, new: StoredException, who: Caller, now: datetime
) -> StoredException | Refusal:
    """Put an exception on the list; it changes no price until somebody else approves it. The same again is no news."""
    known = await exceptions.find(tx, new.exception_id)
    if known is None:
        impossible = await _impossible(tx, new, now)
        if impossible is not None:
            return impossible
        if await exceptions.insert(tx, new):
            await note(tx, [_act("price_exception.propose", new, who, None, _content(new), new.reason)], now)
            return new
        known = await exceptions.find(tx, new.exception_id)
    same = known is not None and (known.proposed_by, _content(known)) == (new.proposed_by, _content(new))
    return known if known is not None and same else Refusal.EXCEPTION_CONFLICT


async def _impossible(tx: Tx, new: StoredException, now: datetime) -> Refusal | None:
    if not new.from_at < new.until_at <= new.from_at + HOLDS_MAX or new.until_at <= now:
        return Refusal.EXCEPTION_IMPOSSIBLE
    if new.item_code is None:
        return None
    item = (await lists.items(tx)).get(new.item_code)
    if item is None or new.grade not in {each.grade for each in item.grades}:
        return Refusal.ITEM_NOT_PRICED
    return None


async def decide_exception(
    tx: Tx, exception_id: UUID, state: State, who: Caller, reason: str, now: datetime
) -> StoredException | Refusal:
    """Approve or decline, never one's own proposal. The same person deciding the same again changes nothing."""
    known = await _find(tx, exception_id, who)
    if isinstance(known, Refusal):
        return known
    if known.proposed_by == who.subject:
        return Refusal.EXCEPTION_SECOND_PERSON
    if (known.state, known.decided_by) == (state, who.subject):
        return known
    if known.state != "proposed":
        return Refusal.EXCEPTION_DECIDED
    if state == "approved" and known.until_at <= now:
        return Refusal.EXCEPTION_IMPOSSIBLE
    await exceptions.decide(tx, exception_id, state, who.subject, now, reason)
    decided = replace(known, state=state, decided_by=who.subject, decided_at=now, decided_reason=reason)
    if state == "approved":
        await say(tx, [_approved(decided, who.subject, now)])
    verb = "approve" if state == "approved" else "decline"
    before, after = {"state": known.state}, {"state": state}
    await note(tx, [_act(f"price_exception.{verb}", decided, who, before, after, reason)], now)
    return decided


async def end_exception(
    tx: Tx, exception_id: UUID, who: Caller, reason: str, now: datetime
) -> StoredException | Refusal:
    """End an approved exception before its time; what was weighed before is still paid by it."""
    known = await _find(tx, exception_id, who)
    if isinstance(known, Refusal):
        return known
    if known.ended_by == who.subject:
        return known
    if known.state != "approved" or known.ended_at is not None or known.until_at <= now:
        return Refusal.EXCEPTION_DECIDED
    await exceptions.end(tx, exception_id, who.subject, now, reason)
    ended = replace(known, ended_by=who.subject, ended_at=now, end_reason=reason)
    before, after = {"until_at": known.until_at.isoformat()}, {"ended_at": now.isoformat()}
    await note(tx, [_act("price_exception.end", ended, who, before, after, reason)], now)
    return ended


async def _find(tx: Tx, exception_id: UUID, who: Caller) -> StoredException | Refusal:
    known = await exceptions.find(tx, exception_id, lock=True)
    if known is None or not who.covers_bank(known.waste_bank_id, known.subdistrict_code):
        return Refusal.EXCEPTION_UNKNOWN
    return known


def _content(of: StoredException) -> Values:
    return {
        "waste_bank_id": of.waste_bank_id,
        "member_id": None if of.member_id is None else str(of.member_id),
        "item_code": of.item_code,
        "grade": of.grade,
        "price_rupiah": of.price_rupiah,
        "beneficiary": of.beneficiary,
        "percent": of.percent,
        "from_at": of.from_at.astimezone(UTC).isoformat(),
        "until_at": of.until_at.astimezone(UTC).isoformat(),
    }


def _act(
    action: str, about: StoredException, who: Caller, before: Values | None, after: Values, reason: str
) -> Act:
    return Act(
        action,
        "price_exception",
        str(about.exception_id),
        subdistrict_code=about.subdistrict_code,
        before=before,
        after=after,
        reason=reason,
        **done_by(who),
    )


def _approved(of: StoredException, by: UUID, now: datetime) -> PriceExceptionApproved:
    return PriceExceptionApproved(
        event_id=uuid7(),
        recorded_at=now,
        exception_id=of.exception_id,
        waste_bank_id=of.waste_bank_id,
        member_id=of.member_id,
        item_code=of.item_code,
        grade=of.grade,
        price_rupiah=of.price_rupiah,
        beneficiary=of.beneficiary,
        percent=of.percent,
        from_at=of.from_at,
        until_at=of.until_at,
        proposed_by=of.proposed_by,
        approved_by=by,
    )
