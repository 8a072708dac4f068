"""What became of a redemption: a receipt that renews itself until it is over, and the token, kept for good."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.web.means import Means
from services.web.pages.common import go_to, read_form, render
from services.web.pages.resident.reading.complaints import read_complaints
from services.web.pages.resident.reading.redemptions import (
    Redemption,
    Step,
    read_redemption,
    read_redemptions,
)
from services.web.pages.resident.rules.courses import Course, course_of, look_again_seconds
from services.web.pages.resident.visiting import ResidentRoute, visit

COURSES = {
    Course.PROCESSING: "warga.penukaran.diproses",
    Course.FETCH: "warga.penukaran.siap_diambil",
    Course.DONE: "warga.penukaran.berhasil",
    Course.RETURNING: "warga.penukaran.mengembalikan",
    Course.RETURNED: "warga.penukaran.kembali",
    Course.CANCELLED: "warga.penukaran.dibatalkan",
    Course.REFUSED: "warga.penukaran.ditolak",
}
TONES = {
    Course.PROCESSING: "awas",
    Course.FETCH: "tahu",
    Course.DONE: "baik",
    Course.RETURNING: "awas",
    Course.RETURNED: "salah",
    Course.CANCELLED: "netral",
    Course.REFUSED: "salah",
}
STATES = {
    "requested": "warga.jejak.diminta",
    "held": "warga.jejak.disisihkan",
    "waiting_for_funds": "warga.jejak.menunggu_dana",
    "submitting": "warga.jejak.dikirim",
    "pending": "warga.jejak.diproses",
    "unknown": "warga.jejak.dipastikan",
    "suspect": "warga.jejak.dipastikan",
    "review": "warga.jejak.diperiksa",
    "succeeded": "warga.jejak.berhasil",
    "settled": "warga.jejak.selesai",
    "failed": "warga.jejak.gagal",
    "released": "warga.jejak.kembali",
    "refused": "warga.jejak.ditolak",
    "late_success": "warga.jejak.terlambat",
    "reversed": "warga.jejak.dibatalkan",
}


def router(means: Means) -> APIRouter:
    """`/penukaran`, `/penukaran/{id}` and `/token/{id}`."""
    pages = APIRouter(route_class=ResidentRoute)

    @pages.get("/penukaran")
    async def show_all(request: Request, sebelum: str | None = None) -> Response:
        here = await visit(request)
        found, further = await read_redemptions(here.door, sebelum)
        return render(
            request,
            "resident/redemptions.html",
            redemptions=found,
            further=further,
            courses=COURSES,
            tones=TONES,
        )

    @pages.get("/penukaran/{redemption_id}")
    async def show_receipt(request: Request, redemption_id: UUID) -> Response:
        here = await visit(request)
        found = await read_redemption(here.door, str(redemption_id))
        complaints = await read_complaints(here.door)
        return render(
            request,
            "resident/receipt.html",
            it=found,
            again=look_again_seconds(found.course, found.requested_at, here.now),
            course=COURSES[found.course],
            tone=TONES[found.course],
            steps_taken=_steps(found),
            states=STATES,
            complaints=complaints.about(str(redemption_id)),
            bank=here.bank_name(found.waste_bank_id),
            not_cancelled=request.query_params.get("kabar") == "tidak_batal",
        )

    @pages.post("/penukaran/{redemption_id}/batal")
    async def cancel(request: Request, redemption_id: UUID) -> Response:
        here = await visit(request)
        await read_form(request)
        await here.door.post("payout", f"/v1/redemptions/{redemption_id}:cancel")
        return go_to(f"/penukaran/{redemption_id}")

    @pages.get("/token/sw.js")
    async def offline_worker(request: Request) -> Response:
        # Below /token/, so that it can keep token pages and nothing else.
        return means.shelf.answer_fresh(request, "token-sw.js", headers={"Service-Worker-Allowed": "/token/"})

    @pages.get("/token/{redemption_id}")
    async def show_token(request: Request, redemption_id: UUID) -> Response:
        here = await visit(request)
        found = await read_redemption(here.door, str(redemption_id))
        if found.token is None or not found.token.groups:
            return go_to(f"/penukaran/{redemption_id}")
        return render(request, "resident/token.html", it=found)

    return pages


def _steps(found: Redemption) -> list[tuple[Step, str]]:
    """The timeline; of the last step whether it is still going on. Two in a row that say the same are one."""
    shown: list[Step] = []
    for step in found.timeline:
        if shown and STATES.get(shown[-1].state) == STATES.get(step.state):
            shown[-1] = step
        else:
            shown.append(step)
    marks = ["done"] * len(shown)
    if shown and not found.ended:
        marks[-1] = "now"
    return [
        (step, "failed" if _failed(step, found) else mark) for step, mark in zip(shown, marks, strict=True)
    ]


def _failed(step: Step, found: Redemption) -> bool:
    return course_of(step.state, found.product_kind) in {Course.REFUSED, Course.RETURNING}
