"""What the tables of deposit hold, as values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from services.deposit.domain.states import State, Step, Why


class NewDeposit(NamedTuple):
    """A deposit as it is written for the first time."""

    deposit_id: UUID
    member_id: UUID
    price_list_id: UUID
    recorder_id: UUID
    tablet_id: UUID
    replaces_deposit_id: UUID | None
    weighed_at: datetime
    clock_offset_ms: int
    state: State
    why: Why | None
    channel: str
    waste_bank_id: str
    subdistrict_code: str
    fingerprint: bytes
    lines_json: str
    carried_by_id: UUID | None = None


class Stored(NamedTuple):
    """What is needed of a stored deposit to tell a repeat from a conflict."""

    fingerprint: bytes | None
    state: State
    why: Why | None


@dataclass(frozen=True, slots=True)
class Deposit:
    """A stored deposit, whole. Never made of a void that came ahead, which has no content."""

    deposit_id: UUID
    member_id: UUID
    price_list_id: UUID
    recorder_id: UUID
    tablet_id: UUID
    replaces_deposit_id: UUID | None
    replaced_by_deposit_id: UUID | None
    weighed_at: datetime
    received_at: datetime
    state_since: datetime
    clock_offset_ms: int
    state: State
    why: Why | None
    channel: str
    waste_bank_id: str
    subdistrict_code: str
    lines_json: str
    carried_by_id: UUID | None

    def was_handled_by(self, person_id: UUID) -> bool:
        """Whether this person recorded it or carried it here: a second person is somebody else."""
        return person_id in {self.recorder_id, self.carried_by_id}


class VoidedAhead(NamedTuple):
    """A void whose deposit has not arrived."""

    deposit_id: UUID
    replaced_by_deposit_id: UUID | None


class NewStep(NamedTuple):
    """A step of a deposit's history. Waste banks and areas limit whose deposit a void ahead ends (None: anybody's)."""

    deposit_id: UUID
    step: Step
    at: datetime
    by_id: UUID | None = None
    reason: str | None = None
    waste_bank_ids: Sequence[str] | None = None
    areas: Sequence[str] | None = None


DEPOSIT_COLUMNS = """deposit_id, member_id, price_list_id, recorder_id, tablet_id, replaces_deposit_id,
    replaced_by_deposit_id, weighed_at, received_at, state_since, clock_offset_ms, state, why, channel,
    waste_bank_id, subdistrict_code, lines::text as lines_json, carried_by_id"""


def as_deposit(row: Any) -> Deposit:
    """A row of the deposit columns as a value."""
    values = dict(row)
    values["state"], values["why"] = State(values["state"]), why_of(values["why"])
    return Deposit(**values)


def why_of(text: str | None) -> Why | None:
    """The reason for quarantine in a column."""
    return None if text is None else Why(text)
