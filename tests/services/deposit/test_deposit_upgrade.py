"""A database from before what became of bags was said comes to the newest schema and says it once."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

from shared.contracts import BY_TYPE, BagDiscarded, BagWeighed
from shared.kernel.ids import uuid7
from shared.runtime.database import Database
from shared.runtime.migrate import migrate_async

UNDO = ("alter table bag drop column turn", "update alembic_version set version_num = '0004'")
BAG = """
insert into bag (bag_id, member_id, waste_bank_id, subdistrict_code, label, received_at, recorded_at, received_by,
    tablet_id, weighed_by_deposit_id, discarded_at, discarded_by, discard_reason)
values ($1, $1, 'pakam-satu', '12.07.28', 'LP-1', $2, $2, $1, $1, $3, $4, $5, $6)
"""
DEPOSIT = """
insert into deposit (deposit_id, member_id, waste_bank_id, subdistrict_code, tablet_id, recorder_id, channel,
    weighed_at, received_at, state_since, clock_offset_ms, price_list_id, lines, fingerprint, state)
values ($1, $1, 'pakam-satu', '12.07.28', $1, $1, 'self', $2, $2, $2, 0, $1, '[]', '\\x00', 'recorded')
"""
LEFT, WEIGHED, THROWN = (datetime(2026, 11, day, 3, tzinfo=UTC) for day in (20, 21, 22))


async def test_what_became_of_bags_before_is_said_once(fresh_database: Callable[[str], str]) -> None:
    url = fresh_database("deposit")
    database = Database(url)
    await database.open()
    waits, weighed, thrown, both = uuid7(), uuid7(), uuid7(), uuid7()
    gone = (THROWN, uuid7(), "Basah")
    nothing = (None, None, None)
    try:
        async with database.transaction() as tx:
            for statement in UNDO:
                await tx.execute(statement)
            for deposit in (weighed, both):
                await tx.execute(DEPOSIT, deposit, WEIGHED)
            await tx.execute(BAG, waits, LEFT, None, *nothing)
            await tx.execute(BAG, weighed, LEFT, weighed, *nothing)
            await tx.execute(BAG, thrown, LEFT, None, *gone)
            await tx.execute(BAG, both, LEFT, both, *gone)
            await tx.execute("insert into bag (bag_id) values ($1)", uuid7())
        await migrate_async("deposit", url)
        async with database.connection() as reading:
            turns = dict(await reading.fetch("select bag_id, turn from bag where received_at is not null"))
            rows = await reading.fetch("select topic, event_ids, types, keys, payloads from outbox")
    finally:
        await database.close()
    assert turns == {waits: 0, weighed: 1, thrown: 1, both: 2}
    said = [BY_TYPE[row["types"][0]].model_validate_json(row["payloads"][0]) for row in rows]
    assert all(
        (row["topic"], row["keys"], row["event_ids"]) == (each.TOPIC, [each.key], [each.event_id])
        for row, each in zip(rows, said, strict=True)
    )
    assert all(json.loads(row["payloads"][0])["received_at"].endswith("+00:00") for row in rows)
    found = {
        (each.bag_id, each.turn, each.weighed_at if isinstance(each, BagWeighed) else each.discarded_at)
        for each in said
        if isinstance(each, BagWeighed | BagDiscarded)
    }
    assert found == {(weighed, 1, WEIGHED), (thrown, 1, THROWN), (both, 1, WEIGHED), (both, 2, THROWN)}
    assert len(said) == len(found)
