"""Poison in a real topic: each kind ends in dead_letter once and the partition moves on; uncured, it does not."""

import asyncio
import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import asyncpg
import pytest
from faststream.kafka import KafkaBroker

from shared.contracts import MemberRegistered
from shared.contracts.prices import PRICES_TOPIC
from shared.runtime import hearing, listening
from shared.runtime.database import Tx
from shared.runtime.hearing import UnacceptableEventError
from tests.services.runtime.stage import Record, Stage, note, registered, sound, until

NOT_UTF_8 = b"\xff\xfe\xfa"


def _with_header(name: str, value: bytes | None) -> Callable[[], Record]:
    def spoil() -> Record:
        good = sound(registered())
        return Record(
            good.value, tuple((key, value if key == name else given) for key, given in good.headers)
        )

    return spoil


def _with_value(value: bytes | None) -> Callable[[], Record]:
    return lambda: dataclasses.replace(sound(registered()), value=value)


POISON = {
    "undecodable header": (_with_header("traceparent", NOT_UTF_8), "header"),
    "null header": (_with_header("traceparent", None), "header"),
    "no type": (lambda: Record(sound(registered()).value, ()), "header"),
    "unknown version": (_with_header("ce_type", b"id.timbang.people.member_registered.v9"), "version"),
    "bad JSON": (_with_value(b'{"member_id": '), "payload"),
    "another shape": (_with_value(b'{"member_id": 7}'), "payload"),
    "tombstone": (_with_value(None), "tombstone"),
    "oversized": (_with_value(b'"' + b"x" * 300_000 + b'"'), "oversized"),
}


@pytest.mark.parametrize("name", POISON)
async def test_poison_is_set_aside_once_and_the_partition_moves_on(stage: Stage, name: str) -> None:
    spoil, kind = POISON[name]
    good = [registered() for _ in range(9)]
    await stage.send(*map(sound, good[:3]), spoil(), *map(sound, good[3:6]), spoil(), *map(sound, good[6:]))
    async with stage.listening():
        await stage.settled()
    assert await stage.heard() == {event.event_id: 1 for event in good}
    assert await stage.dead_letters() == [kind, kind]
    letters = await stage.rows("select record_offset from dead_letter order by id")
    assert [row["record_offset"] for row in letters] == [3, 7]


async def test_all_poison_in_one_batch_among_good_ones(stage: Stage) -> None:
    good = [registered() for _ in POISON]
    mixed = [
        record
        for event, (spoil, _) in zip(good, POISON.values(), strict=True)
        for record in (sound(event), spoil())
    ]
    await stage.send(*mixed)
    async with stage.listening():
        await stage.settled()
    assert await stage.heard() == {event.event_id: 1 for event in good}
    assert await stage.dead_letters() == [kind for _, kind in POISON.values()]


