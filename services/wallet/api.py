"""Wallet's door: a member's credit and its history for those whom it concerns, the ledger's sums for the staff."""

from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime, BaseModel, Field

from services.wallet.workflows import reading
from services.wallet.workflows.reading import FROM_THE_NEWEST, StatementLine, Totals
from shared.kernel.clock import Clock
from shared.kernel.roles import Role
from shared.runtime.access import allow
from shared.runtime.database import Database
from shared.runtime.problems import Problem
from shared.runtime.tokens import Caller

LINES_MAX = 200
Instant = Annotated[
    AwareDatetime, Query(ge=datetime(2020, 1, 1, tzinfo=UTC), lt=datetime(2100, 1, 1, tzinfo=UTC))
]
Cursor = Annotated[str, Query(pattern=r"^[1-9][0-9]{0,8}$", description="`next_cursor` of the page before")]
MemberReader = Annotated[Caller, Depends(allow(Role.MEMBER, Role.OPERATOR, Role.PROGRAMME))]
# Identity asks for itself whether somebody who wants to leave still has credit.
BalanceReader = Annotated[Caller, Depends(allow(Role.MEMBER, Role.OPERATOR, Role.PROGRAMME, Role.SERVICE))]


class BalanceAnswer(BaseModel):
    """Posted = all entries; held = set aside by open redemptions; available = posted - held.

    Available is negative only after a correction. A member to whose credit nothing ever happened has zeros and no
    `opened_at`.
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
    kind: Literal["credit", "credit_reversal", "settlement", "settlement_reversal"]
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
    """Newest first. `next_cursor` is absent on the last page."""

    member_id: UUID
    lines: list[LineAnswer]
    next_cursor: str | None = None


class KindAnswer(BaseModel):
    """All accounts of a kind. Credits (owed) are above zero, debits (owned, spent) below."""

    kind: str
    accounts: int
    posted_rupiah: int
    held_rupiah: int


class TotalsAnswer(BaseModel):
    """The stored balances by kind; owed, float and cash shown as plain amounts."""

    kinds: list[KindAnswer]
    owed_rupiah: int
    held_rupiah: int
    float_rupiah: int
    cash_rupiah: int
    cover_ratio: float | None
    owed_by_subdistrict: dict[str, int]


class CheckAnswer(BaseModel):
    """The whole ledger summed up again. `ok` means that every figure in `differences` is 0."""

    ok: bool
    checked_at: datetime
    transfers: int
    entries: int
    differences: dict[str, int]
    waiting_facts: int
    contradictions: int
    totals: TotalsAnswer


def router(database: Database, clock: Clock) -> APIRouter:
    """The routes under /v1."""
    routes = APIRouter(prefix="/v1", tags=["wallet"])

    @routes.get("/members/{member_id}/balance")
    async def balance(member_id: UUID, who: BalanceReader, at: Instant | None = None) -> BalanceAnswer:
        """A member's balance, now or as it stood at an instant."""
        _only_own(who, member_id)
        async with database.reading() as tx:
            standing = await reading.member_standing(tx, member_id, at)
        return BalanceAnswer(
            member_id=member_id,
            as_of=at or clock.now(),
            posted_rupiah=standing.posted_rupiah,
            held_rupiah=standing.held_rupiah,
            available_rupiah=standing.available_rupiah,
            opened_at=standing.opened_at,
        )

    @routes.get("/members/{member_id}/statement")
    async def statement(
        member_id: UUID,
        who: MemberReader,
        cursor: Cursor | None = None,
        limit: Annotated[int, Query(ge=1, le=LINES_MAX)] = 50,
    ) -> StatementAnswer:
        """A member's entries, newest first, a page at a time."""
        _only_own(who, member_id)
        before = int(cursor) if cursor else FROM_THE_NEWEST
        async with database.reading() as tx:
            lines = await reading.member_statement(tx, member_id, before, limit)
        # Sequence numbers have no gaps: below 1 there is nothing.
        more = bool(lines) and lines[-1].line.seq > 1
        return StatementAnswer(
            member_id=member_id,
            lines=[_line(each) for each in lines],
            next_cursor=str(lines[-1].line.seq) if more else None,
        )

    @routes.get("/ledger/totals", dependencies=[Depends(allow(Role.PROGRAMME, Role.OFFICE))])
    async def totals() -> TotalsAnswer:
        """Sums by kind of account; no figure of a single member."""
        async with database.reading() as tx:
            return _totals(await reading.ledger_totals(tx))

    @routes.get("/ledger/check", dependencies=[Depends(allow(Role.PROGRAMME))])
    async def check() -> CheckAnswer:
        """Sum everything up again from the entries: about a second per million transfers."""
        async with database.reading() as tx:
            found = await reading.check_ledger(tx)
        return CheckAnswer(
            ok=not any(found.differences.values()),
            checked_at=clock.now(),
            transfers=found.sums.transfers,
            entries=found.sums.entries,
            differences=found.differences,
            waiting_facts=found.waiting.waiting,
            contradictions=found.waiting.contradicted,
            totals=_totals(found.totals),
        )

    return routes


def _only_own(who: Caller, member_id: UUID) -> None:
    if who.role is Role.MEMBER and who.member_id != member_id:
        raise Problem("not_your_credit")


def _line(shown: StatementLine) -> LineAnswer:
    line = shown.line
    about_deposit = line.kind.startswith("credit")
    return LineAnswer(
        seq=line.seq,
        transfer_id=line.transfer_id,
        kind=line.kind,
        amount_rupiah=line.amount_rupiah,
        balance_rupiah=line.balance_rupiah,
        happened_at=line.happened_at,
        posted_at=line.posted_at,
        deposit_id=line.cause_id if about_deposit else None,
        redemption_id=None if about_deposit else line.cause_id,
        waste_bank_id=line.waste_bank_id,
        reverses_id=line.reverses_id,
        reversed_by_id=shown.reversed_by_id,
        reason=line.reason or shown.reversed_because,
    )


def _totals(totals: Totals) -> TotalsAnswer:
    kinds: dict[str, KindAnswer] = {}
    for total in totals.by_kind:
        known = kinds.get(total.kind) or KindAnswer(
            kind=total.kind, accounts=0, posted_rupiah=0, held_rupiah=0
        )
        kinds[total.kind] = KindAnswer(
            kind=total.kind,
            accounts=known.accounts + total.accounts,
            posted_rupiah=known.posted_rupiah + total.posted_rupiah,
            held_rupiah=known.held_rupiah + total.held_rupiah,
        )
    return TotalsAnswer(
        kinds=list(kinds.values()),
        owed_rupiah=totals.owed_rupiah,
        held_rupiah=totals.held_rupiah,
        float_rupiah=totals.float_rupiah,
        cash_rupiah=totals.cash_rupiah,
        cover_ratio=totals.cover_ratio,
        owed_by_subdistrict=totals.owed_by_subdistrict,
    )
