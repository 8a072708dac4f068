"""The ledger's sums for the staff: by kind and sub-district within their area, and whether all of it adds up."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from services.wallet.api.means import Means
from services.wallet.workflows import reading
from services.wallet.workflows.reading import Totals
from shared.kernel.roles import Role
from shared.runtime.access import allow
from shared.runtime.problems import Problem
from shared.runtime.tokens import Caller

SumsReader = Annotated[Caller, Depends(allow(Role.PROGRAMME, Role.OFFICE))]
Checker = Annotated[Caller, Depends(allow(Role.PROGRAMME))]


class KindAnswer(BaseModel):
    """All accounts of a kind. Credits (owed) are above zero, debits (owned, spent) below."""

    kind: str
    accounts: int
    posted_rupiah: int
    held_rupiah: int


class TotalsAnswer(BaseModel):
    """The stored balances by kind; owed, float and cash shown as plain amounts.

    Staff of single sub-districts see what is owed there; float, cash and cover belong to the programme as a whole and
    are null for them.
    """

    kinds: list[KindAnswer]
    owed_rupiah: int
    held_rupiah: int
    float_rupiah: int | None
    cash_rupiah: int | None
    cover_ratio: float | None
    owed_by_subdistrict: dict[str, int]


class ErasedCreditAnswer(BaseModel):
    """Credit of a member who has left: it came afterwards, and a person decides what becomes of it."""

    member_id: UUID
    subdistrict_code: str | None
    posted_rupiah: int
    held_rupiah: int
    erased_at: datetime


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
    credit_of_erased_members: list[ErasedCreditAnswer] = Field(description="nothing of it is lost; no defect")


def router(means: Means) -> APIRouter:
    """The routes under /v1/ledger."""
    routes = APIRouter(prefix="/v1/ledger", tags=["ledger"])
    database = means.database

    @routes.get("/totals")
    async def totals(who: SumsReader) -> TotalsAnswer:
        """Sums by kind of account within the caller's area; no figure of a single member."""
        async with database.reading() as tx:
            found = await reading.ledger_totals(tx)
        return _totals(found) if who.regency_codes else _totals_of_area(found, who)

    @routes.get("/check")
    async def check(who: Checker) -> CheckAnswer:
        """Sum everything up again from the entries: about a second per million transfers. For regency-wide staff."""
        if not who.regency_codes:
            raise Problem("not_your_area")
        async with database.reading() as tx:
            found = await reading.check_ledger(tx)
        return CheckAnswer(
            ok=not any(found.differences.values()),
            checked_at=means.clock.now(),
            transfers=found.sums.transfers,
            entries=found.sums.entries,
            differences=found.differences,
            waiting_facts=found.waiting.waiting,
            contradictions=found.waiting.contradicted,
            totals=_totals(found.totals),
            credit_of_erased_members=[
                ErasedCreditAnswer.model_validate(each, from_attributes=True) for each in found.erased
            ],
        )

    return routes


def _totals_of_area(totals: Totals, who: Caller) -> TotalsAnswer:
    within = _totals(totals.within(who.covers_subdistrict))
    return within.model_copy(update={"float_rupiah": None, "cash_rupiah": None, "cover_ratio": None})


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
