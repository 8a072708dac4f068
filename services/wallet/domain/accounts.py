"""Accounts: what kinds there are, who owns one, and the id that follows from both without asking the database."""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from hashlib import blake2b
from uuid import UUID

PROGRAMME = "programme"
# Owns the account through which a merge passes; it is at rest outside of one.
MERGES = "merges"
# A provider of this form is no biller but the counter of a waste bank: what it pays out leaves the bank's cash box.
COUNTER = "counter:"
# In a list of deductions this word stands for the waste bank at which the deposit was weighed.
THE_WASTE_BANK = "waste_bank"


class AccountKind(StrEnum):
    """What an account stands for. Owed kinds stand above zero, owned and spent kinds below (see the package)."""

    MEMBER_CREDIT = "member_credit"
    FEE = "fee"
    PURCHASE_COST = "purchase_cost"
    PRICE_DIFFERENCE = "price_difference"
    PAYOUT_CLEARING = "payout_clearing"
    PROVIDER_FLOAT = "provider_float"
    CASH_BOX = "cash_box"
    ADJUSTMENTS = "adjustments"
    LOSS = "loss"
    # What a waste bank that moved in has taken from its members on paper and has still to hand over: a claim on it,
    # below zero, apart from the programme's own adjustments so that each bank's debt stays in sight.
    OPENING = "opening"


@dataclass(frozen=True, slots=True, eq=False)
class SystemAccount:
    """An account that is not a member's. A member's account has the member's own id.

    Compared by identity, which is cheap where every entry of a batch looks one up; two of one id are one account.
    """

    id: UUID
    kind: AccountKind
    owner: str


@lru_cache(maxsize=8192)
def system_account(kind: AccountKind, owner: str) -> SystemAccount:
    """The account of an owner: a waste bank's slug, a biller's code, or the programme. The same id everywhere."""
    value = int.from_bytes(blake2b(f"{kind}:{owner}".encode(), digest_size=16).digest())
    value = value & ~(0xF << 76) | (0x8 << 76)  # UUIDv8: the standard's form for an id of one's own making
    value = value & ~(0x3 << 62) | (0x2 << 62)
    return SystemAccount(UUID(int=value), kind, owner)


def provider_account(provider: str) -> SystemAccount:
    """Where a provider's money lies: the float at a biller, or the cash box of the waste bank whose counter it is."""
    if provider.startswith(COUNTER):
        return system_account(AccountKind.CASH_BOX, provider.removeprefix(COUNTER) or PROGRAMME)
    return system_account(AccountKind.PROVIDER_FLOAT, provider)


@dataclass(slots=True)
class MemberAccount:
    """A member's account as it was read under its lock, and as a batch changes it. Rupiah.

    `posted` is the sum of its entries, `held` what open redemptions have set aside, `last_seq` the number of entries.
    An account that was `merged_into` another is empty and takes no entry any more.
    """

    id: UUID
    posted: int = 0
    held: int = 0
    last_seq: int = 0
    merged_into: UUID | None = None

    @property
    def available(self) -> int:
        """What may still be spent. No redemption makes it negative; a reversal may."""
        return self.posted - self.held
