"""How an existing waste bank moves in with its passbooks: looked at, proposed, confirmed by a second person."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import (
    UUID7,
    BaseModel,
    Field,
    StringConstraints,
)

from services.wallet.api.means import Means
from services.wallet.domain.passbooks import BALANCE_MAX, ROWS_MAX, SENTENCES, Fault
from services.wallet.domain.refusals import Refusal
from services.wallet.workflows import passbooks
from services.wallet.workflows.passbooks import PassbookImport, Preview
from shared.kernel.roles import Role
from shared.runtime.access import allow
from shared.runtime.http import Asked, Slug, Words
from shared.runtime.paging import LIMIT, Cursor, Limit, end_of, page_of
from shared.runtime.problems import Problem
from shared.runtime.tokens import Caller

Proposer = Annotated[Caller, Depends(allow(Role.OPERATOR, Role.PROGRAMME))]
Confirmer = Annotated[Caller, Depends(allow(Role.PROGRAMME))]
CSV_LENGTH_MAX = 1_000_000
FAULTS_SHOWN_MAX = 200
CsvText = Annotated[
    str,
    StringConstraints(max_length=CSV_LENGTH_MAX, pattern=r"^[^\x00]*$"),
    Field(
        description="A file with a heading, separated by commas or semicolons. Columns: `member_id` (or `id_nasabah`), "
        "`balance_rupiah` (`saldo_rupiah`), `as_of` (`per_tanggal`); others, such as a name, are not kept."
    ),
]


class File(Asked):
    """The passbooks of one waste bank."""

    waste_bank_id: Slug
    csv: CsvText


class Proposal(File):
    """A file with an id of one's own making, and the sum that the person has added up themselves."""

    import_id: UUID7
    total_rupiah: int = Field(ge=0, le=ROWS_MAX * BALANCE_MAX)


class Decline(Asked):
    """Why it is not to be posted."""

    reason: Words


class FaultAnswer(BaseModel):
    """What is wrong on one line of the file, in words; line 0 is the file as a whole."""

    line: int
    column: str | None
    fault: str
    words_id: str
    words_en: str


class PreviewAnswer(BaseModel):
    """What the file would post. With a single fault it posts nothing."""

    ok: bool
    rows: int
    total_rupiah: int
    faults: list[FaultAnswer] = Field(description=f"the first {FAULTS_SHOWN_MAX} of them")
    faults_count: int


class ImportAnswer(BaseModel):
    """An import without its rows."""

    import_id: UUID
    waste_bank_id: str
    subdistrict_code: str
    state: Literal["proposed", "posted", "declined"]
    rows: int
    total_rupiah: int
    proposed_by: UUID
    proposed_at: datetime
    decided_by: UUID | None
    decided_at: datetime | None


class RowAnswer(BaseModel):
    """One passbook."""

    member_id: UUID
    balance_rupiah: int
    as_of: date


class WholeImportAnswer(ImportAnswer):
    """An import with its rows: what the second person looks through."""

    passbooks: list[RowAnswer]


class ImportPage(BaseModel):
    """The newest first; `next_cursor` is null on the last page."""

    imports: list[ImportAnswer]
    next_cursor: str | None


