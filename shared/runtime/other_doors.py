"""The few questions that one service asks another over its door, because the answer must be of this moment."""

from typing import Any

import httpx
import structlog

from shared.runtime.trust import trusted

log = structlog.get_logger()

_OK = 200


class OtherDoorError(Exception):
    """The other service did not answer, or not with what was asked: nothing is known."""


class OtherDoor:
    """The door of another service, entered with a token: the caller's own, or one of a service."""

    def __init__(self, base_url: str, timeout_seconds: float = 5.0) -> None:
        self._base_url = base_url.rstrip("/")
        self._timeout_seconds = timeout_seconds

    async def read(self, path: str, token: str, params: dict[str, str] | None = None) -> dict[str, Any]:
        """What a GET answers. Raises OtherDoorError for anything but 200 and a JSON object."""
        try:
            async with httpx.AsyncClient(
                timeout=self._timeout_seconds, trust_env=False, verify=trusted()
            ) as client:
                response = await client.get(
                    self._base_url + path, params=params, headers={"Authorization": f"Bearer {token}"}
                )
            found = response.json() if response.status_code == _OK else None
        except (httpx.HTTPError, OSError, ValueError) as error:
            log.warning("other_door_silent", path=path.split("?", maxsplit=1)[0], error=type(error).__name__)
            raise OtherDoorError(type(error).__name__) from error
        if not isinstance(found, dict):
            log.warning("other_door_refused", status=response.status_code)
            raise OtherDoorError(f"status {response.status_code}")
        return found
