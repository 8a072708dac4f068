"""The doors for weighings: a tablet's queue, or one alone. An answer is given only after the commit."""

from collections import Counter as Counts
from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from prometheus_client import Counter
from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json, to_json

from services.deposit.api.bodies import (
    BATCH_MAX,
    BagToLookAt,
    BatchAnswer,
    DepositAnswer,
    DepositBatch,
    Sending,
    SingleDeposit,
    Status,
    documented_body,
)
from services.deposit.api.callers import sender_of
from services.deposit.api.means import Means
from services.deposit.api.words import invalid, mistakes, sentence, wrong_fields
from services.deposit.domain.refusals import Refusal
from services.deposit.domain.states import State, Why
from services.deposit.workflows.recording import record_deposits
from services.deposit.workflows.weighings import Handed, Outcome, Weighing
from shared.kernel.roles import Role
from shared.runtime.access import allow
from shared.runtime.database import Tx
from shared.runtime.direct import DirectRoute
from shared.runtime.gathering import Gathering
from shared.runtime.problems import Problem, prefers_english
from shared.runtime.tokens import Caller

ANSWERED = Counter("timbang_deposits_answered", "Weighings answered at the door", ["status"])

_batch = TypeAdapter(DepositBatch).validator.validate_json
_single = TypeAdapter(SingleDeposit).validator.validate_json
_weighing = TypeAdapter(Weighing).validator.validate_json
_sending = TypeAdapter(Sending).validator.validate_json
_answer_json = TypeAdapter(DepositAnswer).serializer.to_json

Recorder = Annotated[Caller, Depends(allow(Role.OPERATOR, Role.PROGRAMME))]
_STATUS_OF_STATE: dict[State, Status] = {
    State.RECORDED: "recorded",
    State.VOIDED: "recorded",
    State.WAITING_FOR_MEMBER: "waiting",
    State.QUARANTINED: "quarantined",
}
# What was answered and its JSON. There are a dozen different answers to a good weighing: all but the id is kept ready.
Answered = tuple[Status, str]
_rests: dict[tuple[Status, State | None, Why | None], str] = {}
_HTTP_STATUS: dict[Status, int] = {"recorded": 201, "repeated": 200, "waiting": 202, "quarantined": 202}


def router(means: Means) -> APIRouter:
    """`POST /deposits:batch` and `POST /deposits`."""
    doors = APIRouter(prefix="/v1", tags=["deposits"], route_class=DirectRoute)
    database, rollout, clock = means.database, means.rollout, means.clock

    async def record(tx: Tx, handed: Sequence[Handed]) -> list[Outcome]:
        return await record_deposits(tx, handed, rollout.current, clock.now())

    gathering = Gathering(database, record)

    @doors.post(
        "/deposits:batch",
        response_model=BatchAnswer,
        openapi_extra=documented_body(DepositBatch),
        summary="Take in a tablet's queue",
    )
    async def record_batch(request: Request, who: Recorder) -> Response:
        """Up to 500 weighings, each answered on its own; safe to send again, in whole or in part."""
        english = prefers_english(request.headers.get("accept-language"))
        sending, weighings, wrong = _read_batch(await request.body(), english=english)
        now = clock.now()
        sender = sender_of(who, sending.tablet_id, sending.sent_at, now)
        outcomes: list[Outcome] = []
        if weighings:
            async with database.transaction() as tx:
                outcomes = await record_deposits(
                    tx, [Handed(each, sender) for each in weighings], rollout.current, now
                )
        answers = [
            answer_one(each.deposit_id, outcome, english=english)
            for each, outcome in zip(weighings, outcomes, strict=True)
        ]
        for position, answer in wrong:
            answers.insert(position, answer)
        count_answers(answers)
        whole = f'{{"results":[{",".join([answer for _, answer in answers])}]}}'
        return Response(whole.encode(), media_type="application/json")

    @doors.post(
        "/deposits",
        status_code=201,
        response_model=DepositAnswer,
        openapi_extra=documented_body(SingleDeposit),
        responses={200: {"model": DepositAnswer, "description": "Repeated"}, 202: {"model": DepositAnswer}},
        summary="Take in one weighing",
    )
    async def record_one(request: Request, who: Recorder) -> Response:
        """201 recorded, 200 repeated, 202 set aside (waiting or quarantined), 409 the same id with other content."""
        english = prefers_english(request.headers.get("accept-language"))
        try:
            given = _single(await request.body())
        except ValidationError as error:
            raise invalid(error, english=english) from error
        sender = sender_of(who, given.tablet_id, given.sent_at, clock.now())
        outcome = await gathering.add(Handed(given, sender))
        return single_answer(given.deposit_id, outcome, english=english)

    return doors


