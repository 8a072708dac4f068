"""The walk over wrong input finds what it looks for: pages that break, tell nothing, or speak another language."""

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

import httpx
import pytest
from fastapi import APIRouter, FastAPI, Query, Request
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, RedirectResponse, Response

from tests.services.web.page_forms import Field, read_page
from tests.services.web.spoiled import SpoiledWalk
from tests.services.web.wrong_values import ALIKE, ALIKE_IN_ADDRESSES, IN_ADDRESSES, VALUES, share

WHOLE = pytest.mark.parametrize("whole", [False, True], ids=["shared out", "whole"])
ORIGIN = "http://127.0.0.1:8400"
FORM = """<form method="post" action="{action}"><input type="hidden" name="csrf" value="w">
<label><input type="radio" name="hari" value="a" disabled><input type="radio" name="hari" value="b"></label>
<select name="bank"><option value="x">X</option><option value="y" selected>Y</option></select>
<textarea name="cerita"></textarea><input name="berat" value="2"></form>"""


def _page(language: str, body: str, status: int = 200) -> Response:
    return HTMLResponse(f'<html lang="{language}"><body>{body}</body></html>', status)


def _refusal(language: str) -> Response:
    words = {"id": "Belum ada yang berubah. Perbaiki.", "en": "Nothing has changed. Correct it."}
    return _page(language, f'<div class="pesan"><p>{words[language]}</p></div>', 422)


PLANTED: dict[str, Callable[[str], Response]] = {
    "speaks one language": lambda _: _refusal("id"),
    "tells nothing": lambda language: _page(language, "<h1>422</h1>", 422),
    "does not say that nothing is lost": lambda language: _page(
        language, '<p class="galat"><b>Salah.</b></p>', 422
    ),
    "answers as a machine": lambda _: Response('{"detail": "no"}', 422, media_type="application/json"),
}


def _site(plant: str) -> APIRouter:
    """A page with a form and one with an id; everything is right but what is planted."""
    routes = APIRouter()

    @routes.get("/")
    async def first(request: Request) -> Response:
        return _page(_language(request), FORM.format(action="/kirim") + '<a href="/satu/7">satu</a>')

    @routes.get("/satu/{number}")
    async def one(request: Request, number: str, kabar: Annotated[str, Query()] = "") -> Response:
        if plant == "breaks on an id" and not number.isdigit():
            raise RuntimeError(number)
        if plant == "writes markup" and kabar:
            return _page(_language(request), kabar)
        return _page(_language(request), "") if number == "7" else _refusal(_language(request))

    @routes.post("/kirim")
    async def send(request: Request) -> Response:
        form = await request.form()
        language, weight = _language(request), str(form.get("berat", ""))
        if plant == "takes any form" or (form.get("csrf") == "w" and weight == "2"):
            return RedirectResponse("//jahat.example/" if plant == "leads away" else "/", 303)
        if plant == "breaks on a hidden id" and weight != "2":
            UUID(weight)
        if plant == "breaks on a number" and weight.isdigit():
            int(weight)
        return PLANTED.get(plant, _refusal)(language)

    return routes


def _language(request: Request) -> str:
    return request.headers["accept-language"]


async def _walked(plant: str, *, whole: bool) -> SpoiledWalk:
    routes, site = _site(plant), FastAPI()
    site.include_router(routes)

    @site.exception_handler(HTTPException)
    async def refused(request: Request, _: HTTPException) -> Response:
        return _refusal(_language(request))

    transport = httpx.ASGITransport(site, raise_app_exceptions=False)
    async with httpx.AsyncClient(
        transport=transport, base_url=ORIGIN, headers={"Accept-Language": "id", "Origin": ORIGIN}
    ) as browser:
        found = [each for each in routes.routes if isinstance(each, APIRoute)]
        walk = SpoiledWalk(browser, found, whole=whole)
        await walk.over(["/"])
    return walk


@WHOLE
async def test_a_site_that_is_right_is_found_right(whole: bool) -> None:
    walk = await _walked("nothing", whole=whole)
    assert not walk.wrong, walk.report()
    assert (walk.read, walk.sent) == ({"/", "/satu/{number}"}, {"/kirim"})
    assert walk.requests > (100 if whole else 70)


@WHOLE
@pytest.mark.parametrize(
    ("plant", "found"),
    [
        ("breaks on an id", "(broken UTF-8 id"),
        ("breaks on a number", "(berat not quite a number"),
        ("breaks on a hidden id", "(berat missing"),
        ("writes markup", "stands in the page as markup"),
        ("leads away", "leads to another host"),
        ("speaks one language", "the page is in 'id'"),
        ("tells nothing", "tells nothing"),
        ("does not say that nothing is lost", "does not say whether anything is lost: Salah."),
        ("answers as a machine", "with no page"),
        ("takes any form", "csrf"),
    ],
)
async def test_what_is_planted_is_found(plant: str, found: str, whole: bool) -> None:
    walk = await _walked(plant, whole=whole)
    assert any(found in each for each in walk.wrong), walk.report()[:2_000]


@pytest.mark.parametrize("fields", range(1, 6))
def test_what_is_shared_out_is_met_by_every_form_and_its_kind_by_every_field(fields: int) -> None:
    shares = [set(share(VALUES, ALIKE, turn, fields)) for turn in range(fields)]
    single = {what for what in VALUES if not any(what in kind for kind in ALIKE)}
    for each in shares:
        assert single <= each
        assert all(each & {*kind} for kind in ALIKE)
    met = set.union(*shares)
    assert all(met & {*kind} == {*kind} for kind in ALIKE)
    # Nothing is named that is no way to be wrong.
    assert {what for kind in ALIKE for what in kind} <= {*VALUES}
    assert {what for kind in ALIKE_IN_ADDRESSES for what in kind} <= {*IN_ADDRESSES}
    # Of one that alone is like others in a smaller collection nothing is left out.
    assert share(("zero",), ALIKE, 3, fields) == ["zero"]


def test_a_form_is_read_as_a_browser_would_send_it() -> None:
    (form,) = read_page("/", FORM.format(action="/kirim?ke=/")).forms
    assert (form.method, form.action) == ("POST", "/kirim?ke=/")
    assert form.fields == (
        Field("csrf", "w"),
        Field("hari", "b"),
        Field("bank", "y"),
        Field("cerita", ""),
        Field("berat", "2"),
    )
