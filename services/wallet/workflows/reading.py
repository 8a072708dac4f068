"""What the doors show: a member's credit and its history, and whether the whole ledger adds up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.wallet.domain.accounts import AccountKind
from services.wallet.domain.posting import TransferKind
from services.wallet.store import reading
from services.wallet.store.reading import KindTotal, Line, Sums, Waiting
from shared.runtime.database import Tx

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
        }


async def member_standing(tx: Tx, member_id: UUID, at: datetime | None) -> Standing:
    """A member's balance now, or as it stood at an instant."""
    now = await reading.balance(tx, member_id)
    if at is None:
        return Standing(now.posted_rupiah, now.held_rupiah, now.opened_at)
    return Standing(*await reading.balance_at(tx, member_id, at), now.opened_at)


async def member_statement(tx: Tx, member_id: UUID, before_seq: int, count: int) -> list[StatementLine]:
    """Lines below a sequence number, newest first; a correction is a pair that names each other."""
    lines = await reading.statement(tx, member_id, before_seq, count)
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
    return LedgerCheck(await ledger_totals(tx), await reading.recomputed(tx), await reading.waiting(tx))
