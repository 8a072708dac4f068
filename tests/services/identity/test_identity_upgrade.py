"""An identity from before there were sessions keeps its people, its key and its tablets."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from joserfc.jwk import OKPKey
from sqlalchemy import Connection, pool
from sqlalchemy.ext.asyncio import create_async_engine

from shared.kernel.roles import Role
from shared.runtime.migrate import migrate_async, script_directory
from shared.runtime.sealing import Sealer
from tests.services.identity.seeded_stage import OPERATOR, PEOPLE, PROGRAMME, SECRET, open_place

FIRST = "0001"


async def empty_at_first_revision(url: str) -> None:
    scripts = script_directory("identity")

    def upgrade(connection: Connection) -> None:
        def steps(revision: Any, context: Any) -> Any:
            del context
            return scripts._upgrade_revs(FIRST, revision)

        with EnvironmentContext(Config(), scripts, fn=steps, destination_rev=FIRST) as environment:
            environment.configure(connection=connection)
            environment.run_migrations()

    engine = create_async_engine(
        url.replace("postgresql://", "postgresql+asyncpg://", 1), poolclass=pool.NullPool
    )
    async with engine.begin() as connection:
        await connection.exec_driver_sql("drop schema public cascade")
        await connection.exec_driver_sql("create schema public")
        await connection.run_sync(upgrade)
    await engine.dispose()


async def some_people(url: str) -> str:
    """One of the programme, one operator, one tablet, one key; returns the key's id."""
    sealer, connection = Sealer([SECRET], "identity"), await asyncpg.connect(url)
    for code, banks in ((PROGRAMME, []), (OPERATOR, ["lubuk-pakam-induk"])):
        person = PEOPLE[code]
        await connection.execute(
            "insert into staff (id, code, role, waste_bank_ids, name_sealed) values ($1, $2, $3, $4, $5)",
            UUID(person["id"]),
            code,
            person["role"],
            banks,
            sealer.seal(person["name"], f"staff|{person['id']}|name"),
        )
    tablet = UUID(PEOPLE[OPERATOR]["tablet_id"])
    await connection.execute("insert into tablet values ($1, 'TAB-01', 'lubuk-pakam-induk')", tablet)
    key = OKPKey.generate_key("Ed25519", private=True, auto_kid=True).as_dict(private=True)
    sealed = sealer.seal(json.dumps(key), f"signing_key|{key['kid']}|private")
    await connection.execute(
        "insert into signing_key values ($1, $2, $3, now(), null)", key["kid"], key["x"], sealed
    )
    await connection.close()
    return str(key["kid"])


async def test_who_was_there_before_signs_in_as_before(
    fresh_database: Callable[[str], str], tmp_path: Path
) -> None:
    url = fresh_database("identity")
    await empty_at_first_revision(url)
    kid = await some_people(url)
    await migrate_async("identity", url)
    async with open_place(url, tmp_path) as place:
        keys = [key["kid"] for key in (await place.get("jwks")).json()["keys"]]
        assert len(keys) == 2
        assert keys[-1] == kid
        signed_in = (await place.sign_in(PROGRAMME)).json()
        assert signed_in["regency_codes"] == ["12.07"], "who had no area had all of it"
        assert (await place.caller(signed_in["access_token"])).role is Role.PROGRAMME
        assert (await place.sign_in(OPERATOR, **place.tablet(OPERATOR))).status_code == 200
