"""Whose PIN is checked next, and how many wrong sign-ins are looked at from one place."""

import asyncio

import pytest

from services.identity.workflows.patience import WRONG_AT_ONCE, WRONG_EVERY_SECONDS, Patience
from services.identity.workflows.turns import AT_ONCE, WAITING_MAX, Asker, TooManySignInsError, Turns

FLOOD, ONE, TWO = Asker("203.0.113.9"), Asker("198.51.100.7"), Asker("198.51.100.8")
TABLET, PHONE = Asker("tablet", known=True), Asker("phone", known=True)


class Checks:
    """Checks that last until the test ends them: who had a turn, in which order, and who has one now."""

    def __init__(self) -> None:
        self.turns = Turns()
        self.began: list[str] = []
        self.now: list[str] = []
        self.refused: list[str] = []
        self.tasks: list[asyncio.Task[None]] = []
        self._ends: dict[str, asyncio.Event] = {}

    async def ask(self, asker: Asker, name: str = "") -> None:
        """Somebody asks, and it is seen what becomes of it at once."""
        name = name or asker.key
        self._ends[name] = asyncio.Event()
        self.tasks.append(asyncio.create_task(self._check(asker, name)))
        await settle()

    async def _check(self, asker: Asker, name: str) -> None:
        try:
            async with self.turns.turn(asker):
                self.began.append(name)
                self.now.append(name)
                await self._ends[name].wait()
                self.now.remove(name)
        except TooManySignInsError:
            self.refused.append(name)

    async def end(self, name: str) -> None:
        """A check is done."""
        self._ends[name].set()
        await settle()

    async def end_all(self) -> None:
        """Every check, until nobody waits."""
        while self.now:
            await self.end(self.now[0])
        await asyncio.gather(*self.tasks, return_exceptions=True)


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_strangers_have_one_turn_at_a_time_and_who_is_known_has_the_other() -> None:
    checks = Checks()
    for number in range(5):
        await checks.ask(FLOOD, f"flood {number}")
    assert checks.now == ["flood 0"]
    await checks.ask(TABLET)
    assert checks.now == ["flood 0", "tablet"], "nobody stands before a tablet"
    await checks.end("flood 0")
    assert checks.now == ["tablet", "flood 1"], "and the tablet does not stand before strangers"
    await checks.end_all()
    assert checks.refused == []


async def test_who_is_known_does_not_keep_strangers_waiting_for_good() -> None:
    checks = Checks()
    for number in range(6):
        await checks.ask(PHONE, f"phone {number}")
    assert len(checks.now) == AT_ONCE, "alone they have both"
    await checks.ask(ONE)
    await checks.end("phone 0")
    assert ONE.key in checks.now
    await checks.end_all()


async def test_in_a_room_each_place_has_its_turn() -> None:
    checks = Checks()
    for number in range(10):
        await checks.ask(FLOOD, f"flood {number}")
    await checks.ask(ONE)
    await checks.ask(TWO)
    await checks.end_all()
    assert checks.began[:5] == ["flood 0", "flood 1", ONE.key, TWO.key, "flood 2"]


async def test_a_full_room_turns_away_who_has_most_waiting_in_it() -> None:
    checks = Checks()
    for number in range(WAITING_MAX + 3):
        await checks.ask(FLOOD, f"flood {number}")
    assert checks.refused == [f"flood {WAITING_MAX + 1}", f"flood {WAITING_MAX + 2}"], "one has its turn"
    assert checks.turns.waiting == WAITING_MAX
    await checks.ask(ONE)
    assert checks.refused[2:] == [f"flood {WAITING_MAX}"], "the newest of the flood makes place"
    await checks.ask(TABLET)
    assert "tablet" in checks.now, "the other room is not full"
    await checks.end_all()
    assert checks.began[:4] == ["flood 0", "tablet", "flood 1", ONE.key]


async def test_a_room_full_of_single_ones_turns_the_newcomer_away() -> None:
    checks = Checks()
    for number in range(WAITING_MAX + 1):
        await checks.ask(Asker(f"203.0.113.{number}"))
    await checks.ask(ONE)
    assert checks.refused == [ONE.key]
    await checks.end_all()
    assert len(checks.began) == WAITING_MAX + 1


async def test_who_goes_away_leaves_the_turn_to_others() -> None:
    checks = Checks()
    for asker in (ONE, TWO, FLOOD):
        await checks.ask(asker)
    checks.tasks[1].cancel()
    await settle()
    assert checks.turns.waiting == 1
    # The one who is called and goes away at the same moment.
    checks._ends[ONE.key].set()
    await asyncio.sleep(0)
    checks.tasks[2].cancel()
    await settle()
    await checks.ask(TABLET)
    await checks.ask(Asker("192.0.2.1"), "later")
    assert checks.now == ["tablet", "later"], "no turn was lost"
    await checks.end_all()
    assert checks.turns.waiting == 0


class Watch:
    """A clock that the test turns."""

    def __init__(self) -> None:
        self.at = 1_000.0

    def __call__(self) -> float:
        return self.at


def test_a_place_may_be_wrong_often_and_then_at_a_pace() -> None:
    watch = Watch()
    patience = Patience(watch)
    for _ in range(WRONG_AT_ONCE):
        assert patience.seconds_to_wait("here") == 0
        patience.count_wrong("here")
    assert patience.seconds_to_wait("here") == pytest.approx(WRONG_EVERY_SECONDS)
    assert patience.seconds_to_wait("elsewhere") == 0
    watch.at += WRONG_EVERY_SECONDS
    assert patience.seconds_to_wait("here") == 0
    patience.count_wrong("here")
    assert patience.seconds_to_wait("here") == pytest.approx(WRONG_EVERY_SECONDS)
    watch.at += WRONG_AT_ONCE * WRONG_EVERY_SECONDS
    for _ in range(WRONG_AT_ONCE):
        assert patience.seconds_to_wait("here") == 0, "after a rest all of it is back, and no more"
        patience.count_wrong("here")
    assert patience.seconds_to_wait("here") > 0


def test_patience_takes_no_more_memory_than_for_so_many_places() -> None:
    patience = Patience()
    for number in range(20_100):
        patience.count_wrong(str(number))
    assert len(patience._made_up_at) == 20_000
    assert "20099" in patience._made_up_at
