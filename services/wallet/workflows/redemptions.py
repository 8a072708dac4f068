"""Holds, and what a redemption's verdicts do to them: once each, whatever order the facts are heard in."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.wallet.domain import redemptions as rules
from services.wallet.domain.accounts import MemberAccount
from services.wallet.domain.posting import SEPARATOR, Cause, Posting, Transfer, TransferKind, fingerprint
from services.wallet.domain.redemptions import Case, HoldState, Request, Step, Verdict, VerdictKind
from services.wallet.domain.refusals import HoldRefusal
from services.wallet.store import posting as store
from services.wallet.store import redemptions
from services.wallet.workflows.repetition import distinct
from shared.contracts import (
    CreditHeld,
    CreditRefused,
    CreditReleased,
    CreditSettled,
    Event,
    RedemptionDelivered,
    RedemptionDeliveredLate,
    RedemptionFailed,
    RedemptionRequested,
    RedemptionReversed,
)
from shared.kernel.ids import uuid7
from shared.runtime.database import Tx
from shared.runtime.hearing import UnacceptableEventError
from shared.runtime.outbox import say

VerdictEvent = RedemptionDelivered | RedemptionDeliveredLate | RedemptionFailed | RedemptionReversed
_REVERSALS = {Step.CREDIT_BACK: TransferKind.SETTLEMENT, Step.UNDO_LOSS: TransferKind.LATE_LOSS}


async def hold_credit(tx: Tx, events: Sequence[RedemptionRequested], now: datetime) -> None:
    """Set each amount aside, or refuse it for good; the answer to a repeated request stands.

    Every hold sees those before it in the batch, because balances are kept up to date under the accounts' locks.
    Raises UnacceptableEventError if the redemption was requested before with other figures.
    """
    heard = distinct(events, _redemption_id, _request_fingerprint, "redemption")
    batch = await _Batch.open(tx, events, now)
    for redemption_id, (event, print_) in heard.items():
        case = batch.cases[redemption_id]
        if case.hold is None:
            batch.ask(case, _request(event, print_))
        elif case.hold.request.fingerprint != print_:
            raise UnacceptableEventError(
                f"redemption {redemption_id} was requested before with other figures"
            )
    await batch.save(tx)


async def take_verdicts(tx: Tx, events: Sequence[VerdictEvent], now: datetime) -> None:
    """Settle, release, credit back or bear the loss, once each; a verdict on an unknown request waits for it.

    All events are of one class. Raises UnacceptableEventError if one contradicts what is known of its redemption.
    """
    heard = distinct(
        events, _redemption_id, _verdict_fingerprint, f"the verdict {type(events[0]).__name__} on"
    )
    batch = await _Batch.open(tx, events, now)
    for redemption_id, (event, print_) in heard.items():
        case = batch.cases[redemption_id]
        verdict = _verdict(event, print_)
        known = case.verdicts.get(verdict.kind)
        if known is None:
            contradiction = rules.contradiction(case, verdict)
            if contradiction:
                raise UnacceptableEventError(f"redemption {redemption_id}: {contradiction}")
            batch.take(case, verdict)
        elif known.fingerprint != print_:
            raise UnacceptableEventError(
                f"redemption {redemption_id}: {verdict.kind} was heard with other figures"
            )
    await batch.save(tx)


class _Batch:
    """The cases of a batch under their members' locks, and what is to be written about them."""

    def __init__(
        self, cases: dict[UUID, Case], posting: Posting, originals: dict[UUID, Transfer], now: datetime
    ) -> None:
        self.cases = cases
        self._posting = posting
        self._originals = originals
        self._now = now
        self._asked: set[UUID] = set()
        self._ended: dict[UUID, HoldState] = {}
        self._changed: dict[tuple[UUID, VerdictKind], Verdict] = {}
        self._said: list[Event] = []

    @classmethod
    async def open(
        cls, tx: Tx, events: Sequence[RedemptionRequested | VerdictEvent], now: datetime
    ) -> "_Batch":
        members = await store.lock_members(tx, {event.member_id: event.subdistrict_code for event in events})
        redemption_ids = list({event.redemption_id for event in events})
        cases = await redemptions.cases(tx, redemption_ids)
        originals = {}
        if isinstance(events[0], RedemptionReversed):
            kinds = _REVERSALS.values()
            originals = await store.transfers(
                tx, [kind.of(each) for each in redemption_ids for kind in kinds]
            )
        return cls(cases, Posting(members), originals, now)

    def ask(self, case: Case, request: Request) -> None:
        """Answer a request, then obey what waited for it."""
        account = self._posting.members[request.member_id]
        waited = {kind: verdict.contradiction for kind, verdict in case.verdicts.items()}
        step = rules.ask(case, request, account.available)
        self._asked.add(request.redemption_id)
        self._do(step, case, request.redemption_id)
        for kind, verdict in case.verdicts.items():
            if verdict.contradiction != waited[kind]:
                self._changed[request.redemption_id, kind] = verdict
        self._obey(case, request.redemption_id)

    def take(self, case: Case, verdict: Verdict) -> None:
        """Add a verdict, then obey what follows."""
        rules.take(case, verdict)
        for each in case.verdicts.values():
            self._changed[verdict.redemption_id, each.kind] = each
        self._obey(case, verdict.redemption_id)

    async def save(self, tx: Tx) -> None:
        """Write everything that changed; the programme's accounts last."""
        asked = [hold for each in self._asked if (hold := self.cases[each].hold)]
        account_of = {member_id: account.id for member_id, account in self._posting.members.items()}
        await redemptions.save_holds(tx, asked, account_of)
        ended = {each: state for each, state in self._ended.items() if each not in self._asked}
        await redemptions.move_holds(tx, ended)
        await redemptions.save_verdicts(tx, list(self._changed.values()))
        await store.write_transfers(tx, self._posting)
        await say(tx, self._said)
        await store.write_system(tx, self._posting)

    def _obey(self, case: Case, redemption_id: UUID) -> None:
        for step in rules.obey(case):
            self._do(step, case, redemption_id)
        for kind, verdict in case.verdicts.items():
            if verdict.obeyed:
                self._changed[redemption_id, kind] = verdict

    def _do(self, step: Step, case: Case, redemption_id: UUID) -> None:
        """Move balances and say what happened."""
        if step is Step.BEAR_LOSS:
            self._bear_loss(case.verdicts[VerdictKind.DELIVERED_LATE])
            return
        if step is Step.UNDO_LOSS:
            self._reverse(step, TransferKind.LATE_LOSS_REVERSAL, case.verdicts[VerdictKind.REVERSED], None)
            return
        hold = case.hold
        if hold is None:
            raise AssertionError(f"{step} without a request")
        account = self._posting.members[hold.request.member_id]
        if step is Step.HOLD:
            account.held += hold.request.amount_rupiah
            self._say(CreditHeld, hold.request)
        elif step is Step.REFUSE:
            why = hold.why or HoldRefusal.INSUFFICIENT_CREDIT
            self._say(CreditRefused, hold.request, why=why.value, available_rupiah=hold.available_rupiah)
        elif step is Step.SETTLE:
            account.held -= hold.request.amount_rupiah
            self._settle(hold.request, case.verdicts[VerdictKind.DELIVERED], account)
        elif step is Step.RELEASE:
            account.held -= hold.request.amount_rupiah
            self._ended[redemption_id] = HoldState.RELEASED
            self._say(CreditReleased, hold.request, why=case.verdicts[VerdictKind.FAILED].why)
        elif step is Step.CREDIT_BACK:
            self._reverse(
                step, TransferKind.SETTLEMENT_REVERSAL, case.verdicts[VerdictKind.REVERSED], account
            )
            self._say(CreditReleased, hold.request, why="reversed")

    def _settle(self, request: Request, delivered: Verdict, account: MemberAccount) -> None:
        kind = TransferKind.SETTLEMENT
        transfer_id = kind.of(request.redemption_id)
        cause = _cause(delivered, request.subdistrict_code, request.waste_bank_id)
        legs = rules.settlement_legs(request, delivered)
        transfer = self._posting.post(kind, transfer_id, cause, legs, account, -request.amount_rupiah)
        self._originals[transfer_id] = transfer
        self._ended[request.redemption_id] = HoldState.SETTLED
        self._say(CreditSettled, request)

    def _bear_loss(self, late: Verdict) -> None:
        transfer_id = TransferKind.LATE_LOSS.of(late.redemption_id)
        legs = rules.loss_legs(late)
        self._originals[transfer_id] = self._posting.post(
            TransferKind.LATE_LOSS, transfer_id, _cause(late, late.subdistrict_code), legs
        )

    def _reverse(self, step: Step, kind: TransferKind, back: Verdict, account: MemberAccount | None) -> None:
        original = self._originals[_REVERSALS[step].of(back.redemption_id)]
        self._posting.reverse(
            kind,
            _cause(back, original.subdistrict_code, original.waste_bank_id),
            original,
            account,
            back.reason or "",
        )

    def _say(self, kind: type[Event], request: Request, **more: object) -> None:
        facts = {
            "event_id": uuid7(),
            "recorded_at": self._now,
            "member_id": request.member_id,
            "redemption_id": request.redemption_id,
            "subdistrict_code": request.subdistrict_code,
            "amount_rupiah": request.amount_rupiah,
        }
        self._said.append(kind.model_validate(facts | more))


