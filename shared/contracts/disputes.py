"""Complaints and their answers, said by whoever owns what they are about. The words of both sides never travel."""

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime

from shared.contracts.base import Code, MemberEvent
from shared.contracts.deposits import DEPOSITS_TOPIC
from shared.contracts.redemptions import REDEMPTIONS_TOPIC

DepositComplaint = Literal["weight", "item_or_grade", "price", "missing", "not_mine", "other"]
RedemptionComplaint = Literal["not_received", "wrong_number", "wrong_amount", "not_mine", "other"]
Outcome = Literal["upheld", "partly_upheld", "turned_down", "withdrawn"]


class DisputeEvent(MemberEvent):
    """What every fact about one dispute carries."""

    dispute_id: UUID
    subdistrict_code: Code
    waste_bank_id: Code | None = None
    opened_at: AwareDatetime
    due_at: AwareDatetime


class Opened(DisputeEvent):
    """Who opened it: `assisted` when an operator did it for the member at the counter."""

    opened_by: UUID
    assisted: bool


class Answered(DisputeEvent):
    """How it ended. Late means after `due_at`; whoever counts compares the two instants."""

    outcome: Outcome
    answered_by: UUID
    answered_at: AwareDatetime


class DisputeOpened(Opened):
    """A member does not agree with a deposit, or misses one (then there is no `deposit_id`)."""

    TYPE: ClassVar[str] = "id.timbang.dispute.opened.v1"
    TOPIC: ClassVar[str] = DEPOSITS_TOPIC

    deposit_id: UUID | None = None
    complaint: DepositComplaint


class DisputeAnswered(Answered):
    """A dispute about a deposit was answered; `correction_deposit_id` is what replaced it, if anything did."""

    TYPE: ClassVar[str] = "id.timbang.dispute.answered.v1"
    TOPIC: ClassVar[str] = DEPOSITS_TOPIC

    deposit_id: UUID | None = None
    correction_deposit_id: UUID | None = None


class RedemptionDisputeOpened(Opened):
    """A member does not agree with a redemption. Said by payout, on its own topic."""

    TYPE: ClassVar[str] = "id.timbang.dispute.redemption_opened.v1"
    TOPIC: ClassVar[str] = REDEMPTIONS_TOPIC

    redemption_id: UUID
    complaint: RedemptionComplaint


class RedemptionDisputeAnswered(Answered):
    """A dispute about a redemption was answered."""

    TYPE: ClassVar[str] = "id.timbang.dispute.redemption_answered.v1"
    TOPIC: ClassVar[str] = REDEMPTIONS_TOPIC

    redemption_id: UUID
