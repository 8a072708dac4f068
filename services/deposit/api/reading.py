"""The doors for reading deposits: lists page by page, and one with its history."""

from datetime import date, timedelta
from typing import Annotated, NamedTuple
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from services.deposit.api.bodies import DepositPage, DepositStory, DepositView, HistoryStep
from services.deposit.api.callers import covers
from services.deposit.api.means import Means
from services.deposit.domain.areas import UNKNOWN_SUBDISTRICT
from services.deposit.domain.refusals import Refusal
from services.deposit.domain.states import State, Step
from services.deposit.workflows.reading import (
    Deposit,
    NewStep,
    Page,
    Wanted,
    is_own,
    is_own_id,
    list_deposits,
    read_deposit,
)
from services.deposit.workflows.weighings import LINES
from shared.kernel import wib
from shared.kernel.roles import Role
from shared.kernel.rollout import Rollout
from shared.runtime.access import allow
from shared.runtime.database import Tx
from shared.runtime.http import Slug
from shared.runtime.paging import LIMIT, Cursor, Limit, cursor_of, end_of
from shared.runtime.problems import Problem
from shared.runtime.tokens import Caller

Reader = Annotated[Caller, Depends(allow(Role.MEMBER, Role.OPERATOR, Role.PROGRAMME))]
Day = Annotated[
    date | None,
    Query(ge=date(2020, 1, 1), le=date(2100, 1, 1), description="The day of weighing, by the clock of WIB"),
]
_SET_ASIDE = {Step.WAITING_FOR_MEMBER, Step.QUARANTINED}


def router(means: Means) -> APIRouter:
    """`GET /deposits` and `GET /deposits/{deposit_id}`."""
    doors = APIRouter(prefix="/v1/deposits", tags=["deposits"])
    database, rollout = means.database, means.rollout

    @doors.get("", summary="Deposits, the latest weighing first")
    async def list_all(  # noqa: PLR0917 - FastAPI reads each query parameter from the signature
        who: Reader,
        waste_bank_id: Annotated[Slug | None, Query()] = None,
        member_id: Annotated[UUID | None, Query()] = None,
        day: Day = None,
        state: Annotated[State | None, Query()] = None,
        cursor: Cursor = None,
        limit: Limit = LIMIT,
    ) -> DepositPage:
        """A member sees the own deposits, an operator those of the own waste banks, the programme those of its area.

        A member's deposits are also those that name an id which was merged into theirs.
        """
        if who.role is Role.MEMBER:
            seen = BanksSeen(None if waste_bank_id is None else frozenset({waste_bank_id}))
        else:
            seen = banks_for(who, waste_bank_id, rollout.current)
        wanted = Wanted(
            waste_bank_ids=seen.waste_bank_ids,
            not_at=seen.not_at,
            member_id=who.member_id if who.role is Role.MEMBER else member_id,
            weighed_from=None if day is None else wib.start_of_day(day),
            weighed_before=None if day is None else wib.start_of_day(day + timedelta(days=1)),
            state=state,
            after=end_of(cursor),
            limit=limit,
        )
        async with database.reading() as tx:
            if who.role is Role.MEMBER and not await is_own_id(tx, who.member_id, member_id):
                raise Problem("not_allowed")
            return page_of(await list_deposits(tx, wanted))

    @doors.get("/{deposit_id}", summary="One deposit with its history")
    async def read_one(deposit_id: UUID, who: Reader) -> DepositStory:
        """The deposit as it was weighed, where it stands, and all that happened to it."""
        async with database.reading() as tx:
            found = await read_deposit(tx, deposit_id)
            if found is None or not await _may_read(tx, who, found.deposit):
                raise Problem(Refusal.DEPOSIT_NOT_FOUND, deposit_id=str(deposit_id))
        return DepositStory(
            **view_of(found.deposit).model_dump(),
            history=_history(found.deposit, found.steps),
            bag_ids=found.bag_ids,
        )

    return doors


class BanksSeen(NamedTuple):
    """The waste banks of a list: None means all but those of `not_at`."""

    waste_bank_ids: frozenset[str] | None
    not_at: frozenset[str] = frozenset()


def banks_for(who: Caller, asked: str | None, rollout: Rollout) -> BanksSeen:
    """The waste banks that a list may show to staff. Raises Problem for one outside the caller's area."""
    if asked is not None:
        subdistrict = rollout.subdistrict_of(asked)
        code = UNKNOWN_SUBDISTRICT if subdistrict is None else subdistrict.kemendagri_code
        if not covers(who, asked, code):
            raise Problem(Refusal.NOT_YOUR_WASTE_BANK)
        return BanksSeen(frozenset({asked}))
    if who.role is Role.OPERATOR:
        return BanksSeen(who.waste_bank_ids)
    inside: set[str] = set()
    outside: set[str] = set()
    for subdistrict in rollout.subdistricts:
        ids = {bank.id for bank in subdistrict.waste_banks}
        (inside if who.covers_subdistrict(subdistrict.kemendagri_code) else outside).update(ids)
    # Whoever has a whole regency also sees what came for waste banks that nobody knows.
    if who.regency_codes:
        return BanksSeen(None, frozenset(outside))
    return BanksSeen(frozenset(inside))


async def _may_read(tx: Tx, who: Caller, deposit: Deposit) -> bool:
    if who.role is Role.MEMBER:
        return await is_own(tx, deposit, who.member_id)
    return covers(who, deposit.waste_bank_id, deposit.subdistrict_code)


def page_of(page: Page) -> DepositPage:
    """A page as it is answered."""
    return DepositPage(
        deposits=[view_of(deposit) for deposit in page.deposits],
        next_cursor=None if page.next_place is None else cursor_of(page.next_place),
    )


def view_of(deposit: Deposit) -> DepositView:
    """A stored deposit as it is answered."""
    return DepositView(
        deposit_id=deposit.deposit_id,
        member_id=deposit.member_id,
        waste_bank_id=deposit.waste_bank_id,
        subdistrict_code=deposit.subdistrict_code,
        state=deposit.state,
        state_since=deposit.state_since,
        reason=deposit.why,
        weighed_at=deposit.weighed_at,
        received_at=deposit.received_at,
        clock_offset_ms=deposit.clock_offset_ms,
        recorder_id=deposit.recorder_id,
        carried_by_id=deposit.carried_by_id,
        tablet_id=deposit.tablet_id,
        channel=deposit.channel,
        price_list_id=deposit.price_list_id,
        lines=LINES.validate_json(deposit.lines_json),
        replaces_deposit_id=deposit.replaces_deposit_id,
        replaced_by_deposit_id=deposit.replaced_by_deposit_id,
    )


def _history(deposit: Deposit, steps: list[NewStep]) -> list[HistoryStep]:
    """The receipt, then the steps. One that was recorded at once has no step that says so: it is told here."""
    by = deposit.carried_by_id or deposit.recorder_id
    received = HistoryStep(step="received", at=deposit.received_at, by_id=by, reason=None)
    told = [
        HistoryStep(step=Step(step.step), at=step.at, by_id=step.by_id, reason=step.reason) for step in steps
    ]
    if not any(step.step in _SET_ASIDE and step.at == deposit.received_at for step in told):
        told.insert(0, HistoryStep(step=Step.RECORDED, at=deposit.received_at, by_id=None, reason=None))
    return sorted([received, *told], key=lambda step: step.at)
