"""Keys change without a sign-out, and sealed fields move to a new secret, also when that is killed half-way."""

import asyncio
import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest

from deploy.local.settings import REPOSITORY
from services.identity.main import KEY_OVERLAP, create
from services.identity.settings import IdentitySettings
from services.identity.store.sealed import SEALED
from services.identity.workflows.signing import rotate_keys
from shared.kernel.ids import uuid7
from shared.kernel.roles import Role
from shared.runtime import tokens as tokens_module
from shared.runtime.sealing import SealBrokenError, Sealer
from shared.runtime.tokens import InvalidTokenError, Tokens
from tests.services.identity.seeded_stage import MEMBER, OPERATOR, PEOPLE, SECRET, Place

MANY = 8_000
NEW_SECRET = "another secret that only these tests know, and newer"


async def rotate(place: Place) -> str:
    connection = await asyncpg.connect(place.settings.database_url)
    try:
        async with connection.transaction():
            return await rotate_keys(connection, Sealer([SECRET], "identity"), datetime.now(UTC), KEY_OVERLAP)
    finally:
        await connection.close()


async def published(place: Place) -> list[str]:
    return [key["kid"] for key in (await place.get("jwks")).json()["keys"]]


async def test_the_key_that_signs_next_is_published_before_it_does(place: Place) -> None:
    before = await published(place)
    assert len(before) == 2
    assert await published(place) == before, "asking makes none"
    signing = await rotate(place)
    assert signing in before
    after = await published(place)
    assert set(before) < set(after)
    assert len(after) == 3
    await place.rows(
        "update signing_key set published_until = now() - interval '1 s' where published_until is not null"
    )
    assert len(await published(place)) == 2


async def test_a_verifier_that_never_asks_again_knows_the_new_key(place: Place) -> None:
    asked = 0

    async def fetch() -> dict[str, Any]:
        nonlocal asked
        asked += 1
        if asked > 1:
            raise httpx.ConnectError("identity is away")
        keys: dict[str, Any] = (await place.get("jwks")).json()
        return keys

    tokens = Tokens(fetch, place.settings.token_issuer)
    old = (await place.sign_in(OPERATOR)).json()
    assert (await tokens.caller(old["access_token"])).role is Role.OPERATOR
    await rotate(place)
    new = (await place.sign_in(OPERATOR)).json()["access_token"]
    refreshed = (await place.post("tokens:refresh", refresh_token=old["refresh_token"])).json()[
        "access_token"
    ]
    tokens._cache.clear()
    for token in (old["access_token"], new, refreshed):
        assert (await tokens.caller(token)).role is Role.OPERATOR
    assert asked == 1
    with pytest.raises(InvalidTokenError):
        await tokens.caller(new[:-6] + "AAAAAA")


async def test_the_command_rotates_and_says_which_key_signs(place: Place, tmp_path: Path) -> None:
    before = await published(place)
    done = await run("rotate-keys", place.settings.database_url, tmp_path / "identity.key")
    assert done.strip().removeprefix("signing with ") in before
    assert len(await published(place)) == 3
    (act,) = await place.acts("keys_rotated")
    assert (act["actor_role"], act["subject_id"] in before) == ("service", True)