def single_answer(deposit_id: UUID, outcome: Outcome, *, english: bool) -> Response:
    """The answer to one weighing alone. Raises Problem for a refusal."""
    status, answer = answer_one(deposit_id, outcome, english=english)
    count_answers([(status, answer)])
    if outcome.refusal is not None:
        raise Problem(outcome.refusal, deposit_id=str(deposit_id))
    return Response(answer.encode(), status_code=_HTTP_STATUS[status], media_type="application/json")


def answer_one(deposit_id: UUID | None, outcome: Outcome, *, english: bool) -> Answered:
    """What is answered about one weighing: its status and the JSON text."""
    status = _status(outcome)
    if outcome.refusal is None and (outcome.duplicate_of is not None or outcome.bags):
        return status, _answer_json(_asking(deposit_id, status, outcome)).decode()
    if outcome.refusal is None:
        key = (status, outcome.state, outcome.why)
        rest = _rests.get(key)
        if rest is None:
            whole = DepositAnswer(deposit_id=None, status=status, state=outcome.state, reason=outcome.why)
            rest = _rests[key] = _answer_json(whole).decode().removeprefix('{"deposit_id":null')
        return status, f'{{"deposit_id":"{deposit_id}"{rest}'
    refused = DepositAnswer(
        deposit_id=deposit_id,
        status=status,
        code=outcome.refusal,
        detail=sentence(outcome.refusal, english=english),
    )
    return status, _answer_json(refused).decode()


def _asking(deposit_id: UUID | None, status: Status, outcome: Outcome) -> DepositAnswer:
    """Taken in, and a person should look at something."""
    return DepositAnswer(
        deposit_id=deposit_id,
        status=status,
        state=outcome.state,
        reason=outcome.why,
        suspected_duplicate_of=outcome.duplicate_of,
        bags=[BagToLookAt(bag_id=bag_id, code=mark) for bag_id, mark in outcome.bags] or None,
    )


def _status(outcome: Outcome) -> Status:
    if outcome.refusal is not None:
        return "conflict" if outcome.refusal in _CONFLICTS else "refused"
    if outcome.new and outcome.state is not None:
        return _STATUS_OF_STATE[outcome.state]
    return "repeated"


_CONFLICTS = {Refusal.DEPOSIT_CONFLICT, Refusal.DEPOSIT_ALREADY_ENDED}


def count_answers(answers: Sequence[Answered]) -> None:
    """Count answers by their status."""
    for status, count in Counts(status for status, _ in answers).items():
        ANSWERED.labels(status).inc(count)


def _read_batch(
    body: bytes, *, english: bool
) -> tuple[Sending, Sequence[Weighing], list[tuple[int, Answered]]]:
    """The batch, what of it can be taken in, and an answer in its place for each record that cannot."""
    try:
        batch = _batch(body)
    except ValidationError as error:
        return _read_apart(body, error, english=english)
    return batch, batch.deposits, []


def _read_apart(
    body: bytes, error: ValidationError, *, english: bool
) -> tuple[Sending, Sequence[Weighing], list[tuple[int, Answered]]]:
    """Each record by itself. Raises Problem if it is the batch that is wrong, not its records."""
    if any(len(each["loc"]) < 2 or each["loc"][0] != "deposits" for each in mistakes(error)):  # noqa: PLR2004
        raise invalid(error, english=english) from error
    records: list[Any] = from_json(body)["deposits"]
    if len(records) > BATCH_MAX:
        raise invalid(error, english=english) from error
    weighings: list[Weighing] = []
    wrong: list[tuple[int, Answered]] = []
    for position, record in enumerate(records):
        try:
            weighings.append(_weighing(to_json(record)))
        except ValidationError as own:
            wrong.append((position, wrong_record(record, own, english=english)))
    return _sending(body), weighings, wrong


def wrong_record(record: Any, error: ValidationError, *, english: bool) -> Answered:
    """What is answered about a record that cannot be taken in."""
    deposit_id = None
    if isinstance(record, dict):
        try:
            deposit_id = UUID(record.get("deposit_id"))
        except (TypeError, ValueError, AttributeError):
            deposit_id = None
    wrong = DepositAnswer(
        deposit_id=deposit_id,
        status="refused",
        code="invalid_deposit",
        detail=sentence("invalid_deposit", english=english),
        errors=wrong_fields(error, english=english),
    )
    return wrong.status, _answer_json(wrong).decode()
