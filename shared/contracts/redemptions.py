"""What payout says about a redemption and about the float that it is paid from."""

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime

from shared.contracts.base import Code, Event, MemberEvent, Reason, Rupiah, SignedRupiah

REDEMPTIONS_TOPIC = "timbang.redemptions.v1"

ProductKind = Literal["pln_token", "pulsa", "data", "cash"]


class RedemptionEvent(MemberEvent):
    """What every fact about one redemption carries. `amount_rupiah` is what is held of the member's credit."""

    redemption_id: UUID
    subdistrict_code: Code
    product_code: Code
    product_kind: ProductKind
    amount_rupiah: Rupiah
    requested_at: AwareDatetime


class RedemptionRequested(RedemptionEvent):
    """A member wants to turn credit into a product; wallet is to hold the amount or refuse."""

    TYPE: ClassVar[str] = "id.timbang.redemption.requested.v1"
    TOPIC: ClassVar[str] = REDEMPTIONS_TOPIC

    cash_rupiah: Rupiah = 0
    waste_bank_id: Code | None = None  # set where a counter is involved


class RedemptionPaid(RedemptionEvent):
    """What a delivery cost: `cost_rupiah` left the float at the provider, `fee_rupiah` is the programme's part."""

    provider: Code
    cost_rupiah: Rupiah
    fee_rupiah: SignedRupiah
    delivered_at: AwareDatetime


class RedemptionDelivered(RedemptionPaid):
    """The biller delivered the product; the held amount is to be settled."""

    TYPE: ClassVar[str] = "id.timbang.redemption.delivered.v1"
    TOPIC: ClassVar[str] = REDEMPTIONS_TOPIC


class RedemptionDeliveredLate(RedemptionPaid):
    """The biller delivered after the credit had been released: the programme's loss, never the resident's."""

    TYPE: ClassVar[str] = "id.timbang.redemption.delivered_late.v1"
    TOPIC: ClassVar[str] = REDEMPTIONS_TOPIC


class RedemptionFailed(RedemptionEvent):
    """The redemption ended without a product; the held amount is to be released."""

    TYPE: ClassVar[str] = "id.timbang.redemption.failed.v1"
    TOPIC: ClassVar[str] = REDEMPTIONS_TOPIC

    why: Literal["failed", "cancelled"]
    reason: Reason


class RedemptionReversed(RedemptionPaid):
    """The biller took a delivered product back and refunded it; the member's credit is to come back."""

    TYPE: ClassVar[str] = "id.timbang.redemption.reversed.v1"
    TOPIC: ClassVar[str] = REDEMPTIONS_TOPIC

    reason: Reason


class FloatChanged(Event):
    """Money was put into, or taken out of, the deposit that a biller holds for the programme."""

    TYPE: ClassVar[str] = "id.timbang.redemption.float_changed.v1"
    TOPIC: ClassVar[str] = REDEMPTIONS_TOPIC

    change_id: UUID
    provider: Code
    kind: Literal["top_up", "refund", "adjustment"]
    amount_rupiah: SignedRupiah
    decided_by: UUID
    reason: Reason
    # Set where a biller sold what it had taken back (or took it back after all): the float moves against the losses.
    redemption_id: UUID | None = None

    @property
    def key(self) -> str:
        """The provider whose float changed."""
        return self.provider
