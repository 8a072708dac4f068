"""Whatever the order, the repetition and the delay, one subject's messages end in the same state."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.contracts import DepositRecorded, DepositRejected, DepositVoided
from shared.kernel.ids import uuid7
from tests.services.deposit.stage import Stage, registration, weighing

Message = Callable[[], Awaitable[Any]]
STORIES = ("plain", "voided", "corrected", "correction_voided", "corrected_twice", "never_registered")


@dataclass
class Story:
    """What is sent about one member, in any order, and which deposits must count in the end."""

    messages: list[Message]
    states: dict[str, str]


def _void(stage: Stage, deposit: dict[str, Any]) -> Message:
    return lambda: stage.post(f"/v1/deposits/{deposit['deposit_id']}:void", {"reason": "Salah"})


def _correction(member: Any, original: dict[str, Any]) -> dict[str, Any]:
    return weighing(member, replaces={"deposit_id": original["deposit_id"], "reason": "Salah"})


def tell(stage: Stage, kind: str) -> Story:
    """Make a story of that kind."""
    member = uuid7()
    chain = [weighing(member)]
    for _ in range({"corrected": 1, "correction_voided": 1, "corrected_twice": 2}.get(kind, 0)):
        chain.append(_correction(member, chain[-1]))
    messages: list[Message] = [lambda each=each: stage.send(each) for each in chain]  # type: ignore[misc]
    states = {each["deposit_id"]: "voided" for each in chain[:-1]}
    states[chain[-1]["deposit_id"]] = "recorded"
    if kind != "never_registered":
        messages.append(lambda: stage.hear(registration(member)))
    else:
        states[chain[-1]["deposit_id"]] = "set aside"
    if kind in {"voided", "correction_voided"}:
        messages.append(_void(stage, chain[-1]))
        states[chain[-1]["deposit_id"]] = "voided"
    return Story(messages, states)


async def delay(stage: Stage) -> None:
    """A day passes, and whoever looks for overdue deposits looks."""
    stage.clock.move(hours=25)
    await stage.set_overdue_aside()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kinds=st.lists(st.sampled_from(STORIES), min_size=1, max_size=5),
    seed=st.integers(0, 2**32),
    together=st.booleans(),
)
async def test_order_repetition_and_delay_do_not_matter(
    stage: Stage, kinds: list[str], seed: int, together: bool
) -> None:
    chance = random.Random(seed)
    stories = [tell(stage, kind) for kind in kinds]
    messages = [
        message for story in stories for message in story.messages for _ in range(chance.randint(1, 3))
    ]
    messages += [lambda: delay(stage)] * chance.randint(0, 2)
    chance.shuffle(messages)
    before = len(await stage.said())
    if together:
        await asyncio.gather(*[message() for message in messages])
    else:
        for message in messages:
            await message()
    events = (await stage.said())[before:]
    recorded = Counter(str(event.deposit_id) for event in events if isinstance(event, DepositRecorded))
    voided = Counter(str(event.deposit_id) for event in events if isinstance(event, DepositVoided))
    assert not any(isinstance(event, DepositRejected) for event in events)
    assert max([*recorded.values(), *voided.values()], default=1) == 1
    for story in stories:
        for deposit_id, expected in story.states.items():
            state = await stage.state_of(deposit_id)
            if expected == "set aside":
                assert state in {"waiting_for_member", "quarantined"}
                assert recorded[deposit_id] == 0
                continue
            assert state == expected
            assert voided[deposit_id] == (expected == "voided")
            if expected == "recorded":
                assert recorded[deposit_id] == 1
