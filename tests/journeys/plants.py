"""One violation of each invariant: planted in the databases or in the biller's book, and put right again."""

import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

import asyncpg

from shared.kernel.ids import uuid7
from tests.verify.canary import ADDRESS, NAME
from tests.verify.places import Places


@dataclass
class Garden:
    """Where violations are planted: every database with the right to change anything in it."""

    places: Places

    async def run(self, service: str, statement: str, *values: object) -> None:
        """One statement in a service's database."""
        connection = await asyncpg.connect(self.places.databases[service])
        try:
            await connection.execute(statement, *values)
        finally:
            await connection.close()

    async def one(self, service: str, query: str) -> asyncpg.Record:
        """The first row of a query; it must have one."""
        connection = await asyncpg.connect(self.places.databases[service])
        try:
            row = await connection.fetchrow(query)
        finally:
            await connection.close()
        assert row is not None, f"nothing to plant on: {query}"
        return row


Plant = Callable[[Garden], AbstractAsyncContextManager[None]]


@asynccontextmanager
async def a_stored_balance_is_not_its_entries(garden: Garden) -> AsyncIterator[None]:
    change = "update account set posted_rupiah = posted_rupiah + $1 where kind = 'purchase_cost'"
    await garden.run("wallet", change, 1)
    try:
        yield
    finally:
        await garden.run("wallet", change, -1)


@asynccontextmanager
async def a_member_is_owed_more_than_was_said(garden: Garden) -> AsyncIterator[None]:
    member = await garden.one("wallet", "select id from account where kind = 'member_credit' limit 1")
    change = "update account set posted_rupiah = posted_rupiah + $1 where id = $2"
    await garden.run("wallet", change, 1, member["id"])
    try:
        yield
    finally:
        await garden.run("wallet", change, -1, member["id"])


@asynccontextmanager
async def a_credited_deposit_is_void(garden: Garden) -> AsyncIterator[None]:
    deposit = await garden.one("deposit", "select deposit_id from deposit where state = 'recorded' limit 1")
    change = "update deposit set state = $1 where deposit_id = $2"
    await garden.run("deposit", change, "voided", deposit["deposit_id"])
    try:
        yield
    finally:
        await garden.run("deposit", change, "recorded", deposit["deposit_id"])


@asynccontextmanager
async def a_redemption_is_sold_twice(garden: Garden) -> AsyncIterator[None]:
    attempt = await garden.one(
        "payout",
        "select a.* from attempt a join redemption r using (redemption_id) where r.state = 'settled' limit 1",
    )
    reference = f"TB-{uuid7().hex[:26].upper()}-2"
    await garden.run(
        "payout",
        "insert into attempt (redemption_id, attempt_no, provider, sku, reference, begun_at) "
        "values ($1, 99, $2, $3, $4, now())",
        attempt["redemption_id"],
        attempt["provider"],
        attempt["sku"],
        reference,
    )
    _write_in_the_book(
        garden,
        "insert into sale (ref_id, buyer_sku_code, customer_no, testing, status, rc, price_rupiah, charged_rupiah,"
        " script, created_at, changed_at, asked_at) values (?, ?, '1', 0, 'Sukses', '00', 5, 5, 1, 0, 0, 0)",
        reference,
        attempt["sku"],
    )
    try:
        yield
    finally:
        _write_in_the_book(garden, "delete from sale where ref_id = ?", reference)
        await garden.run("payout", "delete from attempt where reference = $1", reference)


def _write_in_the_book(garden: Garden, statement: str, *values: object) -> None:
    assert garden.places.sandbox_file is not None
    book = sqlite3.connect(garden.places.sandbox_file, timeout=10)
    try:
        with book:
            book.execute(statement, values)
    finally:
        book.close()