async def test_keys_in_other_hands_are_replaced_and_every_service_hears_of_it(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("KEYS_KEPT_SECONDS", "KEYS_ASKED_AGAIN_SECONDS", "REVOCATIONS_ASKED_AGAIN_SECONDS"):
        monkeypatch.setattr(tokens_module, name, 0.01)

    async def fetch() -> dict[str, Any]:
        keys: dict[str, Any] = (await place.get("jwks")).json()
        return keys

    async def nothing_revoked() -> frozenset[UUID]:
        return frozenset()

    elsewhere = Tokens(fetch, place.settings.token_issuer, nothing_revoked)
    old = (await place.sign_in(OPERATOR)).json()
    assert (await elsewhere.caller(old["access_token"])).role is Role.OPERATOR
    before = await published(place)
    watching = asyncio.create_task(elsewhere.watch_revocations())
    try:
        done = await run("replace-keys", place.settings.database_url, tmp_path / "identity.key")
        assert len(await published(place)) == 2
        assert not set(await published(place)) & set(before)
        assert any(kid in done for kid in await published(place))
        async with asyncio.timeout(30):
            with pytest.raises(InvalidTokenError):
                while True:
                    await elsewhere.caller(old["access_token"])
                    await asyncio.sleep(0.01)
        refreshed = await place.post("tokens:refresh", refresh_token=old["refresh_token"])
        assert (await elsewhere.caller(refreshed.json()["access_token"])).role is Role.OPERATOR
    finally:
        watching.cancel()
    (act,) = await place.acts("keys_replaced")
    assert set(json.loads(act["before"])["void"]) == set(before)


async def test_a_place_from_before_gets_its_second_key(place: Place) -> None:
    await place.rows("delete from signing_key where signs_from is null")
    assert len(await published(place)) == 2
    assert (await place.sign_in(MEMBER)).status_code == 200


async def test_every_sealed_column_is_moved(place: Place) -> None:
    found = await place.rows(
        """
        select table_name, column_name from information_schema.columns
        where table_schema = 'public' and column_name like '%\\_sealed'
        """
    )
    listed = {(each.table, column) for each in SEALED for column in each.columns}
    assert {tuple(row) for row in found} == listed


async def test_resealing_can_be_killed_and_goes_on(place: Place, tmp_path: Path) -> None:
    await many_members(place)
    keys = tmp_path / "identity.key"
    keys.write_text(f"{NEW_SECRET}\n{SECRET}\n")
    newest = Sealer([NEW_SECRET, SECRET], "identity").newest_key_id
    whole = MANY + sum(each["role"] == "member" for each in PEOPLE.values())

    async def moved() -> int:
        (row,) = await place.rows("select count(*) from member where substr(name_sealed, 1, 4) = $1", newest)
        return int(row["count"])

    process = await start("reseal", place.settings.database_url, keys)
    async with asyncio.timeout(60):
        while await moved() == 0:
            await asyncio.sleep(0.01)
    process.kill()
    await process.wait()
    half = await moved()
    assert 0 < half < whole, "killed in the middle"
    await readable(place, keys)
    said = await run("reseal", place.settings.database_url, keys)
    assert int(said.split()[0]) >= whole - half
    assert await moved() == whole
    assert (await run("reseal", place.settings.database_url, keys)).split()[0] == "0", "nothing is left to do"
    await readable(place, keys)
    only_new = Sealer([NEW_SECRET], "identity")
    for row in await place.rows("select id, name_sealed from member limit 500"):
        assert only_new.open(row["name_sealed"], f"member|{row['id']}|name")
    with pytest.raises(SealBrokenError):
        Sealer([SECRET], "identity").open(row["name_sealed"], f"member|{row['id']}|name")


async def readable(place: Place, keys: Path) -> None:
    """A door with both secrets signs people in and reads them."""
    settings = IdentitySettings(
        database_url=place.settings.database_url, key_file=keys, TOKEN_ISSUER=place.settings.token_issuer
    )
    application = create(settings).application(frozenset({"door"}))
    transport = httpx.ASGITransport(application, raise_app_exceptions=False)
    async with (
        application.router.lifespan_context(application),
        httpx.AsyncClient(transport=transport, base_url="http://identity") as door,
    ):
        both = Place(place.service, door, settings, application)
        member = PEOPLE[MEMBER]
        found = await both.get(f"members/{member['id']}", await both.header(MEMBER))
        assert (found.json()["name"], found.json()["phone"]) == (member["name"], member["phone"])


async def many_members(place: Place) -> None:
    sealer = Sealer([SECRET], "identity")
    ids = [uuid7() for _ in range(MANY)]
    await place.rows(
        """
        insert into member (id, code, kind, waste_bank_id, subdistrict_code, enrolled_at, enrolled_by, name_sealed,
                            registered_at)
        select id, id::text, 'person', 'lubuk-pakam-induk', '12.07.28', now(), id, name_sealed, now()
        from unnest($1::uuid[], $2::bytea[]) as given (id, name_sealed)
        """,
        ids,
        [sealer.seal(f"Warga {number}", f"member|{each}|name") for number, each in enumerate(ids)],
    )


async def start(command: str, database_url: str, keys: Path) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "services",
        "identity",
        command,
        cwd=REPOSITORY,
        env={**os.environ, "IDENTITY_DATABASE_URL": database_url, "IDENTITY_KEY_FILE": str(keys)},
        stdout=asyncio.subprocess.PIPE,
    )


async def run(command: str, database_url: str, keys: Path) -> str:
    process = await start(command, database_url, keys)
    out, _ = await process.communicate()
    assert process.returncode == 0
    return out.decode()
