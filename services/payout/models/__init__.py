"""The tables of payout."""

from services.payout.models.base import Table
from services.payout.models.buying import (
    Attempt,
    BillerFloat,
    FloatChange,
    Hint,
    Inquiry,
    MeterOwner,
    Offer,
    Quote,
    Reading,
    Redemption,
    Step,
)
from services.payout.models.counter import CashBox, CashMove, Dispute, ErasedMember, MemberAlias
from services.payout.models.safe import SEALED

__all__ = [
    "SEALED",
    "Attempt",
    "BillerFloat",
    "CashBox",
    "CashMove",
    "Dispute",
    "ErasedMember",
    "FloatChange",
    "Hint",
    "Inquiry",
    "MemberAlias",
    "MeterOwner",
    "Offer",
    "Quote",
    "Reading",
    "Redemption",
    "Step",
    "Table",
]
