"""The people of a load: seeded operators who sign in, and a crowd of members whom they enrol."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import asyncpg
import httpx

from shared.kernel.ids import uuid7
from tests.load.client import Connection
from tests.load.tablets import Shop, Tablet, open_shop
from tests.system import System

ENROLLED_AT_ONCE = 8
TIMEOUT_SECONDS = 90.0
_KNOWN = "select count(*) from member where member_id = any($1::uuid[]) and registered_at is not null"


@dataclass(frozen=True)
class Person:
    """Somebody of the seed with a token."""

    facts: dict[str, Any]
    token: str


async def sign_in(system: System, role: str, number: int = 0, bank: str | None = None) -> Person:
    """Sign a seeded person in: `programme`, `office`, `operator` (of a waste bank, if given) or `member`."""
    people = [one for one in system.people if one["role"] == role]
    chosen = [one for one in people if bank is None or bank in one["waste_bank_ids"]][number]
    body = {"code": chosen["code"], "pin": chosen["pin"]}
    if chosen.get("tablet_id"):
        body |= {"tablet_id": chosen["tablet_id"], "tablet_secret": chosen["tablet_secret"]}
    async with httpx.AsyncClient(timeout=TIMEOUT_SECONDS, trust_env=False) as client:
        answer = await client.post(f"{system.addresses['identity']}/v1/tokens", json=body)
        answer.raise_for_status()
        token = answer.json()["access_token"]
        if role == "member":
            token = await _trusted(client, system, chosen, token)
    return Person(chosen, token)


async def _trusted(client: httpx.AsyncClient, system: System, member: dict[str, Any], token: str) -> str:
    """A token that may spend: the card's secret was shown on this device."""
    answer = await client.post(
        f"{system.addresses['identity']}/v1/devices:trust",
        json={"card_number": member["card_number"], "card_secret": member["card_secret"]},
        headers={"Authorization": f"Bearer {token}"},
    )
    answer.raise_for_status()
    return str(answer.json()["token"]["access_token"])


async def enrol(system: System, operator: Person, bank: str, count: int) -> list[str]:
    """Enrol new members at a waste bank; returns their ids once deposit has heard of all of them."""
    member_ids = [str(uuid7()) for _ in range(count)]
    waiting = iter(member_ids)

    async def one_after_the_other() -> None:
        connection = Connection(system.addresses["identity"], operator.token)
        for member_id in waiting:
            member = {
                "member_id": member_id,
                "kind": "person",
                "name": "Warga Beban",
                "waste_bank_id": bank,
                "enrolled_at": datetime.now(UTC).isoformat(),
            }
            status, answer = await connection.post("/v1/members", json.dumps(member).encode())
            if status not in (200, 201):
                raise RuntimeError(f"enrolling: {status} {answer[:300]!r}")
        connection.close()

    await asyncio.gather(*[one_after_the_other() for _ in range(ENROLLED_AT_ONCE)])
    await _until_known(system.databases["deposit"], member_ids)
    return member_ids


async def tablets(
    system: System,
    operator: Person,
    bank: str,
    member_ids: Sequence[str],
    *,
    count: int,
    seed: int,
    days: int = 1,
    walk_days: int = 0,
    walk_deposits: int = 1,
) -> list[Tablet]:
    """Tablets of one waste bank that pay what valuation's door says; the rest as in `open_shop`."""
    valuation_url = system.addresses["valuation"]
    shop: Shop = await open_shop(
        valuation_url, bank, member_ids, days=days, walk_days=walk_days, walk_deposits=walk_deposits
    )
    return [
        Tablet(system.addresses["deposit"], operator.token, shop, seed * 1_000 + number)
        for number in range(count)
    ]


async def _until_known(deposit_url: str, member_ids: Sequence[str]) -> None:
    """Wait until deposit has heard of every one of them."""
    connection = await asyncpg.connect(deposit_url)
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            while await connection.fetchval(_KNOWN, member_ids) < len(member_ids):
                await asyncio.sleep(0.05)
    finally:
        await connection.close()
