"""Having one's waste fetched: a free day is offered, a full one is answered with the next, and nobody books twice."""

import asyncio
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData

from services.web.clients import Refused
from services.web.means import Means
from services.web.pages.common import go_to, read_form, render
from services.web.pages.resident.reading.asking import or_none
from services.web.pages.resident.reading.people import Member, read_member
from services.web.pages.resident.rules.quantities import read_quantity
from services.web.pages.resident.visiting import ResidentRoute, Visit, told, visit
from shared.kernel.ids import uuid7

SLOTS_SHOWN = 6
REASONS = {
    "lain_waktu": "warga.jemput.batal.lain_waktu",
    "sudah_diantar": "warga.jemput.batal.sudah_diantar",
    "belum_cukup": "warga.jemput.batal.belum_cukup",
    "lainnya": "warga.jemput.batal.lainnya",
}


@dataclass(frozen=True, slots=True)
class Slot:
    """When a waste bank can come; `key` names it in the form."""

    on: date
    slot: str
    begins_at: time
    ends_at: time

    @property
    def key(self) -> str:
        """Day and slot."""
        return f"{self.on.isoformat()} {self.slot}"


@dataclass(frozen=True, slots=True)
class Asked:
    """The form as it was typed."""

    pickup_id: str
    weight: str = ""
    address: str = ""
    village: str = ""
    note: str = ""
    slot: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    refused: str | None = None


def router(means: Means) -> APIRouter:
    """`/jemput`, `/jemput/{id}` and `/jemput/{id}/batal`."""
    del means
    pages = APIRouter(route_class=ResidentRoute)

    @pages.get("/jemput")
    async def show_pickups(request: Request) -> Response:
        here = await visit(request)
        member = await read_member(here.door, here.member_id)
        fresh = Asked(str(uuid7()), address=member.address or "", village=member.village or "")
        return await _page(here, member, fresh)

    @pages.post("/jemput")
    async def ask(request: Request) -> Response:
        here = await visit(request)
        asked = _read(await read_form(request))
        member = await read_member(here.door, here.member_id)
        if asked.errors:
            return await _page(here, member, asked, status=422)
        try:
            await here.door.post("deposit", "/v1/pickups", _body(asked, member.waste_bank_id))
        except Refused as refused:
            return await _page(here, member, _offered(here, asked, refused), status=refused.status)
        return go_to(f"/jemput/{asked.pickup_id}?kabar=dipesan")

    @pages.get("/jemput/{pickup_id}")
    async def show_pickup(request: Request, pickup_id: UUID) -> Response:
        here = await visit(request)
        told = await here.door.get("deposit", f"/v1/pickups/{pickup_id}")
        return render(
            request,
            "resident/pickup.html",
            pickup=told,
            slot=_hours(here, told),
            bank=here.bank_name(told["waste_bank_id"]),
            reasons=REASONS,
            booked=request.query_params.get("kabar") == "dipesan",
        )

    @pages.post("/jemput/{pickup_id}/batal")
    async def cancel(request: Request, pickup_id: UUID) -> Response:
        here = await visit(request)
        form = await read_form(request)
        reason = here.t(REASONS.get(str(form.get("alasan")), REASONS["lainnya"]))
        await here.door.post("deposit", f"/v1/pickups/{pickup_id}:cancel", {"reason": reason})
        return go_to(f"/jemput/{pickup_id}")

    return pages


async def _page(here: Visit, member: Member, asked: Asked, *, status: int = 200) -> Response:
    slots, pickups = await asyncio.gather(
        _slots(here, member.waste_bank_id), or_none(here.door.get("deposit", "/v1/pickups"))
    )
    own: list[dict[str, Any]] = [] if pickups is None else pickups["pickups"]
    return render(
        here.request,
        "resident/pickups.html",
        asked=asked,
        bank=here.bank_name(member.waste_bank_id),
        slots=[] if slots is None else slots[1],
        minimum_grams=None if slots is None else _minimum(slots[0], member.kind),
        offered=slots is not None,
        pickups=own,
        hours=[_hours(here, each) for each in own],
        whole=pickups is not None,
        status=status,
    )


async def _slots(here: Visit, waste_bank_id: str) -> tuple[dict[str, Any], list[Slot]] | None:
    """What the bank says about its rounds, and the next free ones; None if it does not fetch."""
    try:
        told = await here.door.get("deposit", "/v1/pickup-slots", waste_bank_id=waste_bank_id)
    except Refused:
        return None
    slots = [
        Slot(
            date.fromisoformat(each["on"]),
            each["slot"],
            time.fromisoformat(each["begins_at"]),
            time.fromisoformat(each["ends_at"]),
        )
        for each in told["slots"]
    ]
    return told, slots[:SLOTS_SHOWN]


def _minimum(told: dict[str, Any], kind: str) -> int:
    least: int = told["minimum_grams_of"].get(kind, told["minimum_grams"])
    return least


def _read(form: FormData) -> Asked:
    typed = {
        name: str(form.get(name, "")).strip() for name in ("nomor", "berat", "alamat", "desa", "catatan")
    }
    slot, errors = str(form.get("jadwal", "")), {}
    if read_quantity(typed["berat"], "kg") is None:
        errors["berat"] = "warga.jemput.galat.berat"
    if not typed["alamat"]:
        errors["alamat"] = "warga.jemput.galat.alamat"
    if len(slot.split()) not in {0, 2}:
        slot = ""
    return Asked(
        pickup_id=_own_id(typed["nomor"]),
        weight=typed["berat"],
        address=typed["alamat"][:500],
        village=typed["desa"][:100],
        note=typed["catatan"][:500],
        slot=slot,
        errors=errors,
    )


def _own_id(text: str) -> str:
    """The id that was made with the page; a new one if somebody changed it."""
    try:
        return str(UUID(text))
    except ValueError:
        return str(uuid7())


def _body(asked: Asked, waste_bank_id: str) -> dict[str, Any]:
    on, _, slot = asked.slot.partition(" ")
    return {
        "pickup_id": asked.pickup_id,
        "waste_bank_id": waste_bank_id,
        "estimated_grams": read_quantity(asked.weight, "kg"),
        "place": {
            "address": asked.address,
            "village": asked.village or None,
            "note": asked.note or None,
        },
        "wanted_on": on or None,
        "wanted_slot": slot or None,
    }


def _offered(here: Visit, asked: Asked, refused: Refused) -> Asked:
    """What was typed, with the reason of the refusal; the next free slot is chosen where there is one."""
    free = refused.parameters.get("next_free_on"), refused.parameters.get("next_free_slot")
    return Asked(
        # A refusal booked nothing under the id, unless the id itself is the problem.
        pickup_id=str(uuid7()) if refused.code == "pickup_conflict" else asked.pickup_id,
        weight=asked.weight,
        address=asked.address,
        village=asked.village,
        note=asked.note,
        slot=f"{free[0]} {free[1]}" if all(free) else asked.slot,
        refused=told(here.t, refused),
    )


def _hours(here: Visit, told: dict[str, Any]) -> tuple[time, time] | None:
    """When the call is made, by the rollout file; None if that slot is not there any more."""
    bank = here.rollout.waste_bank(told["waste_bank_id"])
    if bank is None or bank.pick_up is None:
        return None
    slots = bank.pick_up.slots_on(date.fromisoformat(told["scheduled_on"]), bank.opening_days)
    found = next((each for each in slots if each.slot == told["slot"]), None)
    return None if found is None else (found.begins_at, found.ends_at)
