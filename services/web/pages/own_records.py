"""All that the services keep about a member as one file, for whoever may read it: as JSON, or as tables in a ZIP."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from io import BytesIO
from typing import TypeVar
from zipfile import ZIP_DEFLATED, ZipFile

from starlette.responses import Response

from services.web.clients import Door, Refused

# Who keeps something about a member, and the name of the file that it becomes.
KNOWS_ALL = "identity"
KEEPERS = {KNOWS_ALL: "identitas", "deposit": "setoran", "wallet": "saldo", "payout": "penukaran"}
_NOT_FOUND = 404

T = TypeVar("T")


async def json_file(door: Door, member_id: str, name: str) -> Response:
    """Everything in one JSON file `<name>.json`; null of a keeper that has nothing. Raises Refused, Silent."""
    path = f"/v1/members/{member_id}/own-data"
    found = await _from_all(lambda keeper: door.get(keeper, path, format="json"))
    content = json.dumps(dict(zip(KEEPERS.values(), found, strict=True)), ensure_ascii=False, indent=1)
    return _file(content.encode(), "application/json; charset=utf-8", f"{name}.json")


async def tables_file(door: Door, member_id: str, name: str) -> Response:
    """A table of each keeper that has something in `<name>.zip`. Raises Refused, or Silent: a gap would be a lie."""
    path = f"/v1/members/{member_id}/own-data"
    found = await _from_all(lambda keeper: door.text(keeper, path, format="csv"))
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as bundle:
        for title, table in zip(KEEPERS.values(), found, strict=True):
            if table is not None:
                bundle.writestr(f"{title}.csv", table)
    return _file(packed.getvalue(), "application/zip", f"{name}.zip")


async def _from_all(ask: Callable[[str], Awaitable[T]]) -> list[T | None]:
    """What every keeper answers; None of one that never heard of the member, whom identity knows."""

    async def of(keeper: str) -> T | None:
        try:
            return await ask(keeper)
        except Refused as refused:
            if refused.status != _NOT_FOUND or keeper == KNOWS_ALL:
                raise
            return None

    return list(await asyncio.gather(*(of(keeper) for keeper in KEEPERS)))


def _file(content: bytes, kind: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, media_type=kind, headers=headers)
