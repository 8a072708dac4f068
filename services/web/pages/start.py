"""`/mulai`: whoever tries the system gets invented people, their cards and codes, and one click to each first screen.

It is there only while the setting `WEB_DEMO_PEOPLE_FILE` names the file; a place with real people never has it.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.web.clients import Refused, doors_of
from services.web.means import Means
from services.web.pages.common import go_to, read_form, render, rollout_of
from services.web.pages.demo_people import MEMBER, OFFICE, OPERATOR, PROGRAMME, DemoPerson, read_people
from services.web.session import Face, Kept, sessions_of
from services.web.words import Language, language_of
from shared.kernel.ids import uuid7
from shared.runtime.problems import Problem

PATH = "/mulai"
CARDS_SHOWN = 6
_STAFF = frozenset({PROGRAMME, OFFICE})

Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Signed:
    """Somebody of the programme for the length of one request: registers a tablet and leaves again."""

    access_token: str = field(repr=False)
    language: Language
    user_agent: str


def router(means: Means) -> APIRouter:
    """`GET /mulai`, and one button a role: `POST /mulai/warga`, `/mulai/petugas`, `/mulai/kantor`."""
    routes = APIRouter(prefix=PATH)
    file = means.settings.demo_people_file
    if file is None:
        return routes

    @routes.get("")
    async def show_start(request: Request) -> Response:
        return _page(request, file)

    @routes.post("/warga")
    async def be_a_resident(request: Request) -> Response:
        person = await _chosen(request, file, frozenset({MEMBER}))
        await _sign_in_resident(request, person)
        return go_to("/")

    @routes.post("/kantor")
    async def be_of_the_staff(request: Request) -> Response:
        person = await _chosen(request, file, _STAFF)
        token = await _token(request, person)
        if token.get("device_token"):
            sessions_of(request).keep(request, Kept.OFFICE, {"token": token["device_token"]})
        sessions_of(request).start(request, Face.STAFF, token)
        return go_to("/kantor")

    @routes.post("/petugas")
    async def be_an_operator(request: Request) -> Response:
        person = await _chosen(request, file, frozenset({OPERATOR}))
        code = await _new_tablet(request, file, person)
        # The app makes its signing key itself and shows the code, as on any new tablet; behind # nobody logs it.
        return go_to(f"/petugas#/pasang?kode={code}")

    return routes


def _page(request: Request, file: Path) -> Response:
    people = read_people(file)
    if not people:
        raise Problem("try_again")
    operators = [each for each in people if each.role == OPERATOR]
    members = _near_first([each for each in people if each.role == MEMBER], operators)
    everybody = request.query_params.get("kartu") == "semua"
    return render(
        request,
        "start/start.html",
        members=members,
        shown=members if everybody else _first_cards(members),
        operators=operators,
        staff=[each for each in people if each.role in _STAFF],
        bank_name=_bank_names(request),
        headers={"Cache-Control": "no-store"},
    )


def _near_first(members: list[DemoPerson], operators: list[DemoPerson]) -> list[DemoPerson]:
    """Residents of the first operator's waste bank come first: whom they weigh for can be looked at as the resident."""
    near = operators[0].bank if operators else ""
    return sorted(members, key=lambda each: (each.bank != near, each.kind != "person", each.phone is None))


def _first_cards(members: list[DemoPerson]) -> list[DemoPerson]:
    """A few that differ: somebody without a phone, a household and a group are among them."""
    chosen = [each for each in members if each.phone is not None and each.kind == "person"][: CARDS_SHOWN - 3]
    for wanted in (
        [each for each in members if each.phone is None],
        [each for each in members if each.kind == "household"],
        [each for each in members if each.kind == "group"],
    ):
        chosen += [each for each in wanted if each not in chosen][:1]
    return chosen


def _bank_names(request: Request) -> dict[str, str]:
    return {bank.id: bank.name for bank in rollout_of(request).waste_banks}


async def _chosen(request: Request, file: Path, roles: frozenset[str]) -> DemoPerson:
    form = await read_form(request)
    wanted = form.get("kode")
    for person in read_people(file):
        if person.code == wanted and person.role in roles:
            return person
    raise Problem("not_found")


async def _token(request: Request, person: DemoPerson) -> Answer:
    door = doors_of(request).anonymous(request)
    return await door.post("identity", "/v1/tokens", {"code": person.code, "pin": person.pin})


async def _sign_in_resident(request: Request, person: DemoPerson) -> None:
    """As somebody who typed the card's code: this browser is known from now on, and may spend."""
    sessions = sessions_of(request)
    token = await _token(request, person)
    session = sessions.start(request, Face.RESIDENT, token)
    card = {"card_number": person.card_number, "card_secret": person.card_secret}
    try:
        told = await doors_of(request).of(session).post("identity", "/v1/devices:trust", card)
    except Refused:
        return  # the card was replaced in a rehearsal: one looks, and may spend with the new card's code
    sessions.keep(request, Kept.PHONE, {"token": told["device_token"]})
    known = told["token"]
    sessions.start(
        request, Face.RESIDENT, {**known, "refresh_token": known["refresh_token"] or token["refresh_token"]}
    )


async def _new_tablet(request: Request, file: Path, operator: DemoPerson) -> str:
    """A set-up code for the operator's waste bank, made as somebody of the programme makes one."""
    registrar = next((each for each in read_people(file) if each.role == PROGRAMME), None)
    if registrar is None:
        raise Problem("try_again")
    token = await _token(request, registrar)
    agent = request.headers.get("user-agent", "-")
    door = doors_of(request).of(_Signed(token["access_token"], language_of(request), agent))
    registered = await door.post(
        "identity", "/v1/tablets", {"name": _tablet_name(uuid7()), "waste_bank_id": operator.bank}
    )
    await door.post("identity", "/v1/tokens:sign-out", {"refresh_token": token["refresh_token"]})
    return str(registered["enrolment_code"])


def _tablet_name(of: UUID) -> str:
    return f"COBA-{of.hex[-6:].upper()}"
