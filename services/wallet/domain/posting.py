"""A batch of balanced transfers in the making: what is to be written, and how balances move because of it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

from services.wallet.domain.accounts import MemberAccount, SystemAccount
from shared.kernel.ids import derived_uuid

# The database checks balance over this many entries of one transfer.
ENTRIES_MAX = 12


class TransferKind(StrEnum):
    """What a transfer was caused by. Its id is derived from the cause and this word."""

    CREDIT = "credit"
    CREDIT_REVERSAL = "credit_reversal"
    SETTLEMENT = "settlement"
    SETTLEMENT_REVERSAL = "settlement_reversal"
    LATE_LOSS = "late_loss"
    LATE_LOSS_REVERSAL = "late_loss_reversal"
    FLOAT_CHANGE = "float_change"
    # The two halves of one merge: what leaves the id that was given up, and what comes to the one that stays.
    MERGE = "merge"
    MERGE_ARRIVAL = "merge_arrival"
    OPENING_BALANCE = "opening_balance"

    def of(self, cause_id: UUID) -> UUID:
        """The id of the one transfer of this kind that the cause can have."""
        return derived_uuid(cause_id, self.value)


class Transfer(NamedTuple):
    """One row of `transfer`, in the order of its columns. If a member is touched, it is the first entry."""

    id: UUID
    kind: str
    cause_id: UUID
    fingerprint: bytes
    account_ids: Sequence[UUID]
    amounts_rupiah: Sequence[int]
    member_account_id: UUID | None
    member_seq: int | None
    member_balance_rupiah: int | None
    happened_at: datetime
    waste_bank_id: str | None = None
    subdistrict_code: str | None = None
    reverses_id: UUID | None = None
    reason: str | None = None


class Cause(NamedTuple):
    """The fact behind a transfer: which one, what it said, when and where it happened in the field."""

    id: UUID
    fingerprint: bytes
    happened_at: datetime
    waste_bank_id: str | None = None
    subdistrict_code: str | None = None


Leg = tuple[SystemAccount, int]


class Posting:
    """Collects transfers over accounts that are locked. Nothing here is written until the store saves it."""

    def __init__(self, members: Mapping[UUID, MemberAccount]) -> None:
        # By the id under which each was mentioned. Two of these may be one account, if one was merged into the other.
        self.members = members
        self.before = {each.id: (each.posted, each.held, each.last_seq) for each in members.values()}
        self.transfers: list[Transfer] = []
        self._system: dict[SystemAccount, int] = {}
        # A reversal knows accounts by id only, and they exist: they were moved before.
        self._system_by_id: dict[UUID, int] = {}

    def post(  # noqa: PLR0917 - the hottest call of the service: positions are cheaper than names
        self,
        kind: TransferKind,
        transfer_id: UUID,
        cause: Cause,
        legs: Sequence[Leg],
        member: MemberAccount | None = None,
        amount: int = 0,
        reason: str | None = None,
    ) -> Transfer:
        """Add a transfer: `amount` for the member, and legs that balance it. Legs of zero are left out.

        Raises ValueError if it does not balance or has too many entries: a bug, never a refusal.
        """
        account_ids: list[UUID] = []
        amounts: list[int] = []
        if member is not None:
            account_ids.append(member.id)
            amounts.append(amount)
        changes = self._system
        for account, part in legs:
            if part or not account_ids:
                account_ids.append(account.id)
                amounts.append(part)
                changes[account] = changes.get(account, 0) + part
        return self._add(kind, transfer_id, cause, account_ids, amounts, member, None, reason)

    def reverse(
        self, kind: TransferKind, cause: Cause, original: Transfer, member: MemberAccount | None, reason: str
    ) -> Transfer:
        """Add the equal and opposite of a transfer, linked to it; on `member`, who may have been merged since."""
        amounts = [-amount for amount in original.amounts_rupiah]
        account_ids = original.account_ids
        system_from = 0 if member is None else 1
        if member is not None and member.id != account_ids[0]:
            account_ids = [member.id, *account_ids[1:]]
        changes = self._system_by_id
        for account_id, amount in zip(original.account_ids[system_from:], amounts[system_from:], strict=True):
            changes[account_id] = changes.get(account_id, 0) + amount
        return self._add(kind, kind.of(cause.id), cause, account_ids, amounts, member, original.id, reason)

    def _add(  # noqa: PLR0917 - the same
        self,
        kind: TransferKind,
        transfer_id: UUID,
        cause: Cause,
        account_ids: Sequence[UUID],
        amounts: Sequence[int],
        member: MemberAccount | None,
        reverses_id: UUID | None = None,
        reason: str | None = None,
    ) -> Transfer:
        if sum(amounts) != 0 or not 1 <= len(amounts) <= ENTRIES_MAX:
            raise ValueError(f"{kind} of {cause.id} does not balance: {amounts}")
        member_id = seq = balance = None
        if member is not None:
            member.posted += amounts[0]
            member.last_seq += 1
            member_id, seq, balance = member.id, member.last_seq, member.posted
        transfer = Transfer(
            transfer_id,
            kind.value,
            cause.id,
            cause.fingerprint,
            account_ids,
            amounts,
            member_id,
            seq,
            balance,
            cause.happened_at,
            cause.waste_bank_id,
            cause.subdistrict_code,
            reverses_id,
            reason,
        )
        self.transfers.append(transfer)
        return transfer

    @property
    def mentioned(self) -> Iterable[SystemAccount]:
        """The programme's accounts that may have to be opened."""
        return self._system

    def system_changes(self) -> dict[UUID, int]:
        """How the programme's accounts moved, by id."""
        changes = dict(self._system_by_id)
        for account, part in self._system.items():
            changes[account.id] = changes.get(account.id, 0) + part
        return changes

    def member_changes(self) -> list[tuple[UUID, int, int, int]]:
        """Per member account that moved: id, change of posted, change of held, new entries; in id order."""
        changes = []
        accounts: Iterable[MemberAccount] = self.members.values()
        if len(self.before) != len(self.members):
            accounts = {each.id: each for each in accounts}.values()
        for account in accounts:
            posted, held, last_seq = self.before[account.id]
            if account.last_seq != last_seq or account.held != held:
                changes.append(
                    (account.id, account.posted - posted, account.held - held, account.last_seq - last_seq)
                )
        changes.sort(key=lambda change: change[0].bytes)
        return changes


# Stands between the facts of a fingerprint; no code, number or id contains it.
SEPARATOR = "\x1f"


def fingerprint(facts: str) -> bytes:
    """SHA-256 over what a cause says about money, as text. The same cause with other facts is a contradiction.

    Only named facts are in it: an event that says itself again with a new envelope, or that a newer version reads with
    one more optional field, has the same fingerprint for ever.
    """
    return sha256(facts.encode()).digest()


def instant_key(instant: datetime) -> int:
    """An aware instant as microseconds, so that one instant in two time zones has one fingerprint."""
    return int(instant.timestamp() * 1_000_000 + 0.5)
