"""What people see of a dispute: its words only those who wrote them and those who answer."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel


class DisputeView(BaseModel):
    """One dispute. `words` and `answer_words` are null for operators, and for a browser that was not seen before.

    `late`: not answered in time, or still open after it was due.
    """

    dispute_id: UUID
    redemption_id: UUID
    member_id: UUID
    subdistrict_code: str
    waste_bank_id: str | None
    complaint: str
    words: str | None
    assisted: bool
    opened_at: datetime
    due_at: datetime
    late: bool
    outcome: str | None
    answer_words: str | None
    answered_at: datetime | None


class DisputePage(BaseModel):
    """A page of disputes, newest first; `next_cursor` is null on the last one."""

    disputes: list[DisputeView]
    next_cursor: str | None
