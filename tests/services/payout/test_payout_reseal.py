"""A new key is taken into use while everything goes on; moving to it can stop and go on."""

import argparse
from collections.abc import Callable
from pathlib import Path

import pytest

from services.payout.main import COMMANDS, create
from services.payout.models import SEALED
from shared.kernel.ids import uuid7
from shared.runtime import sealing
from shared.runtime.database import Database
from shared.runtime.sealing import SealBrokenError, Sealer, read_secrets, reseal
from tests.services.payout.stage import SECRET, Stage, payout_settings, working

Fresh = Callable[[str], str]
NEW = "another secret that is longer than thirty-two characters"


async def sealed_with(database: Database, sealer: Sealer) -> tuple[int, int]:
    """How many fields are sealed at all, and how many with the newest key."""
    every = newest = 0
    async with database.connection() as reading:
        for table in SEALED:
            for column in table.columns:
                for row in await reading.fetch(
                    f"select {table.key}::text as key, {column} as field from {table.table}"
                ):
                    if row["field"] is not None:
                        every += 1
                        newest += row["field"].startswith(sealer.newest_key_id)
                        assert sealer.open(row["field"], f"{table.table}|{row['key']}|{column}")
    return every, newest


async def fill(stage: Stage) -> None:
    for n in range(6):
        await stage.quote("pln-20k", f"140000000{50 + n}")
    bought = await stage.buy("pln-20k", "14000000001")
    await stage.until_state(bought, "settled")
    said = {"dispute_id": str(uuid7()), "redemption_id": bought, "complaint": "other", "words": "kata"}
    assert (await stage.post("/v1/disputes", stage.member(), said)).status_code == 201
    answer = {"outcome": "upheld", "words": "jawaban"}
    path = f"/v1/disputes/{said['dispute_id']}:answer"
    assert (await stage.post(path, stage.staff(), answer)).status_code == 200


async def test_every_sealed_field_moves_to_the_new_key(
    fresh_database: Fresh, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = fresh_database("payout")
    async with working(url, tmp_path) as stage:
        await fill(stage)
        file = tmp_path / "payout.key"
        file.write_text(f"{NEW}\n{SECRET}\n", encoding="utf-8")
        both = Sealer(read_secrets(file), "payout")
        every, newest = await sealed_with(stage.database, both)
        # 7 owners, 7 quotes and a redemption with two or three fields, the words of both sides.
        assert (every, newest) == (7 + 14 + 3 + 2, 0)
        monkeypatch.setattr(sealing, "_RESEALED_AT_ONCE", 2)
        assert await sealing._reseal_some(stage.database, both, SEALED[1]) == 2
        assert await sealed_with(stage.database, both) == (every, 4)
        assert await reseal(stage.database, both, SEALED) == 7 + 5 + 1 + 1
        assert await sealed_with(stage.database, both) == (every, every)
        assert await reseal(stage.database, both, SEALED) == 0
    with pytest.raises(SealBrokenError):
        await sealed_with_old(url)


async def sealed_with_old(url: str) -> None:
    database = Database(url)
    await database.open()
    try:
        await sealed_with(database, Sealer([SECRET], "payout"))
    finally:
        await database.close()


def test_the_command_moves_what_there_is(
    fresh_database: Fresh, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PAYOUT_DATABASE_URL", fresh_database("payout"))
    monkeypatch.setenv("PAYOUT_KEY_FILE", str(tmp_path / "new" / "payout.key"))
    assert COMMANDS["reseal"](argparse.Namespace()) == 0
    assert capsys.readouterr().out == "0 rows resealed\n"
    assert (tmp_path / "new" / "payout.key").stat().st_mode & 0o777 == 0o600


def test_a_key_that_is_too_short_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "payout.key").write_text("short\n", encoding="utf-8")
    with pytest.raises(ValueError, match="32 characters"):
        create(payout_settings("postgresql://payout@127.0.0.1:1/payout", key_file=tmp_path / "payout.key"))
