"""A ledger as simple as it can be: the set of facts decides, and nothing is stored. It shares no code with wallet."""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from shared.contracts import (
    DepositValued,
    Event,
    FloatChanged,
    MembersMerged,
    RedemptionDelivered,
    RedemptionDeliveredLate,
    RedemptionFailed,
    RedemptionRequested,
    RedemptionReversed,
    ValuationReversed,
)

Account = tuple[str, str]
PROGRAMME = "programme"
COUNTER = "counter:"


class ReferenceLedger:
    """Balances that follow from all facts together. Every requested amount up to `enough` counts as covered."""

    def __init__(self, facts: Iterable[Event], enough: int) -> None:
        self.posted: defaultdict[Account, int] = defaultdict(int)
        self.held: defaultdict[Account, int] = defaultdict(int)
        self.causes: set[tuple[str, UUID]] = set()
        known = list(facts)
        self._into = {str(f.member_id): str(f.into_member_id) for f in known if isinstance(f, MembersMerged)}
        voided = {fact.deposit_id for fact in known if isinstance(fact, ValuationReversed)}
        for fact in {f.deposit_id: f for f in known if isinstance(f, DepositValued)}.values():
            self.causes.add(("credit", fact.deposit_id))
            if fact.deposit_id in voided:
                self.causes.add(("credit_reversal", fact.deposit_id))
            else:
                self._deposit(fact)
        for change in {f.change_id: f for f in known if isinstance(f, FloatChanged)}.values():
            self.causes.add(("float_change", change.change_id))
            self._pay(change.provider, -change.amount_rupiah)
            self._move("adjustments", PROGRAMME, change.amount_rupiah)
        for request in {f.redemption_id: f for f in known if isinstance(f, RedemptionRequested)}.values():
            about = [fact for fact in known if getattr(fact, "redemption_id", None) == request.redemption_id]
            self._redemption(request, {type(fact): fact for fact in about}, enough)

    def _deposit(self, fact: DepositValued) -> None:
        self._move("member_credit", self._who(fact.member_id), fact.net_rupiah)
        for part in fact.deductions:
            owner = fact.waste_bank_id if part.beneficiary == "waste_bank" else part.beneficiary
            self._move("fee", owner, part.amount_rupiah)
        self._move("purchase_cost", PROGRAMME, -fact.gross_rupiah + fact.price_difference_rupiah)
        self._move("price_difference", PROGRAMME, -fact.price_difference_rupiah)

    def _redemption(self, request: RedemptionRequested, about: dict[type, Event], enough: int) -> None:
        member = ("member_credit", self._who(request.member_id))
        delivered, late = about.get(RedemptionDelivered), about.get(RedemptionDeliveredLate)
        back = RedemptionReversed in about
        if isinstance(late, RedemptionDeliveredLate):
            self.causes.add(("late_loss", request.redemption_id))
            if back:
                self.causes.add(("late_loss_reversal", request.redemption_id))
            else:
                self._move("loss", PROGRAMME, -late.cost_rupiah)
                self._pay(late.provider, late.cost_rupiah)
        if isinstance(delivered, RedemptionDelivered):
            self.causes.add(("settlement", request.redemption_id))
            if back:
                self.causes.add(("settlement_reversal", request.redemption_id))
            else:
                self.posted[member] -= request.amount_rupiah
                self._pay(delivered.provider, delivered.cost_rupiah)
                self._move("cash_box", request.waste_bank_id or "", -request.cash_rupiah)
                rest = request.amount_rupiah + request.cash_rupiah - delivered.cost_rupiah
                self._move("fee", PROGRAMME, rest)
        elif RedemptionFailed not in about and request.amount_rupiah <= enough:
            self.held[member] += request.amount_rupiah

    def _who(self, member_id: UUID) -> str:
        found = str(member_id)
        while found in self._into:
            found = self._into[found]
        return found

    def _pay(self, provider: str, amount: int) -> None:
        if provider.startswith(COUNTER):
            self._move("cash_box", provider[len(COUNTER) :], amount)
        else:
            self._move("provider_float", provider, amount)

    def _move(self, kind: str, owner: str, amount: int) -> None:
        self.posted[kind, owner] += amount

    def balances(self) -> dict[Account, tuple[int, int]]:
        """(kind, owner) to (posted, held), without accounts at rest."""
        accounts = self.posted.keys() | self.held.keys()
        pairs = {account: (self.posted[account], self.held[account]) for account in accounts}
        return {account: pair for account, pair in pairs.items() if any(pair)}
