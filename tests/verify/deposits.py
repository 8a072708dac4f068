"""Every deposit is credited once, at the price that it names, and never vanishes."""

from collections.abc import Collection, Iterable, Mapping
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
from tests.verify.depositing import ApprovedException, Credit, Deposit, Depositing, PriceList, Valuation
from tests.verify.findings import Differences, Finding
from tests.verify.topics import Topics, mark

BASIS_POINTS = 10_000
PERCENT = 100
NOT_HEARD = Credit()
COUNTS = "recorded"


def check_credits(facts: Depositing, topics: Topics, acknowledged: Collection[UUID] = ()) -> Finding:
    """I3. `acknowledged` are deposit ids that a door said it had taken, remembered outside the system."""
    found = Differences()
    for deposit_id, deposit in facts.deposits.items():
        if deposit.state == COUNTS and deposit_id not in facts.valuations:
            found.add(f"deposit {deposit_id} was recorded, but never valued or flagged")
    for deposit_id in facts.valuations.keys() | facts.credits.keys():
        _check_credit(
            deposit_id,
            facts.deposits.get(deposit_id),
            facts.valuations.get(deposit_id),
            facts.credits.get(deposit_id, NOT_HEARD),
            facts.survivors,
            found,
        )
    for deposit_id in acknowledged:
        if deposit_id not in facts.deposits:
            found.add(f"deposit {deposit_id} was acknowledged to its tablet, but is not there")
    for event in (CreditPosted, CreditReversed):
        for deposit_id in topics.twice[event.__name__]:
            found.add(f"{event.__name__} was said twice for deposit {deposit_id}")
    made = sum(credit.credits for credit in facts.credits.values())
    return found.finding(
        "I3",
        "credits less reversals are 1 for each valued, non-void deposit, else 0, at the valued amount",
        f"{len(facts.deposits)} deposits, {made} credits, {len(acknowledged)} acknowledged ids",
    )


def _check_credit(
    deposit_id: UUID,
    deposit: Deposit | None,
    valuation: Valuation | None,
    credit: Credit,
    survivors: Mapping[UUID, UUID],
    found: Differences,
) -> None:
    valued = valuation is not None and valuation.net_rupiah is not None and valuation.state != "flagged"
    counts = deposit is not None and deposit.state == COUNTS
    expected, actual = int(valued and counts), credit.credits - credit.reversals
    if actual != expected or credit.credits > 1 or credit.reversals > 1:
        state = "unknown" if deposit is None else deposit.state
        found.add(
            f"deposit {deposit_id} ({state}): {credit.credits} credits - {credit.reversals} reversals, not {expected}"
        )
        return
    if valuation is None or not credit.credits:
        return
    if credit.credited_rupiah != valuation.net_rupiah:
        found.add(f"deposit {deposit_id} is worth {valuation.net_rupiah}, credited {credit.credited_rupiah}")
    named = {valuation.member_id, valuation.member_id if deposit is None else deposit.member_id}
    owners = {credit.member_id, *(survivors.get(each, each) for each in named)}
    if credit.other_members or len(owners) > 1:
        found.add(f"deposit {deposit_id} of member {valuation.member_id} was credited to somebody else")


def check_prices(facts: Depositing, topics: Topics) -> Finding:
    """I9."""
    found = Differences()
    valued = 0
    for deposit_id, valuation in facts.valuations.items():
        if valuation.lines is None or valuation.price_list_id is None:
            continue
        valued += 1
        prices = facts.price_lists.get(valuation.price_list_id)
        if prices is None:
            found.add(
                f"deposit {deposit_id} was priced by {valuation.price_list_id}, which was never published"
            )
            continue
        wrong = _recompute(valuation, prices, facts.exceptions)
        if wrong:
            found.add(f"deposit {deposit_id}: {wrong}")
        deposit = facts.deposits.get(deposit_id)
        if (
            deposit is not None
            and not valuation.approved
            and deposit.price_list_id != valuation.price_list_id
        ):
            found.add(
                f"deposit {deposit_id} showed list {deposit.price_list_id}, paid {valuation.price_list_id}"
            )
    said = topics.facts(DepositValued)
    for deposit_id, fact in said.items():
        stored = facts.valuations.get(deposit_id)
        if stored is not None and _as_said(stored) != fact:
            found.add(f"deposit {deposit_id} was announced with other prices or amounts than are stored")
    return found.finding(
        "I9",
        "every price, value and deduction is that of the list that the valuation names",
        f"{valued} valuations recomputed, {len(said)} announced, {len(facts.price_lists)} lists",
    )


def _recompute(valuation: Valuation, prices: PriceList, exceptions: Mapping[UUID, ApprovedException]) -> str:
    """What is wrong with a valuation by its list and exceptions, in words; nothing if it agrees to the rupiah."""
    gross = 0
    if not exceptions.keys() >= set(valuation.exceptions.values()):
        return "an exception that it names was never approved by two persons"
    by = {of: exceptions[each] for of, each in valuation.exceptions.items()}
    for number, line in enumerate((valuation.lines or "").split(";"), start=1):
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


def _as_said(stored: Valuation) -> int:
    return mark(
        stored.member_id,
        stored.price_list_id,
        stored.gross_rupiah,
        stored.net_rupiah,
        stored.lines,
        stored.deductions,
    )


def check_voids(facts: Depositing, topics: Topics) -> Finding:
    """I10."""
    found = Differences()
    for reversal, cause, orphan in facts.unlike_reversals:
        what = "has no original" if orphan else "is not the opposite of its original"
        found.add(f"transfer {reversal} (of {cause}) {what}")
    for original, times in facts.reversed_twice:
        found.add(f"transfer {original} was reversed {times} times")
    _still_there(DepositRecorded, topics, facts.deposits.keys(), "deposit", found)
    for kind in (DepositQuarantined, DepositQuarantinedV2):
        _still_there(kind, topics, facts.deposits.keys(), "deposit", found)
    for deposit_id in topics.facts(DepositVoided):
        deposit = facts.deposits.get(deposit_id)
        if deposit is None or deposit.state != "voided":
            found.add(f"deposit {deposit_id} was voided, but is {deposit.state if deposit else 'gone'}")
    _still_there(DepositValued, topics, facts.valuations.keys(), "valuation", found)
    for event, count, amount in (
        (CreditPosted, "credits", "credited_rupiah"),
        (CreditReversed, "reversals", "reversed_rupiah"),
    ):
        for deposit_id, said in topics.facts(event).items():
            credit = facts.credits.get(deposit_id, NOT_HEARD)
            if not getattr(credit, count) or getattr(credit, amount) != said:
                found.add(f"{event.__name__} of {said} for deposit {deposit_id} is not in the ledger")
    voided = sum(deposit.state == "voided" for deposit in facts.deposits.values())
    reversals = sum(credit.reversals for credit in facts.credits.values())
    return found.finding(
        "I10",
        "a void is an equal and opposite transfer, and nothing that was ever said has vanished",
        f"{voided} void deposits, {reversals} reversals, {len(topics.facts(CreditHeld))} holds announced",
    )


def _still_there(
    event: type[Event], topics: Topics, ids: Iterable[UUID], what: str, found: Differences
) -> None:
    for gone in sorted(topics.facts(event).keys() - set(ids)):
        found.add(f"{event.__name__} named {what} {gone}, which is not stored")