@asynccontextmanager
async def a_hold_stands_for_nothing(garden: Garden) -> AsyncIterator[None]:
    hold = await garden.one(
        "wallet", "select * from hold where state = 'released' and amount_rupiah > 0 limit 1"
    )
    change = "update hold set state = $1, ended_at = $2 where redemption_id = $3"
    await garden.run("wallet", change, "held", None, hold["redemption_id"])
    try:
        yield
    finally:
        await garden.run("wallet", change, "released", hold["ended_at"], hold["redemption_id"])


@asynccontextmanager
async def a_merged_member_was_lent_what_was_not_there(garden: Garden) -> AsyncIterator[None]:
    """Over by now, and by its own words there was enough: only a replay of the ledger can tell."""
    survivor = await garden.one(
        "wallet", "select id from account where id in (select into_member_id from member_alias) limit 1"
    )
    redemption_id = uuid7()
    await garden.run(
        "wallet",
        "insert into hold (redemption_id, account_id, state, amount_rupiah, cash_rupiah, subdistrict_code, fingerprint,"
        " available_rupiah, requested_at, decided_at, ended_at) values ($1, $2, 'released', 900000000, 0, '12.07.28',"
        " '\\x00', 900000000, now(), now(), now() + interval '1 second')",
        redemption_id,
        survivor["id"],
    )
    try:
        yield
    finally:
        await garden.run("wallet", "delete from hold where redemption_id = $1", redemption_id)


@asynccontextmanager
async def an_event_waits_in_an_outbox(garden: Garden) -> AsyncIterator[None]:
    # Adoption says nothing, so no relay takes the row away before it is found.
    await garden.run(
        "adoption",
        "insert into outbox (topic, event_count, event_ids, types, keys, payloads, traceparent, created_at) values "
        "('timbang.prices.v1', 1, array[$1::uuid], array['t'], array['k'], array['{}'::bytea], '', "
        "now() - interval '2 minutes')",
        uuid7(),
    )
    try:
        yield
    finally:
        await garden.run("adoption", "delete from outbox")


@asynccontextmanager
async def a_readable_record_is_set_aside(garden: Garden) -> AsyncIterator[None]:
    await garden.run(
        "wallet",
        "insert into dead_letter (topic, partition, record_offset, headers, kind, error) "
        "values ('timbang.valuations.v1', 0, 123456789, '[]', 'failed', 'planted')",
    )
    try:
        yield
    finally:
        await garden.run("wallet", "delete from dead_letter where record_offset = 123456789")


@asynccontextmanager
async def a_published_event_is_in_no_topic(garden: Garden) -> AsyncIterator[None]:
    await garden.run(
        "identity",
        "insert into outbox_archive (id, topic, event_count, event_ids, types, keys, payloads, traceparent) values "
        "(987654321, 'timbang.people.v1', 1, array[$1::uuid], array['t'], array['k'], array['{}'::bytea], '')",
        uuid7(),
    )
    try:
        yield
    finally:
        await garden.run("identity", "delete from outbox_archive where id = 987654321")


@asynccontextmanager
async def a_line_has_another_price_than_its_list(garden: Garden) -> AsyncIterator[None]:
    row = await garden.one(
        "valuation", "select deposit_id, lines::text as lines from valuation where state = 'valued' limit 1"
    )
    dearer = "update valuation set lines = (jsonb_set(lines::jsonb, '{0,5}', '999999'))::json where deposit_id = $1"
    await garden.run("valuation", dearer, row["deposit_id"])
    try:
        yield
    finally:
        await garden.run(
            "valuation",
            "update valuation set lines = $2::text::json where deposit_id = $1",
            row["deposit_id"],
            row["lines"],
        )


@asynccontextmanager
async def a_deposit_is_deleted(garden: Garden) -> AsyncIterator[None]:
    await garden.run(
        "deposit", "create table planted as select * from deposit where state = 'quarantined' limit 1"
    )
    await garden.run("deposit", "delete from deposit where deposit_id in (select deposit_id from planted)")
    try:
        yield
    finally:
        await garden.run("deposit", "insert into deposit select * from planted")
        await garden.run("deposit", "drop table planted")


