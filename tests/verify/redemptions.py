"""Nobody is sold anything twice, nothing is sold unpaid, and no credit is set aside for nothing."""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import asyncpg

from tests.verify.families import Families, overdrawn
from tests.verify.findings import Differences, Finding
from tests.verify.purse import Purses

OUR_REFERENCES = "TB-"
"""Another team may buy from the same stand-in; its references are none of ours."""

# What wallet's hold must be for each state of a redemption. A state that is missing here is only passed through:
# whoever is in it while nothing moves has lost an event.
HOLD_FOR_STATE = {
    "held": "held",
    "waiting_for_funds": "held",
    "submitting": "held",
    "pending": "held",
    "unknown": "held",
    "suspect": "held",
    "settled": "settled",
    "reversed": "settled",
    "refused": "refused",
    "released": "released",
    "late_success": "released",
}
LIVE = frozenset(state for state, hold in HOLD_FOR_STATE.items() if hold == "held")
IN_REVIEW = "review"
SOLD_AND_PAID = frozenset({"settled", "succeeded"})


@dataclass(frozen=True, slots=True)
class Redemption:
    """A redemption as payout wrote it down. Behind cash stands a waste bank's counter and no biller."""

    member_id: UUID
    state: str
    amount_rupiah: int
    cost_rupiah: int | None
    is_cash: bool = False


@dataclass(frozen=True, slots=True)
class Hold:
    """A hold as wallet wrote it down. `available_rupiah` is what was free just before it."""

    account_id: UUID
    state: str
    amount_rupiah: int
    available_rupiah: int


@dataclass(frozen=True, slots=True)
class Sale:
    """A sale in the biller's own book. `charged_rupiah` is 0 for what failed or was taken back."""

    reference: str
    status: str
    charged_rupiah: int


@dataclass(frozen=True)
class Redeeming:
    """Three books about the same redemptions: payout's, wallet's and the biller's (None if it is not our stand-in)."""

    redemptions: Mapping[UUID, Redemption]
    references: Mapping[str, UUID]
    holds: Mapping[UUID, Hold]
    held_by_account: Mapping[UUID, int]
    paid: Mapping[UUID, Counter[str]]
    paid_rupiah: Mapping[UUID, int]
    sales: list[Sale] | None


async def fetch_redeeming(
    payout: asyncpg.Connection, wallet: asyncpg.Connection, sandbox_file: Path | None
) -> Redeeming:
    """Read the biller's book first: what it sells after that may not be known to the others yet."""
    sales = None if sandbox_file is None else _read_book(sandbox_file)
    redemptions = await payout.fetch(
        "select redemption_id, member_id, state, amount_rupiah, cost_rupiah, product_kind from redemption"
    )
    attempts = await payout.fetch("select reference, redemption_id from attempt")
    holds = await wallet.fetch(
        "select redemption_id, account_id, state, amount_rupiah, available_rupiah from hold"
    )
    accounts = await wallet.fetch("select id, held_rupiah from account where kind = 'member_credit'")
    transfers = await wallet.fetch(
        "select cause_id, kind, amounts_rupiah[1] as amount from transfer where kind in "
        "('settlement', 'settlement_reversal', 'late_loss', 'late_loss_reversal')"
    )
    paid: defaultdict[UUID, Counter[str]] = defaultdict(Counter)
    paid_rupiah: defaultdict[UUID, int] = defaultdict(int)
    for row in transfers:
        paid[row["cause_id"]][row["kind"]] += 1
        if row["kind"].startswith("settlement"):
            paid_rupiah[row["cause_id"]] -= row["amount"]
    return Redeeming(
        redemptions={
            row["redemption_id"]: Redemption(
                row["member_id"],
                row["state"],
                row["amount_rupiah"],
                row["cost_rupiah"],
                row["product_kind"] == "cash",
            )
            for row in redemptions
        },
        references={row["reference"]: row["redemption_id"] for row in attempts},
        holds={
            row["redemption_id"]: Hold(
                row["account_id"], row["state"], row["amount_rupiah"], row["available_rupiah"]
            )
            for row in holds
        },
        held_by_account={row["id"]: row["held_rupiah"] for row in accounts},
        paid=dict(paid),
        paid_rupiah=dict(paid_rupiah),
        sales=sales,
    )


def _read_book(file: Path) -> list[Sale]:
    book = sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=10)
    try:
        rows = book.execute("select ref_id, status, charged_rupiah from sale where testing = 0").fetchall()
    finally:
        book.close()
    return [Sale(*row) for row in rows]