def _redemption_id(event: RedemptionRequested | VerdictEvent) -> UUID:
    return event.redemption_id


def _cause(verdict: Verdict, subdistrict_code: str | None, waste_bank_id: str | None = None) -> Cause:
    return Cause(
        verdict.redemption_id,
        verdict.fingerprint,
        verdict.happened_at,
        waste_bank_id,
        subdistrict_code,
    )


def _request(event: RedemptionRequested, print_: bytes) -> Request:
    return Request(
        event.redemption_id,
        event.member_id,
        event.amount_rupiah,
        event.cash_rupiah,
        event.waste_bank_id,
        event.subdistrict_code,
        event.requested_at,
        print_,
    )


def _verdict(event: VerdictEvent, print_: bytes) -> Verdict:
    return Verdict(
        event.redemption_id,
        _KINDS[type(event)],
        event.member_id,
        event.amount_rupiah,
        event.subdistrict_code,
        event.recorded_at if isinstance(event, RedemptionFailed) else event.delivered_at,
        print_,
        0 if isinstance(event, RedemptionFailed) else event.cost_rupiah,
        None if isinstance(event, RedemptionFailed) else event.provider,
        event.why if isinstance(event, RedemptionFailed) else None,
        event.reason if isinstance(event, RedemptionFailed | RedemptionReversed) else None,
    )


def _request_fingerprint(event: RedemptionRequested) -> bytes:
    return _fingerprint(
        event.member_id, event.amount_rupiah, event.cash_rupiah, event.waste_bank_id, event.product_code
    )


def _verdict_fingerprint(event: VerdictEvent) -> bytes:
    if isinstance(event, RedemptionFailed):
        return _fingerprint(event.member_id, event.amount_rupiah, event.why)
    return _fingerprint(event.member_id, event.amount_rupiah, event.provider, event.cost_rupiah)


def _fingerprint(*facts: object) -> bytes:
    return fingerprint(SEPARATOR.join(map(str, facts)))


_KINDS: dict[type[Event], VerdictKind] = {
    RedemptionDelivered: VerdictKind.DELIVERED,
    RedemptionDeliveredLate: VerdictKind.DELIVERED_LATE,
    RedemptionFailed: VerdictKind.FAILED,
    RedemptionReversed: VerdictKind.REVERSED,
}
