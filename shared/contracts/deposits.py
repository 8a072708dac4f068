"""What deposit says: a weigh-in was recorded, voided, set aside or turned down."""

from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from shared.contracts.base import Code, MemberEvent, Part, Quantity, Reason, Rupiah

DEPOSITS_TOPIC = "timbang.deposits.v1"

Unit = Literal["kg", "litre", "piece"]
Channel = Literal["self", "assisted", "pickup"]


class DepositLine(Part):
    """One item as weighed: grams for kg, millilitres for litre, a count for piece; and the rupiah that was shown."""

    item_code: Code
    grade: Code
    unit: Unit
    quantity: Quantity
    shown_rupiah: Rupiah


class DepositEvent(MemberEvent):
    """What every fact about one deposit carries, so that no hearer has to ask back."""

    deposit_id: UUID
    waste_bank_id: Code
    subdistrict_code: Code
    weighed_at: AwareDatetime


class DepositRecorded(DepositEvent):
    """Sorted waste was weighed and taken in. The price shown on the tablet is the price paid."""

    TYPE: ClassVar[str] = "id.timbang.deposit.recorded.v1"
    TOPIC: ClassVar[str] = DEPOSITS_TOPIC

    tablet_id: UUID
    recorder_id: UUID
    channel: Channel
    clock_offset_ms: int = 0
    price_list_id: UUID
    lines: Annotated[tuple[DepositLine, ...], Field(min_length=1, max_length=60)]
    replaces_deposit_id: UUID | None = None
    # Who handed over what the recorder had weighed and the tablet had signed.
    carried_by_id: UUID | None = None


class DepositVoided(DepositEvent):
    """A recorded deposit does not count any more. The original stays, with the reason beside it."""

    TYPE: ClassVar[str] = "id.timbang.deposit.voided.v1"
    TOPIC: ClassVar[str] = DEPOSITS_TOPIC

    voided_by: UUID
    reason: Reason
    replaced_by_deposit_id: UUID | None = None


class DepositQuarantined(DepositEvent):
    """A deposit was set aside where a person sees it; nothing of it is lost and nothing is credited yet."""

    TYPE: ClassVar[str] = "id.timbang.deposit.quarantined.v1"
    TOPIC: ClassVar[str] = DEPOSITS_TOPIC

    why: Literal["subdistrict_not_open", "unknown_member", "unknown_waste_bank", "member_erased"]


class DepositQuarantinedV2(DepositEvent):
    """As DepositQuarantined, for reasons that were added since: `why` is any word of deposit's, not one of a few."""

    TYPE: ClassVar[str] = "id.timbang.deposit.quarantined.v2"
    TOPIC: ClassVar[str] = DEPOSITS_TOPIC

    why: Code


class DepositRejected(DepositEvent):
    """A second person decided that a quarantined deposit will not be credited, and said why."""

    TYPE: ClassVar[str] = "id.timbang.deposit.rejected.v1"
    TOPIC: ClassVar[str] = DEPOSITS_TOPIC

    rejected_by: UUID
    reason: Reason
