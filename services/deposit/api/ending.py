"""The doors that end a deposit: void it, or correct it by another one. The original stays readable."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import TypeAdapter, ValidationError

from services.deposit.api.bodies import Correction, DepositAnswer, StateAnswer, Voiding, documented_body
from services.deposit.api.callers import actor_of, sender_of
from services.deposit.api.means import Means
from services.deposit.api.recording import single_answer
from services.deposit.api.words import invalid
from services.deposit.domain.refusals import Refusal
from services.deposit.workflows.ending import Ending, void_deposit
from services.deposit.workflows.recording import record_deposits
from services.deposit.workflows.weighings import Handed, Replacement
from shared.kernel.roles import Role
from shared.runtime.access import allow
from shared.runtime.problems import Problem, prefers_english
from shared.runtime.tokens import Caller

_correction = TypeAdapter(Correction).validator.validate_json
Ender = Annotated[Caller, Depends(allow(Role.OPERATOR, Role.PROGRAMME))]


def router(means: Means) -> APIRouter:
    """`POST /deposits/{deposit_id}:void` and `:correct`."""
    doors = APIRouter(prefix="/v1", tags=["deposits"])
    database, rollout, clock = means.database, means.rollout, means.clock

    @doors.post("/deposits/{deposit_id}:void", summary="Void a deposit")
    async def void(deposit_id: UUID, body: Voiding, who: Ender) -> StateAnswer:
        """Again changes nothing. The void of a deposit that has not arrived waits for it (`voided_ahead`)."""
        ending = Ending(actor_of(who), body.reason, second_person=body.second_person)
        async with database.transaction() as tx:
            ended = await void_deposit(tx, deposit_id, ending, clock.now())
        if isinstance(ended, Refusal):
            raise Problem(ended, deposit_id=str(deposit_id))
        return StateAnswer(deposit_id=deposit_id, state=ended)

    @doors.post(
        "/deposits/{deposit_id}:correct",
        status_code=201,
        response_model=DepositAnswer,
        openapi_extra=documented_body(Correction),
        responses={200: {"model": DepositAnswer, "description": "Repeated"}, 202: {"model": DepositAnswer}},
        summary="Correct a deposit by another one",
    )
    async def correct(deposit_id: UUID, request: Request, who: Ender) -> Response:
        """Voids the deposit and takes in the one that replaces it, both or neither; answers as `POST /deposits`."""
        english = prefers_english(request.headers.get("accept-language"))
        try:
            given = _correction(await request.body())
        except ValidationError as error:
            raise invalid(error, english=english) from error
        replaces = Replacement.model_construct(deposit_id=deposit_id, reason=given.reason)
        weighing = given.deposit.model_copy(update={"replaces": replaces})
        now = clock.now()
        handed = Handed(weighing, sender_of(who, given.tablet_id, given.sent_at, now))
        async with database.transaction() as tx:
            (outcome,) = await record_deposits(tx, [handed], rollout.current, now)
        return single_answer(weighing.deposit_id, outcome, english=english)

    return doors
