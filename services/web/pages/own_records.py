"""All that the services keep about a member as one file, for whoever may read it: as JSON, or as tables in a ZIP."""

import asyncio
import json
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from starlette.responses import Response

from services.web.clients import Door

# Who keeps something about a member, and the name of the file that it becomes.
KEEPERS = {"identity": "identitas", "deposit": "setoran", "wallet": "saldo", "payout": "penukaran"}


async def json_file(door: Door, member_id: str, name: str) -> Response:
    """Everything in one JSON file `<name>.json`. Raises Refused, or Silent if a part does not come."""
    path = f"/v1/members/{member_id}/own-data"
    found = await asyncio.gather(*(door.get(keeper, path, format="json") for keeper in KEEPERS))
    named = dict(zip(KEEPERS.values(), found, strict=True))
    content = json.dumps(named, ensure_ascii=False, indent=1).encode()
    return _file(content, "application/json; charset=utf-8", f"{name}.json")


async def tables_file(door: Door, member_id: str, name: str) -> Response:
    """A table of each keeper in `<name>.zip`. Raises Refused, or Silent: a part that is missing would be a lie."""
    found = await asyncio.gather(*(_table(door, keeper, member_id) for keeper in KEEPERS))
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as bundle:
        for title, table in zip(KEEPERS.values(), found, strict=True):
            bundle.writestr(f"{title}.csv", table)
    return _file(packed.getvalue(), "application/zip", f"{name}.zip")


async def _table(door: Door, keeper: str, member_id: str) -> bytes:
    return (await door.text(keeper, f"/v1/members/{member_id}/own-data", format="csv")).encode()


def _file(content: bytes, kind: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, media_type=kind, headers=headers)
