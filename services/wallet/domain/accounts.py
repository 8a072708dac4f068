"""Accounts: what kinds there are, who owns one, and the id that follows from both without asking the database."""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from hashlib import blake2b
from uuid import UUID

PROGRAMME = "programme"
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


@dataclass(slots=True)
class MemberAccount:
    """A member's account as it was read under its lock, and as a batch changes it. Rupiah.

    `posted` is the sum of its entries, `held` what open redemptions have set aside, `last_seq` the number of entries.
    """

    id: UUID
    posted: int = 0
    held: int = 0
    last_seq: int = 0

    @property
    def available(self) -> int:
        """What may still be spent. No redemption makes it negative; a reversal may."""
        return self.posted - self.held
