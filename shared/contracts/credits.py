"""What wallet says about credit: posted, reversed, held, refused, settled, released."""

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime

from shared.contracts.base import Code, MemberEvent, Reason, Rupiah, SignedRupiah

CREDITS_TOPIC = "timbang.credits.v1"


class DepositCredit(MemberEvent):
    """What the two facts about a deposit's credit carry."""

    transfer_id: UUID
    deposit_id: UUID
    waste_bank_id: Code
    subdistrict_code: Code
    weighed_at: AwareDatetime
    amount_rupiah: Rupiah
    balance_rupiah: SignedRupiah


class CreditPosted(DepositCredit):
    """A valued deposit is credited; `balance_rupiah` is the member's posted balance right after it."""

    TYPE: ClassVar[str] = "id.timbang.credit.posted.v1"
    TOPIC: ClassVar[str] = CREDITS_TOPIC


class CreditReversed(DepositCredit):
    """A deposit's credit was taken back by an equal and opposite transfer; the balance may be negative now."""

    TYPE: ClassVar[str] = "id.timbang.credit.reversed.v1"
    TOPIC: ClassVar[str] = CREDITS_TOPIC

    reason: Reason


class RedemptionCredit(MemberEvent):
    """What every fact about the credit behind one redemption carries."""

    redemption_id: UUID
    subdistrict_code: Code
    amount_rupiah: Rupiah


class CreditHeld(RedemptionCredit):
    """The amount is set aside for a redemption and cannot be spent twice."""

    TYPE: ClassVar[str] = "id.timbang.credit.held.v1"
    TOPIC: ClassVar[str] = CREDITS_TOPIC


class CreditRefused(RedemptionCredit):
    """The amount was not set aside; it stays refused for this redemption, whatever comes later."""

    TYPE: ClassVar[str] = "id.timbang.credit.refused.v1"
    TOPIC: ClassVar[str] = CREDITS_TOPIC

    why: Literal["insufficient_credit", "redemption_already_ended"]
    available_rupiah: SignedRupiah


class CreditSettled(RedemptionCredit):
    """The held amount has been spent."""

    TYPE: ClassVar[str] = "id.timbang.credit.settled.v1"
    TOPIC: ClassVar[str] = CREDITS_TOPIC


class CreditReleased(RedemptionCredit):
    """The amount is back: a hold was released, or a delivered redemption was reversed by the biller."""

    TYPE: ClassVar[str] = "id.timbang.credit.released.v1"
    TOPIC: ClassVar[str] = CREDITS_TOPIC

    why: Literal["failed", "cancelled", "reversed"]


class OpeningBalancePosted(MemberEvent):
    """What stood in a member's paper passbook when their waste bank moved in; no deposit of ours is behind it."""

    TYPE: ClassVar[str] = "id.timbang.credit.opening_balance_posted.v1"
    TOPIC: ClassVar[str] = CREDITS_TOPIC

    transfer_id: UUID
    import_id: UUID
    waste_bank_id: Code
    subdistrict_code: Code
    amount_rupiah: Rupiah
    balance_rupiah: SignedRupiah
    posted_at: AwareDatetime
