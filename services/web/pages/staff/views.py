"""How every staff page is shown, and how everything that is decided there goes: ask, do, tell."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from starlette.datastructures import FormData
from starlette.responses import Response

from services.web.clients import Refused, Silent
from services.web.pages.common import Say, go_to, render
from services.web.pages.staff.desk import Answer, Desk
from services.web.pages.staff.nav import menus
from services.web.pages.staff.parts import Entry, Fact, Page
from shared.kernel import wib

# What the address after a redirect may say; anything else says nothing.
DONE: Final = {
    "simpan": "kantor.sudah.simpan",
    "setujui": "kantor.sudah.setujui",
    "tolak": "kantor.sudah.tolak",
    "batal": "kantor.sudah.batal",
    "loloskan": "kantor.sudah.loloskan",
    "keduanya": "kantor.sudah.keduanya",
    "jawab": "kantor.sudah.jawab",
    "perbaiki": "kantor.sudah.perbaiki",
    "pindah": "kantor.sudah.pindah",
    "usul": "kantor.sudah.usul",
    "gabung": "kantor.sudah.gabung",
    "tidak-gabung": "kantor.sudah.tidak_gabung",
    "blokir": "kantor.sudah.blokir",
    "hapus": "kantor.sudah.hapus",
    "pin": "kantor.sudah.pin",
    "terbit": "kantor.sudah.terbit",
    "akhiri": "kantor.sudah.akhiri",
    "cabut": "kantor.sudah.cabut",
    "putus": "kantor.sudah.putus",
    "catat": "kantor.sudah.catat",
    "ulang": "kantor.sudah.ulang",
    "buka": "kantor.sudah.buka",
    "salah-pin": "kantor.sudah.salah_pin",
}
NOT_FOUND = 404
UNREADABLE = 422
_SILENT = 503
_DIGITS_MAX = 7
_BRIEF = 40
# A year outside of these was mistyped, and some would not survive being counted in UTC.
_YEARS = range(2000, 2100)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Sure:
    """What is asked once more before money moves or something ends for good."""

    words: str
    facts: list[Fact] = field(default_factory=list)


def draw(desk: Desk, template: str, *, status: int = 200, **values: Any) -> Response:
    """A template of the office, with its menu."""
    main, beside = menus(desk)
    # What answers a form has no address of its own: whoever changes the language goes to the page before it.
    here: dict[str, Any] = {} if desk.request.method == "GET" else {"request_target": back_of(desk)}
    return render(desk.request, template, status=status, main_menu=main, beside=beside, **here, **values)


def show(desk: Desk, page: Page) -> Response:
    """A page, with a word about what was just done if the address says so."""
    done = DONE.get(desk.asked("sudah"))
    return draw(desk, "staff/page.html", page=page, done=desk.t(done) if done else "", given={}, problem=None)


def show_again(desk: Desk, page: Page, problem: Refused | Silent, form: FormData) -> Response:
    """The page with what a door said about the form that was sent, and what was typed still in its fields."""
    status, detail = _SILENT, desk.t("kantor.diam")
    if isinstance(problem, Refused):
        status, detail = problem.status, told(desk.t, problem)
    return draw(
        desk,
        "staff/page.html",
        status=status,
        page=page,
        problem=detail,
        given={name: value for name, value in form.items() if isinstance(value, str)},
        done="",
    )


def told(t: Say, refused: Refused) -> str:
    """The refusal in words. What a door says of fields by their own names is said of the form in ours."""
    return t("bersama.masalah.isian") if refused.code == "invalid_request" else refused.detail


async def decide(
    desk: Desk,
    form: FormData,
    act: Callable[[], Awaitable[str | Response]],
    again: Callable[[], Awaitable[Page]],
    sure: Sure | Callable[[], Sure] | None = None,
) -> Response:
    """Do what a form says, once it is certain, and go where `act` says; or show the page with the refusal on it.

    What `act` and `sure` cannot read they raise as Refused: then the page stands there again with what was typed.
    """
    try:
        if sure is not None and form.get("yakin") != "ya":
            return _ask_once_more(desk, form, sure if isinstance(sure, Sure) else sure())
        done = await act()
    except (Refused, Silent) as problem:
        return show_again(desk, await again(), problem, form)
    return go_to(done) if isinstance(done, str) else done


def _ask_once_more(desk: Desk, form: FormData, sure: Sure) -> Response:
    kept = [(name, value) for name, value in form.multi_items() if isinstance(value, str) and name != "csrf"]
    return draw(desk, "staff/sure.html", sure=sure, kept=kept, back=back_of(desk))


def said(form: FormData, name: str) -> str:
    """What was typed into a field, without blanks around it; nothing if it is missing or a file."""
    value = form.get(name)
    return value.strip() if isinstance(value, str) else ""


def said_id(desk: Desk, form: FormData, name: str) -> UUID:
    """The id that a form carries along. Raises Refused (422) if it is missing or spoiled."""
    try:
        return UUID(said(form, name))
    except ValueError as error:
        raise unreadable(desk.t("kantor.formulir_rusak")) from error


def said_choice(desk: Desk, form: FormData, name: str, among: Collection[str]) -> str:
    """What was chosen. Raises Refused (422) if the choice does not offer it."""
    chosen = said(form, name)
    if chosen not in among:
        raise unreadable(desk.t("kantor.formulir_rusak"))
    return chosen


def said_moment(desk: Desk, form: FormData, name: str) -> datetime | None:
    """The instant of a field for day and hour, which are those of Lubuk Pakam; None if it is empty. Raises Refused."""
    typed = said(form, name)
    if not typed:
        return None
    try:
        at = datetime.fromisoformat(typed)
    except ValueError as error:
        raise unreadable(desk.t("kantor.waktu_rusak", isi=brief(typed))) from error
    if at.tzinfo is not None or at.year not in _YEARS:
        raise unreadable(desk.t("kantor.waktu_rusak", isi=brief(typed)))
    return at.replace(tzinfo=wib.WIB)


def brief(typed: str) -> str:
    """What was typed, as a sentence may repeat it: as long as somebody would type."""
    return typed if len(typed) <= _BRIEF else f"{typed[:_BRIEF]}…"


def unreadable(words: str) -> Refused:
    """What a page itself refuses before it asks a door, in a sentence."""
    return Refused(UNREADABLE, {"code": "unreadable", "detail": words})


def gone(desk: Desk) -> Refused:
    """What is not there, or not any more, or in another area."""
    return Refused(NOT_FOUND, {"code": "not_found", "detail": desk.t("kantor.sudah_tidak_ada")})


def following(desk: Desk, cursor: str | int | None) -> str:
    """The address of the next page of this list, or nothing."""
    if not cursor:
        return ""
    query = desk.request.query_params
    kept = {name: value for name, value in query.items() if name not in {"sesudah", "sudah"}}
    return f"{desk.request.url.path}?{urlencode({**kept, 'sesudah': str(cursor)})}"


def part_of(desk: Desk, items: list[T], size: int = 50) -> tuple[list[T], str]:
    """A page of a list that its door gives whole, and the address of the next one."""
    asked = desk.asked("sesudah")
    begin = int(asked) if asked.isdecimal() and len(asked) < _DIGITS_MAX else 0
    end = begin + size
    return items[begin:end], following(desk, end if end < len(items) else None)


def reason_entry(desk: Desk, *, required: bool = True) -> Entry:
    """The field in which somebody says why."""
    hint = desk.t("kantor.alasan_saran")
    return Entry("alasan", desk.t("kantor.alasan"), "long", hint=hint, required=required)


def bank_entry(desk: Desk, *, every: bool = False, name: str = "bank", value: str = "") -> Entry:
    """A choice of the waste banks of one's area; with `every`, also all of them."""
    options = [("", desk.t("kantor.semua")), *desk.banks()] if every else desk.banks()
    chosen = value or desk.asked(name)
    return Entry(name, desk.t("kantor.kolom.bank"), "choice", chosen, required=not every, options=options)


async def sought(
    desk: Desk, service: str, path: str, items: str, params: dict[str, Any] | None = None, **of: str
) -> Answer:
    """The one item of a list that has this id: `merge_id=...`. Raises Refused (404) if it is not there any more."""
    ((name, wanted),) = of.items()
    async for each in desk.pages(service, path, items, **(params or {})):
        if each[name] == wanted:
            return each
    raise gone(desk)


def back_of(desk: Desk) -> str:
    """Where somebody goes who is not certain after all: the page that the form stood on."""
    return desk.request.url.path.rsplit("/", 1)[0]
