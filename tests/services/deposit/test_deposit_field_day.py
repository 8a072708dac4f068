"""What the field's day has in common: loops in the background, sealed fields that change their key, own records."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from prometheus_client import REGISTRY

from services.deposit.settings import DepositSettings
from services.deposit.store.sealed import SEALED
from shared.kernel.ids import uuid7
from shared.runtime.sealing import Sealer, read_secrets, reseal
from tests.services.deposit.field_stage import PLACE, FieldStage, field_stage
from tests.services.deposit.people import merged
from tests.services.deposit.stage import BANK, OPEN_CODE, weighing

DEADLINE_SECONDS = 20.0


async def until(true: Callable[[], Awaitable[bool]]) -> None:
    begun = time.monotonic()
    while not await true():
        assert time.monotonic() - begun < DEADLINE_SECONDS
        await asyncio.sleep(0.05)


@contextlib.asynccontextmanager
async def background_of(field: FieldStage) -> Any:
    """Every loop of the service that runs beside its consumers."""
    tasks = [asyncio.ensure_future(loop()) for loop in field.service.background]
    try:
        yield
        assert not any(task.done() for task in tasks), [task for task in tasks if task.done()]
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_the_loops_offer_again_sum_up_and_count(field: FieldStage) -> None:
    member = await field.known_member()
    deposit = weighing(member)
    await field.send(deposit)
    pickup = await field.booked(member)
    body = {
        "dispute_id": str(uuid7()),
        "complaint": "weight",
        "words": "kurang",
        "deposit_id": deposit["deposit_id"],
    }
    opened = await field.post("/v1/disputes", body, field.as_member(member))
    assert opened.status_code == 201, opened.text
    field.clock.move(days=9)

    async def all_done() -> bool:
        found = (await field.get(f"/v1/pickups/{pickup['pickup_id']}")).json()
        async with field.service.database.reading() as tx:
            summed = await tx.fetchval("select count(*) from stock_day where waste_bank_id = $1", BANK)
        labels = {"subdistrict_code": OPEN_CODE}
        gauges = [
            REGISTRY.get_sample_value(name, labels)
            for name in ("timbang_deposit_disputes_open", "timbang_deposit_disputes_overdue")
        ]
        return bool(found["attempt"] == 2 and summed == 2 and gauges == [1, 1])

    async with background_of(field):
        await until(all_done)


async def test_a_new_key_is_taken_into_use_and_old_fields_move_to_it(
    fresh_database: Callable[[str], str], tmp_path: Path
) -> None:
    url, path = fresh_database("deposit"), tmp_path / "rollout.yaml"
    key_file = path.with_name("deposit.key")
    async with field_stage(url, path) as field:
        member = await field.known_member()
        pickup = await field.booked(member)
        body = {"dispute_id": str(uuid7()), "complaint": "missing", "words": "hilang"}
        await field.post("/v1/disputes", body, field.as_member(member))
        await field.post(
            "/v1/buyers", {"buyer_id": str(uuid7()), "waste_bank_id": BANK, "name": "Ungu", "contact": "08"}
        )
        closing = {
            "closing_id": str(uuid7()),
            "waste_bank_id": BANK,
            "on": "2026-11-22",
            "classes": [],
            "cash_counted_rupiah": 0,
            "note": "pas",
        }
        await field.post("/v1/closings", closing)
        old = key_file.read_text(encoding="utf-8")
        key_file.write_text("k" * 40 + "\n" + old, encoding="utf-8")
        sealer = Sealer(read_secrets(key_file), "deposit")
        assert await reseal(field.service.database, sealer, SEALED) == 4
        assert await reseal(field.service.database, sealer, SEALED) == 0
    key_file.write_text("k" * 40 + "\n", encoding="utf-8")
    async with field_stage(url, path) as field:
        seen = (await field.get(f"/v1/pickups/{pickup['pickup_id']}")).json()
        assert seen["place"] == PLACE
        (dispute,) = (await field.get("/v1/disputes")).json()["disputes"]
        (buyer,) = (await field.get("/v1/buyers", waste_bank_id=BANK)).json()["buyers"]
        (closed,) = (await field.get("/v1/closings", waste_bank_id=BANK)).json()["closings"]
        assert (dispute["words"], buyer["name"], closed["note"]) == ("hilang", "Ungu", "pas")


async def test_a_member_takes_everything_that_they_told(field: FieldStage) -> None:
    twin, member = await field.known_member(), await field.known_member()
    pickup = await field.booked(twin)
    body = {"dispute_id": str(uuid7()), "complaint": "missing", "words": "hilang"}
    await field.post("/v1/disputes", body, field.as_member(member))
    await field.hear(merged(twin, member))
    own = (await field.get(f"/v1/members/{member}/own-data", field.as_member(member))).json()
    assert [(each["pickup_id"], each["place"]) for each in own["pickups"]] == [(pickup["pickup_id"], PLACE)]
    assert [each["words"] for each in own["disputes"]] == ["hilang"]


def test_every_setting_of_the_field_day_has_a_default() -> None:
    settings = DepositSettings(database_url="postgresql://nobody@nowhere/none")
    assert settings.payout_url.endswith(":8405")
    assert settings.stock_check_seconds > settings.pickup_check_seconds