@asynccontextmanager
async def a_published_figure_is_not_what_is_counted(garden: Garden) -> AsyncIterator[None]:
    await garden.run(
        "identity",
        "create table planted as select * from member where merged_into_id is null and erased_at is null limit 1",
    )
    await garden.run("identity", "update planted set id = gen_random_uuid(), code = 'PLANTED'")
    await garden.run("identity", "insert into member select * from planted")
    await garden.run("identity", "drop table planted")
    try:
        yield
    finally:
        await garden.run("identity", "delete from member where code = 'PLANTED'")


OPEN_THE_SAFE = (
    "alter table audit disable trigger audit_never_changes",
    "grant update, delete on audit to current_user",
)
LOCK_THE_SAFE = (
    "revoke update, delete on audit from current_user",
    "alter table audit enable trigger audit_never_changes",
)


@asynccontextmanager
async def an_audited_reason_was_altered(garden: Garden) -> AsyncIterator[None]:
    entry = await garden.one("identity", "select seq, why from audit order by seq limit 1")
    change = "update audit set why = $1 where seq = $2"
    for statement in OPEN_THE_SAFE:
        await garden.run("identity", statement)
    await garden.run("identity", change, "it was somebody else", entry["seq"])
    try:
        yield
    finally:
        await garden.run("identity", change, entry["why"], entry["seq"])
        for statement in LOCK_THE_SAFE:
            await garden.run("identity", statement)


@asynccontextmanager
async def an_audited_act_was_deleted(garden: Garden) -> AsyncIterator[None]:
    for statement in OPEN_THE_SAFE:
        await garden.run("identity", statement)
    await garden.run("identity", "create table planted as select * from audit where seq = 2")
    await garden.run("identity", "delete from audit where seq = 2")
    try:
        yield
    finally:
        await garden.run("identity", "insert into audit select * from planted")
        await garden.run("identity", "drop table planted")
        for statement in LOCK_THE_SAFE:
            await garden.run("identity", statement)


@asynccontextmanager
async def a_name_stands_in_a_log(garden: Garden) -> AsyncIterator[None]:
    assert garden.places.run is not None
    log = garden.places.run / "logs" / "planted.log"
    log.write_text(f'{{"event": "enrolled", "name": "{NAME}"}}\n', encoding="utf-8")
    try:
        yield
    finally:
        log.unlink()


@asynccontextmanager
async def an_address_stands_in_a_dead_letter(garden: Garden) -> AsyncIterator[None]:
    # Replayed already, so that nothing but what stands in it is wrong.
    await garden.run(
        "deposit",
        "insert into dead_letter (topic, partition, record_offset, headers, payload, kind, error, replayed_at) "
        "values ('timbang.people.v1', 0, 123456789, '[]', $1, 'failed', 'planted', now())",
        ADDRESS.encode(),
    )
    try:
        yield
    finally:
        await garden.run("deposit", "delete from dead_letter where record_offset = 123456789")


PLANTS: tuple[tuple[str, Plant], ...] = (
    ("I1", a_stored_balance_is_not_its_entries),
    ("I2", a_member_is_owed_more_than_was_said),
    ("I3", a_credited_deposit_is_void),
    ("I4", a_redemption_is_sold_twice),
    ("I5", a_hold_stands_for_nothing),
    ("I5", a_merged_member_was_lent_what_was_not_there),
    ("I6", an_event_waits_in_an_outbox),
    ("I7", a_readable_record_is_set_aside),
    ("I8", a_published_event_is_in_no_topic),
    ("I9", a_line_has_another_price_than_its_list),
    ("I10", a_deposit_is_deleted),
    ("I11", a_published_figure_is_not_what_is_counted),
    ("I12", an_audited_reason_was_altered),
    ("I12", an_audited_act_was_deleted),
    ("I13", a_name_stands_in_a_log),
    ("I13", an_address_stands_in_a_dead_letter),
)
