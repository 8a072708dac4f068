"""When something goes wrong on a page, the reader sees what happened, whether the money is safe, and what to do now."""

from urllib.parse import quote, urlsplit

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from services.web.clients import Refused, Silent
from services.web.gateway.calls import API
from services.web.pages.common import go_to, own_place, render, words_of
from services.web.pages.resident.visiting import back_to
from services.web.session import Face, SignInNeededError, face_of
from services.web.words import language_of
from shared.runtime.problem_catalogue import CATALOGUE
from shared.runtime.problems import Problem, problem_response, sentence_of

_PAGE = "parts/problem.html"
_NOT_THIS_WAY = 405


def answer_faults(door: FastAPI) -> None:
    """Answer every refusal on this door with a page, or below the gateway with problem+json."""

    @door.exception_handler(SignInNeededError)
    async def sign_in(request: Request, error: SignInNeededError) -> Response:
        if _is_gateway(request):
            return _as_json(request, Problem("sign_in_needed"))
        return go_to(f"{error.face.value.sign_in}?ke={quote(_way_back(request), safe='/')}")

    @door.exception_handler(Refused)
    async def refused(request: Request, error: Refused) -> Response:
        if _is_gateway(request):
            return JSONResponse(error.problem, error.status, media_type="application/problem+json")
        return fault_page(request, error.code, error.detail, error.status)

    @door.exception_handler(Silent)
    async def silent(request: Request, error: Silent) -> Response:
        del error
        return refuse(request, Problem("try_again"))

    @door.exception_handler(Problem)
    async def known(request: Request, problem: Problem) -> Response:
        return refuse(request, problem)

    @door.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        # A page's address with a wrong id in it leads nowhere; only a form can be wrong in its fields.
        del error
        return refuse(request, Problem("not_found" if request.method == "GET" else "invalid_request"))

    @door.exception_handler(HTTPException)
    async def routing(request: Request, error: HTTPException) -> Response:
        if isinstance(error.__cause__, Problem):
            return refuse(request, error.__cause__)
        return _not_routed(request, error.status_code)


def fault_page(request: Request, code: str, detail: str, status: int) -> Response:
    """The page of one problem; `detail` is the sentence in the reader's language."""
    if code == "invalid_request":
        # A door lists the fields by their own names; a reader knows the form.
        detail = words_of(request)("bersama.masalah.isian")
    return render(request, _PAGE, status=status, code=code, detail=detail, again=_form_page(request))


def refuse(request: Request, problem: Problem) -> Response:
    """The answer to a refused request: a page, or problem+json where the operator's app asks."""
    if _is_gateway(request):
        return _as_json(request, problem)
    response = fault_page(
        request, problem.code, sentence_of(problem, language_of(request)), CATALOGUE[problem.code].status
    )
    response.headers.update(problem.headers)
    return response


def _as_json(request: Request, problem: Problem) -> Response:
    return problem_response(problem, language_of(request))


def _not_routed(request: Request, status: int) -> Response:
    path = request.url.path
    if status == _NOT_THIS_WAY and request.method == "GET" and face_of(path) is Face.RESIDENT:
        # Where a form was sent to, nothing can be read: a reload, or another language, leads to the form's page.
        page = back_to(path)
        if page != path:
            return go_to(page)
    code = {404: "not_found", _NOT_THIS_WAY: "method_not_allowed"}.get(status, "invalid_request")
    return refuse(request, Problem(code))


def _is_gateway(request: Request) -> bool:
    return request.url.path.startswith(f"{API}/")


def _form_page(request: Request) -> str:
    """Where to try again: the address itself, or the page that the form stood on."""
    if request.method == "GET":
        return _way_back(request)
    came = urlsplit(request.headers.get("referer", ""))
    if came.netloc != request.headers.get("host"):
        return ""
    return own_place(came.path + (f"?{came.query}" if came.query else ""), "")


def _way_back(request: Request) -> str:
    """After signing in one goes on reading where one was; a form that was not taken is not sent again."""
    if request.method != "GET":
        return request.url.path
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")
