"""Signing in with phone, code or card number and PIN; making a browser known with the card's printed code; leaving."""

from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter, Request, Response

from services.web.clients import Door, Refused, doors_of
from services.web.means import Means
from services.web.pages.common import go_to, read_form, render, words_of
from services.web.pages.resident.reading.people import read_member
from services.web.pages.resident.rules.naming import Named, is_card_number, read_name
from services.web.pages.resident.visiting import ResidentRoute, back_to, told, visit
from services.web.session import Face, Kept, find_session, sessions_of
from shared.kernel.roles import Role

PIN_LENGTH = 6
_CODE_MIN, _CODE_MAX = 8, 40
_NAME_MAX = 60
_WRONG = "wrong_code_or_pin"
_FORBIDDEN = 403
NEWS = {
    "session_over": "warga.masuk.kabar.habis",
    "sign_in_needed": "warga.masuk.kabar.habis",
    "token_reused": "warga.masuk.kabar.dipakai_dua",
    "keluar": "warga.masuk.kabar.keluar",
    "pin": "warga.masuk.kabar.pin",
    "berhenti": "warga.masuk.kabar.berhenti",
}


@dataclass(frozen=True, slots=True)
class SignInPage:
    """The sign-in form with what was typed, never the PIN; `errors` by field."""

    who: str = ""
    ke: str | None = None
    errors: dict[str, str] = field(default_factory=dict)
    refused: str | None = None


def router(means: Means) -> APIRouter:
    """`/masuk`, `/keluar`, `/perangkat-baru`."""
    del means
    pages = APIRouter(route_class=ResidentRoute)
    pages.add_api_route("/masuk", show_sign_in, methods=["GET"])
    pages.add_api_route("/masuk", sign_in, methods=["POST"])
    pages.add_api_route("/keluar", sign_out, methods=["POST"])
    pages.add_api_route("/perangkat-baru", show_new_browser, methods=["GET"])
    pages.add_api_route("/perangkat-baru", make_known, methods=["POST"])
    return pages


async def show_sign_in(request: Request) -> Response:
    """The sign-in page; whoever is signed in already goes on."""
    if await find_session(request, Face.RESIDENT) is not None:
        return go_to(back_to(request.query_params.get("ke")))
    return sign_in_page(request, SignInPage())


async def sign_in(request: Request) -> Response:
    """Sign in and go back to where one wanted to be."""
    form = await read_form(request)
    who, pin = str(form.get("siapa", "")).strip()[:_NAME_MAX], str(form.get("pin", "")).strip()
    ke = back_to(str(form.get("ke", "/")))
    ways = read_name(who)
    errors = {} if ways else {"siapa": "warga.masuk.galat.siapa"}
    if len(pin) != PIN_LENGTH or not (pin.isascii() and pin.isdigit()):
        errors["pin"] = "warga.masuk.galat.pin"
    if errors:
        return sign_in_page(request, SignInPage(who, ke, errors), status=422)
    try:
        token = await _sign_in(request, ways, pin)
    except Refused as refused:
        return sign_in_page(
            request, SignInPage(who, ke, refused=told(words_of(request), refused)), status=refused.status
        )
    if token["role"] != Role.MEMBER:
        # The staff have ways in of their own, with cookies that no other site can make a browser send.
        refusal = words_of(request)("warga.masuk.galat.petugas")
        return sign_in_page(request, SignInPage(who, ke, refused=refusal), status=_FORBIDDEN)
    sessions_of(request).start(request, Face.RESIDENT, token)
    # What identity noticed since the last time is told once, on the first page.
    return go_to(_with_warnings(ke, token.get("warnings", [])))


async def sign_out(request: Request) -> Response:
    """Sign out here and at identity."""
    await read_form(request)
    await sessions_of(request).end(request, Face.RESIDENT)
    return go_to("/masuk?kabar=keluar")


async def show_new_browser(request: Request) -> Response:
    """Where the card's printed code is typed, once for each browser."""
    return await _new_browser_page(request)


async def make_known(request: Request) -> Response:
    """Make this browser known."""
    here = await visit(request, known=False)
    form = await read_form(request)
    number = "".join(str(form.get("kartu", "")).split())[:_NAME_MAX]
    code = "".join(str(form.get("kode", "")).replace("-", "").split()).upper()
    errors = {} if is_card_number(number) else {"kartu": "warga.perangkat.galat.kartu"}
    if not (_CODE_MIN <= len(code) <= _CODE_MAX and code.isascii() and code.isalnum()):
        errors["kode"] = "warga.perangkat.galat.kode"
    if errors:
        return await _new_browser_page(request, number, errors, status=422)
    card = {"card_number": number, "card_secret": code}
    try:
        trusted = await here.door.post("identity", "/v1/devices:trust", card)
    except Refused as refused:
        return await _new_browser_page(request, number, {}, told(here.t, refused), status=refused.status)
    _keep(request, trusted, here.session.refresh_token)
    return go_to(back_to(request.query_params.get("ke")))


def sign_in_page(request: Request, page: SignInPage, *, status: int = 200) -> Response:
    """The sign-in page, which is also the first page of strangers."""
    return render(
        request,
        "resident/sign_in.html",
        page=page,
        ke=page.ke or back_to(request.query_params.get("ke")),
        news=NEWS.get(request.query_params.get("kabar", "")),
        status=status,
    )


async def _sign_in(request: Request, ways: list[Named], pin: str) -> dict[str, Any]:
    """The tokens. What can be understood in two ways is tried in both."""
    door: Door = doors_of(request).anonymous(request)
    device = sessions_of(request).kept(request, Kept.PHONE)
    known = {} if device is None else {"device_token": device["token"]}
    for way in ways[:-1]:
        try:
            return await door.post("identity", "/v1/tokens", {way.field: way.value, "pin": pin, **known})
        except Refused as refused:
            if refused.code != _WRONG:
                raise
    last = ways[-1]
    return await door.post("identity", "/v1/tokens", {last.field: last.value, "pin": pin, **known})


def _with_warnings(path: str, warnings: list[dict[str, Any]]) -> str:
    kinds = sorted({str(each["kind"]) for each in warnings})
    if not kinds or path != "/":
        return path
    return f"/?ingat={'+'.join(kinds)}"


def _keep(request: Request, told: dict[str, Any], refresh_token: str | None) -> None:
    """From now on the browser is known, and the session of this moment may spend."""
    sessions = sessions_of(request)
    sessions.keep(request, Kept.PHONE, {"token": told["device_token"]})
    token = told["token"]
    sessions.start(
        request, Face.RESIDENT, {**token, "refresh_token": token["refresh_token"] or refresh_token}
    )


async def _new_browser_page(
    request: Request,
    number: str | None = None,
    errors: dict[str, str] | None = None,
    refused: str | None = None,
    *,
    status: int = 200,
) -> Response:
    here = await visit(request, known=False)
    ke = back_to(request.query_params.get("ke"))
    if here.session.may_spend:
        return go_to(ke)
    member = await read_member(here.door, here.member_id)
    return render(
        request,
        "resident/new_browser.html",
        member=member,
        number=member.card_number or "" if number is None else number,
        errors=errors or {},
        refused=refused,
        ke=ke,
        status=status,
    )
