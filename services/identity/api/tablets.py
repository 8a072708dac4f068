"""The door for tablets: registered by the programme, enrolled by a code that works once, revoked at once."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field, StringConstraints

from services.identity.api.means import Means
from services.identity.api.staff import Reason
from services.identity.domain.people import Tablet
from services.identity.domain.refusals import Refusal
from services.identity.domain.tablet_keys import text_of
from services.identity.workflows import tablets
from shared.kernel.ids import uuid7
from shared.kernel.roles import Role
from shared.runtime.access import allow, anyone
from shared.runtime.http import Asked, Slug
from shared.runtime.problems import Problem
from shared.runtime.tokens import Caller

TabletName = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._-]{0,39}$"), Field(examples=["TAB-06"])
]
EnrolmentCode = Annotated[
    str,
    StringConstraints(min_length=14, max_length=40, pattern=r"^[A-Za-z0-9 -]+$"),
    Field(examples=["8ZP3-K7Q2F-94WMA"]),
]

# Longer than any key, so that one of another kind is refused for what it is.
PublicKey = Annotated[
    str,
    StringConstraints(min_length=1, max_length=400, pattern=r"^[A-Za-z0-9_=+/-]+$"),
    Field(
        description="the tablet's own P-256 key: the uncompressed point, 65 bytes as base64url without padding",
        examples=["BGsX0fLhLEJH-Lzm5WOkQPJ3A32BLeszoPShOUXYmMKWT-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU"],
    ),
]


class NewTablet(Asked):
    """A tablet's name, such as `TAB-06`, and where it stands."""

    name: TabletName
    waste_bank_id: Slug


class RegisteredTablet(BaseModel):
    """What is typed on the tablet within 15 minutes, once."""

    tablet_id: UUID
    enrolment_code: str
    until: datetime


class Enrolment(Asked):
    """The code as it was typed, and the key with which the tablet signs what it weighs."""

    code: EnrolmentCode
    public_key: PublicKey | None = None


class OwnTablet(BaseModel):
    """What the tablet keeps: its id and secret are shown together with an operator's code and PIN."""

    tablet_id: UUID
    tablet_secret: str
    name: str
    waste_bank_id: str


class TabletWords(BaseModel):
    """A tablet. Before `enrolled_at` it waits for its code; one of the first days has neither date."""

    tablet_id: UUID
    name: str
    waste_bank_id: str
    registered_at: datetime | None
    enrolled_at: datetime | None
    last_seen_at: datetime | None
    revoked_at: datetime | None


class TabletKey(BaseModel):
    """What proves the weighings that a tablet signed. Without `public_key` it signs none."""

    tablet_id: UUID
    waste_bank_id: str
    public_key: str | None
    enrolled_at: datetime | None
    revoked_at: datetime | None


class TabletList(BaseModel):
    """By name."""

    tablets: list[TabletWords]


def router(means: Means) -> APIRouter:
    """The routes about tablets."""
    routes = APIRouter(prefix="/v1", tags=["tablets"])
    clock, database = means.clock, means.database

    @routes.post("/tablets", status_code=201)
    async def register(
        asked: NewTablet, who: Annotated[Caller, Depends(allow(Role.PROGRAMME))]
    ) -> RegisteredTablet:
        """Register a tablet. If the answer is lost, revoke the tablet and register it again."""
        async with database.transaction() as tx:
            outcome = await tablets.register(
                tx,
                who,
                tablet_id=uuid7(),
                name=asked.name,
                waste_bank_id=asked.waste_bank_id,
                rollout=means.watcher.current,
                now=clock.now(),
            )
        if isinstance(outcome, Refusal):
            raise Problem(outcome.value)
        return RegisteredTablet(
            tablet_id=outcome.tablet.id, enrolment_code=outcome.enrolment_code, until=outcome.until
        )

    @routes.post("/tablets:enrol", dependencies=[Depends(anyone)])
    async def enrol(asked: Enrolment) -> OwnTablet:
        """A tablet shows its code. Five wrong ones, and the code is spent."""
        async with database.transaction() as tx:
            outcome = await tablets.enrol(
                tx, asked.code, asked.public_key, means.watcher.current, clock.now()
            )
        if isinstance(outcome, Refusal):
            raise Problem(outcome.value)
        return OwnTablet(
            tablet_id=outcome.tablet.id,
            tablet_secret=outcome.tablet_secret,
            name=outcome.tablet.label,
            waste_bank_id=outcome.tablet.waste_bank_id,
        )

    @routes.get("/tablets")
    async def list_tablets(
        who: Annotated[Caller, Depends(allow(Role.OPERATOR, Role.PROGRAMME, Role.OFFICE))],
        waste_bank_id: Annotated[Slug | None, Query()] = None,
    ) -> TabletList:
        """The tablets of one's area, and when each was last seen."""
        async with database.reading() as tx:
            found = await tablets.list_tablets(tx, who, waste_bank_id, means.watcher.current)
        return TabletList(tablets=[_tablet_words(each) for each in found])

    @routes.get("/tablets/{tablet_id}/key")
    async def read_key(
        tablet_id: UUID,
        who: Annotated[Caller, Depends(allow(Role.OPERATOR, Role.PROGRAMME, Role.SERVICE))],
    ) -> TabletKey:
        """With what a tablet's signatures are checked, also after it was lost."""
        async with database.reading() as tx:
            outcome = await tablets.show_tablet(tx, who, tablet_id, means.watcher.current)
        if isinstance(outcome, Refusal):
            raise Problem(outcome.value)
        return TabletKey(
            tablet_id=outcome.id,
            waste_bank_id=outcome.waste_bank_id,
            public_key=None if outcome.public_key is None else text_of(outcome.public_key),
            enrolled_at=outcome.enrolled_at,
            revoked_at=outcome.revoked_at,
        )

    @routes.post("/tablets/{tablet_id}:revoke")
    async def revoke(
        tablet_id: UUID, asked: Reason, who: Annotated[Caller, Depends(allow(Role.PROGRAMME))]
    ) -> TabletWords:
        """The tablet is lost: every token that names it is refused by every service within seconds."""
        async with database.transaction() as tx:
            outcome = await tablets.revoke(
                tx,
                who,
                tablet_id,
                reason=asked.reason,
                rollout=means.watcher.current,
                longest=means.lifetimes.tablet,
                now=clock.now(),
            )
        if isinstance(outcome, Refusal):
            raise Problem(outcome.value)
        return _tablet_words(outcome)

    return routes


def _tablet_words(tablet: Tablet) -> TabletWords:
    return TabletWords(
        tablet_id=tablet.id,
        name=tablet.label,
        waste_bank_id=tablet.waste_bank_id,
        registered_at=tablet.registered_at,
        enrolled_at=tablet.enrolled_at,
        last_seen_at=tablet.last_seen_at,
        revoked_at=tablet.revoked_at,
    )
