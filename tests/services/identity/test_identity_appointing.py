"""A programme of real people begins: the first of them is named on the machine, all others by somebody before."""

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from deploy.local.settings import REPOSITORY
from shared.kernel.ids import uuid7
from tests.services.identity.seeded_stage import Place, open_place, refused

NEW_PIN = "837261"
NAME = "Canary Pertama"


@pytest.fixture
async def nobody(fresh_database: Callable[[str], str], tmp_path: Path) -> AsyncIterator[Place]:
    """An identity in which nobody can sign in yet."""
    async with open_place(fresh_database("identity"), tmp_path, seeded=False) as opened:
        yield opened


async def appoint(place: Place, *answers: str) -> "subprocess.CompletedProcess[str]":
    """The command as it is typed on the machine, and what is answered to its questions."""
    settings = {
        "IDENTITY_DATABASE_URL": place.settings.database_url,
        "IDENTITY_KEY_FILE": str(place.settings.key_file),
    }
    return await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "services", "identity", "appoint"],
        input="".join(f"{answer}\n" for answer in answers),
        env={**os.environ, **settings},
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )


async def test_the_first_person_chooses_a_pin_and_hires_the_second(nobody: Place) -> None:
    done = await appoint(nobody, "prg-01", NAME, "12.07")
    assert done.returncode == 0, done.stderr
    found = re.fullmatch(r"PRG-01 chooses a PIN with ([0-9A-Z]{5}-[0-9A-Z]{5}), until .+\n", done.stdout)
    assert found is not None, done.stdout
    choice: dict[str, Any] = {"code": "PRG-01", "one_time_code": found[1], "pin": NEW_PIN}
    assert (await nobody.post("pins:choose", **choice)).status_code == 204
    assert refused(await nobody.post("pins:choose", **choice))[1] == "wrong_one_time_code"
    who = await nobody.header("PRG-01", pin=NEW_PIN)
    second = {
        "staff_id": str(uuid7()),
        "code": "PRG-02",
        "role": "programme",
        "name": "Canary Kedua",
        "area": {"regency_codes": ["12.07"]},
    }
    assert (await nobody.post("staff", who, **second)).status_code == 201
    (act,) = await nobody.acts("staff_appointed")
    assert (act["actor_id"], act["actor_role"]) == (None, "service")
    everything = [tuple(row) for table in ("audit", "staff") for row in await nobody.rows(f"table {table}")]
    assert "Canary" not in str(everything)


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        (("PRG-01", NAME, "99.99"), "regency is not known"),
        (("PRG 01", NAME, "12.07"), "code"),
        (("PRG-01", "", "12.07"), "name"),
        (("PRG-01",), "EOF"),
    ],
    ids=["regency", "code", "name", "nothing"],
)
async def test_a_wrong_answer_appoints_nobody_and_says_so(
    nobody: Place, answers: tuple[str, ...], why: str
) -> None:
    done = await appoint(nobody, *answers)
    assert (done.returncode, done.stdout) == (1, "")
    assert "Nobody was appointed" in done.stderr
    assert why in done.stderr
    assert await nobody.rows("table staff") == await nobody.rows("table audit") == []


async def test_a_code_that_somebody_has_is_not_given_again(place: Place) -> None:
    done = await appoint(place, "PRG-01", NAME, "12.07")
    assert (done.returncode, done.stdout) == (1, "")
    assert "That code already belongs to somebody" in done.stderr
