"""One call to another service's door, with a limit on its time and size, and an outcome that is never guessed."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

import httpx
import structlog
from starlette.requests import Request

from services.web.words.languages import Language, language_of
from shared.runtime.http import KEEP_ALIVE_SECONDS
from shared.runtime.tracing import current_traceparent

log = structlog.get_logger()

_SERVER_ERRORS = 500
_CLIENT_ERRORS = 400

Answer = dict[str, Any]
Params = Mapping[str, Any]


class Refused(Exception):  # noqa: N818 - the other side's word, as in `Problem`
    """The other service refused, for a reason it tells in the reader's language. Nothing was changed by the call."""

    def __init__(self, status: int, problem: Answer) -> None:
        super().__init__(str(problem.get("code", status)))
        self.status = status
        self.code = str(problem.get("code", "unexpected"))
        self.detail = str(problem.get("detail", ""))
        self.parameters: Answer = problem.get("parameters", {})
        self.errors: list[dict[str, str]] = problem.get("errors", [])
        self.problem = problem


class Silent(Exception):  # noqa: N818 - what is known of it
    """No answer, or one without sense. A change that was asked for may have happened: ask again with the same key."""

    def __init__(self, service: str) -> None:
        super().__init__(service)
        self.service = service


@dataclass(frozen=True, slots=True)
class Passed:
    """An answer as it came."""

    status: int
    headers: httpx.Headers
    body: bytes


class Bearer(Protocol):
    """Whoever is signed in: the token, the language to answer in, and what the browser calls itself."""

    @property
    def access_token(self) -> str:
        """The token."""
        ...

    @property
    def language(self) -> Language:
        """`id` or `en`."""
        ...

    @property
    def user_agent(self) -> str:
        """Identity recognises a browser by it."""
        ...


class Doors:
    """The addresses of all services. One pool of connections for the process."""

    def __init__(self, addresses: Mapping[str, str], *, seconds: float, answer_bytes_max: int) -> None:
        self._addresses = {name: address.rstrip("/") for name, address in addresses.items()}
        self._answer_bytes_max = answer_bytes_max
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(seconds, connect=min(5.0, seconds)),
            trust_env=False,
            limits=httpx.Limits(
                max_connections=200, max_keepalive_connections=50, keepalive_expiry=KEEP_ALIVE_SECONDS / 2
            ),
        )

    async def stay_open(self) -> None:
        """Keep the connections until the process ends, then let them go."""
        try:
            await asyncio.Event().wait()
        finally:
            await self._client.aclose()

    def of(self, session: Bearer) -> "Door":
        """The doors as somebody who is signed in."""
        return Door(self, session.language, session.user_agent, session.access_token)

    def anonymous(self, request: Request) -> "Door":
        """The doors as a stranger, who is known by nothing but the address."""
        address = None if request.client is None else request.client.host
        return Door(self, language_of(request), user_agent_of(request), None, address)

    async def call(
        self, service: str, method: str, path: str, *, headers: Mapping[str, str], **sent: Any
    ) -> Passed:
        """The answer as it came, whatever its status. Raises Silent if there is none, or it is too long."""
        url = self._addresses[service] + path
        try:
            async with self._client.stream(method, url, headers=_on_the_wire(headers), **sent) as answer:
                body = bytearray()
                async for part in answer.aiter_bytes():
                    body += part
                    if len(body) > self._answer_bytes_max:
                        log.warning("door_too_long", service=service, bytes=len(body))
                        raise Silent(service)
        except (httpx.HTTPError, OSError) as error:
            log.warning("door_silent", service=service, error=type(error).__name__)
            raise Silent(service) from error
        return Passed(answer.status_code, answer.headers, bytes(body))


