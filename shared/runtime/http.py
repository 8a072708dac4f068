"""The HTTP door that every service has: who may enter, what an error looks like, what is counted."""

import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Any

import asyncpg
import structlog
from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel, ConfigDict, StringConstraints
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.runtime import metrics
from shared.runtime.access import anyone
from shared.runtime.database import TRANSIENT_ERRORS
from shared.runtime.health import Health, health_router
from shared.runtime.problem_pages import documented_problems
from shared.runtime.problems import Problem, problem_response
from shared.runtime.tokens import Tokens
from shared.runtime.tracing import continue_trace, current_traceparent

log = structlog.get_logger()

# For how long a service keeps a connection that nobody uses. Who asks from another service lets go of it earlier:
# a request that meets the closing is lost, and only its sender can know whether it may be sent again.
KEEP_ALIVE_SECONDS = 75

# PostgreSQL keeps no NUL in a text; refuse it at the door, in words.
Words = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=r"^[^\x00]*$")
]
Slug = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._:/-]+$")]


class Asked(BaseModel):
    """The body of a request: a field that nobody knows is a mistake, and said to be one.

    What a tablet kept of its work in the field is read with more patience: it may have been written down by an app
    that is older or newer than the service, and no work is turned away for a field too many.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")


class Door(FastAPI):
    """An application whose OpenAPI page says of every operation that its refusals are problem+json."""

    def openapi(self) -> dict[str, Any]:
        """The page, made once."""
        if self.openapi_schema is None:
            self.openapi_schema = documented_problems(super().openapi())
        return self.openapi_schema


def create_door(
    title: str,
    service: str,
    *,
    routers: Sequence[APIRouter],
    tokens: Tokens | None,
    health: Health,
    request_bytes_max: int = 4_194_304,
    lifespan: Callable[[FastAPI], Any] | None = None,
    dress: Callable[[FastAPI], None] | None = None,
) -> FastAPI:
    """The service's FastAPI application with everything that is the same for all of them.

    `dress` comes last and stands inside of the envelope: it may answer errors in another way, and add middleware.
    """
    door = Door(title=title, version="1", lifespan=lifespan, docs_url=None, redoc_url=None)
    door.state.tokens = tokens
    for router in [*routers, health_router(health)]:
        # `include_router` would build every route a second time and send every request a longer way round.
        door.router.routes.extend(router.routes)

    @door.get("/metrics", include_in_schema=False, dependencies=[Depends(anyone)])
    async def publish_metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    _answer_problems(door)
    if dress is not None:
        dress(door)
    door.add_middleware(Envelope, service=service, bytes_max=request_bytes_max)
    return door


def _answer_problems(door: FastAPI) -> None:
    def answer(request: Request, problem: Problem) -> Response:
        return problem_response(problem, request.headers.get("accept-language"))

    @door.exception_handler(Problem)
    async def known(request: Request, problem: Problem) -> Response:
        return answer(request, problem)

    @door.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        problem = Problem("invalid_request")
        # Where and which rule, never the value that was sent.
        problem.errors = [
            {"field": ".".join(map(str, e["loc"])), "rule": e["type"], "words": e["msg"]}
            for e in error.errors()[:20]
        ]
        return answer(request, problem)

    @door.exception_handler(HTTPException)
    async def routing(request: Request, error: HTTPException) -> Response:
        if isinstance(error.__cause__, Problem):  # FastAPI wraps whatever happens while it reads a body
            return answer(request, error.__cause__)
        code = {404: "not_found", 405: "method_not_allowed"}.get(error.status_code, "invalid_request")
        problem = Problem(code)
        problem.headers = dict(error.headers or {})
        return answer(request, problem)

    @door.exception_handler(asyncpg.DataError)
    async def unstorable(request: Request, error: Exception) -> Response:
        # A value of the right type that PostgreSQL cannot hold, such as a number beyond 64 bits.
        log.warning("door_unstorable", error=type(error).__name__, route=_route(request.scope))
        return answer(request, Problem("invalid_request"))

    for transient in TRANSIENT_ERRORS:

        @door.exception_handler(transient)  # type: ignore[arg-type]
        async def unavailable(request: Request, error: Exception) -> Response:
            log.warning("door_unavailable", error=type(error).__name__, route=_route(request.scope))
            problem = Problem("try_again")
            problem.headers = {"Retry-After": "2"}
            return answer(request, problem)


class Envelope:
    """Around every request: size limit, trace, security headers, counting, and a 500 that says something."""

    def __init__(self, app: ASGIApp, service: str, bytes_max: int) -> None:
        self._app = app
        self._service = service
        self._bytes_max = bytes_max

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {key: value for key, value in scope["headers"] if key in _READ_HEADERS}
        trace = continue_trace(headers.get(b"traceparent", b"").decode("latin-1"))
        begun = time.perf_counter()
        status = 500
        started = False

        async def send_on(message: Message) -> None:
            nonlocal status, started
            if message["type"] == "http.response.start":
                status, started = message["status"], True
                # A route may say otherwise, such as the public keys, which may be kept.
                said = {name for name, _ in message["headers"]}
                message["headers"] = [
                    *message["headers"],
                    *(header for header in _HEADERS if header[0] not in said),
                    (b"traceparent", trace.encode()),
                ]
            await send(message)

        limited = _Limited(receive, self._bytes_max, int(headers.get(b"content-length", b"0")))
        try:
            await self._app(scope, limited.receive, send_on)
        except Exception as error:
            problem = _last_resort(error)
            if started:
                raise
            language = headers.get(b"accept-language", b"").decode("latin-1")
            await problem_response(problem, language)(scope, receive, send_on)
        finally:
            route = _route(scope)
            metrics.HTTP_REQUESTS.labels(self._service, route, scope["method"], str(status)).inc()
            metrics.HTTP_SECONDS.labels(self._service, route).observe(time.perf_counter() - begun)


_READ_HEADERS = {b"traceparent", b"content-length", b"accept-language"}
_HEADERS = [
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
]


def _route(scope: Scope) -> str:
    """A request's address as the door declares it: what stands in its places, such as a card's number, is nobody's."""
    path: str = getattr(scope.get("route"), "path", "unknown")
    return path


def _last_resort(error: Exception) -> Problem:
    if isinstance(error, Problem):
        return error
    trace_id = current_traceparent().split("-")[1]
    log.error("door_failed", trace_id=trace_id, exc_info=error)
    return Problem("unexpected", trace_id=trace_id)


class _Limited:
    """Counts what a client really sends; a missing or false Content-Length does not help it.

    What says itself that it is too long is refused when somebody begins to read it: the door answers in its own way.
    """

    def __init__(self, receive: Callable[[], Awaitable[Message]], bytes_max: int, announced: int) -> None:
        self._receive = receive
        self._left = self._max = bytes_max
        self._announced = announced

    async def receive(self) -> Message:
        if self._announced > self._max:
            raise Problem("too_large", bytes_max=self._max)
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            raise Problem("too_large", bytes_max=self._max)
        return message
