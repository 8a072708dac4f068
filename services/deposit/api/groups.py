"""The door for one class's list: many members of one group weighed in one go, each row a deposit of its own."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import UUID7, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from services.deposit.api.bodies import BatchAnswer, Sending, documented_body
from services.deposit.api.callers import bank_in_area, sender_of
from services.deposit.api.means import Means
from services.deposit.api.recording import answer_one, count_answers, wrong_record
from services.deposit.api.words import invalid
from services.deposit.workflows.groups import weighings_of
from services.deposit.workflows.recording import record_deposits
from services.deposit.workflows.weighings import Handed, Moment, WeighedLine
from shared.contracts.deposits import Channel
from shared.kernel.roles import Role
from shared.kernel.words import Slug
from shared.runtime.access import allow
from shared.runtime.direct import DirectRoute
from shared.runtime.problems import prefers_english
from shared.runtime.tokens import Caller

ROWS_MAX = 60
Recorder = Annotated[Caller, Depends(allow(Role.OPERATOR, Role.PROGRAMME))]


class GroupRow(BaseModel):
    """What one member of the group brought: a quantity for each item, in grams, millilitres or pieces."""

    model_config = ConfigDict(frozen=True, strict=True)

    deposit_id: Annotated[UUID7, Field(description="A UUIDv7 that the tablet made for this row")]
    member_id: UUID
    lines: Annotated[tuple[WeighedLine, ...], Field(min_length=1, max_length=60)]


class GroupHead(Sending):
    """What all rows of a list have in common."""

    waste_bank_id: Slug
    weighed_at: Moment
    price_list_id: UUID
    channel: Channel = "assisted"


class GroupDeposits(GroupHead):
    """One class's list."""

    rows: Annotated[list[GroupRow], Field(min_length=1, max_length=ROWS_MAX)]


class _Readable(GroupHead):
    rows: Annotated[list[Any], Field(min_length=1, max_length=ROWS_MAX)]


_readable = TypeAdapter(_Readable).validator.validate_json


def router(means: Means) -> APIRouter:
    """`POST /group-deposits`."""
    doors = APIRouter(prefix="/v1", tags=["deposits"], route_class=DirectRoute)
    database, rollout, clock = means.database, means.rollout, means.clock

    @doors.post(
        "/group-deposits",
        response_model=BatchAnswer,
        openapi_extra=documented_body(GroupDeposits),
        summary="Take in one class's list",
    )
    async def record_group(request: Request, who: Recorder) -> Response:
        """Up to 60 members in one transaction, each row answered on its own; safe to send again."""
        english = prefers_english(request.headers.get("accept-language"))
        try:
            given = _readable(await request.body())
        except ValidationError as error:
            raise invalid(error, english=english) from error
        bank_in_area(who, given.waste_bank_id, rollout.current)
        common = given.model_dump(include={"waste_bank_id", "weighed_at", "price_list_id", "channel"})
        weighings, wrong = weighings_of(common, given.rows)
        now = clock.now()
        sender = sender_of(who, given.tablet_id, given.sent_at, now)
        async with database.transaction() as tx:
            outcomes = await record_deposits(
                tx, [Handed(each, sender) for each in weighings], rollout.current, now
            )
        answers = [
            answer_one(each.deposit_id, outcome, english=english)
            for each, outcome in zip(weighings, outcomes, strict=True)
        ]
        for position, why in wrong:
            answers.insert(position, wrong_record(given.rows[position], why, english=english))
        count_answers(answers)
        whole = f'{{"results":[{",".join([answer for _, answer in answers])}]}}'
        return Response(whole.encode(), media_type="application/json")

    return doors