@pytest.mark.parametrize("name", ["undecodable header", "null header"])
async def test_without_the_parser_good_records_beside_it_are_lost(
    stage: Stage, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def original_parser(records: Any, original: Any) -> Any:
        return await original(records)

    monkeypatch.setattr(listening, "_parse", original_parser)
    before, after = [registered() for _ in range(5)], [registered() for _ in range(5)]
    await stage.send(*map(sound, before), POISON[name][0]())
    async with stage.listening():
        await asyncio.sleep(1.0)  # the batch is fetched, and nobody hears of it
        await stage.send(*map(sound, after))
        await stage.settled()
    lost = {event.event_id for event in before} - set(await stage.heard())
    assert lost, "the cure would not be needed"
    assert await stage.dead_letters() == ["missing"], "what the library let fall is noticed all the same"


async def test_without_the_decoder_bad_json_blocks_the_partition(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = 0

    async def original_decoder(message: Any, original: Any) -> Any:
        nonlocal tried
        tried += 1
        return await original(message)

    async def parser_of_all(records: Any, original: Any) -> Any:
        return await original(records)

    monkeypatch.setattr(listening, "_decode", original_decoder)
    monkeypatch.setattr(listening, "_parse", parser_of_all)
    await stage.send(POISON["bad JSON"][0](), sound(registered()))

    async def often() -> bool:
        return tried > 20

    async with stage.listening():
        await until(often)
    assert await stage.heard() == {}
    assert await stage.lag() > 0


async def test_a_reply_to_header_publishes_nothing(stage: Stage) -> None:
    event = registered()
    await stage.send(sound(event, {"reply_to": (stage.prefix + PRICES_TOPIC).encode()}))
    async with stage.listening():
        await stage.settled()
    assert await stage.heard() == {event.event_id: 1}
    assert await stage.published(PRICES_TOPIC) == []


async def test_without_no_reply_the_consumer_publishes(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    async def parser_of_all(records: Any, original: Any) -> Any:
        return await original(records)

    monkeypatch.setattr(listening, "_parse", parser_of_all)
    monkeypatch.setattr(KafkaBroker, "subscriber", _without(KafkaBroker.subscriber, "no_reply"))
    monkeypatch.setattr(listening, "KafkaBroker", _can_publish)
    await stage.send(sound(registered(), {"reply_to": (stage.prefix + PRICES_TOPIC).encode()}))

    async def replied() -> bool:
        return bool(await stage.published(PRICES_TOPIC))

    async with stage.listening():
        await until(replied)


async def test_a_fact_without_a_word_for_it_is_skipped(stage: Stage) -> None:
    await stage.send(_with_header("ce_type", b"id.timbang.people.somebody_waved.v1")(), sound(registered()))
    async with stage.listening():
        await stage.settled()
    assert await stage.dead_letters() == []
    assert len(await stage.heard()) == 1


async def test_spoiling_events_are_found_by_halving(stage: Stage) -> None:
    events = [registered() for _ in range(100)]
    contradictory, defect = events[17], events[71]

    async def choosy(tx: Tx, heard: Sequence[MemberRegistered]) -> None:
        await note(tx, heard)
        if contradictory in heard:
            raise UnacceptableEventError("contradicts what is known")
        if defect in heard:
            raise ZeroDivisionError("a bug of ours, with a NUL \x00 in its words")

    stage.handlers[MemberRegistered] = choosy
    await stage.send(*map(sound, events))
    async with stage.listening():
        await stage.settled()
    assert await stage.heard() == {e.event_id: 1 for e in events if e not in (contradictory, defect)}
    assert sorted(await stage.dead_letters()) == ["failed", "refused"]


async def test_a_dead_letter_takes_effect_once_after_a_fix(stage: Stage) -> None:
    async def broken(tx: Tx, heard: Sequence[MemberRegistered]) -> None:
        del tx, heard
        raise UnacceptableEventError("not yet")

    events = [registered() for _ in range(3)]
    stage.handlers[MemberRegistered] = broken
    await stage.send(*map(sound, events), POISON["undecodable header"][0]())
    async with stage.listening():
        await stage.settled()
    assert sorted(await stage.dead_letters()) == ["header", "refused", "refused", "refused"]
    assert await stage.hearer().replay(None) == (0, 4)
    stage.handlers[MemberRegistered] = note
    assert await stage.hearer().replay(None) == (3, 1)
    assert await stage.hearer().replay(None) == (0, 1)
    assert await stage.heard() == {event.event_id: 1 for event in events}


async def test_a_passing_failure_is_tried_again_and_leaves_no_dead_letter(stage: Stage) -> None:
    attempts = 0

    async def serializing(tx: Tx, heard: Sequence[MemberRegistered]) -> None:
        nonlocal attempts
        attempts += 1
        await note(tx, heard)
        if attempts < 4:
            raise asyncpg.SerializationError("could not serialize access")

    events = [registered() for _ in range(5)]
    stage.handlers[MemberRegistered] = serializing
    await stage.send(*map(sound, events))
    async with stage.listening():
        await stage.settled()
    assert attempts >= 4
    assert await stage.heard() == {event.event_id: 1 for event in events}
    assert await stage.dead_letters() == []


async def test_without_the_list_of_passing_failures_good_events_become_dead_letters(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def serializing(tx: Tx, heard: Sequence[MemberRegistered]) -> None:
        del tx, heard
        raise asyncpg.SerializationError("could not serialize access")

    monkeypatch.setattr(hearing, "TRANSIENT_ERRORS", ())
    stage.handlers[MemberRegistered] = serializing
    await stage.send(sound(registered()))

    async def set_aside() -> bool:
        return await stage.dead_letters() == ["failed"]

    async with stage.listening():
        await until(set_aside)


def _without(subscriber: Any, option: str) -> Any:
    def call(self: KafkaBroker, *topics: str, **options: Any) -> Any:
        options.pop(option)
        return subscriber(self, *topics, **options)

    return call


def _can_publish(*servers: str, **options: Any) -> KafkaBroker:
    options.pop("consumer_only")
    return KafkaBroker(*servers, **options)
