"""Every deposit is credited once, at the price that it names, and never vanishes."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from shared.contracts import (
    CreditHeld,
    CreditPosted,
    CreditReversed,
    DepositQuarantined,
    DepositQuarantinedV2,
    DepositRecorded,
    DepositValued,
    DepositVoided,
    Event,
)
from tests.verify.depositing import (
    ApprovedException,
    Credit,
    Deposit,
    Depositing,
    Part,
    Priced,
    PriceList,
    Valuation,
)
from tests.verify.findings import Differences, Finding
from tests.verify.scratch import PARTS
from tests.verify.topics import Topics

BASIS_POINTS = 10_000
PERCENT = 100
NOT_HEARD = Credit()
COUNTS = "recorded"


@dataclass
class _Counts:
    deposits: int = 0
    voided: int = 0
    credits: int = 0
    reversals: int = 0
    valued: int = 0
    announced: int = 0
    holds: int = 0


@dataclass
class DepositChecks:
    """I3, I9 and I10, counted part by part. Prices are computed again while the valuations are read."""

    credits: Differences = field(default_factory=Differences)
    prices: Differences = field(default_factory=Differences)
    voids: Differences = field(default_factory=Differences)
    counts: _Counts = field(default_factory=_Counts)

    def recompute(
        self, valuation: Priced, prices: PriceList | None, exceptions: Mapping[UUID, ApprovedException]
    ) -> None:
        """Compare one valuation with the list that it names; None is a list that was never published."""
        self.counts.valued += 1
        wrong = (
            f"was priced by {valuation.price_list_id}, which was never published"
            if prices is None
            else _recompute(valuation, prices, exceptions)
        )
        if wrong:
            self.prices.add(f"deposit {valuation.deposit_id}: {wrong}")

    def compare(self, facts: Depositing, topics: Topics, acknowledged: Collection[UUID] = ()) -> None:
        """Go through all parts. `acknowledged` are deposit ids that a door said it took, remembered outside."""
        for reversal, cause, orphan in facts.unlike_reversals:
            what = "has no original" if orphan else "is not the opposite of its original"
            self.voids.add(f"transfer {reversal} (of {cause}) {what}")
        for original, times in facts.reversed_twice:
            self.voids.add(f"transfer {original} was reversed {times} times")
        missing = {each.bytes for each in acknowledged}
        for number in range(PARTS):
            part = facts.part(number)
            missing -= part.deposits.keys()
            self._check_credits(part, facts.survivors)
            self._check_prices(part, topics, number)
            self._check_voids(part, topics, number)
        for deposit_id in sorted(missing):
            self.credits.add(f"deposit {_id(deposit_id)} was acknowledged to its tablet, but is not there")

    def _check_credits(self, part: Part, survivors: Mapping[bytes, bytes]) -> None:
        self.counts.deposits += len(part.deposits)
        self.counts.credits += sum(credit.credits for credit in part.credits.values())
        for deposit_id, deposit in part.deposits.items():
            if deposit.state == COUNTS and deposit_id not in part.valuations:
                self.credits.add(f"deposit {_id(deposit_id)} was recorded, but never valued or flagged")
        for deposit_id in part.valuations.keys() | part.credits.keys():
            _check_credit(
                deposit_id,
                part.deposits.get(deposit_id),
                part.valuations.get(deposit_id),
                part.credits.get(deposit_id, NOT_HEARD),
                survivors,
                self.credits,
            )

    def _check_prices(self, part: Part, topics: Topics, number: int) -> None:
        for deposit_id, valuation in part.valuations.items():
            deposit = part.deposits.get(deposit_id)
            if (
                deposit is not None
                and valuation.net_rupiah is not None
                and not valuation.approved
                and deposit.price_list_id != valuation.price_list_id
            ):
                shown, paid = _id(deposit.price_list_id), _id(valuation.price_list_id)
                self.prices.add(f"deposit {_id(deposit_id)} showed list {shown}, paid {paid}")
        said = topics.said(DepositValued, number).facts
        self.counts.announced += len(said)
        for deposit_id, fact in said.items():
            stored = part.valuations.get(deposit_id)
            if stored is not None and stored.as_said != fact:
                self.prices.add(
                    f"deposit {_id(deposit_id)} was announced with other prices or amounts than are stored"
                )

    def _check_voids(self, part: Part, topics: Topics, number: int) -> None:
        self.counts.voided += sum(deposit.state == "voided" for deposit in part.deposits.values())
        self.counts.reversals += sum(credit.reversals for credit in part.credits.values())
        self.counts.holds += len(topics.said(CreditHeld, number).facts)
        for kind in (DepositRecorded, DepositQuarantined, DepositQuarantinedV2):
            self._still_there(kind, topics.said(kind, number).facts, part.deposits, "deposit")
        self._still_there(
            DepositValued, topics.said(DepositValued, number).facts, part.valuations, "valuation"
        )
        for deposit_id in topics.said(DepositVoided, number).facts:
            deposit = part.deposits.get(deposit_id)
            if deposit is None or deposit.state != "voided":
                now = deposit.state if deposit else "gone"
                self.voids.add(f"deposit {_id(deposit_id)} was voided, but is {now}")
        for event, count, amount in (
            (CreditPosted, "credits", "credited_rupiah"),
            (CreditReversed, "reversals", "reversed_rupiah"),
        ):
            said = topics.said(event, number)
            for deposit_id in said.twice:
                self.credits.add(f"{event.__name__} was said twice for deposit {_id(deposit_id)}")
            for deposit_id, rupiah in said.facts.items():
                credit = part.credits.get(deposit_id, NOT_HEARD)
                if not getattr(credit, count) or getattr(credit, amount) != rupiah:
                    self.voids.add(
                        f"{event.__name__} of {rupiah} for deposit {_id(deposit_id)} is not in the ledger"
                    )

    def _still_there(
        self, event: type[Event], said: Iterable[bytes], stored: Collection[bytes], what: str
    ) -> None:
        for gone in said:
            if gone not in stored:
                self.voids.add(f"{event.__name__} named {what} {_id(gone)}, which is not stored")

    def findings(self, facts: Depositing, acknowledged: int) -> dict[str, Finding]:
        """By name: I3, I9, I10."""
        counts = self.counts
        found = (
            self.credits.finding(
                "I3",
                "credits less reversals are 1 for each valued, non-void deposit, else 0, at the valued amount",
                f"{counts.deposits} deposits, {counts.credits} credits, {acknowledged} acknowledged ids",
            ),
            self.prices.finding(
                "I9",
                "every price, value and deduction is that of the list that the valuation names",
                f"{counts.valued} valuations recomputed, {counts.announced} announced, "
                f"{len(facts.price_lists)} lists",
            ),
            self.voids.finding(
                "I10",
                "a void is an equal and opposite transfer, and nothing that was ever said has vanished",
                f"{counts.voided} void deposits, {counts.reversals} reversals, {counts.holds} holds announced",
            ),
        )
        return {finding.name: finding for finding in found}


def _id(key: bytes) -> UUID:
    return UUID(bytes=key)


def _check_credit(
    deposit_id: bytes,
    deposit: Deposit | None,
    valuation: Valuation | None,
    credit: Credit,
    survivors: Mapping[bytes, bytes],
    found: Differences,
) -> None:
    valued = valuation is not None and valuation.net_rupiah is not None and valuation.state != "flagged"
    counts = deposit is not None and deposit.state == COUNTS
    expected, actual = int(valued and counts), credit.credits - credit.reversals
    if actual != expected or credit.credits > 1 or credit.reversals > 1:
        state = "unknown" if deposit is None else deposit.state
        found.add(
            f"deposit {_id(deposit_id)} ({state}): {credit.credits} credits - {credit.reversals} reversals, "
            f"not {expected}"
        )
        return
    if valuation is None or not credit.credits:
        return
    if credit.credited_rupiah != valuation.net_rupiah:
        found.add(
            f"deposit {_id(deposit_id)} is worth {valuation.net_rupiah}, credited {credit.credited_rupiah}"
        )
    named = {valuation.member_id, valuation.member_id if deposit is None else deposit.member_id}
    owners = {credit.member_id, *(survivors.get(each, each) for each in named)}
    if credit.other_members or len(owners) > 1:
        member = _id(valuation.member_id)
        found.add(f"deposit {_id(deposit_id)} of member {member} was credited to somebody else")


def _recompute(valuation: Priced, prices: PriceList, exceptions: Mapping[UUID, ApprovedException]) -> str:
    """What is wrong with a valuation by its list and exceptions, in words; nothing if it agrees to the rupiah."""
    gross = 0
    if not exceptions.keys() >= set(valuation.exceptions.values()):
        return "an exception that it names was never approved by two persons"
    by = {of: exceptions[each] for of, each in valuation.exceptions.items()}
    for number, line in enumerate(valuation.lines.split(";"), start=1):
        item, grade, unit, quantity, price, value = line.split("|")
        excepted = by.get(str(number))
        said = prices.prices.get((item, grade))
        if excepted is not None and (excepted.item_code, excepted.grade) == (item, grade):
            said = excepted.price_rupiah
        if said != int(price):
            return f"{item} {grade} paid {price}, the list or an exception says {said}"
        whole = int(quantity) * int(price)
        worth = whole if unit == "piece" else whole // 1000
        if worth != int(value):
            return f"{quantity} of {item} {grade} at {price} is {worth}, valued {value}"
        gross += worth
    parts = [
        (by[name].percent or 0) * PERCENT if name in by else points
        for name, points in zip(prices.beneficiaries, prices.deductions, strict=True)
    ]
    if any(part > points for part, points in zip(parts, prices.deductions, strict=True)):
        return "an exception deducts more than the list"
    deducted = tuple((part, gross * part // BASIS_POINTS) for part in parts)
    net = gross - sum(amount for _, amount in deducted)
    if (gross, deducted, net) != (valuation.gross_rupiah, valuation.deductions, valuation.net_rupiah):
        return f"lines make {gross} gross and {net} net, stored are {valuation.gross_rupiah} and {valuation.net_rupiah}"
    return ""
