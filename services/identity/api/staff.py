"""The door through which the programme says who works for it, and where."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import UUID7, BaseModel, Field, StringConstraints

from services.identity.api.means import Means, Name
from services.identity.domain.areas import Area
from services.identity.domain.codes import canonical_code
from services.identity.domain.people import Staff
from services.identity.domain.refusals import Refusal
from services.identity.workflows import staffing
from services.identity.workflows.pin_changes import OneTimeCode
from shared.kernel.roles import Role
from shared.runtime.access import allow
from shared.runtime.http import Asked, Slug, Words
from shared.runtime.paging import LIMIT, Cursor, Limit, page_of, word_of
from shared.runtime.problems import Problem
from shared.runtime.tokens import Caller

StaffCode = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z]{2,5}-[0-9]{2,5}$"), Field(examples=["PTG-06"])
]
SubdistrictCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{2}\.[0-9]{2}\.[0-9]{2}$")]
RegencyCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{2}\.[0-9]{2}$")]


class AreaWords(Asked):
    """Waste banks for an operator; sub-districts or whole regencies for programme and office."""

    waste_bank_ids: list[Slug] = Field(default_factory=list, max_length=50)
    subdistrict_codes: list[SubdistrictCode] = Field(default_factory=list, max_length=100)
    regency_codes: list[RegencyCode] = Field(default_factory=list, max_length=50)

    def area(self) -> Area:
        """As the rules know it."""
        return Area(
            frozenset(self.waste_bank_ids), frozenset(self.subdistrict_codes), frozenset(self.regency_codes)
        )


class NewStaff(Asked):
    """A new colleague. The id is made by the caller; sending it again is safe."""

    staff_id: UUID7
    code: StaffCode
    role: Literal["operator", "programme", "office"]
    name: Name
    area: AreaWords


class Transfer(Asked):
    """Where somebody works from now on, and why."""

    area: AreaWords
    reason: Words


class Reason(Asked):
    """Why; nobody is to be named in it."""

    reason: Words


class OneTime(BaseModel):
    """What is read to somebody once, so that they can choose a PIN at `POST /v1/pins:choose`."""

    code: str
    one_time_code: str
    until: datetime


class StaffWords(BaseModel):
    """One of the staff."""

    staff_id: UUID
    code: str
    role: Role
    name: str
    waste_bank_ids: list[str]
    subdistrict_codes: list[str]
    regency_codes: list[str]
    since: datetime | None
    ended_at: datetime | None


class HiredStaff(BaseModel):
    """The colleague; `first_pin` only the first time, because it is not kept."""

    staff: StaffWords
    first_pin: OneTime | None


class StaffPage(BaseModel):
    """By code. `next_cursor` is absent on the last page."""

    staff: list[StaffWords]
    next_cursor: str | None = None


def router(means: Means) -> APIRouter:
    """The routes about staff."""
    routes = APIRouter(prefix="/v1", tags=["staff"])
    clock, database, sealer = means.clock, means.database, means.sealer

    @routes.post("/staff", status_code=201, responses={200: {"model": HiredStaff, "description": "Repeated"}})
    async def hire(
        asked: NewStaff, response: Response, who: Annotated[Caller, Depends(allow(Role.PROGRAMME))]
    ) -> HiredStaff:
        """Somebody begins; nobody grants an area that they do not have. 201 the first time, 200 for the same again."""
        now = clock.now()
        code = canonical_code(asked.code)
        person = Staff(asked.staff_id, code, Role(asked.role), asked.area.area(), asked.name, made_at=now)
        async with database.transaction() as tx:
            outcome = await staffing.hire(tx, sealer, who, person, means.watcher.current, now)
        if isinstance(outcome, Refusal):
            raise Problem(outcome.value)
        response.status_code = 200 if outcome.first_pin is None else 201
        first_pin = None if outcome.first_pin is None else one_time_words(outcome.first_pin)
        return HiredStaff(staff=_staff_words(outcome.person), first_pin=first_pin)

    @routes.get("/staff")
    async def list_staff(
        who: Annotated[Caller, Depends(allow(Role.PROGRAMME, Role.OFFICE))],
        cursor: Cursor = None,
        limit: Limit = LIMIT,
    ) -> StaffPage:
        """Who works in one's area, and who did."""
        async with database.reading() as tx:
            found = await staffing.list_staff(
                tx, sealer, who, means.watcher.current, after=word_of(cursor) or "", at_most=limit + 1
            )
        page, following = page_of(found, limit, lambda each: each.code)
        return StaffPage(staff=[_staff_words(each) for each in page], next_cursor=following)

    @routes.post("/staff/{staff_id}:move")
    async def move(
        staff_id: UUID, asked: Transfer, who: Annotated[Caller, Depends(allow(Role.PROGRAMME))]
    ) -> StaffWords:
        """Somebody works elsewhere. Both areas must lie in the caller's."""
        async with database.transaction() as tx:
            outcome = await staffing.move(
                tx,
                sealer,
                who,
                staff_id,
                area=asked.area.area(),
                reason=asked.reason,
                rollout=means.watcher.current,
                now=clock.now(),
            )
        if isinstance(outcome, Refusal):
            raise Problem(outcome.value)
        return _staff_words(outcome)

    @routes.post("/staff/{staff_id}:end")
    async def end(
        staff_id: UUID, asked: Reason, who: Annotated[Caller, Depends(allow(Role.PROGRAMME))]
    ) -> StaffWords:
        """Somebody leaves: no sign-in any more, and no token of theirs is good anywhere within seconds."""
        async with database.transaction() as tx:
            outcome = await staffing.end(
                tx, sealer, who, staff_id, reason=asked.reason, rollout=means.watcher.current, now=clock.now()
            )
        if isinstance(outcome, Refusal):
            raise Problem(outcome.value)
        return _staff_words(outcome)

    return routes


def one_time_words(made: OneTimeCode) -> OneTime:
    """As it is answered, once."""
    return OneTime(code=made.code, one_time_code=made.one_time_code, until=made.until)


def _staff_words(person: Staff) -> StaffWords:
    return StaffWords(
        staff_id=person.id,
        code=person.code,
        role=person.role,
        name=person.name,
        waste_bank_ids=sorted(person.area.waste_bank_ids),
        subdistrict_codes=sorted(person.area.subdistrict_codes),
        regency_codes=sorted(person.area.regency_codes),
        since=person.made_at,
        ended_at=person.ended_at,
    )
