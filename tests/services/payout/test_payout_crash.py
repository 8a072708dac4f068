"""A payout that dies at any moment buys nothing twice and loses nothing; the next one picks up where it stood."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, pool
from sqlalchemy.ext.asyncio import create_async_engine

from services.payout.models import Table
from tests.services.payout.stage import Stage, until, working

Fresh = Callable[[str], str]
SHARED = {"outbox", "outbox_archive", "dead_letter", "audit", "alembic_version"}


async def redeemed(stage: Stage) -> list[str]:
    numbers = (1, 3, 5, 8, 10, 17, 20, 41, 42, 43)
    return list(await asyncio.gather(*(stage.buy("pln-20k", f"140000000{n:02}") for n in numbers)))


async def test_purchases_survive_couriers_that_die_between_any_two_steps(
    fresh_database: Fresh, tmp_path: Path
) -> None:
    async with working(fresh_database("payout"), tmp_path, courier=False) as stage:
        bought = await redeemed(stage)
        courier_loop = stage.service.background[0]
        # Killed after 10, 20, 30 ... milliseconds: before the commit, before the call, during it, before its answer.
        for delay in range(1, 21):
            courier = asyncio.ensure_future(courier_loop())
            await asyncio.sleep(delay / 100)
            for task in asyncio.all_tasks():
                if "Courier._carry" in repr(task.get_coro()):
                    task.cancel()
            courier.cancel()
            await asyncio.gather(courier, return_exceptions=True)
        courier = asyncio.ensure_future(courier_loop())

        async def all_settled() -> bool:
            return not await stage.rows("select 1 from redemption where state <> 'settled'")

        await until(all_settled)
        for redemption_id in bought:
            assert [sale["status"] for sale in await stage.sales(redemption_id)] == ["Sukses"]
        courier.cancel()
        await asyncio.gather(courier, return_exceptions=True)


async def test_the_submission_is_committed_before_the_biller_hears_of_it(
    fresh_database: Fresh, tmp_path: Path
) -> None:
    async with working(fresh_database("payout"), tmp_path, courier=False) as stage:
        redemption_id = await stage.buy("pln-20k", "14000000050")
        await stage.until_state(redemption_id, "held")
        courier = stage.service.background[0].__self__  # type: ignore[attr-defined]
        biller = courier._billers["digiflazz"]
        seen: list[tuple[str, str, int]] = []

        class Witness:
            """Looks into the database while the biller is being asked."""

            async def buy(self, purchase: object) -> object:
                rows = await stage.rows(
                    "select r.state, a.reference from redemption r join attempt a using (redemption_id)"
                )
                busy = await stage.rows(
                    "select 1 from pg_stat_activity where datname = current_database() "
                    "and state like 'idle in%' and backend_xid is not null"  # it wrote; doors that read may stand open
                )
                seen.append((rows[0]["state"], rows[0]["reference"], len(busy)))
                return await biller.buy(purchase)

        courier._billers["digiflazz"] = Witness()
        task = asyncio.create_task(courier.run())
        await stage.until_state(redemption_id, "settled")
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        [(state, reference, open_transactions)] = seen
        assert (state, open_transactions) == ("submitting", 0)
        assert reference == (await stage.sales(redemption_id))[0]["ref_id"]


async def test_two_replicas_share_the_work(fresh_database: Fresh, tmp_path: Path) -> None:
    url = fresh_database("payout")
    async with working(url, tmp_path) as stage:
        second = asyncio.ensure_future(stage.service.background[0]())
        third = asyncio.ensure_future(stage.service.background[0]())
        bought = await redeemed(stage)

        async def all_settled() -> bool:
            return not await stage.rows("select 1 from redemption where state <> 'settled'")

        await until(all_settled)
        for redemption_id in bought:
            sales = await stage.sales(redemption_id)
            assert [sale["status"] for sale in sales] == ["Sukses"]
        for task in (second, third):
            task.cancel()
        await asyncio.gather(second, third, return_exceptions=True)


async def test_the_tables_are_what_the_models_say(fresh_database: Fresh) -> None:
    engine = create_async_engine(
        fresh_database("payout").replace("postgresql://", "postgresql+asyncpg://", 1), poolclass=pool.NullPool
    )

    def differences(connection: Connection) -> list[object]:
        def ours(_: object, name: str | None, kind: str, *__: object) -> bool:
            return kind != "table" or name not in SHARED

        context = MigrationContext.configure(connection, opts={"include_object": ours, "compare_type": True})
        return list(compare_metadata(context, Table.metadata))

    async with engine.connect() as connection:
        found = await connection.run_sync(differences)
    await engine.dispose()
    assert found == []
