"""A client's side of one HTTP door: asks, says what came back, and can lose a reply on purpose."""

import asyncio
import json
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import httpx

SECONDS = 30


class UnexpectedAnswerError(Exception):
    """A door answered with another status than the one that was expected."""


class Door:
    """One service's public door, for one caller. Keeps its connections open as a tablet or phone would."""

    def __init__(self, address: str, token: str | None = None, language: str = "id") -> None:
        """`address` is http://host:port; without a token only open doors answer."""
        self.address = address
        headers = {"Accept-Language": language}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        self._headers = headers
        self._client = httpx.AsyncClient(
            base_url=address, headers=headers, timeout=SECONDS, trust_env=False, follow_redirects=False
        )

    async def __aenter__(self) -> Self:
        """Ready at once; connections are made when they are needed."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections."""
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def ask(self, method: str, path: str, **request: Any) -> httpx.Response:
        """One request, whatever the answer."""
        return await self._client.request(method, path, **request)

    async def get(self, path: str, **query: Any) -> Any:
        """The JSON behind a path. Raises UnexpectedAnswerError unless it is there."""
        given = {name: value for name, value in query.items() if value is not None}
        return self._expect(await self.ask("GET", path, params=given), {200})

    async def post(
        self, path: str, body: Any, *, expect: int | set[int] = 200, headers: dict[str, str] | None = None
    ) -> Any:
        """The JSON answer to a POST. Raises UnexpectedAnswerError for any status but the expected."""
        wanted = {expect} if isinstance(expect, int) else expect
        return self._expect(await self.ask("POST", path, json=body, headers=headers), wanted)

    async def put(self, path: str, body: Any, *, expect: int = 200) -> Any:
        """The JSON answer to a PUT. Raises UnexpectedAnswerError for any status but the expected."""
        return self._expect(await self.ask("PUT", path, json=body), {expect})

    @staticmethod
    def _expect(answer: httpx.Response, wanted: set[int]) -> Any:
        if answer.status_code not in wanted:
            asked = f"{answer.request.method} {answer.request.url.path}"
            message = f"{asked}: {answer.status_code} instead of {sorted(wanted)}: {answer.text[:600]}"
            raise UnexpectedAnswerError(message)
        return answer.json() if answer.content else None

    async def post_and_lose_reply(self, path: str, body: Any) -> None:
        """Send a whole request over a connection of its own and cut it without reading one byte of the reply."""
        where = urlsplit(self.address)
        content = json.dumps(body).encode()
        head = {
            "Host": where.netloc,
            "Content-Type": "application/json",
            "Content-Length": str(len(content)),
            **self._headers,
        }
        lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in head.items()), "", ""]
        _, writer = await asyncio.open_connection(where.hostname, where.port)
        writer.write("\r\n".join(lines).encode() + content)
        await writer.drain()
        # The server has the request in its socket; nobody will ever read what it answers.
        writer.write_eof()
        writer.close()
        await writer.wait_closed()
