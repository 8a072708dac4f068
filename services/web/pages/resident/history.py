"""What came in and went out, one deposit with all that happened to it, and what it all did for the place we live in."""

import asyncio
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.web.means import Means
from services.web.pages.common import render
from services.web.pages.resident.home import REASONS
from services.web.pages.resident.reading.asking import or_none
from services.web.pages.resident.reading.complaints import read_complaints
from services.web.pages.resident.reading.deposits import (
    Story,
    Valued,
    brought_in,
    read_all_deposits,
    read_expected,
    read_story,
    read_valued,
)
from services.web.pages.resident.reading.money import read_statement
from services.web.pages.resident.reading.trade import Names, read_names
from services.web.pages.resident.rules.impact import weigh_up
from services.web.pages.resident.rules.provisional import Reason, explained
from services.web.pages.resident.visiting import ResidentRoute, Visit, visit
from shared.kernel import wib
from shared.kernel.waste_classes import CLASS_NAMES, WasteClass

KINDS = {
    "credit": "warga.riwayat.setoran",
    "credit_reversal": "warga.riwayat.setoran_batal",
    "settlement": "warga.riwayat.penukaran",
    "settlement_reversal": "warga.riwayat.penukaran_batal",
    "opening_balance": "warga.riwayat.saldo_awal",
}
STEPS = {
    "received": "warga.langkah.diterima",
    "recorded": "warga.langkah.dicatat",
    "waiting_for_member": "warga.langkah.menunggu_nasabah",
    "quarantined": "warga.langkah.ditahan",
    "accepted": "warga.langkah.disetujui",
    "rejected": "warga.langkah.ditolak",
    "voided": "warga.langkah.dibatalkan",
    "void_refused": "warga.langkah.tetap_berlaku",
}
CHANNELS = {
    "self": "warga.setoran.antar_sendiri",
    "assisted": "warga.setoran.dibantu",
    "pickup": "warga.setoran.dijemput",
}
FLAGS = {
    "line_weight_out_of_bounds": "warga.periksa.berat",
    "day_weight_out_of_bounds": "warga.periksa.berat",
    "day_value_out_of_bounds": "warga.periksa.nilai",
    "day_deposits_out_of_bounds": "warga.periksa.sering",
    "weighed_in_the_future": "warga.periksa.waktu",
}


@dataclass(frozen=True, slots=True)
class DepositLine:
    """One line as a page shows it; the price is None until the deposit is valued."""

    name: str
    grade: str | None
    unit: str
    quantity: int
    price_rupiah: int | None
    value_rupiah: int


def router(means: Means) -> APIRouter:
    """`/riwayat`, `/setoran/{id}`, `/dampak`."""
    del means
    pages = APIRouter(route_class=ResidentRoute)

    @pages.get("/riwayat")
    async def show_statement(request: Request, mulai: str | None = None) -> Response:
        here = await visit(request)
        return render(
            request,
            "resident/statement.html",
            statement=await read_statement(here.door, here.member_id, mulai),
            first=mulai is None,
            kinds=KINDS,
            bank_name=here.bank_name,
        )

    @pages.get("/setoran/{deposit_id}")
    async def show_deposit(request: Request, deposit_id: UUID) -> Response:
        here = await visit(request)
        story, valued, names, complaints = await asyncio.gather(
            read_story(here.door, str(deposit_id)),
            read_valued(here.door, str(deposit_id)),
            or_none(read_names(here.door, english=here.english)),
            read_complaints(here.door),
        )
        return render(
            request,
            "resident/deposit.html",
            story=story,
            valued=valued,
            lines=_lines(story, valued, names or Names({}, here.english)),
            reason=_reason(story, valued),
            checks=_checks(valued),
            complaints=complaints.about(str(deposit_id)),
            bank=here.bank_name(story.weighing.waste_bank_id),
            channel=CHANNELS.get(story.channel),
            steps=STEPS,
            share_names=await _share_names(here, valued),
            expected=await _expected(here, story, valued),
        )

    @pages.get("/dampak")
    async def show_impact(request: Request) -> Response:
        here = await visit(request)
        deposits, names = await asyncio.gather(
            read_all_deposits(here.door), read_names(here.door, english=here.english)
        )
        impact = weigh_up(brought_in(deposits), names.sorts(), wib.day(here.now))
        return render(
            request,
            "resident/impact.html",
            impact=impact,
            class_names=class_names(english=here.english),
            deposits=sum(each["state"] == "recorded" for each in deposits),
        )

    return pages


def class_names(*, english: bool) -> dict[str, str]:
    """The nine classes in the reader's language."""
    return {
        each.value: name.english if english else name.indonesian for each, name in CLASS_NAMES.items()
    } | {"": CLASS_NAMES[WasteClass.OTHER].english if english else CLASS_NAMES[WasteClass.OTHER].indonesian}


def _lines(story: Story, valued: Valued | None, names: Names) -> list[DepositLine]:
    """The lines as they were priced, or as they were weighed until then."""
    priced = valued is not None and bool(valued.lines)
    told: tuple[dict[str, Any], ...] = valued.lines if valued is not None and priced else story.lines
    return [
        DepositLine(
            name=names.item(line["item_code"]),
            grade=names.grade(line["item_code"], line["grade"]),
            unit=line["unit"],
            quantity=line["quantity"],
            price_rupiah=line.get("price_rupiah"),
            value_rupiah=line["value_rupiah"] if priced else line["shown_rupiah"],
        )
        for line in told
    ]


def _reason(story: Story, valued: Valued | None) -> str | None:
    """Why a deposit is not final, as the key of a sentence; None if it is, or does not count any more."""
    weighing = story.weighing
    if weighing.state not in {"recorded", "waiting_for_member", "quarantined"}:
        return None
    state = None if valued is None else valued.state
    reason = explained([weighing], {weighing.deposit_id: state})[0].reason
    return None if reason is Reason.BEING_CREDITED else REASONS[reason]


async def _expected(here: Visit, story: Story, valued: Valued | None) -> int | None:
    """What will probably be credited for a deposit that is not valued yet; None if that cannot be said."""
    weighing = story.weighing
    if _reason(story, valued) is None:
        return None
    told = await read_expected(
        here.door, [story.told], {} if valued is None else {weighing.deposit_id: valued}
    )
    return told.get(weighing.deposit_id)


def _checks(valued: Valued | None) -> list[str]:
    """What the second person looks at, each once."""
    if valued is None or valued.state != "flagged":
        return []
    return sorted({FLAGS.get(flag, "warga.periksa.harga") for flag in valued.flags})


async def _share_names(here: Visit, valued: Valued | None) -> dict[str, str]:
    """The names of the deductions, as the price list of the deposit has them."""
    if valued is None or not valued.deductions or valued.price_list_id is None:
        return {}
    told = await or_none(here.door.get("valuation", f"/v1/price-lists/{valued.price_list_id}"))
    language = "en" if here.english else "id"
    return {rule["beneficiary"]: rule[f"name_{language}"] for rule in (told or {}).get("deductions", [])}
