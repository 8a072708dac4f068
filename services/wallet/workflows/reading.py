"""What the doors show: a member's credit and its history, and whether the whole ledger adds up."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.wallet.domain.accounts import AccountKind
from services.wallet.domain.posting import TransferKind
from services.wallet.store import people, reading
from services.wallet.store.people import ErasedCredit, Family
from services.wallet.store.reading import HoldLine, KindTotal, Line, Sums, Waiting
from shared.runtime.database import Tx

__all__ = ["Family", "HoldLine", "StatementLine", "Totals", "find_family"]

find_family = people.family
# More lines than anybody's statement has; an answer is to be one document.
OWN_LINES_MAX = 20_000
# Above every sequence number: the statement from its newest line on.
FROM_THE_NEWEST = 2_147_483_647
_REVERSED_BY = {
    TransferKind.CREDIT.value: TransferKind.CREDIT_REVERSAL,
    TransferKind.SETTLEMENT.value: TransferKind.SETTLEMENT_REVERSAL,
}


@dataclass(frozen=True)
class Standing:
    """A member's credit in rupiah, now or at an instant. Only a reversal can make `available_rupiah` negative."""

    posted_rupiah: int
    held_rupiah: int
    opened_at: datetime | None = None
    subdistrict_code: str | None = None

    @property
    def available_rupiah(self) -> int:
        """What may still be spent."""
        return self.posted_rupiah - self.held_rupiah


@dataclass(frozen=True)
class StatementLine:
    """A line, and the transfer that took it back, if one did, with its reason."""

    line: Line
    reversed_by_id: UUID | None
    reversed_because: str | None


@dataclass(frozen=True)
class Totals:
    """The stored balances summed by kind, and what follows from them. Rupiah, owned amounts shown above zero."""

    by_kind: Sequence[KindTotal]

    def within(self, covers: Callable[[str], bool]) -> "Totals":
        """Only what members of some sub-districts have; the programme's own accounts belong to none."""
        return Totals(
            [each for each in self.by_kind if each.subdistrict_code and covers(each.subdistrict_code)]
        )

    def posted(self, kind: AccountKind) -> int:
        """The sum of one kind in the ledger's own sign."""
        return sum(total.posted_rupiah for total in self.by_kind if total.kind == kind)

    @property
    def owed_rupiah(self) -> int:
        """What members may claim."""
        return self.posted(AccountKind.MEMBER_CREDIT)

    @property
    def float_rupiah(self) -> int:
        """What billers hold for the programme."""
        return -self.posted(AccountKind.PROVIDER_FLOAT)

    @property
    def cash_rupiah(self) -> int:
        """What lies in the cash boxes."""
        return -self.posted(AccountKind.CASH_BOX)

    @property
    def held_rupiah(self) -> int:
        """What open redemptions have set aside."""
        return sum(total.held_rupiah for total in self.by_kind)

    @property
    def imbalance_rupiah(self) -> int:
        """The sum over all accounts: 0, or the ledger is broken."""
        return abs(sum(total.posted_rupiah for total in self.by_kind))

    @property
    def cover_ratio(self) -> float | None:
        """Float and cash against what is owed; None while nothing is owed."""
        return (self.float_rupiah + self.cash_rupiah) / self.owed_rupiah if self.owed_rupiah > 0 else None

    @property
    def owed_by_subdistrict(self) -> dict[str, int]:
        """What members may claim, by the sub-district in which each was first mentioned."""
        return {
            total.subdistrict_code: total.posted_rupiah
            for total in self.by_kind
            if total.kind == AccountKind.MEMBER_CREDIT and total.subdistrict_code
        }


@dataclass(frozen=True)
class LedgerCheck:
    """The ledger summed up again, beside its stored balances."""

    totals: Totals
    sums: Sums
    waiting: Waiting
    erased: Sequence[ErasedCredit] = ()

    @property
    def differences(self) -> dict[str, int]:
        """Every figure that must be 0."""
        return {
            "imbalance_rupiah": self.totals.imbalance_rupiah,
            "unbalanced_transfers": self.sums.unbalanced_transfers,
            "wrong_balances": self.sums.wrong_balances,
            "balance_difference_rupiah": self.sums.balance_difference_rupiah,
            "broken_statements": self.sums.broken_statements,
            "hold_difference_rupiah": self.sums.hold_difference_rupiah,
            "merged_away_rupiah": self.sums.merged_away_rupiah,
        }


async def member_standing(tx: Tx, family: Family, at: datetime | None = None) -> Standing:
    """One person's balance now, or as it stood at an instant, whichever of their ids it was posted on."""
    now = await reading.balance(tx, family.survivor)
    posted, held = now.posted_rupiah, now.held_rupiah
    if at is not None:
        posted, held = await reading.balance_at(tx, family.ids, at)
    return Standing(posted, held, now.opened_at, now.subdistrict_code)


async def member_holds(tx: Tx, family: Family) -> list[HoldLine]:
    """What was ever set aside of one person's credit, the newest first."""
    return await reading.holds_of(tx, family.ids, OWN_LINES_MAX)


async def member_statement(tx: Tx, family: Family, before_seq: int, count: int) -> list[StatementLine]:
    """Lines below a sequence number, newest first; a correction is a pair that names each other."""
    lines = await reading.statement(tx, family.ids, before_seq, count)
    opposite = {
        line.seq: _REVERSED_BY[line.kind].of(line.cause_id) for line in lines if line.kind in _REVERSED_BY
    }
    done = await reading.reasons(tx, list(opposite.values())) if opposite else {}
    return [
        StatementLine(line, opposite[line.seq], done[opposite[line.seq]])
        if opposite.get(line.seq) in done
        else StatementLine(line, None, None)
        for line in lines
    ]


async def ledger_totals(tx: Tx) -> Totals:
    """Sums over the stored balances."""
    return Totals(await reading.totals(tx))


async def waiting_facts(tx: Tx) -> Waiting:
    """Facts that wait for what they are about, and contradictions."""
    return await reading.waiting(tx)


async def check_ledger(tx: Tx) -> LedgerCheck:
    """Recompute everything from the entries, in one snapshot."""
    return LedgerCheck(
        await ledger_totals(tx),
        await reading.recomputed(tx),
        await reading.waiting(tx),
        await people.credit_of_erased(tx),
    )
