"""In and out of the office: code and PIN, and the first PIN with the code that somebody was given."""

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from services.web.clients import Answer, Refused, Silent, doors_of
from services.web.means import Means
from services.web.pages.common import go_to, own_place, read_form, render, words_of
from services.web.pages.staff.parts import Entry, Form
from services.web.pages.staff.views import said, told
from services.web.session import Face, Kept, find_session, sessions_of

_ROLES = frozenset({"programme", "office"})
_SILENT = 503
_FORBIDDEN = 403
_HOME = "/kantor"


def router(_means: Means) -> APIRouter:
    """`/kantor/masuk`, `/kantor/keluar` and `/kantor/pilih-pin`."""
    routes = APIRouter(prefix="/kantor")

    @routes.get("/masuk")
    async def ask(request: Request) -> Response:
        target = own_place(request.query_params.get("ke"), _HOME)
        if await find_session(request, Face.STAFF) is not None:
            return go_to(target)
        return _gate(
            request, _sign_in_form(request, target), chosen=request.query_params.get("sudah") == "pin"
        )

    @routes.post("/masuk")
    async def enter(request: Request) -> Response:
        form = await read_form(request)
        target = own_place(said(form, "ke"), _HOME)
        try:
            token = await _signed_in(request, form)
        except Refused as refused:
            return _gate(
                request,
                _sign_in_form(request, target),
                told(words_of(request), refused),
                refused.status,
                form,
            )
        except Silent:
            words = words_of(request)("kantor.diam")
            return _gate(request, _sign_in_form(request, target), words, _SILENT, form)
        if token["role"] not in _ROLES:
            words = words_of(request)("kantor.masuk.bukan_kantor")
            return _gate(request, _sign_in_form(request, target), words, _FORBIDDEN, form)
        _remember(request, token)
        warned = any(each["kind"] == "wrong_pins" for each in token["warnings"])
        return go_to(f"{_HOME}?sudah=salah-pin" if warned and target == _HOME else target)

    @routes.post("/keluar")
    async def leave(request: Request) -> Response:
        await read_form(request)
        await sessions_of(request).end(request, Face.STAFF)
        return go_to("/kantor/masuk")

    _add_choosing(routes)
    return routes


def _add_choosing(routes: APIRouter) -> None:
    @routes.get("/pilih-pin")
    async def ask_pin(request: Request) -> Response:
        return _gate(request, _choose_form(request))

    @routes.post("/pilih-pin")
    async def choose_pin(request: Request) -> Response:
        form = await read_form(request)
        words = words_of(request)
        if said(form, "pin") != said(form, "pin2"):
            return _gate(request, _choose_form(request), words("kantor.pilih_pin.beda"), 422, form)
        body = {"code": said(form, "kode"), "one_time_code": said(form, "sekali"), "pin": said(form, "pin")}
        try:
            await doors_of(request).anonymous(request).post("identity", "/v1/pins:choose", body)
        except Refused as refused:
            return _gate(request, _choose_form(request), told(words, refused), refused.status, form)
        return go_to("/kantor/masuk?sudah=pin")


async def _signed_in(request: Request, form: FormData) -> Answer:
    kept = sessions_of(request).kept(request, Kept.OFFICE)
    body = {"code": said(form, "kode"), "pin": said(form, "pin")}
    if kept is not None:
        body["device_token"] = kept["token"]
    return await doors_of(request).anonymous(request).post("identity", "/v1/tokens", body)


def _remember(request: Request, token: Answer) -> None:
    sessions = sessions_of(request)
    sessions.start(request, Face.STAFF, token)
    if token.get("device_token"):
        sessions.keep(request, Kept.OFFICE, {"token": token["device_token"]})


def _sign_in_form(request: Request, target: str) -> Form:
    t = words_of(request)
    return Form(
        "/kantor/masuk",
        t("kantor.masuk.judul"),
        t("kantor.masuk.tombol"),
        [
            Entry("kode", t("kantor.masuk.kode"), hint=t("kantor.masuk.kode_saran"), most=32),
            Entry("pin", t("kantor.masuk.pin"), "pin"),
            Entry("ke", "", "hidden", target),
        ],
        t("kantor.masuk.lead"),
    )


def _choose_form(request: Request) -> Form:
    t = words_of(request)
    return Form(
        "/kantor/pilih-pin",
        t("kantor.pilih_pin.judul"),
        t("kantor.pilih_pin.tombol"),
        [
            Entry("kode", t("kantor.masuk.kode"), hint=t("kantor.masuk.kode_saran"), most=32),
            Entry("sekali", t("kantor.pilih_pin.sekali"), hint=t("kantor.pilih_pin.sekali_saran"), most=24),
            Entry("pin", t("kantor.pilih_pin.pin"), "pin", "new-password", t("kantor.pilih_pin.pin_saran")),
            Entry("pin2", t("kantor.pilih_pin.pin2"), "pin", "new-password"),
        ],
        t("kantor.pilih_pin.lead"),
    )


def _gate(
    request: Request,
    form: Form,
    problem: str = "",
    status: int = 200,
    typed: FormData | None = None,
    *,
    chosen: bool = False,
) -> Response:
    given = {} if typed is None else {"kode": said(typed, "kode")}
    return render(
        request, "staff/gate.html", status=status, form=form, problem=problem, given=given, chosen=chosen
    )
