"""Two members who are said to be one person: confirmed or declined by somebody other than who proposed it."""

from typing import Final
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.web.clients import Refused
from services.web.means import Means
from services.web.pages.common import read_form
from services.web.pages.staff.desk import Answer, Desk, desk_at
from services.web.pages.staff.parts import Cell, Entry, Fact, Form, Link, Page, Table, Tone, link, when
from services.web.pages.staff.views import (
    NOT_FOUND,
    Sure,
    decide,
    following,
    gone,
    reason_entry,
    said,
    show,
    sought,
)

STATES: Final[dict[str, tuple[str, Tone]]] = {
    "open": ("kantor.gabung.terbuka", "awas"),
    "confirmed": ("kantor.gabung.digabung", "baik"),
    "declined": ("kantor.gabung.ditolak", ""),
    "overtaken": ("kantor.gabung.terlewati", ""),
}


def router(_means: Means) -> APIRouter:
    """`/kantor/gabung`."""
    routes = APIRouter(prefix="/kantor/gabung")

    @routes.get("")
    async def list_all(request: Request) -> Response:
        desk = await desk_at(request)
        state = desk.asked("keadaan") or "open"
        page = await desk.read("identity", "/v1/merges", state=state, cursor=desk.asked("sesudah"))
        options = [(each, desk.t(words)) for each, (words, _) in STATES.items()]
        choice = Entry("keadaan", desk.t("kantor.kolom.keadaan"), "choice", state, options=options)
        return show(
            desk,
            Page(
                desk.t("kantor.gabung.judul"),
                desk.t("kantor.gabung.lead"),
                filters=Form("/kantor/gabung", "", desk.t("kantor.saring"), [choice]),
                tables=[await _table(desk, page["merges"])],
                following=following(desk, page["next_cursor"]),
            ),
        )

    @routes.get("/{merge_id}")
    async def read(request: Request, merge_id: UUID) -> Response:
        desk = await desk_at(request)
        return show(desk, await _page(desk, merge_id))

    @routes.post("/{merge_id}/gabung")
    async def confirm(request: Request, merge_id: UUID) -> Response:
        sure = "kantor.yakin.gabung"
        return await _decided(request, merge_id, "confirm", "gabung", sure)

    @routes.post("/{merge_id}/tolak")
    async def decline(request: Request, merge_id: UUID) -> Response:
        return await _decided(request, merge_id, "decline", "tidak-gabung", None)

    return routes


async def _decided(request: Request, merge_id: UUID, verb: str, told: str, sure: str | None) -> Response:
    desk, form = await desk_at(request), await read_form(request)

    async def act() -> str:
        await desk.door.post(
            "identity", f"/v1/merges/{merge_id}:{verb}", {"reason": said(form, "alasan") or None}
        )
        return f"/kantor/gabung?sudah={told}"

    asked = Sure(desk.t(sure)) if sure else None
    return await decide(desk, form, act, lambda: _page(desk, merge_id), asked)


async def _table(desk: Desk, merges: list[Answer]) -> Table:
    t = desk.t
    ids = [each[name] for each in merges for name in ("member_id", "into_member_id")]
    members = await desk.members(ids)
    rows = [
        [
            link(
                desk.when(each["proposed_at"]),
                f"/kantor/gabung/{each['merge_id']}",
                desk.ago(each["proposed_at"]),
            ),
            members[each["member_id"]],
            members[each["into_member_id"]],
            Cell(await desk.person(each["proposed_by"])),
            Cell(t(STATES[each["state"]][0]), "badge", STATES[each["state"]][1]),
        ]
        for each in merges
    ]
    heads = [
        t("kantor.kolom.diusulkan"),
        t("kantor.gabung.yang_digabung"),
        t("kantor.gabung.yang_tetap"),
        t("kantor.kolom.oleh"),
        t("kantor.kolom.keadaan"),
    ]
    return Table(heads, rows, t("kantor.gabung.kosong"))


async def _sought(desk: Desk, merge_id: UUID) -> Answer:
    """A proposal, whatever became of it. Raises Refused if there is none in the area."""
    for state in STATES:
        try:
            return await sought(
                desk, "identity", "/v1/merges", "merges", {"state": state}, merge_id=str(merge_id)
            )
        except Refused as refused:
            if refused.status != NOT_FOUND:
                raise
    raise gone(desk)


async def _page(desk: Desk, merge_id: UUID) -> Page:
    t, here = desk.t, f"/kantor/gabung/{merge_id}"
    found = await _sought(desk, merge_id)
    members = await desk.members([found["member_id"], found["into_member_id"]])
    words, tone = STATES[found["state"]]
    facts = [
        Fact(t("kantor.gabung.yang_digabung"), members[found["member_id"]]),
        Fact(t("kantor.gabung.yang_tetap"), members[found["into_member_id"]]),
        Fact(
            t("kantor.kolom.diusulkan"),
            when(found["proposed_at"], under=await desk.person(found["proposed_by"])),
        ),
        Fact(t("kantor.alasan"), Cell(found["reason"], "long")),
    ]
    if found["decided_at"]:
        who = f"{await desk.person(found['decided_by'])}: {found['decided_reason'] or ''}"
        facts.append(Fact(t("kantor.kolom.diputus"), when(found["decided_at"], under=who)))
    forms: list[Form] = []
    if found["state"] == "open":
        why, second = reason_entry(desk, required=False), t("kantor.kedua.gabung")
        yes, no = t("kantor.gabung.setuju"), t("kantor.gabung.tolak")
        lead = t("kantor.gabung.setuju_lead")
        forms = [
            Form(f"{here}/gabung", yes, yes, [why], lead, second, grave=True),
            Form(f"{here}/tolak", no, no, [why], second=second),
        ]
    return Page(
        t("kantor.gabung.satu"),
        back=Link(t("kantor.gabung.judul"), "/kantor/gabung"),
        badges=[Cell(t(words), "badge", tone)],
        facts=facts,
        forms=forms,
    )
