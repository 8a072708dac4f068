"""One operation of the operator's app on its way to another service and back, unchanged in what it says."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.web.clients import Passed, Silent, doors_of
from services.web.gateway.allowed import COUNTER, OPERATOR, Operation, is_allowed
from services.web.gateway.calls import API, from_the_app
from services.web.session import Face, need_session
from shared.runtime.problems import Problem

METHODS = ["GET", "POST"]
# A retry with the same key must stay the same request; what else a browser sends along is not for other services.
_SENT_ON = ("content-type", "idempotency-key", "if-none-match")
# Whose sign-in the app takes the cookie for: in another tab of the tablet somebody else may have signed in since, and
# nobody's weighing may become another one's.
_MEANT = "x-timbang-operator"
_BROUGHT_BACK = ("content-type", "content-language", "retry-after", "etag", "location")


def router() -> APIRouter:
    """`/petugas/api/{service}/v1/...` and `/petugas/api/loket/{service}/v1/...`."""
    routes = APIRouter(prefix=API, dependencies=[from_the_app])

    @routes.api_route("/loket/{service}/v1/{rest:path}", methods=METHODS)
    async def as_resident(request: Request, service: str, rest: str) -> Response:
        return await _pass_on(request, Face.COUNTER, COUNTER, service, f"/v1/{rest}")

    @routes.api_route("/{service}/v1/{rest:path}", methods=METHODS)
    async def as_operator(request: Request, service: str, rest: str) -> Response:
        return await _pass_on(request, Face.OPERATOR, OPERATOR, service, f"/v1/{rest}")

    return routes


async def _pass_on(
    request: Request, face: Face, operations: tuple[Operation, ...], service: str, path: str
) -> Response:
    if not is_allowed(operations, service, request.method, path):
        raise Problem("not_found")
    session = await need_session(request, face)
    own = str(session.subject_id)
    if face is Face.OPERATOR and request.headers.get(_MEANT, own) != own:
        raise Problem("sign_in_needed")
    body = await request.body()
    try:
        answer = (
            await doors_of(request)
            .of(session)
            .pass_on(
                service,
                request.method,
                path,
                headers=_chosen(request.headers, _SENT_ON),
                params=request.query_params.multi_items(),
                content=body,
            )
        )
    except Silent as error:
        problem = Problem("try_again")
        problem.headers = {"Retry-After": "2"}
        raise problem from error
    return _brought_back(answer)


def _brought_back(answer: Passed) -> Response:
    return Response(answer.body, answer.status, _chosen(answer.headers, _BROUGHT_BACK))


def _chosen(headers: Mapping[str, str], names: tuple[str, ...]) -> dict[str, str]:
    return {name: headers[name] for name in names if name in headers}
