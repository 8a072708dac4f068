"""What the database itself refuses, which plans it takes, what the gauges say, and that models and tables agree."""

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import sqlalchemy
from prometheus_client import generate_latest
from sqlalchemy import Connection, MetaData
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import create_async_engine

from services.wallet.domain.posting import ENTRIES_MAX
from services.wallet.models import Table
from services.wallet.store import passbooks, people, posting, reading, redemptions, reversals
from services.wallet.workflows.watching import LedgerWatch
from shared.kernel.ids import uuid7
from shared.runtime.database import Database
from shared.runtime.hearing import Hearer
from shared.runtime.rollout import RolloutWatcher
from tests.services.wallet.stage import (
    SUBDISTRICT,
    Tape,
    delivered,
    failed,
    float_changed,
    requested,
    reversed_,
    taken_back,
    valued,
)

TABLES = ("account", "transfer", "hold", "verdict", "waiting_reversal", "member_alias", "passbook_import")
INSERT = """
insert into transfer (id, kind, cause_id, fingerprint, account_ids, amounts_rupiah, member_account_id, member_seq,
    member_balance_rupiah, happened_at)
values ($1, 'credit', $1, decode(repeat('00', 32), 'hex'), $2::text::uuid[], $3::text::bigint[], $4, $5, $6, now())
"""
ONE, TWO = "00000000-0000-7000-8000-000000000001", "00000000-0000-7000-8000-000000000002"


@pytest.mark.parametrize(
    ("accounts", "amounts", "member"),
    [
        (f"{{{ONE},{TWO}}}", "{5,-4}", None),
        (f"{{{ONE}}}", "{5}", None),
        (f"{{{ONE},{TWO}}}", "{5,-5,0}", None),
        (f"{{{{{ONE},{TWO}}}}}", "{{5,7}}", None),
        (f"[20:21]={{{ONE},{TWO}}}", "[20:21]={5,7}", None),
        ("{}", "{}", None),
        (
            "{" + ",".join([ONE] * (ENTRIES_MAX + 1)) + "}",
            "{" + ",".join(["0"] * ENTRIES_MAX + ["3"]) + "}",
            None,
        ),
        (f"{{{ONE},{TWO}}}", "{5,-5}", (TWO, 1, 5)),
        (f"{{{ONE},{TWO}}}", "{5,-5}", (ONE, None, 5)),
        (f"{{{ONE},{TWO}}}", "{5,-5}", (None, 1, 5)),
        (f"{{{ONE},null}}", "{5,-5}", None),
        (f"{{null,{TWO}}}", "{5,-5}", (ONE, 1, 5)),
        (f"{{{ONE},{TWO}}}", "{0,null}", None),
    ],
)
async def test_the_database_refuses_what_does_not_balance(
    database: Database, accounts: str, amounts: str, member: tuple[Any, Any, Any] | None
) -> None:
    with pytest.raises(asyncpg.CheckViolationError):
        async with database.transaction() as tx:
            await tx.execute(INSERT, uuid7(), accounts, amounts, *(member or (None, None, None)))


@pytest.mark.parametrize(
    "change",
    [
        "update transfer set reason = 'x'",
        "delete from transfer",
        "truncate transfer",
        "delete from transfer where false",
    ],
)
async def test_a_transfer_never_changes(database: Database, hearer: Hearer, change: str) -> None:
    await hearer.hear(Tape().records([valued(uuid7())]))
    with pytest.raises(asyncpg.RestrictViolationError):
        async with database.transaction() as tx:
            await tx.execute(change)


async def test_held_is_never_below_zero(database: Database, hearer: Hearer) -> None:
    member = uuid7()
    await hearer.hear(Tape().records([valued(member)]))
    with pytest.raises(asyncpg.CheckViolationError):
        async with database.transaction() as tx:
            await tx.execute("update account set held_rupiah = -1 where id = $1", member)


def statements() -> Iterator[tuple[str, str]]:
    """Every statement of the store that is not meant to read everything."""
    for module in (posting, reading, redemptions, reversals, people, passbooks):
        for name, value in inspect.getmembers(module):
            if name.isupper() and isinstance(value, str) and not name.startswith("_"):
                yield f"{module.__name__.rpartition('.')[2]}.{name}", value


# Sums over all accounts; accounts are as many as members, never as many as transfers.
READS_ALL_ACCOUNTS = {"reading.TOTALS"}


@pytest.fixture(scope="module")
def many() -> list[list[Any]]:
    """Enough facts to make a scan the wrong plan."""
    members = [uuid7() for _ in range(300)]
    credited = [valued(member) for _ in range(6) for member in members]
    requests = [requested(member, 100 + number) for number in range(3) for member in members]
    return [
        credited,
        requests,
        [delivered(request, 90) for request in requests[:300]],
        [taken_back(request, 90) for request in requests[:100]],
        [failed(request) for request in requests[300:]],
        [reversed_(valued(member)) for member in members],
    ]


