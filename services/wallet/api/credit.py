"""A member's credit, its history, and all that wallet keeps about them: by any id that ever meant them."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, Field

from services.wallet.api.means import Instant, Means, only_concerned
from services.wallet.workflows import own, reading
from services.wallet.workflows.reading import FROM_THE_NEWEST, Family, Standing, StatementLine
from shared.kernel.roles import Role
from shared.runtime.access import allow
from shared.runtime.paging import LIMIT, Cursor, Limit, cursor_of, number_of
from shared.runtime.spreadsheets import CSV_TOO, csv_answer
from shared.runtime.tokens import Caller

MemberReader = Annotated[Caller, Depends(allow(Role.MEMBER, Role.OPERATOR, Role.PROGRAMME))]
BalanceReader = Annotated[Caller, Depends(allow(Role.MEMBER, Role.OPERATOR, Role.PROGRAMME, Role.SERVICE))]
Owner = Annotated[Caller, Depends(allow(Role.MEMBER, Role.PROGRAMME))]


class BalanceAnswer(BaseModel):
    """Posted = all entries; held = set aside by open redemptions; available = posted - held.

    Available is negative only after a correction. A member to whose credit nothing ever happened has zeros and no
    `opened_at`. `member_id` is the id that stays, if the one that was asked for was merged into another.
    """

    member_id: UUID
    as_of: datetime
    posted_rupiah: int
    held_rupiah: int
    available_rupiah: int
    opened_at: datetime | None


class LineAnswer(BaseModel):
    """One entry. A correction is two lines that name each other by `reverses_id` and `reversed_by_id`."""

    seq: int
    transfer_id: UUID
    kind: Literal["credit", "credit_reversal", "settlement", "settlement_reversal", "opening_balance"]
    amount_rupiah: int
    balance_rupiah: int
    happened_at: datetime
    posted_at: datetime
    deposit_id: UUID | None = None
    redemption_id: UUID | None = None
    waste_bank_id: str | None = None
    reverses_id: UUID | None = None
    reversed_by_id: UUID | None = None
    reason: str | None = Field(None, description="why it was taken back, on both lines of the pair")


class StatementAnswer(BaseModel):
    """Newest first. `next_cursor` is null on the last page."""

    member_id: UUID
    lines: list[LineAnswer]
    next_cursor: str | None


class HoldAnswer(BaseModel):
    """What was set aside for one redemption, or refused."""

    redemption_id: UUID
    state: Literal["held", "refused", "settled", "released"]
    amount_rupiah: int
    cash_rupiah: int
    requested_at: datetime
    decided_at: datetime
    ended_at: datetime | None
    reason: str | None


class OwnAnswer(BaseModel):
    """Everything that wallet keeps about one person; newest first."""

    balance: BalanceAnswer
    merged_member_ids: list[UUID] = Field(description="ids that meant the same person before")
    lines: list[LineAnswer]
    holds: list[HoldAnswer]


def router(means: Means) -> APIRouter:
    """The routes about one member."""
    routes = APIRouter(prefix="/v1/members/{member_id}", tags=["credit"])
    database, clock = means.database, means.clock

    @routes.get("/balance")
    async def balance(member_id: UUID, who: BalanceReader, at: Instant | None = None) -> BalanceAnswer:
        """A member's balance, now or as it stood at an instant."""
        async with database.reading() as tx:
            family = await reading.find_family(tx, member_id)
            standing = await reading.member_standing(tx, family, at)
        only_concerned(who, family, standing.subdistrict_code)
        return _balance(family, standing, at or clock.now())

    @routes.get("/statement")
    async def statement(
        member_id: UUID,
        who: MemberReader,
        cursor: Cursor = None,
        limit: Limit = LIMIT,
    ) -> StatementAnswer:
        """A member's entries, newest first, a page at a time."""
        place = number_of(cursor)
        before = FROM_THE_NEWEST if place is None else min(place, FROM_THE_NEWEST)
        async with database.reading() as tx:
            family = await reading.find_family(tx, member_id)
            standing = await reading.member_standing(tx, family)
            only_concerned(who, family, standing.subdistrict_code)
            lines = await reading.member_statement(tx, family, before, limit)
        # Sequence numbers have no gaps: below 1 there is nothing.
        more = bool(lines) and lines[-1].line.seq > 1
        return StatementAnswer(
            member_id=family.survivor,
            lines=[_line(each) for each in lines],
            next_cursor=cursor_of(lines[-1].line.seq) if more else None,
        )

    @routes.get(
        "/own-data",
        response_model=OwnAnswer,
        responses=CSV_TOO,
    )
    async def take_along(
        member_id: UUID,
        who: Owner,
        format_: Annotated[Literal["json", "csv"], Query(alias="format")] = "json",
    ) -> OwnAnswer | Response:
        """All that wallet keeps about a member, for them; as CSV, the whole statement. Noted if staff asked for it."""
        now = clock.now()
        async with database.transaction() as tx:
            family = await reading.find_family(tx, member_id)
            standing = await reading.member_standing(tx, family)
            only_concerned(who, family, standing.subdistrict_code)
            found = await own.everything(
                tx, family, standing, None if who.role is Role.MEMBER else (who.subject, who.role.value), now
            )
        lines = [_line(each) for each in found.lines]
        if format_ == "csv":
            return csv_answer("saldo.csv", list(LineAnswer.model_fields), _rows(lines))
        return OwnAnswer(
            balance=_balance(family, standing, now),
            merged_member_ids=list(family.absorbed),
            lines=lines,
            holds=[HoldAnswer.model_validate(each._asdict()) for each in found.holds],
        )

    return routes


def _balance(family: Family, standing: Standing, as_of: datetime) -> BalanceAnswer:
    return BalanceAnswer(
        member_id=family.survivor,
        as_of=as_of,
        posted_rupiah=standing.posted_rupiah,
        held_rupiah=standing.held_rupiah,
        available_rupiah=standing.available_rupiah,
        opened_at=standing.opened_at,
    )


def _rows(lines: Sequence[LineAnswer]) -> Iterator[Iterable[object]]:
    for line in lines:
        yield line.model_dump(mode="json").values()


def _line(shown: StatementLine) -> LineAnswer:
    line = shown.line
    return LineAnswer(
        seq=line.seq,
        transfer_id=line.transfer_id,
        kind=line.kind,
        amount_rupiah=line.amount_rupiah,
        balance_rupiah=line.balance_rupiah,
        happened_at=line.happened_at,
        posted_at=line.posted_at,
        deposit_id=line.cause_id if line.kind.startswith("credit") else None,
        redemption_id=line.cause_id if line.kind.startswith("settlement") else None,
        waste_bank_id=line.waste_bank_id,
        reverses_id=line.reverses_id,
        reversed_by_id=shown.reversed_by_id,
        reason=line.reason or shown.reversed_because,
    )
