"""The door for signed weighings that another person hands over than the one who weighed."""

from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic_core import from_json, to_json

from services.deposit.api.bodies import BatchAnswer, SentAt
from services.deposit.api.callers import actor_of
from services.deposit.api.means import Means
from services.deposit.api.recording import Answered, Recorder, answer_one, count_answers, wrong_record
from services.deposit.domain.refusals import Refusal
from services.deposit.domain.signed import SignedText, UnreadableError, signed_text
from services.deposit.domain.weighing import clock_offset_ms
from services.deposit.workflows.carrying import Carrier, Reading, check, signers
from services.deposit.workflows.recording import record_deposits
from services.deposit.workflows.weighings import Handed, Outcome, Weighing, refused
from shared.runtime.database import Database
from shared.runtime.other_doors import OtherDoorError
from shared.runtime.problems import Problem, prefers_english

CARRIED_MAX = 100
# Sixty lines and twenty bags fit.
SIGNED_MAX = 8_000

_weighing = TypeAdapter(Weighing).validator.validate_json
_EXAMPLE = (
    '[1,"AaIBwNtOdYPdjmBPM9DyEw","AaHyqgsQfFWfPipUyNCxEQ","AaHyqgsQfFWfPipUyNCxEg","AaHyqgsQfFWfPipUyNCxEw",'
    '"lubuk-pakam-induk","assisted",1795487400000,"AaHgxFoAeyGMEdTBqV8AQg",[["P05","bersih","kg",1500,4500]],null,[]]'
)


class SignedDeposit(BaseModel):
    """A weighing exactly as its tablet signed it.

    `signed` is the compact JSON array `[1, deposit, tablet, recorder, member, waste_bank_id, channel, weighed_at_ms,
    price_list, [[item_code, grade, unit, quantity, shown_rupiah], ...], null | [replaced_deposit, reason],
    [bag, ...]]`, ids as base64url of 16 bytes without padding.
    """

    model_config = ConfigDict(frozen=True, strict=True)

    signed: Annotated[str, Field(min_length=1, max_length=SIGNED_MAX, examples=[_EXAMPLE])]
    signature: Annotated[
        str,
        Field(
            max_length=200,
            description="ECDSA with the tablet's P-256 key over the SHA-256 of `signed`: r and s, 64 bytes as "
            "base64url without padding",
            examples=["A" * 86],
        ),
    ]


class CarriedBatch(BaseModel):
    """What somebody hands over. One that is forged or altered never blocks the rest."""

    model_config = ConfigDict(frozen=True)

    sent_at: SentAt = None
    deposits: Annotated[list[SignedDeposit], Field(min_length=1, max_length=CARRIED_MAX)]


def router(means: Means) -> APIRouter:
    """`POST /deposits:carried`."""
    doors = APIRouter(prefix="/v1", tags=["deposits"])
    rollout, clock, database = means.rollout, means.clock, means.database

    @doors.post(
        "/deposits:carried", response_model=BatchAnswer, summary="Take in what another person weighed"
    )
    async def record_carried(body: CarriedBatch, request: Request, who: Recorder) -> Response:
        """Up to 100 signed weighings, each answered as by `:batch`, recorded under the recorder and tablet they name.

        Who hands over is kept beside, and decides about no flag of it. Safe to send again, and by both ways. One that
        was weighed after its tablet was revoked waits for a person.
        """
        english = prefers_english(request.headers.get("accept-language"))
        now = clock.now()
        carrier = Carrier(actor_of(who), who.tablet_id, clock_offset_ms(body.sent_at, now))
        read = [_read(each, english=english) for each in body.deposits]
        readings = [each for each in read if isinstance(each, Reading)]
        token = request.headers["authorization"].partition(" ")[2]
        try:
            found = await means.keys.of(signers(readings, carrier, rollout.current), token, now)
        except OtherDoorError as error:
            raise Problem("tablet_keys_silent") from error
        checked = [check(each, carrier, found, rollout.current) for each in readings]
        handed = [each for each in checked if isinstance(each, Handed)]
        taken = iter(await _record(database, handed, means))
        outcomes = iter([next(taken) if isinstance(each, Handed) else refused(each) for each in checked])
        answers = [
            answer_one(each.said.deposit_id, next(outcomes), english=english)
            if isinstance(each, Reading)
            else each
            for each in read
        ]
        count_answers(answers)
        whole = f'{{"results":[{",".join([answer for _, answer in answers])}]}}'
        return Response(whole.encode(), media_type="application/json")

    return doors


async def _record(database: Database, handed: list[Handed], means: Means) -> list[Outcome]:
    if not handed:
        return []
    async with database.transaction() as tx:
        return await record_deposits(tx, handed, means.rollout.current, means.clock.now())


def _read(given: SignedDeposit, *, english: bool) -> Reading | Answered:
    """What the text says, or the answer to one that says nothing we understand."""
    try:
        said = signed_text(from_json(given.signed, allow_inf_nan=False))
    except (UnreadableError, ValueError):
        return answer_one(None, refused(Refusal.SIGNED_TEXT_UNREADABLE), english=english)
    try:
        return Reading(given.signed, given.signature, said, _weighing(to_json(said.weighing)))
    except ValidationError as error:
        return _wrong(said, error, english=english)


def _wrong(said: SignedText, error: ValidationError, *, english: bool) -> Answered:
    return wrong_record({"deposit_id": str(said.deposit_id)}, error, english=english)
