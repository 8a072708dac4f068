"""What a redemption's request and verdicts do to credit, whatever order they are heard in.

Every fact about a redemption is kept; what to do follows from all facts known so far. A verdict about an unknown
request waits and is obeyed when the request comes. A fact that contradicts the known ones is refused and changes
nothing; one that waited and turns out to contradict the request is kept with its contradiction and never obeyed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.wallet.domain.accounts import (
    PROGRAMME,
    AccountKind,
    SystemAccount,
    provider_account,
    system_account,
)
from services.wallet.domain.posting import Leg
from services.wallet.domain.refusals import HoldRefusal


class HoldState(StrEnum):
    """Where the member's amount is: set aside, never was, spent, or free again. The last three are final."""

    HELD = "held"
    REFUSED = "refused"
    SETTLED = "settled"
    RELEASED = "released"


class VerdictKind(StrEnum):
    """How a redemption ended, as payout says it."""

    DELIVERED = "delivered"
    FAILED = "failed"
    DELIVERED_LATE = "delivered_late"
    REVERSED = "reversed"


class Step(StrEnum):
    """One thing to do now."""

    HOLD = "hold"
    REFUSE = "refuse"
    SETTLE = "settle"
    RELEASE = "release"
    CREDIT_BACK = "credit_back"
    BEAR_LOSS = "bear_loss"
    UNDO_LOSS = "undo_loss"


@dataclass(frozen=True, slots=True)
class Request:
    """What a member asked for. The amount is held of the credit, the cash is paid at the waste bank's counter."""

    redemption_id: UUID
    member_id: UUID
    amount_rupiah: int
    cash_rupiah: int
    waste_bank_id: str | None
    subdistrict_code: str
    requested_at: datetime
    fingerprint: bytes


@dataclass(slots=True)
class Hold:
    """The answer to a request."""

    request: Request
    state: HoldState
    why: HoldRefusal | None = None
    available_rupiah: int = 0


@dataclass(slots=True)
class Verdict:
    """One verdict and whether it took effect. `cost_rupiah` left (or came back to) the float at the provider."""

    redemption_id: UUID
    kind: VerdictKind
    member_id: UUID
    amount_rupiah: int
    subdistrict_code: str
    happened_at: datetime
    fingerprint: bytes
    cost_rupiah: int = 0
    provider: str | None = None
    why: str | None = None
    reason: str | None = None
    obeyed: bool = False
    contradiction: str | None = None


@dataclass(slots=True)
class Case:
    """All that is known about one redemption."""

    hold: Hold | None = None
    verdicts: dict[VerdictKind, Verdict] = field(default_factory=dict)

    def verdict(self, kind: VerdictKind) -> Verdict | None:
        """A verdict that counts, or None."""
        found = self.verdicts.get(kind)
        return None if found is None or found.contradiction else found


def ask(case: Case, request: Request, available_rupiah: int) -> Step:
    """Answer a new request; sets `case.hold`. The caller then lets the verdicts that waited be obeyed."""
    for verdict in case.verdicts.values():
        if not verdict.contradiction:
            verdict.contradiction = _differs(request, verdict)
    ended = case.verdict(VerdictKind.FAILED) or case.verdict(VerdictKind.DELIVERED_LATE)
    if ended:
        case.hold = Hold(request, HoldState.REFUSED, HoldRefusal.ALREADY_ENDED, available_rupiah)
        return Step.REFUSE
    if available_rupiah < request.amount_rupiah:
        case.hold = Hold(request, HoldState.REFUSED, HoldRefusal.INSUFFICIENT_CREDIT, available_rupiah)
        delivered = case.verdict(VerdictKind.DELIVERED)
        if delivered:
            delivered.contradiction = _UNHELD
        return Step.REFUSE
    case.hold = Hold(request, HoldState.HELD, None, available_rupiah)
    return Step.HOLD