async def test_every_statement_finds_its_rows_by_an_index(
    database: Database, hearer: Hearer, many: list[list[Any]]
) -> None:
    tape = Tape()
    for batch in many:
        await hearer.hear(tape.records(batch))
    async with database.transaction() as tx:
        for table in TABLES:
            await tx.execute(f"analyze {table}")
        plans = {}
        # As asyncpg's prepared statements run once they are warm: one plan for whatever is asked.
        await tx.execute("set local plan_cache_mode = force_generic_plan")
        for number, (name, statement) in enumerate(statements()):
            parameters = set(re.findall(r"\$\d+", statement))
            asked = f"({', '.join('null' for _ in parameters)})" if parameters else ""
            await tx.execute(f"prepare asked_{number} as {statement}")
            rows = await tx.fetch(f"explain (costs off) execute asked_{number}{asked}")
            plans[name] = "\n".join(row[0] for row in rows)
    assert len(plans) > 15
    scans = {
        name: plan
        for name, plan in plans.items()
        if any(f"Seq Scan on {table}" in plan for table in TABLES) and name not in READS_ALL_ACCOUNTS
    }
    assert scans == {}
    assert "transfer_statement" in plans["reading.STATEMENT"]
    assert "account_pkey" in plans["posting.LOCK_ACCOUNTS"]
    assert "LockRows" in plans["posting.LOCK_ACCOUNTS"]


async def test_sums_over_all_accounts_read_them_in_one_go(
    database: Database, hearer: Hearer, many: list[list[Any]]
) -> None:
    """The gauges ask every few seconds: along an index, a million accounts cost a third of a core for ever."""
    await hearer.hear(Tape().records(many[0]))
    looks = "select seq_scan, idx_scan from pg_stat_xact_user_tables where relname = 'account'"
    async with database.transaction() as tx:
        await tx.execute("analyze account")
    async with database.reading() as tx:
        before = await tx.fetchrow(looks)
        assert sum(total.accounts for total in await reading.totals(tx)) > len(many[0]) // 6
        after = await tx.fetchrow(looks)
        assert (after[0] - before[0], after[1] - before[1]) == (1, 0)
        assert await tx.fetchval("show enable_seqscan") == "off"


async def test_the_gauges_say_what_stands_in_the_ledger(database: Database, hearer: Hearer) -> None:
    member, tape = uuid7(), Tape()
    await hearer.hear(
        tape.records([float_changed(30_000), valued(member, 20_000, fee=0), requested(member, 5_000)])
    )
    watch = LedgerWatch(database, RolloutWatcher(Path("deploy/rollout/deli-serdang.yaml")), 60)
    await watch.publish()
    words = generate_latest().decode()
    assert 'wallet_ledger_imbalance_rupiah{programme="timbang"} 0.0' in words
    assert 'wallet_cover_ratio{programme="timbang"} 1.5' in words
    assert f'wallet_credit_owed_rupiah{{subdistrict="{SUBDISTRICT}"}} 20000.0' in words
    assert f'wallet_credit_owed_cap_rupiah{{subdistrict="{SUBDISTRICT}"}}' in words
    assert 'wallet_credit_held_rupiah{programme="timbang"} 5000.0' in words
    async with database.transaction() as tx:
        await tx.execute("update account set posted_rupiah = posted_rupiah - 3 where id = $1", member)
    await watch.publish()
    assert 'wallet_ledger_imbalance_rupiah{programme="timbang"} 3.0' in generate_latest().decode()


def columns(table: sqlalchemy.Table) -> dict[str, tuple[str, bool | None]]:
    spoken = postgresql.dialect()  # type: ignore[no-untyped-call]
    return {column.name: (column.type.compile(spoken), column.nullable) for column in table.columns}


async def test_models_and_migrations_say_the_same(database: Database) -> None:
    def reflected(connection: Connection) -> MetaData:
        found = MetaData()
        found.reflect(connection)
        return found

    engine = create_async_engine(database.url.replace("postgresql://", "postgresql+asyncpg://"))
    async with engine.connect() as connection:
        tables = (await connection.run_sync(reflected)).tables
    await engine.dispose()
    for name, declared in Table.metadata.tables.items():
        real = tables[name]
        assert columns(declared) == columns(real)
        assert {i.name for i in declared.indexes} == {i.name for i in real.indexes if i.name}
        assert [c.name for c in declared.primary_key] == [c.name for c in real.primary_key]
