"""Who can come at one's credit: known phones, places where one is signed in, the PIN, and the card."""

import asyncio
from typing import Final
from uuid import UUID

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData

from services.web.clients import Refused
from services.web.means import Means
from services.web.pages.common import Say, go_to, read_form, render, words_of
from services.web.pages.resident.reading.people import read_member
from services.web.pages.resident.visiting import ResidentRoute, Visit, told, visit
from services.web.session import Kept, sessions_of

PIN_LENGTH: Final = 6
NEWS: Final = {
    "pin": "warga.keamanan.kabar.pin",
    "kartu": "warga.keamanan.kabar.kartu",
    "perangkat": "warga.keamanan.kabar.perangkat",
    "sesi": "warga.keamanan.kabar.sesi",
}
ENDINGS: Final = {
    "signed_out": "warga.sesi.keluar",
    "ended_by_owner": "warga.sesi.diakhiri",
    "token_reused": "warga.sesi.dipakai_dua",
    "device_forgotten": "warga.sesi.perangkat_dilupakan",
    "pin_changed": "warga.sesi.pin_diganti",
    "tablet_revoked": "warga.sesi.tablet_dicabut",
    "member_gone": "warga.sesi.berhenti",
}
WHERE: Final = {
    "tablet": "warga.sesi.di_tablet",
    "trusted_device": "warga.sesi.di_perangkat",
    "browser": "warga.sesi.di_peramban",
}
BLOCKED: Final = {
    "lost": "warga.kartu.hilang",
    "stolen": "warga.kartu.dicuri",
    "secret_seen": "warga.kartu.kode_terlihat",
    "damaged": "warga.kartu.rusak",
}
_ENDED_SHOWN = 5


def router(means: Means) -> APIRouter:
    """`/keamanan` and what can be done there."""
    del means
    pages = APIRouter(route_class=ResidentRoute)

    @pages.get("/keamanan")
    async def show_security(request: Request) -> Response:
        return await _page(await visit(request))

    @pages.post("/keamanan/perangkat/{device_id}/lupakan")
    async def forget_device(request: Request, device_id: UUID) -> Response:
        here = await visit(request)
        await read_form(request)
        own = await _own_device(here)
        await here.door.post("identity", f"/v1/devices/{device_id}:forget")
        if own == str(device_id):
            sessions_of(request).forget(request, Kept.PHONE)
        return go_to("/keamanan?kabar=perangkat")

    @pages.post("/keamanan/sesi/{session_id}/akhiri")
    async def end_session(request: Request, session_id: UUID) -> Response:
        here = await visit(request)
        await read_form(request)
        await here.door.post("identity", f"/v1/sessions/{session_id}:end")
        return go_to("/keamanan?kabar=sesi")

    @pages.post("/keamanan/pin")
    async def change_pin(request: Request) -> Response:
        here = await visit(request)
        form = await read_form(request)
        errors = read_pins(form, words_of(request))
        if errors:
            return await _page(here, errors, status=422)
        pins = {"old_pin": str(form["lama"]).strip(), "new_pin": str(form["baru"]).strip()}
        try:
            await here.door.post("identity", "/v1/pins:change", pins)
        except Refused as refused:
            return await _page(here, {"lama": told(here.t, refused)}, status=refused.status)
        return go_to("/keamanan?kabar=pin")

    @pages.post("/keamanan/kartu")
    async def block_card(request: Request) -> Response:
        here = await visit(request)
        form = await read_form(request)
        member = await read_member(here.door, here.member_id)
        reason = str(form.get("sebab", ""))
        if member.card_id is None or reason not in BLOCKED:
            return await _page(here, {"sebab": here.t("warga.kartu.pilih_dulu")}, status=422)
        await here.door.post("identity", f"/v1/cards/{member.card_id}:block", {"reason": reason})
        return go_to("/keamanan?kabar=kartu")

    return pages


def read_pins(form: FormData, t: Say) -> dict[str, str]:
    """What is wrong with the three PINs of the form, by field."""
    old, new, again = (str(form.get(name, "")).strip() for name in ("lama", "baru", "ulang"))
    errors: dict[str, str] = {}
    for name, pin in (("lama", old), ("baru", new)):
        if len(pin) != PIN_LENGTH or not (pin.isascii() and pin.isdigit()):
            errors[name] = t("warga.masuk.galat.pin")
    if not errors and new != again:
        errors["ulang"] = t("warga.keamanan.galat.tidak_sama")
    if not errors and (len(set(new)) == 1 or new in "0123456789876543210"):
        errors["baru"] = t("warga.keamanan.galat.mudah")
    return errors


async def _own_device(here: Visit) -> str | None:
    told = await here.door.get("identity", "/v1/sessions")
    return next((each["device_id"] for each in told["sessions"] if each["is_this_one"]), None)


async def _page(here: Visit, errors: dict[str, str] | None = None, *, status: int = 200) -> Response:
    devices, sessions, member = await asyncio.gather(
        here.door.get("identity", "/v1/devices"),
        here.door.get("identity", "/v1/sessions"),
        read_member(here.door, here.member_id),
    )
    running = [each for each in sessions["sessions"] if each["ended_at"] is None]
    ended = [each for each in sessions["sessions"] if each["ended_at"] is not None][:_ENDED_SHOWN]
    return render(
        here.request,
        "resident/security.html",
        devices=devices["devices"],
        own_device=next((each["device_id"] for each in running if each["is_this_one"]), None),
        running=running,
        ended=ended,
        member=member,
        errors=errors or {},
        news=NEWS.get(here.request.query_params.get("kabar", "")),
        endings=ENDINGS,
        where=WHERE,
        blocked=BLOCKED,
        status=status,
    )
