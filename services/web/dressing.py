"""Around every page: who may send it something, what it may load, the cookies it wants set, and a page for a defect."""

import structlog
from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.web.means import Means
from services.web.pages.faults import answer_faults, refuse
from services.web.policy import POLICY
from services.web.session.jar import jar_of
from shared.runtime.problems import Problem
from shared.runtime.tracing import current_traceparent

log = structlog.get_logger()

HEADERS = [
    (b"content-security-policy", POLICY.encode()),
    # `same-origin`, not `no-referrer`: with that a form would say that it comes from nowhere (Origin: null).
    (b"referrer-policy", b"same-origin"),
    (
        b"permissions-policy",
        b"geolocation=(self), camera=(self), serial=(self), microphone=()",
    ),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
]
_PACKED_FROM_BYTES = 600
_TRANSPORT = (b"strict-transport-security", b"max-age=31536000")


def dress(door: FastAPI, means: Means) -> None:
    """Give the door its pages' manners."""
    door.state.means = means
    answer_faults(door)
    # On 2G a packed page is there in half the time. Built files come packed already and are left alone.
    door.add_middleware(GZipMiddleware, minimum_size=_PACKED_FROM_BYTES, compresslevel=6)
    door.add_middleware(Manners, means=means)


class Manners:
    """The middleware: it stands inside of the envelope that every service has."""

    def __init__(self, app: ASGIApp, means: Means) -> None:
        self._app = app
        self._means = means
        secure = means.settings.public_url.startswith("https://")
        self._headers = [*HEADERS, _TRANSPORT] if secure else HEADERS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        jar = jar_of(request)
        started = False

        async def send_on(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                said = {name for name, _ in message["headers"]}
                own = [header for header in self._headers if header[0] not in said]
                message["headers"] = [*message["headers"], *own, *jar.headers()]
            await send(message)

        try:
            if not self._means.csrf.comes_from_here(request):
                await refuse(request, Problem("not_from_here"))(scope, receive, send_on)
                return
            await self._app(scope, receive, send_on)
        except Exception as error:
            if started:
                raise
            await refuse(request, _defect(error))(scope, receive, send_on)


def _defect(error: Exception) -> Problem:
    if isinstance(error, Problem):  # the envelope's own, such as a body that is too large
        return error
    trace_id = current_traceparent().split("-")[1]
    log.error("page_failed", trace_id=trace_id, exc_info=error)
    return Problem("unexpected", trace_id=trace_id)
