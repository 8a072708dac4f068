"""The door for PINs: changing one's own, and choosing one with a code for which two of the staff stand."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field, StringConstraints

from services.identity.api.means import Code, Means, Pin, refuse_locked
from services.identity.api.sessions import PEOPLE
from services.identity.api.staff import OneTime, one_time_words
from services.identity.api.turning import asker_of, turn_at_work
from services.identity.domain.pin_rules import is_common
from services.identity.domain.refusals import Refusal
from services.identity.workflows import pin_changes
from services.identity.workflows.guessing import Locked
from services.identity.workflows.turns import Asker
from shared.kernel.roles import Role
from shared.runtime.access import allow, anyone
from shared.runtime.http import Asked, Words
from shared.runtime.problems import Problem
from shared.runtime.tokens import Caller

OneTimeText = Annotated[
    str,
    StringConstraints(min_length=8, max_length=24, pattern=r"^[A-Za-z0-9 -]+$"),
    Field(examples=["K7Q2F-94WMA"]),
]


class Change(Asked):
    """The old PIN and the new one."""

    old_pin: Pin
    new_pin: Pin


class Choice(Asked):
    """A code with the one-time code for it, and the PIN that its holder chose."""

    code: Code
    one_time_code: OneTimeText
    pin: Pin


class NewReset(Asked):
    """Who stands at the counter, and how the staff know them; nobody is to be named in it."""

    code: Code
    reason: Words


class OpenedReset(BaseModel):
    """What a second person confirms within 15 minutes."""

    reset_id: UUID
    until: datetime


class ResetWords(BaseModel):
    """A reset that waits for a second person: whose code, who opened it, and how they knew the owner."""

    reset_id: UUID
    code: str
    role: Role
    opened_by: UUID
    opened_at: datetime
    until: datetime
    reason: str


class ResetList(BaseModel):
    """The oldest first."""

    pin_resets: list[ResetWords]


def router(means: Means) -> APIRouter:
    """The routes about PINs."""
    routes = APIRouter(prefix="/v1", tags=["pins"])
    clock, database, sealer = means.clock, means.database, means.sealer

    @routes.post("/pins:change", status_code=204)
    async def change(asked: Change, who: Annotated[Caller, Depends(allow(*PEOPLE))]) -> None:
        """Change one's own PIN. Every other session of one's own ends. Wrong old PINs are counted as at sign-in."""
        _refuse_common(asked.new_pin)
        async with turn_at_work(means, asker_of(who)):
            await _change(means, asked, who)

    @routes.post("/pins:choose", status_code=204, dependencies=[Depends(anyone)])
    async def choose(asked: Choice) -> None:
        """Choose a PIN with a one-time code. Five wrong ones, and the code is spent."""
        _refuse_common(asked.pin)
        async with database.transaction() as tx:
            begun = await pin_changes.begin_choosing(tx, asked.code, asked.one_time_code, clock.now())
        if isinstance(begun, Refusal):
            raise Problem(begun.value)
        # Only the right one-time code comes this far.
        async with turn_at_work(means, Asker(f"choosing {begun.subject_id}", known=True)):
            pin_hash = await means.pins.hash(asked.pin)
        async with database.transaction() as tx:
            refused = await pin_changes.finish_choosing(tx, begun, pin_hash, clock.now())
        if refused is not None:
            raise Problem(refused.value)

    @routes.post("/pin-resets", status_code=201)
    async def open_reset(
        asked: NewReset, who: Annotated[Caller, Depends(allow(Role.OPERATOR, Role.PROGRAMME))]
    ) -> OpenedReset:
        """Somebody forgot their PIN, or has none yet. A member is helped at the waste bank, staff by the programme."""
        async with database.transaction() as tx:
            outcome = await pin_changes.open_reset(
                tx,
                sealer,
                who,
                asked.code,
                reason=asked.reason,
                rollout=means.watcher.current,
                now=clock.now(),
            )
        if isinstance(outcome, Refusal):
            raise Problem(outcome.value)
        return OpenedReset(reset_id=outcome.reset_id, until=outcome.until)

    @routes.get("/pin-resets")
    async def list_resets(
        who: Annotated[Caller, Depends(allow(Role.OPERATOR, Role.PROGRAMME))],
    ) -> ResetList:
        """What waits for a second person in one's area; one's own PIN is left out."""
        async with database.reading() as tx:
            found = await pin_changes.list_resets(tx, sealer, who, means.watcher.current, clock.now())
        return ResetList(
            pin_resets=[
                ResetWords(
                    reset_id=each.id,
                    code=each.code,
                    role=each.role,
                    opened_by=each.opened_by,
                    opened_at=each.opened_at,
                    until=each.until,
                    reason=each.why,
                )
                for each in found
            ]
        )

    @routes.post("/pin-resets/{reset_id}:confirm")
    async def confirm_reset(
        reset_id: UUID, who: Annotated[Caller, Depends(allow(Role.OPERATOR, Role.PROGRAMME))]
    ) -> OneTime:
        """The second person agrees, and reads the one-time code to the owner."""
        async with database.transaction() as tx:
            outcome = await pin_changes.confirm_reset(
                tx, sealer, who, reset_id, means.watcher.current, clock.now()
            )
        if isinstance(outcome, Refusal):
            raise Problem(outcome.value)
        return one_time_words(outcome)

    return routes


async def _change(means: Means, asked: Change, who: Caller) -> None:
    now = means.clock.now()
    async with means.database.transaction() as tx:
        begun = await pin_changes.begin_change(tx, who, now)
    if isinstance(begun, Locked):
        raise refuse_locked(Refusal.SIGN_IN_LOCKED, begun, now)
    if begun is None or not await means.pins.matches(begun[0].pin_hash, asked.old_pin):
        raise Problem(Refusal.WRONG_OLD_PIN.value)
    pin_hash = await means.pins.hash(asked.new_pin)
    async with means.database.transaction() as tx:
        refused = await pin_changes.finish_change(tx, who, begun, pin_hash, means.clock.now())
    if refused is not None:
        raise Problem(refused.value)


def _refuse_common(pin: str) -> None:
    if is_common(pin):
        raise Problem(Refusal.PIN_TOO_COMMON.value)
