"""The next sub-district is opened by an edit of the rollout file alone, while everything runs."""

import asyncio
import json
from pathlib import Path

import httpx

from shared.kernel import wib
from shared.runtime.wall_clock import WallClock
from tests.faults.ledger import until_credited
from tests.load.crowd import enrol, sign_in, tablets
from tests.load.tablets import Tablet
from tests.system import System

BANK = "batang-kuis-pekan"
BATANG_KUIS = "12.07.27"
CREDITED_SECONDS = 10.0
PLANNED = """        name: Batang Kuis
        region: lowland
        villages: 11
        latitude: 3.6210
        longitude: 98.8099
        phases:
          - {phase: planned, since_on: 2026-06-01}
"""
CHANGES = "changes:\n"


def test_batang_kuis_opens_by_an_edit_and_a_mistake_changes_nothing(system: System, rollout: Path) -> None:
    asyncio.run(_open_batang_kuis(system, rollout))


async def _open_batang_kuis(system: System, rollout: Path) -> None:
    operator = await sign_in(system, "operator", bank=BANK)
    member_ids = await enrol(system, operator, BANK, 3)
    tablet = (await tablets(system, operator, BANK, member_ids, count=1, seed=3, days=0))[0]
    body, _ = tablet.batch(1)
    assert await _statuses(tablet, body) == ["quarantined"]

    text = rollout.read_text("utf-8")
    rollout.write_text(text.replace(PLANNED, PLANNED.replace("phase: planned", "phase: maybe")), "utf-8")
    await _until_refused(system, rollout)
    body, _ = tablet.batch(1)
    assert await _statuses(tablet, body) == ["quarantined"], (
        "a malformed edit must leave the running state as it is"
    )

    rollout.write_text(opened(text), "utf-8")
    shown = await _until_recorded(tablet)
    await until_credited(system.databases["wallet"], shown, CREDITED_SECONDS)
    await _until_adoption_shows(system)


def opened(text: str) -> str:
    """The file with Batang Kuis open since today, decided by somebody for a reason."""
    today = wib.day(WallClock().now())
    phases = f"{PLANNED}          - {{phase: open, since_on: {today}}}\n"
    change = (
        f'{CHANGES}  - {{on: {today}, who: Dinas Lingkungan Hidup Deli Serdang, why: "Scale and operators are ready", '
        f'subdistrict: "{BATANG_KUIS}", phase: open}}\n'
    )
    assert text.count(PLANNED) == 1
    return text.replace(PLANNED, phases).replace(CHANGES, change)


async def _statuses(tablet: Tablet, body: bytes) -> list[str]:
    status, answer = await tablet.connection.post("/v1/deposits:batch", body)
    assert status == httpx.codes.OK, answer[:500]
    return [item["status"] for item in json.loads(answer)["results"]]


async def _until_refused(system: System, rollout: Path) -> None:
    """The log of every watcher names the file, the line and the reason."""
    log = Path(system.facts["logs"]["deposit"])
    async with asyncio.timeout(15):
        while True:
            lines = [
                json.loads(line)
                for line in log.read_text("utf-8").splitlines()
                if '"rollout_refused"' in line
            ]
            if lines:
                assert lines[-1]["line"] > 0
                assert lines[-1]["reason"]
                assert lines[-1]["file"].endswith(rollout.name)
                return
            await asyncio.sleep(0.2)


async def _until_recorded(tablet: Tablet) -> dict[str, int]:
    """Send new deposits until one is recorded: the edit was taken up. Returns its id."""
    async with asyncio.timeout(CREDITED_SECONDS):
        while True:
            body, shown = tablet.batch(1)
            if await _statuses(tablet, body) == ["recorded"]:
                return shown
            await asyncio.sleep(0.2)


async def _until_adoption_shows(system: System) -> None:
    """The public figures name the phase, its date and the target."""
    today = wib.day(WallClock().now())
    async with asyncio.timeout(20), httpx.AsyncClient(trust_env=False) as client:
        while True:
            answer = await client.get(f"{system.addresses['adoption']}/v1/subdistricts")
            found = next(one for one in answer.json() if one["subdistrict_code"] == BATANG_KUIS)
            if found["phase"] == "open":
                assert found["phase_since"] == str(today)
                assert found["registered_target"] > 0
                return
            await asyncio.sleep(0.2)
