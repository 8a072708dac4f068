"""What operators and the programme see of a waste bank's cash box."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel


class CashBoxView(BaseModel):
    """A cash box on one WIB day, in rupiah: closing = opening + in - out. A day that has not ended is as of now."""

    waste_bank_id: str
    on: date
    opening_rupiah: int
    in_rupiah: int
    out_rupiah: int
    closing_rupiah: int


class CashBoxStanding(BaseModel):
    """What is in a cash box now, and what members may fetch out of it, in rupiah."""

    waste_bank_id: str
    balance_rupiah: int
    promised_rupiah: int


class WaitingCash(BaseModel):
    """Cash that a member may fetch, and until when."""

    redemption_id: UUID
    member_id: UUID
    amount_rupiah: int
    requested_at: datetime
    hand_over_by: datetime
