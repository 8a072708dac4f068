"""Two enrolments of one person, and what becomes of the proposal to make them one."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

State = Literal["open", "confirmed", "declined", "overtaken"]


@dataclass(frozen=True, slots=True)
class Proposal:
    """Somebody says that `member_id` and `into_member_id` are one person, of whom the latter stays."""

    id: UUID
    member_id: UUID
    into_member_id: UUID
    state: State
    proposed_by: UUID
    proposed_at: datetime
    why: str | None = field(repr=False)
    decided_by: UUID | None = None
    decided_at: datetime | None = None
    decided_why: str | None = field(default=None, repr=False)
