"""What every biller can be asked, whatever its own dialect."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from services.payout.domain.answers import BillerAnswer
from services.payout.domain.meters import MeterOwner
from services.payout.domain.offers import Offer


@dataclass(frozen=True, slots=True)
class Purchase:
    """One purchase. `reference` never changes; with it the biller sells once, however often it is asked."""

    reference: str
    sku: str
    customer_number: str
    price_rupiah_max: int


class InquiryFailure(StrEnum):
    """Why a meter's owner is not known now."""

    NOT_FOUND = "not_found"
    THROTTLED = "throttled"
    SILENT = "silent"


class BillerSilentError(Exception):
    """The biller gave no answer that can be used; nothing was bought."""


@dataclass(frozen=True, slots=True)
class Hint:
    """What a webhook claims. It is never believed, only looked into. `price_rupiah` is None where it did not say."""

    reference: str
    status: str
    code: str
    serial: str
    price_rupiah: int | None = None


class Biller(Protocol):
    """A biller. None of these may be called while a transaction is open."""

    name: str

    async def buy(self, purchase: Purchase) -> BillerAnswer:
        """Buy, or tell the state of what this reference bought. Never raises: no answer is an answer, UNKNOWN."""
        ...

    async def meter_owner(self, meter_number: str) -> MeterOwner | InquiryFailure:
        """Who owns a meter."""
        ...

    async def offers(self) -> list[Offer]:
        """Everything it sells. Raises BillerSilentError."""
        ...

    async def balance_rupiah(self) -> int:
        """The float. Raises BillerSilentError."""
        ...

    def read_webhook(self, body: bytes, signature: str | None) -> Hint | None:
        """The hint in a webhook whose signature over the raw body is right; None for any other."""
        ...