class Door:
    """The doors of all services for one request of one person."""

    def __init__(
        self,
        doors: Doors,
        language: Language,
        user_agent: str,
        access_token: str | None,
        address: str | None = None,
    ) -> None:
        self._doors = doors
        self.language: Language = language
        self._headers = {
            "Accept": "application/json",
            "Accept-Language": language,
            "User-Agent": user_agent,
            "traceparent": current_traceparent(),
        }
        if access_token is not None:
            self._headers["Authorization"] = f"Bearer {access_token}"
        if address is not None:
            # Identity believes it of us, and gives each address its fair share of sign-ins.
            self._headers["X-Forwarded-For"] = address

    async def get(self, service: str, path: str, **params: Any) -> Answer:
        """What a GET answers. Parameters that are None are left out. Raises Refused, Silent."""
        return await self._ask(service, "GET", path, params=_query(params))

    async def post(
        self,
        service: str,
        path: str,
        body: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
        params: Params | None = None,
    ) -> Answer:
        """What a POST answers; an empty answer is an empty object. Raises Refused, Silent."""
        content = b"" if body is None else json.dumps(body, default=_plain).encode()
        return await self._ask(
            service, "POST", path, content=content, headers=headers or {}, params=_query(params or {})
        )

    async def put(self, service: str, path: str, body: Any) -> Answer:
        """What a PUT answers. Raises Refused, Silent."""
        return await self._ask(service, "PUT", path, content=json.dumps(body, default=_plain).encode())

    async def text(self, service: str, path: str, **params: Any) -> str:
        """What a GET answers that is no JSON, such as a CSV. Raises Refused, Silent."""
        answer = await self.pass_on(
            service, "GET", path, headers={"Accept": "text/csv, text/plain, */*"}, params=_query(params)
        )
        _raise_refusal(service, answer)
        return answer.body.decode("utf-8", "replace")

    async def pass_on(
        self, service: str, method: str, path: str, *, headers: Mapping[str, str], **sent: Any
    ) -> Passed:
        """The answer as it came, for the gateway. Raises Silent."""
        return await self._doors.call(service, method, path, headers={**self._headers, **headers}, **sent)

    async def _ask(
        self, service: str, method: str, path: str, *, headers: Mapping[str, str] | None = None, **sent: Any
    ) -> Answer:
        typed = {} if method == "GET" else {"Content-Type": "application/json"}
        answer = await self.pass_on(service, method, path, headers={**typed, **(headers or {})}, **sent)
        _raise_refusal(service, answer)
        found = _json(service, answer) if answer.body else {}
        return found if isinstance(found, dict) else {"items": found}


def _raise_refusal(service: str, answer: Passed) -> None:
    if answer.status >= _SERVER_ERRORS:
        log.warning("door_failed_there", service=service, status=answer.status)
        raise Silent(service)
    if answer.status >= _CLIENT_ERRORS:
        problem = _json(service, answer)
        raise Refused(answer.status, problem if isinstance(problem, dict) else {})


def _json(service: str, answer: Passed) -> Any:
    try:
        return json.loads(answer.body)
    except ValueError as error:
        log.warning("door_without_sense", service=service, status=answer.status)
        raise Silent(service) from error


def _on_the_wire(headers: Mapping[str, str]) -> dict[bytes, bytes]:
    """Headers as they came: a browser may call itself by letters beyond ASCII, and is no less welcome."""
    return {name.encode(): value.encode("latin-1", "replace") for name, value in headers.items()}


def user_agent_of(request: Request) -> str:
    """What the browser calls itself, as it is told to identity: a header of ours carries no other letters."""
    return request.headers.get("user-agent", "-").encode("ascii", "replace").decode()


def _query(params: Params) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for name, value in params.items():
        values = value if isinstance(value, list | tuple) else [value]
        pairs += [(name, _text(each)) for each in values if each is not None]
    return pairs


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _plain(value: Any) -> str:
    if isinstance(value, UUID):
        return str(value)
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    message = f"{type(value).__name__} does not go into JSON"
    raise TypeError(message)
