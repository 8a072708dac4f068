"""A member does not agree with a redemption: opened by them or for them, answered by the programme, by a day."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from services.payout.domain.disputes import due_at
from services.payout.domain.refusals import Refusal
from services.payout.domain.sealed import dispute_field
from services.payout.models import Dispute, Redemption
from services.payout.store import disputes as store
from services.payout.store import people, redemptions
from services.payout.store.disputes import Sight
from services.payout.workflows.dispute_views import DisputePage, DisputeView
from services.payout.workflows.refusing import Refused, refused
from shared.contracts import RedemptionDisputeAnswered, RedemptionDisputeOpened
from shared.contracts.disputes import Outcome, RedemptionComplaint
from shared.kernel.clock import Clock
from shared.kernel.ids import derived_uuid
from shared.kernel.roles import Role
from shared.kernel.rollout import Rollout
from shared.runtime.audit import Act, done_by, note
from shared.runtime.database import Tx
from shared.runtime.outbox import say
from shared.runtime.paging import page_of
from shared.runtime.sealing import Sealer
from shared.runtime.tokens import Caller

Verdict = Literal["upheld", "partly_upheld", "turned_down"]


@dataclass(frozen=True, slots=True)
class Complaint:
    """What somebody says about a redemption; the id is made where it is said. `words` are theirs, or empty."""

    dispute_id: UUID
    redemption_id: UUID
    complaint: RedemptionComplaint
    words: str


class Disputing:
    """Opens, shows, withdraws and answers disputes."""

    def __init__(self, sealer: Sealer, clock: Clock, rollout: Callable[[], Rollout]) -> None:
        self._sealer = sealer
        self._clock = clock
        self._rollout = rollout

    async def open_dispute(self, tx: Tx, said: Complaint, who: Caller) -> DisputeView | Refused:
        """Open a dispute, once for each id; one redemption has one open dispute at a time."""
        redemption = await redemptions.redemption_of(tx, said.redemption_id)
        if redemption is None or not await _may_complain(tx, who, redemption):
            return refused(Refusal.UNKNOWN_REDEMPTION)
        # Nobody leaves, and nobody opens another one, while this one is written.
        await people.lock_members(tx, [redemption.member_id])
        if await people.has_left(tx, [redemption.member_id]):
            return refused(Refusal.MEMBERSHIP_ENDED)
        known = await store.dispute_of(tx, said.dispute_id)
        if known is not None:
            return self._shown(known, who) if self._same(known, said) else refused(Refusal.DISPUTE_CONFLICT)
        dispute = self._dispute(said, redemption, who)
        if not await store.insert_dispute(tx, dispute):
            return refused(Refusal.DISPUTE_ALREADY_OPEN)
        await say(tx, [_opened(dispute)])
        if dispute.assisted:
            await note(tx, [_act("dispute_opened", dispute, who, None)], dispute.opened_at)
        return self._shown(dispute, who)

    async def answer_dispute(
        self, tx: Tx, dispute_id: UUID, who: Caller, outcome: Verdict, words: str
    ) -> DisputeView | Refused:
        """The programme answers, with its reasons. The same answer again is one answer."""
        dispute = await store.lock_dispute(tx, dispute_id)
        if dispute is None or not who.covers_subdistrict(dispute.subdistrict_code):
            return refused(Refusal.UNKNOWN_DISPUTE)
        return await self._end(tx, dispute, who, outcome, words)

    async def withdraw_dispute(self, tx: Tx, dispute_id: UUID, who: Caller) -> DisputeView | Refused:
        """The member takes the complaint back."""
        dispute = await store.lock_dispute(tx, dispute_id)
        if dispute is None or not await _is_own(tx, who, dispute.member_id):
            return refused(Refusal.UNKNOWN_DISPUTE)
        return await self._end(tx, dispute, who, "withdrawn", "")

    async def read_dispute(self, tx: Tx, dispute_id: UUID, who: Caller) -> DisputeView | Refused:
        """One dispute, for whoever may see it."""
        dispute = await store.dispute_of(tx, dispute_id)
        if dispute is None or not await _may_see(tx, who, dispute):
            return refused(Refusal.UNKNOWN_DISPUTE)
        return self._shown(dispute, who)

    async def list_disputes(
        self, tx: Tx, who: Caller, before: tuple[datetime, UUID] | None, limit: int, *, open_only: bool
    ) -> DisputePage:
        """A member's own, those of an operator's counters, or those of the programme's area; newest first."""
        sight = await _sight_of(tx, who)
        found = await store.page_of_disputes(tx, sight, before, limit + 1, open_only=open_only)
        page, following = page_of(found, limit, lambda dispute: (dispute.opened_at, dispute.dispute_id))
        return DisputePage(disputes=[self._shown(each, who) for each in page], next_cursor=following)

    async def _end(
        self, tx: Tx, dispute: Dispute, who: Caller, outcome: Outcome, words: str
    ) -> DisputeView | Refused:
        if dispute.outcome is not None:
            same = dispute.outcome == outcome and self._opened(dispute, "answer_sealed") in {words, None}
            return self._shown(dispute, who) if same else refused(Refusal.DISPUTE_ANSWERED)
        now = self._clock.now()
        dispute.outcome, dispute.answered_by, dispute.answered_at = outcome, who.subject, now
        if words and not await people.has_left(tx, [dispute.member_id]):
            dispute.answer_sealed = self._sealer.seal(
                words, dispute_field(dispute.dispute_id, "answer_sealed")
            )
        await store.save_answer(tx, dispute)
        await say(tx, [_answered(dispute, outcome, who.subject, now)])
        if who.role is not Role.MEMBER:
            await note(tx, [_act("dispute_answered", dispute, who, {"outcome": None})], now)
        return self._shown(dispute, who)

    def _dispute(self, said: Complaint, redemption: Redemption, who: Caller) -> Dispute:
        now = self._clock.now()
        place = dispute_field(said.dispute_id, "words_sealed")
        return Dispute(
            dispute_id=said.dispute_id,
            redemption_id=redemption.redemption_id,
            member_id=redemption.member_id,
            subdistrict_code=redemption.subdistrict_code,
            waste_bank_id=redemption.waste_bank_id,
            complaint=said.complaint,
            words_sealed=self._sealer.seal(said.words, place) if said.words else None,
            opened_by=who.subject,
            assisted=who.role is not Role.MEMBER,
            opened_at=now,
            due_at=due_at(now, self._rollout().dispute_answer_days),
        )

    def _same(self, known: Dispute, said: Complaint) -> bool:
        words = self._opened(known, "words_sealed") or ""
        return (known.redemption_id, known.complaint, words) == (
            said.redemption_id,
            said.complaint,
            said.words,
        )

    def _opened(self, dispute: Dispute, column: str) -> str | None:
        field: bytes | None = getattr(dispute, column)
        return None if field is None else self._sealer.open(field, dispute_field(dispute.dispute_id, column))

    def _shown(self, dispute: Dispute, who: Caller) -> DisputeView:
        """The words are for the member and for who answers: a complaint may be about an operator."""
        reads = who.role is Role.PROGRAMME or (who.role is Role.MEMBER and who.may_spend)
        return DisputeView(
            dispute_id=dispute.dispute_id,
            redemption_id=dispute.redemption_id,
            member_id=dispute.member_id,
            subdistrict_code=dispute.subdistrict_code,
            waste_bank_id=dispute.waste_bank_id,
            complaint=dispute.complaint,
            words=self._opened(dispute, "words_sealed") if reads else None,
            assisted=dispute.assisted,
            opened_at=dispute.opened_at,
            due_at=dispute.due_at,
            late=(dispute.answered_at or self._clock.now()) >= dispute.due_at,
            outcome=dispute.outcome,
            answer_words=self._opened(dispute, "answer_sealed") if reads else None,
            answered_at=dispute.answered_at,
        )


