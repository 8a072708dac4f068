"""Where to bring one's waste: the waste banks of a village, when they are open, what they take, and a map."""

from fastapi import APIRouter, Request, Response

from services.web.clients import Refused, doors_of
from services.web.means import Means
from services.web.pages.common import now_of, render, rollout_of
from services.web.pages.resident.history import class_names
from services.web.pages.resident.reading.asking import or_none
from services.web.pages.resident.reading.trade import PriceList, read_names, read_prices
from services.web.pages.resident.rules.places import (
    Place,
    open_subdistricts,
    opening_of,
    places_for,
    villages_of,
)
from services.web.pages.resident.visiting import ResidentRoute
from services.web.words import language_of
from shared.kernel.pick_ups import Weekday
from shared.kernel.rollout import Phase
from shared.runtime.problems import Problem

WEEKDAYS = {
    Weekday.MON: "warga.hari.senin",
    Weekday.TUE: "warga.hari.selasa",
    Weekday.WED: "warga.hari.rabu",
    Weekday.THU: "warga.hari.kamis",
    Weekday.FRI: "warga.hari.jumat",
    Weekday.SAT: "warga.hari.sabtu",
    Weekday.SUN: "warga.hari.minggu",
}


def router(means: Means) -> APIRouter:
    """`/bank-sampah` and `/bank-sampah/{id}`."""
    del means
    pages = APIRouter(route_class=ResidentRoute)

    @pages.get("/bank-sampah")
    async def show_banks(request: Request) -> Response:
        now, rollout = now_of(request), rollout_of(request)
        subdistricts = open_subdistricts(rollout, now)
        place = request.query_params.get("tempat", "")
        code, _, village = place.partition("|")
        chosen = next((each for each in subdistricts if each.kemendagri_code == code), None)
        return render(
            request,
            "resident/banks.html",
            places=places_for(rollout, chosen.kemendagri_code if chosen else None, village or None, now),
            areas=[(each.kemendagri_code, each.name, villages_of(each)) for each in subdistricts],
            place=place,
            village=village if chosen else "",
            weekdays=WEEKDAYS,
            coming=[each.name for each in rollout.subdistricts if each.phase_at(now) is Phase.PREPARING],
        )

    @pages.get("/bank-sampah/{bank_id}")
    async def show_bank(request: Request, bank_id: str) -> Response:
        now, rollout = now_of(request), rollout_of(request)
        bank, subdistrict = rollout.waste_bank(bank_id), rollout.subdistrict_of(bank_id)
        if bank is None or subdistrict is None:
            raise Problem("not_found")
        english = language_of(request) == "en"
        return render(
            request,
            "resident/bank.html",
            place=Place(bank, subdistrict, opening_of(bank, now), serves_village=False),
            taking=subdistrict.phase_at(now) is Phase.OPEN,
            prices=await or_none(_prices(request, bank_id, english=english)),
            class_names=class_names(english=english),
            weekdays=WEEKDAYS,
        )

    return pages


async def _prices(request: Request, bank_id: str, *, english: bool) -> PriceList | None:
    door = doors_of(request).anonymous(request)
    try:
        return await read_prices(door, bank_id, await read_names(door, english=english))
    except Refused:
        return None