def router(means: Means) -> APIRouter:
    """The routes under /v1/passbook-imports."""
    routes = APIRouter(prefix="/v1/passbook-imports", tags=["passbooks"])
    database, clock = means.database, means.clock

    def subdistrict_of(who: Caller, waste_bank_id: str) -> str:
        subdistrict = means.rollout.current.subdistrict_of(waste_bank_id)
        if subdistrict is None:
            raise Problem("passbook_waste_bank_unknown")
        if not who.covers_bank(waste_bank_id, subdistrict.kemendagri_code):
            raise Problem("not_your_area")
        return subdistrict.kemendagri_code

    # With the colon as a part of the address: a prefix and ":preview" would be two.
    @routes.post(":preview")
    async def preview_import(asked: File, who: Proposer) -> PreviewAnswer:
        """Read a file and say in words what is wrong with it. Nothing is kept, whatever it says.

        The file is a field beside its waste bank and not a `text/csv` body: what is proposed is the file together with
        the bank, an id of one's own making and the sum that the person added up, checked and repeated as one thing,
        and what was looked at is proposed in the same form. Whoever holds the file itself uploads it at the office.
        """
        subdistrict_of(who, asked.waste_bank_id)
        async with database.reading() as tx:
            return _preview(await passbooks.look(tx, asked.waste_bank_id, asked.csv, clock.now()))

    @routes.post("")
    async def propose_import(asked: Proposal, who: Proposer) -> ImportAnswer:
        """Propose a file, whole and without a fault; a second person posts it. The same again changes nothing."""
        code = subdistrict_of(who, asked.waste_bank_id)
        async with database.transaction() as tx:
            outcome = await passbooks.propose(
                tx,
                import_id=asked.import_id,
                waste_bank_id=asked.waste_bank_id,
                subdistrict_code=code,
                text=asked.csv,
                total_rupiah=asked.total_rupiah,
                who=who,
                now=clock.now(),
            )
            if outcome is Refusal.TOTAL_DIFFERS:
                found = await passbooks.look(tx, asked.waste_bank_id, asked.csv, clock.now())
                raise Problem(outcome.value, total_rupiah=found.total_rupiah)
        return _answer(_granted(outcome))

    @routes.get("")
    async def list_imports(who: Proposer, cursor: Cursor = None, limit: Limit = LIMIT) -> ImportPage:
        """Imports in the caller's area, the newest first."""
        operator = who.role is Role.OPERATOR
        async with database.reading() as tx:
            found = await passbooks.list_imports(
                tx,
                who.waste_bank_ids if operator else (),
                () if operator else who.subdistrict_codes,
                () if operator else who.regency_codes,
                end_of(cursor),
                limit + 1,
            )
        page, following = page_of(found, limit, lambda each: (each.proposed_at, each.import_id))
        return ImportPage(imports=[_answer(each) for each in page], next_cursor=following)

    @routes.get("/{import_id}")
    async def read_import(import_id: UUID, who: Proposer) -> WholeImportAnswer:
        """One import with every row."""
        async with database.reading() as tx:
            known = _granted(await passbooks.read(tx, import_id, who))
        return WholeImportAnswer(
            **_answer(known).model_dump(),
            passbooks=[
                RowAnswer(member_id=member, balance_rupiah=balance, as_of=as_of)
                for member, balance, as_of in zip(
                    known.member_ids, known.amounts_rupiah, known.as_of, strict=True
                )
            ],
        )

    @routes.post("/{import_id}:confirm")
    async def confirm_import(import_id: UUID, who: Confirmer) -> ImportAnswer:
        """Post every row as an opening balance; by another person of the programme than the one who proposed it."""
        async with database.transaction() as tx:
            return _answer(_granted(await passbooks.confirm(tx, import_id, who, clock.now())))

    @routes.post("/{import_id}:decline")
    async def decline_import(import_id: UUID, asked: Decline, who: Proposer) -> ImportAnswer:
        """Turn a proposal down, or take one's own back."""
        async with database.transaction() as tx:
            return _answer(_granted(await passbooks.decline(tx, import_id, who, asked.reason, clock.now())))

    return routes


def _granted(outcome: PassbookImport | Preview | Refusal) -> PassbookImport:
    if isinstance(outcome, Refusal):
        raise Problem(outcome.value)
    if isinstance(outcome, Preview):
        problem = Problem("passbook_rows_wrong", count=len({fault.line for fault in outcome.faults}))
        problem.errors = [
            {
                "field": f"csv.{each.line}.{each.column}" if each.column else f"csv.{each.line}",
                "rule": each.fault,
                "words": each.words_id,
                "words_en": each.words_en,
            }
            for each in _faults(outcome.faults)
        ]
        raise problem
    return outcome


def _preview(found: Preview) -> PreviewAnswer:
    return PreviewAnswer(
        ok=not found.faults,
        rows=len(found.rows),
        total_rupiah=found.total_rupiah,
        faults=_faults(found.faults),
        faults_count=len(found.faults),
    )


def _faults(faults: Sequence[Fault]) -> list[FaultAnswer]:
    return [
        FaultAnswer(
            line=each.line,
            column=each.column or None,
            fault=each.fault.value,
            words_id=SENTENCES[each.fault].indonesian,
            words_en=SENTENCES[each.fault].english,
        )
        for each in faults[:FAULTS_SHOWN_MAX]
    ]


def _answer(known: PassbookImport) -> ImportAnswer:
    return ImportAnswer(
        import_id=known.import_id,
        waste_bank_id=known.waste_bank_id,
        subdistrict_code=known.subdistrict_code,
        state=known.state,
        rows=len(known.member_ids),
        total_rupiah=known.total_rupiah,
        proposed_by=known.proposed_by,
        proposed_at=known.proposed_at,
        decided_by=known.decided_by,
        decided_at=known.decided_at,
    )
