"""The doors of the bag queue: bags come in with a label, wait, are weighed by a deposit or discarded."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from pydantic import UUID7, BaseModel, ConfigDict, Field, StringConstraints

from services.deposit.api.bodies import Sending
from services.deposit.api.callers import actor_of, sender_of
from services.deposit.api.means import Means
from services.deposit.api.reading import banks_for
from services.deposit.api.words import sentence
from services.deposit.domain.refusals import Refusal
from services.deposit.workflows.bags import (
    Bag,
    BagOutcome,
    LabelledBag,
    discard_bag,
    list_open_bags,
    receive_bags,
)
from services.deposit.workflows.weighings import Moment
from shared.kernel.roles import Role
from shared.kernel.words import Slug as BankId
from shared.runtime.access import allow
from shared.runtime.http import Slug, Words
from shared.runtime.paging import LIMIT, Cursor, Limit, cursor_of, end_of
from shared.runtime.problems import Problem, prefers_english
from shared.runtime.tokens import Caller

Staff = Annotated[Caller, Depends(allow(Role.OPERATOR, Role.PROGRAMME))]
Label = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Z0-9]([A-Z0-9-]{0,22}[A-Z0-9])?$"),
    Field(description="What is printed on the bag, such as LP-0001"),
]


class BagGiven(BaseModel):
    """One labelled bag. Its id was made on the tablet, so that it may be sent again safely."""

    model_config = ConfigDict(frozen=True)

    bag_id: UUID7
    member_id: UUID
    waste_bank_id: BankId
    label: Label
    received_at: Moment


class BagBatch(Sending):
    """Bags that came in, of one member or of many."""

    model_config = ConfigDict(strict=False)

    bags: Annotated[list[BagGiven], Field(min_length=1, max_length=200)]


class BagAnswer(BaseModel):
    """What became of one bag. `label_in_use`: another bag with this label waits at the waste bank; look at both."""

    bag_id: UUID
    status: Literal["recorded", "repeated", "refused"]
    label_in_use: bool
    code: str | None = None
    detail: str | None = None


class BagBatchAnswer(BaseModel):
    """One answer for each bag, in their order."""

    results: list[BagAnswer]


class BagView(BaseModel):
    """A bag that waits to be weighed."""

    bag_id: UUID
    member_id: UUID
    waste_bank_id: str
    label: str
    received_at: datetime


class BagPage(BaseModel):
    """Some bags, the longest waiting first; `next_cursor` is absent after the last."""

    bags: list[BagView]
    next_cursor: str | None


class Discarding(BaseModel):
    """Why a bag will not be weighed."""

    reason: Words


class DiscardAnswer(BaseModel):
    """A bag that will not be weighed."""

    bag_id: UUID
    discarded_at: datetime


def router(means: Means) -> APIRouter:
    """`POST /bags:batch`, `GET /bags` and `POST /bags/{bag_id}:discard`."""
    doors = APIRouter(prefix="/v1", tags=["bags"])
    database, rollout, clock = means.database, means.rollout, means.clock

    @doors.post("/bags:batch", summary="Take in labelled bags that are weighed later")
    async def receive(request: Request, body: BagBatch, who: Staff) -> BagBatchAnswer:
        """Up to 200 bags, each answered on its own; safe to send again. The same id with other content is refused."""
        now = clock.now()
        sender = sender_of(who, body.tablet_id, body.sent_at, now)
        given = [
            LabelledBag(bag.bag_id, bag.member_id, bag.waste_bank_id, bag.label, bag.received_at)
            for bag in body.bags
        ]
        async with database.transaction() as tx:
            outcomes = await receive_bags(tx, given, sender.actor, sender.tablet_id, rollout.current, now)
        english = prefers_english(request.headers.get("accept-language"))
        return BagBatchAnswer(
            results=[
                _answer(bag.bag_id, outcome, english=english)
                for bag, outcome in zip(given, outcomes, strict=True)
            ]
        )

    @doors.get("/bags", summary="Bags that wait to be weighed")
    async def list_open(
        who: Staff,
        waste_bank_id: Annotated[Slug, Query()],
        cursor: Cursor = None,
        limit: Limit = LIMIT,
    ) -> BagPage:
        """Of one waste bank, the longest waiting first."""
        seen = banks_for(who, waste_bank_id, rollout.current)
        async with database.reading() as tx:
            page = await list_open_bags(tx, sorted(seen.waste_bank_ids or ()), end_of(cursor), limit)
        return BagPage(
            bags=[view for view in map(_view, page.bags) if view is not None],
            next_cursor=None if page.next_place is None else cursor_of(page.next_place),
        )

    @doors.post("/bags/{bag_id}:discard", summary="Decide that a bag will not be weighed")
    async def discard(bag_id: UUID, body: Discarding, who: Staff) -> DiscardAnswer:
        """Empty, spoiled or taken back. Again changes nothing; a weighed bag stays weighed."""
        async with database.transaction() as tx:
            done = await discard_bag(tx, bag_id, actor_of(who), body.reason, clock.now())
            if isinstance(done, Refusal) or done.discarded_at is None:
                raise Problem(done if isinstance(done, Refusal) else Refusal.BAG_NOT_FOUND)
        return DiscardAnswer(bag_id=bag_id, discarded_at=done.discarded_at)

    return doors


def _answer(bag_id: UUID, outcome: BagOutcome, *, english: bool) -> BagAnswer:
    detail = None if outcome.refusal is None else sentence(outcome.refusal, english=english)
    return BagAnswer(
        bag_id=bag_id,
        status=outcome.status,
        label_in_use=outcome.label_in_use,
        code=outcome.refusal,
        detail=detail,
    )


def _view(bag: Bag) -> BagView | None:
    if bag.member_id is None or bag.waste_bank_id is None or bag.label is None or bag.received_at is None:
        return None
    return BagView(
        bag_id=bag.bag_id,
        member_id=bag.member_id,
        waste_bank_id=bag.waste_bank_id,
        label=bag.label,
        received_at=bag.received_at,
    )