async def _is_own(tx: Tx, who: Caller, member_id: UUID) -> bool:
    if who.role is not Role.MEMBER or who.member_id is None:
        return False
    return member_id in (await people.family_of(tx, who.member_id)).members


async def _may_complain(tx: Tx, who: Caller, redemption: Redemption) -> bool:
    if who.role is Role.MEMBER:
        return await _is_own(tx, who, redemption.member_id)
    return _in_area(who, redemption.waste_bank_id, redemption.subdistrict_code)


async def _may_see(tx: Tx, who: Caller, dispute: Dispute) -> bool:
    if who.role is Role.MEMBER:
        return await _is_own(tx, who, dispute.member_id)
    return _in_area(who, dispute.waste_bank_id, dispute.subdistrict_code)


def _in_area(who: Caller, waste_bank_id: str | None, subdistrict_code: str) -> bool:
    """What belongs to a counter is that bank's operators'; anything else is the sub-district's."""
    if waste_bank_id is not None:
        return who.covers_bank(waste_bank_id, subdistrict_code)
    return who.covers_subdistrict(subdistrict_code)


async def _sight_of(tx: Tx, who: Caller) -> Sight:
    if who.role is Role.MEMBER:
        if who.member_id is None:
            return Sight()
        return Sight(members=(await people.family_of(tx, who.member_id)).members)
    if who.role is Role.OPERATOR:
        return Sight(waste_bank_ids=who.waste_bank_ids, counter_subdistricts=who.subdistrict_codes)
    return Sight(subdistrict_codes=who.subdistrict_codes, regency_codes=who.regency_codes)


def _facts(dispute: Dispute, what: str, now: datetime) -> dict[str, object]:
    return {
        "event_id": derived_uuid(dispute.dispute_id, what),
        "recorded_at": now,
        "member_id": dispute.member_id,
        "dispute_id": dispute.dispute_id,
        "redemption_id": dispute.redemption_id,
        "subdistrict_code": dispute.subdistrict_code,
        "waste_bank_id": dispute.waste_bank_id,
        "opened_at": dispute.opened_at,
        "due_at": dispute.due_at,
    }


def _opened(dispute: Dispute) -> RedemptionDisputeOpened:
    return RedemptionDisputeOpened(
        **_facts(dispute, "opened", dispute.opened_at),
        opened_by=dispute.opened_by,
        assisted=dispute.assisted,
        complaint=dispute.complaint,
    )


def _answered(dispute: Dispute, outcome: Outcome, by: UUID, now: datetime) -> RedemptionDisputeAnswered:
    return RedemptionDisputeAnswered(
        **_facts(dispute, "answered", now), outcome=outcome, answered_by=by, answered_at=now
    )


def _act(action: str, dispute: Dispute, who: Caller, before: dict[str, None] | None) -> Act:
    after = {"complaint": dispute.complaint} if dispute.outcome is None else {"outcome": dispute.outcome}
    return Act(
        action,
        "redemption",
        str(dispute.redemption_id),
        subdistrict_code=dispute.subdistrict_code,
        before=before,
        after={"dispute_id": str(dispute.dispute_id), **after},
        **done_by(who),
    )
