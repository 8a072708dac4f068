"""Saying that something is wrong: one choice is enough; the answer is a number and a day, and later words."""

from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData

from services.web.clients import Refused
from services.web.means import Means
from services.web.pages.common import go_to, read_form, render
from services.web.pages.resident.reading.complaints import read_complaints
from services.web.pages.resident.reading.people import read_member
from services.web.pages.resident.visiting import ResidentRoute, Visit, told, visit
from shared.kernel.ids import uuid7
from shared.runtime.problems import Problem

Subject = Literal["setoran", "penukaran", "hilang"]
ABOUT_DEPOSIT = {
    "weight": "warga.keluhan.berat",
    "item_or_grade": "warga.keluhan.jenis",
    "price": "warga.keluhan.harga",
    "not_mine": "warga.keluhan.bukan_saya",
    "other": "warga.keluhan.lainnya",
}
ABOUT_REDEMPTION = {
    "not_received": "warga.keluhan.belum_terima",
    "wrong_number": "warga.keluhan.nomor_salah",
    "wrong_amount": "warga.keluhan.jumlah_salah",
    "not_mine": "warga.keluhan.bukan_saya",
    "other": "warga.keluhan.lainnya",
}
MISSING = {"missing": "warga.keluhan.hilang"}
CHOICES = ABOUT_DEPOSIT | ABOUT_REDEMPTION | MISSING
OUTCOMES = {
    "upheld": "warga.jawaban.diterima",
    "partly_upheld": "warga.jawaban.sebagian",
    "turned_down": "warga.jawaban.ditolak",
    "withdrawn": "warga.jawaban.ditarik",
}
WORDS_MAX = 500


@dataclass(frozen=True, slots=True)
class Said:
    """The form: its id, what it is about, what was chosen and typed."""

    dispute_id: str
    subject: Subject
    about_id: str | None
    choice: str = ""
    words: str = ""
    bank: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    refused: str | None = None

    @property
    def choices(self) -> dict[str, str]:
        """What can be wrong with it."""
        found = {"setoran": ABOUT_DEPOSIT, "penukaran": ABOUT_REDEMPTION, "hilang": MISSING}
        return found[self.subject]


def router(means: Means) -> APIRouter:
    """`/keluhan`, `/keluhan/baru`, `/keluhan/{id}` and `/keluhan/{id}/tarik`."""
    del means
    pages = APIRouter(route_class=ResidentRoute)

    @pages.get("/keluhan")
    async def show_all(request: Request) -> Response:
        here = await visit(request)
        return render(
            request,
            "resident/complaints.html",
            complaints=await read_complaints(here.door),
            choices=CHOICES,
            outcomes=OUTCOMES,
        )

    @pages.get("/keluhan/baru")
    async def show_form(
        request: Request, setoran: UUID | None = None, penukaran: UUID | None = None
    ) -> Response:
        here = await visit(request)
        subject: Subject = "setoran" if setoran else "penukaran" if penukaran else "hilang"
        about = setoran or penukaran
        return await _form_page(here, Said(str(uuid7()), subject, None if about is None else str(about)))

    @pages.post("/keluhan/baru")
    async def complain(request: Request) -> Response:
        here = await visit(request)
        said = _read(here, await read_form(request))
        if said.errors:
            return await _form_page(here, said, status=422)
        try:
            await here.door.post(_service(said.subject), "/v1/disputes", _body(here, said))
        except Refused as refused:
            return await _form_page(here, _with(said, told(here.t, refused)), status=refused.status)
        return go_to(f"/keluhan/{said.dispute_id}?kabar=terkirim")

    @pages.get("/keluhan/{dispute_id}")
    async def show_one(request: Request, dispute_id: UUID) -> Response:
        here = await visit(request)
        found = (await read_complaints(here.door)).find(str(dispute_id))
        if found is None:
            raise Problem("dispute_not_found")
        return render(
            request,
            "resident/complaint.html",
            it=found,
            choices=CHOICES,
            outcomes=OUTCOMES,
            sent=request.query_params.get("kabar") == "terkirim",
        )

    @pages.post("/keluhan/{dispute_id}/tarik")
    async def withdraw(request: Request, dispute_id: UUID) -> Response:
        here = await visit(request)
        await read_form(request)
        found = (await read_complaints(here.door)).find(str(dispute_id))
        if found is None:
            raise Problem("dispute_not_found")
        service = "deposit" if found.subject == "deposit" else "payout"
        await here.door.post(service, f"/v1/disputes/{dispute_id}:withdraw")
        return go_to(f"/keluhan/{dispute_id}")

    return pages


def _service(subject: Subject) -> str:
    return "payout" if subject == "penukaran" else "deposit"


async def _form_page(here: Visit, said: Said, *, status: int = 200) -> Response:
    banks: list[tuple[str, str]] = []
    if said.subject == "hilang":
        own = (await read_member(here.door, here.member_id)).waste_bank_id
        subdistrict = here.rollout.subdistrict_of(own)
        found = () if subdistrict is None else subdistrict.waste_banks
        banks = [(bank.id, bank.name) for bank in sorted(found, key=lambda bank: bank.id != own)]
    return render(here.request, "resident/complain.html", said=said, banks=banks, status=status)


def _read(here: Visit, form: FormData) -> Said:
    subject: Subject = "hilang"
    for known in ("setoran", "penukaran"):
        if form.get("perihal") == known:
            subject = known
    try:
        number = str(UUID(str(form.get("nomor"))))
        about = str(UUID(str(form.get("tentang")))) if subject != "hilang" else None
    except ValueError as error:
        raise Problem("invalid_request") from error
    said = Said(
        dispute_id=number,
        subject=subject,
        about_id=about,
        choice=str(form.get("pilih", "missing" if subject == "hilang" else "")),
        words=str(form.get("cerita", "")).strip()[:WORDS_MAX],
        bank=str(form.get("bank", "")),
    )
    if said.choice not in said.choices:
        return Said(
            number, subject, about, words=said.words, errors={"pilih": here.t("warga.keluhan.pilih_dulu")}
        )
    return said


def _with(said: Said, refused: str) -> Said:
    return Said(
        # A refusal opened nothing, so the next try is a new complaint.
        str(uuid7()),
        said.subject,
        said.about_id,
        said.choice,
        said.words,
        said.bank,
        refused=refused,
    )


def _body(here: Visit, said: Said) -> dict[str, Any]:
    body: dict[str, Any] = {"dispute_id": said.dispute_id, "complaint": said.choice}
    # Whoever types nothing has still said what is wrong.
    body["words"] = said.words or here.t(CHOICES[said.choice])
    if said.subject == "penukaran":
        return body | {"redemption_id": said.about_id}
    if said.subject == "hilang":
        return body | {"waste_bank_id": said.bank or None}
    return body | {"deposit_id": said.about_id}