def contradiction(case: Case, verdict: Verdict) -> str | None:
    """Why a verdict that was just heard cannot be true beside what is known; None if it can."""
    if case.hold is not None:
        difference = _differs(case.hold.request, verdict)
        if difference:
            return difference
    delivered = case.verdict(VerdictKind.DELIVERED)
    late = case.verdict(VerdictKind.DELIVERED_LATE)
    if verdict.kind is VerdictKind.DELIVERED:
        if case.hold is not None and case.hold.state is HoldState.REFUSED:
            return _UNHELD
        if late or case.verdict(VerdictKind.FAILED):
            return "delivered, but it had failed: late delivery is another fact"
    elif verdict.kind in {VerdictKind.FAILED, VerdictKind.DELIVERED_LATE} and delivered:
        return f"{verdict.kind}, but it was delivered"
    elif verdict.kind is VerdictKind.REVERSED and _unlike(delivered or late, verdict):
        return _NOT_THE_SAME
    return None


def take(case: Case, verdict: Verdict) -> None:
    """Add a verdict that is no contradiction. A reversal that waited for another delivery never counts."""
    back = case.verdict(VerdictKind.REVERSED)
    if (
        back
        and verdict.kind in {VerdictKind.DELIVERED, VerdictKind.DELIVERED_LATE}
        and _unlike(verdict, back)
    ):
        back.contradiction = _NOT_THE_SAME
    case.verdicts[verdict.kind] = verdict


def obey(case: Case) -> Iterator[Step]:
    """Everything that the known facts ask for and that has not been done; marks it done."""
    hold = case.hold
    delivered, failed = case.verdict(VerdictKind.DELIVERED), case.verdict(VerdictKind.FAILED)
    late, back = case.verdict(VerdictKind.DELIVERED_LATE), case.verdict(VerdictKind.REVERSED)
    if hold is not None and delivered and hold.state is HoldState.HELD:
        hold.state, delivered.obeyed = HoldState.SETTLED, True
        yield Step.SETTLE
    if hold is not None and failed and not failed.obeyed:
        failed.obeyed = True
        if hold.state is HoldState.HELD:
            hold.state = HoldState.RELEASED
            yield Step.RELEASE
    if late and not late.obeyed:
        late.obeyed = True
        yield Step.BEAR_LOSS
    if back and not back.obeyed:
        if hold is not None and hold.state is HoldState.SETTLED:
            back.obeyed = True
            yield Step.CREDIT_BACK
        elif late:
            back.obeyed = True
            yield Step.UNDO_LOSS


def settlement_legs(request: Request, delivered: Verdict) -> list[Leg]:
    """What balances the member's payment: the biller took its cost from the float, the programme keeps the rest.

    A cash part went into the waste bank's box. Where the counter itself delivered, the cost left the box.
    """
    cash, cost = request.cash_rupiah, delivered.cost_rupiah
    legs: list[Leg] = [(_float(delivered), cost)]
    if cash:
        legs.append((system_account(AccountKind.CASH_BOX, request.waste_bank_id or PROGRAMME), -cash))
    legs.append((system_account(AccountKind.FEE, PROGRAMME), request.amount_rupiah + cash - cost))
    return legs


def loss_legs(late: Verdict) -> list[Leg]:
    """A delivery after the credit had gone back: the programme bears it."""
    return [
        (system_account(AccountKind.LOSS, PROGRAMME), -late.cost_rupiah),
        (_float(late), late.cost_rupiah),
    ]


def float_change_legs(provider: str, amount_rupiah: int, *, lost: bool = False) -> list[Leg]:
    """Money put into (above zero) or taken out of a biller's deposit or a cash box, against the adjustments.

    What is `lost` on a redemption whose credit had gone back stands against the losses instead.
    """
    against = AccountKind.LOSS if lost else AccountKind.ADJUSTMENTS
    return [
        (provider_account(provider), -amount_rupiah),
        (system_account(against, PROGRAMME), amount_rupiah),
    ]


_UNHELD = "delivered, although the credit was refused"
_NOT_THE_SAME = "what was reversed is not what was delivered"


def _float(verdict: Verdict) -> SystemAccount:
    return provider_account(verdict.provider or PROGRAMME)


def _differs(request: Request, verdict: Verdict) -> str | None:
    if (request.member_id, request.amount_rupiah) == (verdict.member_id, verdict.amount_rupiah):
        return None
    return f"{verdict.kind} names another member or amount than was requested"


def _unlike(paid: Verdict | None, back: Verdict) -> bool:
    return paid is not None and (paid.cost_rupiah, paid.provider) != (back.cost_rupiah, back.provider)
