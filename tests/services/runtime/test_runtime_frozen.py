"""A process that stands still, or whose machine is gone, gives back what others wait for."""

import asyncio

import pytest

from shared.runtime import database as runtime
from shared.runtime.database import TRANSIENT_ERRORS, Database
from tests.services.runtime.stage import Stage


async def test_rows_of_a_process_that_stands_still_become_free(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As one that was suspended between two statements; here after half a second instead of thirty."""
    given = runtime.SERVER_SETTINGS["idle_in_transaction_session_timeout"]
    assert given == "30s"
    monkeypatch.setitem(runtime.SERVER_SETTINGS, "idle_in_transaction_session_timeout", "500ms")
    frozen, other = Database(stage.database.url), stage.database
    await frozen.open()
    try:
        await stage.value("insert into heard values (gen_random_uuid(), gen_random_uuid(), 1) returning 1")
        with pytest.raises(TRANSIENT_ERRORS):
            async with frozen.transaction() as held:
                await held.execute("update heard set times = 2")
                async with other.transaction() as tx:
                    # Waits for the row, at most as long as lock_timeout lets it.
                    await tx.execute("update heard set times = times + 10")
                await held.execute("update heard set times = 3")
        assert await stage.value("select times from heard") == 11
        # Whoever comes back goes on with a new connection.
        async with frozen.transaction() as held:
            await held.execute("update heard set times = 4")
        assert await stage.value("select times from heard") == 4
    finally:
        await frozen.close()


async def test_a_transaction_that_was_ended_for_standing_still_never_counts_as_committed(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(runtime.SERVER_SETTINGS, "idle_in_transaction_session_timeout", "200ms")
    frozen = Database(stage.database.url)
    await frozen.open()
    try:
        with pytest.raises(TRANSIENT_ERRORS):
            async with frozen.transaction() as held:
                await held.execute("insert into heard values (gen_random_uuid(), gen_random_uuid(), 1)")
                own = await held.fetchval("select pg_backend_pid()")
                async with asyncio.timeout(30):
                    while await stage.value("select count(*) from pg_stat_activity where pid = $1", own):
                        await asyncio.sleep(0.05)
        assert await stage.value("select count(*) from heard") == 0
    finally:
        await frozen.close()


async def test_a_machine_that_is_gone_is_noticed_within_a_minute(stage: Stage) -> None:
    """Of the relay's lock and the slots too: they are held by sessions that are mostly idle."""
    session = await stage.database.dedicated()
    try:
        for name, most in (
            ("tcp_keepalives_idle", 10),
            ("tcp_keepalives_interval", 5),
            ("tcp_keepalives_count", 4),
        ):
            assert 0 < int(await session.fetchval("select current_setting($1)", name)) <= most
        assert await session.fetchval("show tcp_user_timeout") == "30000"
    finally:
        await session.close()
