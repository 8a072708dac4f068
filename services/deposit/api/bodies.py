"""What goes in and out of the doors of deposit."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from services.deposit.domain.bags import BagMark
from services.deposit.domain.states import State, Step, Why
from services.deposit.workflows.weighings import Weighing
from shared.contracts import DepositLine
from shared.runtime.http import Asked, Words

BATCH_MAX = 500

Status = Literal["recorded", "repeated", "conflict", "waiting", "quarantined", "refused"]
SentAt = Annotated[
    AwareDatetime | None,
    Field(
        description="The tablet's clock when it sent this; how far it is off is noted, never held against anybody"
    ),
]
TabletId = Annotated[UUID | None, Field(description="Only read if the token names no tablet")]


class SingleDeposit(Weighing):
    """One weighing, as a tablet sends it that has a signal."""

    sent_at: SentAt = None
    tablet_id: TabletId = None


class Sending(BaseModel):
    """When and from which tablet weighings are sent."""

    model_config = ConfigDict(frozen=True, strict=True)

    sent_at: SentAt = None
    tablet_id: TabletId = None


class DepositBatch(Sending):
    """What a tablet's queue holds. One bad record never blocks the rest."""

    deposits: Annotated[list[Weighing], Field(min_length=1, max_length=BATCH_MAX)]


class WrongField(BaseModel):
    """A field that could not be taken, which rule it broke, and that rule in words."""

    field: str
    rule: str
    words: str


class BagToLookAt(BaseModel):
    """Something odd about a bag that a weighing says it emptied. The weighing counts all the same."""

    bag_id: UUID
    code: BagMark


class DepositAnswer(BaseModel):
    """What became of one deposit. `status` is about this sending, `state` about the deposit.

    `suspected_duplicate_of` asks: another deposit of this member has the same item and weight within an hour. Nothing
    is held up; if it was entered twice, void one.
    """

    deposit_id: UUID | None
    status: Status
    state: State | None = None
    reason: Why | None = None
    code: str | None = None
    detail: str | None = None
    errors: list[WrongField] | None = None
    suspected_duplicate_of: UUID | None = None
    bags: list[BagToLookAt] | None = None


class BatchAnswer(BaseModel):
    """One answer for each deposit of the batch, in its order."""

    results: list[DepositAnswer]


class Voiding(BaseModel):
    """Why a deposit is to be void; `second_person` rejects a flag, which the recorder may not do."""

    model_config = ConfigDict(frozen=True, strict=True)

    reason: Words
    second_person: bool = False


class Correction(Sending):
    """Why a deposit is wrong, and the one that takes its place, with an id of its own."""

    reason: Words
    deposit: Annotated[Weighing, Field(description="Its own `replaces` is ignored: the address says it")]


class Acceptance(Asked):
    """Why a quarantined deposit is to count."""

    reason: Words | None = None


class Rejection(Asked):
    """Why a quarantined deposit will not count."""

    reason: Words


class StateAnswer(BaseModel):
    """Where a deposit stands now."""

    deposit_id: UUID
    state: State


class DepositView(BaseModel):
    """A stored deposit. Quantities are grams, millilitres or pieces by the line's unit.

    `carried_by_id` handed over what `recorder_id` had weighed and the tablet had signed.
    """

    deposit_id: UUID
    member_id: UUID
    waste_bank_id: str
    subdistrict_code: str
    state: State
    state_since: datetime
    reason: Why | None
    weighed_at: datetime
    received_at: datetime
    clock_offset_ms: int
    recorder_id: UUID
    carried_by_id: UUID | None
    tablet_id: UUID
    channel: str
    price_list_id: UUID
    lines: tuple[DepositLine, ...]
    replaces_deposit_id: UUID | None
    replaced_by_deposit_id: UUID | None


class HistoryStep(BaseModel):
    """Something that happened to a deposit: by whom, where a person did it, and why."""

    step: Literal["received"] | Step
    at: datetime
    by_id: UUID | None
    reason: str | None


class DepositStory(DepositView):
    """A deposit with all that happened to it, oldest first, and the bags that it says it emptied."""

    history: list[HistoryStep]
    bag_ids: list[UUID]


class DepositPage(BaseModel):
    """Some deposits; `next_cursor` asks for the next ones and is absent after the last."""

    deposits: list[DepositView]
    next_cursor: str | None


def documented_body(model: type[BaseModel]) -> dict[str, Any]:
    """The body of a route that reads its request itself, as OpenAPI shows it: every part in place."""
    schema = model.model_json_schema()
    parts = schema.pop("$defs", {})
    return {
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": _in_place(schema, parts)}},
        }
    }


def _in_place(schema: Any, parts: dict[str, Any]) -> Any:
    if isinstance(schema, list):
        return [_in_place(each, parts) for each in schema]
    if not isinstance(schema, dict):
        return schema
    reference = schema.get("$ref")
    if isinstance(reference, str):
        return _in_place(parts[reference.rpartition("/")[2]], parts)
    return {key: _in_place(value, parts) for key, value in schema.items()}