def check_sold_once(facts: Redeeming) -> Finding:
    """I4."""
    found = Differences()
    sold: defaultdict[UUID, list[Sale]] = defaultdict(list)
    for sale in facts.sales or ():
        if (
            not sale.reference.startswith(OUR_REFERENCES)
            or sale.charged_rupiah <= 0
            or sale.status != "Sukses"
        ):
            continue
        redemption_id = facts.references.get(sale.reference)
        if redemption_id is None:
            found.add(f"the biller sold {sale.reference}, which no redemption asked for")
        else:
            sold[redemption_id].append(sale)
    for redemption_id, sales in sold.items():
        if len(sales) > 1:
            found.add(
                f"redemption {redemption_id} was sold {len(sales)} times: {[s.reference for s in sales]}"
            )
    for redemption_id, redemption in facts.redemptions.items():
        _check_paid(redemption_id, redemption, sold.get(redemption_id, []), facts, found)
    for redemption_id in facts.paid.keys() - facts.redemptions.keys():
        found.add(f"the ledger paid for redemption {redemption_id}, which payout does not know")
    book = (
        "no book of the biller"
        if facts.sales is None
        else f"{sum(map(len, sold.values()))} sold by the biller's book"
    )
    return found.finding(
        "I4",
        "nothing is sold twice, everything sold is paid once, and at the biller's price",
        f"{len(facts.redemptions)} redemptions, {book}",
    )


def _check_paid(
    redemption_id: UUID, redemption: Redemption, sales: list[Sale], facts: Redeeming, found: Differences
) -> None:
    paid = facts.paid.get(redemption_id, Counter())
    settled = redemption.state in SOLD_AND_PAID
    reversed_, late = redemption.state == "reversed", _came_late(redemption_id, facts)
    expected = {
        "settlement": int(settled or (reversed_ and not late)),
        "settlement_reversal": int(reversed_ and not late),
        "late_loss": int(redemption.state == "late_success" or (reversed_ and late)),
        "late_loss_reversal": int(reversed_ and late),
    }
    if redemption.state != IN_REVIEW:
        for kind, count in expected.items():
            if paid[kind] != count:
                found.add(
                    f"redemption {redemption_id} is {redemption.state} with {paid[kind]} {kind}, not {count}"
                )
    rupiah = facts.paid_rupiah.get(redemption_id, 0)
    if settled and paid["settlement"] == 1 and rupiah != redemption.amount_rupiah:
        found.add(f"redemption {redemption_id} costs {redemption.amount_rupiah}, the ledger took {rupiah}")
    if redemption.is_cash and sales:
        found.add(f"redemption {redemption_id} is cash, but the biller sold something for it")
    if redemption.is_cash or facts.sales is None or not (settled or redemption.state == "late_success"):
        return
    if not sales:
        found.add(f"redemption {redemption_id} is {redemption.state}, but the biller sold nothing for it")
    elif redemption.cost_rupiah != sales[0].charged_rupiah:
        found.add(
            f"redemption {redemption_id} cost {redemption.cost_rupiah}, the biller took {sales[0].charged_rupiah}"
        )


def check_holds(facts: Redeeming, purses: Purses, families: Families) -> Finding:
    """I5."""
    found = Differences()
    held: defaultdict[UUID, int] = defaultdict(int)
    for redemption_id, hold in facts.holds.items():
        redemption = facts.redemptions.get(redemption_id)
        if hold.state == "held":
            held[hold.account_id] += hold.amount_rupiah
            if redemption is None or redemption.state not in LIVE | {IN_REVIEW}:
                state = "unknown" if redemption is None else redemption.state
                found.add(
                    f"Rp{hold.amount_rupiah} stays held for redemption {redemption_id}, which is {state}"
                )
        if hold.state != "refused" and hold.available_rupiah < hold.amount_rupiah:
            found.add(
                f"redemption {redemption_id} held {hold.amount_rupiah} of {hold.available_rupiah} available"
            )
    for redemption_id, redemption in facts.redemptions.items():
        _check_hold(redemption_id, redemption, facts, found)
    for account, stored in facts.held_by_account.items():
        if stored != held.get(account, 0):
            found.add(f"account {account} stores {stored} held, its holds sum to {held.get(account, 0)}")
    for redemption_id, available in (*purses.overdrawn, *overdrawn(families)):
        found.add(f"the hold of redemption {redemption_id} left Rp{available} available")
    open_holds = sum(hold.state == "held" for hold in facts.holds.values())
    return found.finding(
        "I5",
        "no redemption made available credit negative, and no hold stands without a live redemption",
        f"{len(facts.holds)} holds, {open_holds} open",
    )


def _came_late(redemption_id: UUID, facts: Redeeming) -> bool:
    """Whether it was delivered after the credit had gone back: what is taken back then is the programme's loss."""
    return bool(facts.paid.get(redemption_id, Counter())["late_loss"])


def _check_hold(redemption_id: UUID, redemption: Redemption, facts: Redeeming, found: Differences) -> None:
    if redemption.state == IN_REVIEW:
        return
    hold, wanted = facts.holds.get(redemption_id), HOLD_FOR_STATE.get(redemption.state)
    if redemption.state == "reversed" and _came_late(redemption_id, facts):
        wanted = HOLD_FOR_STATE["late_success"]
    if wanted is None:
        found.add(f"redemption {redemption_id} stays {redemption.state}: an event about it was lost")
    elif hold is None or hold.state != wanted:
        state = "absent" if hold is None else hold.state
        found.add(f"redemption {redemption_id} is {redemption.state}, but its hold is {state}")
    elif hold.amount_rupiah != redemption.amount_rupiah:
        found.add(
            f"redemption {redemption_id} is about {redemption.amount_rupiah}, held was {hold.amount_rupiah}"
        )
