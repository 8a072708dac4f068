"""SIGKILL for every process in turn, each while at least a hundred deposits are on their way.

`make test` kills each kind once, `make soak` three times; the seed is printed and may be given.
"""

import asyncio
import os
import random
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import asyncpg
import httpx
import pytest

from tests.faults.ledger import count_credits, not_credited, until_credited
from tests.faults.roomy import roomy_rollout
from tests.faults.storm import Storm
from tests.load.crowd import enrol, sign_in, tablets
from tests.services.web.page_forms import read_page
from tests.system import System
from tests.verify.places import Places
from tests.verify.running import verify

BANK = "lubuk-pakam-induk"
IN_FLIGHT_AT_LEAST = 100
OK = 200
BATCH = 100
# Wallet runs as three processes, so that its relay can be killed alone.
SPLIT = "wallet"
PROCESSES = (
    "identity",
    "deposit",
    "valuation",
    "wallet-door",
    "wallet-consumers",
    "wallet-relay",
    "payout",
    "adoption",
    "sandbox",
    "web",
    "kafka",
    "postgres",
    "runner",
)
# The bars: seconds after the kill until everything that was acknowledged is credited.
CAUGHT_UP_SECONDS = {"postgres": 30.0, "kafka": 60.0, "runner": 60.0}
SERVICE_CAUGHT_UP_SECONDS = 10.0
SEED = int(os.environ.get("TIMBANG_SEED", random.SystemRandom().randrange(1_000_000)))


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """One system for all kills, as it would be in the field."""
    home: Path = tmp_path_factory.mktemp("kills")
    home.chmod(0o755)
    with System(home, {"TIMBANG_SPLIT": SPLIT, "ROLLOUT_PATH": str(roomy_rollout(home))}) as running:
        yield running


def test_each_process_killed_once(system: System) -> None:
    asyncio.run(_kill_in_turn(system, rounds=1, seed=SEED))


@pytest.mark.soak
def test_each_process_killed_three_times(system: System) -> None:
    asyncio.run(_kill_in_turn(system, rounds=3, seed=SEED))


async def _kill_in_turn(system: System, *, rounds: int, seed: int) -> None:
    print(f"seed {seed}")
    reader = await _somebody_reading(system)
    operator = await sign_in(system, "operator", bank=BANK)
    member_ids = await enrol(system, operator, BANK, 200)
    storm = Storm(await tablets(system, operator, BANK, member_ids, count=4, seed=seed))
    order = [name for _ in range(rounds) for name in PROCESSES]
    random.Random(seed).shuffle(order)
    for name in order:
        in_flight = await _until_in_flight(system, storm)
        assert in_flight >= IN_FLIGHT_AT_LEAST
        seconds = await _kill_and_catch_up(system, storm, name)
        print(f"killed {name} with {in_flight} deposits in flight; caught up {seconds:.1f} s after the kill")
        assert seconds <= CAUGHT_UP_SECONDS.get(name, SERVICE_CAUGHT_UP_SECONDS)
        if name == "web":
            # It keeps nothing: whoever was signed in goes on reading where they were.
            assert (await reader.get("/saldo")).status_code == OK
    await reader.aclose()
    found = await count_credits(system.databases["wallet"], storm.acknowledged)
    assert not found.missing, found.missing[:5]
    assert not found.double, found.double[:5]
    assert found.once == len(storm.acknowledged)
    print(
        f"{found.once} deposits were acknowledged and are credited once; {storm.resent} batches were sent again"
    )
    report = await verify(
        Places.of(system.home / ".run" / "ready.json"), acknowledged=[UUID(one) for one in storm.acknowledged]
    )
    assert report.holds, report.lines()


async def _somebody_reading(system: System) -> httpx.AsyncClient:
    """A resident's browser, signed in."""
    address = system.addresses["web"]
    member = next(person for person in system.people if person["role"] == "member")
    browser = httpx.AsyncClient(base_url=address, headers={"Origin": address}, timeout=30, trust_env=False)
    (form,) = read_page("/masuk", (await browser.get("/masuk")).text).forms
    fields = {each.name: each.value for each in form.fields}
    await browser.post(form.action, data=fields | {"siapa": member["code"], "pin": member["pin"]})
    assert (await browser.get("/saldo")).status_code == OK
    return browser


async def _until_in_flight(system: System, storm: Storm) -> int:
    """Send until at least a hundred acknowledged deposits are not credited at one moment; returns how many."""
    wallet = await asyncpg.connect(system.databases["wallet"])
    try:
        for _ in range(50):
            before = set(storm.acknowledged)
            await storm.send(4, BATCH)
            new = [UUID(one) for one in storm.acknowledged if one not in before]
            missing = await not_credited(wallet, new)
            if len(missing) >= IN_FLIGHT_AT_LEAST:
                return len(missing)
    finally:
        wallet.terminate()
    message = "the road is too fast for a hundred deposits to be in flight"
    raise AssertionError(message)


async def _kill_and_catch_up(system: System, storm: Storm, name: str) -> float:
    """Kill, go on sending, and wait until all that was acknowledged is credited; seconds since the kill."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    dead = system.kill(name)
    sending = asyncio.create_task(storm.send(4, BATCH))
    if name == "runner":
        await asyncio.to_thread(system.start)
    else:
        await asyncio.to_thread(system.await_return, name, dead, 180.0)
    await sending
    await until_credited(system.databases["wallet"], storm.acknowledged, 180.0)
    return loop.time() - begun
