"""A PIN takes its time to be checked: what is taken back meanwhile opens nothing when the check is over."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import httpx

from tests.services.identity.seeded_stage import (
    MEMBER,
    OPERATOR,
    PEOPLE,
    PINS,
    PROGRAMME,
    SECOND_PROGRAMME,
    Place,
    bearer,
    refused,
)

NEW_PIN, OTHER_PIN = "837261", "640917"
PATIENCE_SECONDS = 60.0


class Slow(ThreadPoolExecutor):
    """Threads of which the first piece of work waits until it is let go: a PIN that takes as long as the test likes."""

    def __init__(self) -> None:
        super().__init__(max_workers=4)
        self.go = threading.Event()
        self.waits = threading.Event()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **more: Any) -> Future[Any]:
        if self.waits.is_set():
            return super().submit(fn, *args, **more)
        self.waits.set()
        return super().submit(self._later, fn, *args, **more)

    def _later(self, fn: Callable[..., Any], *args: Any, **more: Any) -> Any:
        assert self.go.wait(PATIENCE_SECONDS)
        return fn(*args, **more)


@asynccontextmanager
async def slowly(asked: Any) -> AsyncIterator[asyncio.Task[httpx.Response]]:
    """A request whose PIN is being checked as long as the block lasts; its answer is there after it."""
    slow = Slow()
    asyncio.get_running_loop().set_default_executor(slow)
    task: asyncio.Task[httpx.Response] = asyncio.create_task(asked)
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not slow.waits.is_set():
                await asyncio.sleep(0.01)
        yield task
    finally:
        slow.go.set()
        await asyncio.wait([task], timeout=PATIENCE_SECONDS)


async def open_sessions(place: Place, code: str) -> int:
    subject = UUID(PEOPLE[code]["id"])
    return len(await place.rows("select 1 from session where subject_id = $1 and ended_at is null", subject))


async def test_who_leaves_the_staff_meanwhile_is_not_let_in(place: Place) -> None:
    who = await place.header(PROGRAMME)
    async with slowly(place.sign_in(OPERATOR, **place.tablet(OPERATOR))) as entering:
        answer = await place.post(f"staff/{PEOPLE[OPERATOR]['id']}:end", who, reason="Pindah kerja")
        assert answer.status_code == 200, answer.text
    assert refused(entering.result()) == (401, "wrong_code_or_pin")
    assert await open_sessions(place, OPERATOR) == 0


async def test_a_tablet_that_is_revoked_meanwhile_opens_nothing(place: Place) -> None:
    who, shown = await place.header(PROGRAMME), place.tablet(OPERATOR)
    async with slowly(place.sign_in(OPERATOR, **shown)) as entering:
        answer = await place.post(f"tablets/{shown['tablet_id']}:revoke", who, reason="Hilang")
        assert answer.status_code == 200, answer.text
    assert refused(entering.result()) == (403, "unknown_tablet")
    assert await open_sessions(place, OPERATOR) == 0


async def test_a_pin_that_is_changed_meanwhile_is_a_wrong_one(place: Place) -> None:
    owner = await place.header(MEMBER)
    for named in ({"code": MEMBER}, {"phone": PEOPLE[MEMBER]["phone"]}):
        before = await open_sessions(place, MEMBER)
        async with slowly(place.post("tokens", **named, pin=PINS[MEMBER])) as entering:
            answer = await place.post("pins:change", owner, old_pin=PINS[MEMBER], new_pin=NEW_PIN)
            assert answer.status_code == 204, answer.text
        assert entering.result().status_code == 401, entering.result().text
        assert await open_sessions(place, MEMBER) <= before
        answer = await place.post("pins:change", owner, old_pin=NEW_PIN, new_pin=PINS[MEMBER])
        assert answer.status_code == 204, answer.text


async def test_a_pin_that_its_owner_chose_anew_is_not_changed_by_who_knew_the_old_one(place: Place) -> None:
    thief = await place.header(MEMBER)
    opened = await place.post("pin-resets", await place.header(PROGRAMME), code=MEMBER, reason="Lupa PIN")
    assert opened.status_code == 201, opened.text
    second = await place.header(SECOND_PROGRAMME)
    confirmed = await place.post(f"pin-resets/{opened.json()['reset_id']}:confirm", second)
    code = confirmed.json()["one_time_code"]
    async with slowly(place.post("pins:change", thief, old_pin=PINS[MEMBER], new_pin=OTHER_PIN)) as changing:
        answer = await place.post("pins:choose", code=MEMBER, one_time_code=code, pin=NEW_PIN)
        assert answer.status_code == 204, answer.text
    assert refused(changing.result()) == (403, "wrong_old_pin")
    assert (await place.sign_in(MEMBER, NEW_PIN)).status_code == 200


async def test_a_phone_that_is_forgotten_meanwhile_may_not_spend(place: Place) -> None:
    owner = bearer((await place.sign_in(MEMBER)).json()["access_token"])
    trusted = (await place.post("devices:trust", owner, **place.card(MEMBER))).json()
    async with slowly(place.sign_in(MEMBER, device_token=trusted["device_token"])) as entering:
        answer = await place.post(f"devices/{trusted['device_id']}:forget", owner)
        assert answer.status_code == 204, answer.text
    assert entering.result().status_code == 200, entering.result().text
    assert entering.result().json()["may_spend"] is False


async def test_nobody_pushes_a_lost_tablet_off_the_list_by_signing_out(place: Place) -> None:
    who, shown = await place.header(PROGRAMME), place.tablet(OPERATOR)
    assert (await place.sign_in(OPERATOR, **shown)).status_code == 200
    answer = await place.post(f"tablets/{shown['tablet_id']}:revoke", who, reason="Hilang")
    assert answer.status_code == 200, answer.text
    # As if members had signed in and out all the time since: their tokens last ten minutes.
    await place.rows(
        """
        insert into revocation (id, kind, revoked_at, until)
        select gen_random_uuid(), 'session', now() + interval '1 second', now() + interval '10 minutes'
        from generate_series(1, 20001)
        """
    )
    listed = (await place.get("revocations")).json()
    assert listed["tablets"] == [shown["tablet_id"]]
    assert len(listed["sessions"]) == 19_999
