"""Facts travel whole: nothing waits in an outbox, nothing is unheard, nothing published is missing from its topic."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

from tests.verify.findings import Differences, Finding
from tests.verify.hearers import Hearer
from tests.verify.lag import Standing
from tests.verify.scratch import PARTS, Scratch, Shelf
from tests.verify.topics import Topics, Unreadable

UNSENT_SECONDS = 10
ARCHIVE_DAYS = 35

Place = tuple[str, int, int]
"""Topic without prefix, partition, offset."""


@dataclass(frozen=True)
class Sent:
    """What one service wrote down about its sending and its dead letters. `archived` holds event ids, by topic."""

    unsent: int
    unsent_old: int
    archived: Mapping[str, Shelf]
    archive_begins_at: datetime | None
    looked_at: datetime
    dead_letters: Mapping[Place, str]
    waiting_letters: frozenset[Place]


async def fetch_sent(scratch: Scratch, connection: asyncpg.Connection, prefix: str = "") -> Sent:
    """Read one service's outbox, archive and dead letters."""
    archived: dict[str, Shelf] = {}
    async with connection.transaction(readonly=True):
        query = "select topic, event_ids from outbox_archive union all select topic, event_ids from outbox"
        async for row in connection.cursor(query, prefetch=500):
            topic = row["topic"]
            shelf = archived[topic] = archived.get(topic) or scratch.shelf()
            for each in row["event_ids"]:
                shelf.put(each.bytes, each.bytes)
    facts = await connection.fetchrow(
        """
        select now() as looked_at, (select min(sent_at) from outbox_archive) as begins_at,
               (select coalesce(sum(event_count), 0) from outbox) as unsent,
               (select coalesce(sum(event_count), 0) from outbox
                where created_at < clock_timestamp() - make_interval(secs => $1)) as unsent_old
        """,
        UNSENT_SECONDS,
    )
    letters = await connection.fetch(
        "select topic, partition, record_offset, kind, replayed_at from dead_letter"
    )
    places = [(row["topic"].removeprefix(prefix), row["partition"], row["record_offset"]) for row in letters]
    return Sent(
        unsent=facts["unsent"],
        unsent_old=facts["unsent_old"],
        archived=archived,
        archive_begins_at=facts["begins_at"],
        looked_at=facts["looked_at"],
        dead_letters={place: row["kind"] for place, row in zip(places, letters, strict=True)},
        waiting_letters=frozenset(
            place for place, row in zip(places, letters, strict=True) if row["replayed_at"] is None
        ),
    )


def check_outboxes(sent: Mapping[str, Sent]) -> Finding:
    """I6."""
    found = Differences()
    for service, facts in sent.items():
        if facts.unsent_old:
            found.add(
                f"{service} has {facts.unsent_old} events unsent for over {UNSENT_SECONDS} s",
                facts.unsent_old,
            )
    unsent = sum(facts.unsent for facts in sent.values())
    return found.finding(
        "I6",
        "every outbox is empty: no event waits for longer than 10 s",
        f"{len(sent)} outboxes, {unsent} just now",
    )


def check_heard(
    sent: Mapping[str, Sent],
    unreadable: Iterable[Unreadable],
    hearers: Mapping[str, Hearer],
    at_quiet: Standing,
    refused_on_purpose: int = 0,
) -> Finding:
    """I7. `refused_on_purpose` is how many readable but contradictory events a test has put into the topics."""
    found = Differences()
    for service, records in at_quiet.behind.items():
        found.add(f"{service} has {records} records to hear", records)
    poison = list(unreadable)
    letters = refused = 0
    for service, hearer in hearers.items():
        facts = sent[service]
        letters += len(facts.dead_letters)
        expected = {
            (each.topic, each.partition, each.offset)
            for each in poison
            if each.topic in hearer.topics and (each.event is None or each.event in hearer.events)
        }
        for place in sorted(expected - facts.dead_letters.keys()):
            found.add(f"{service} lost a record that cannot be read: {_at(place)}")
        for place in sorted(facts.waiting_letters - expected):
            if facts.dead_letters[place] == "refused" and refused < refused_on_purpose:
                refused += 1
                continue
            found.add(f"{service} set a readable record aside ({facts.dead_letters[place]}): {_at(place)}")
    return found.finding(
        "I7",
        "everything is heard, and exactly what cannot be read is set aside",
        f"{len(hearers)} hearers, {len(poison)} unreadable records, {letters} dead letters",
    )


def check_topics(sent: Mapping[str, Sent], topics: Topics, strays_on_purpose: int = 0) -> Finding:
    """I8. `strays_on_purpose` is how many events a test has put into the topics without an outbox."""
    found = Differences()
    published = unique = strays = 0
    forgotten = _forgotten_before(sent)
    for topic, shelf in topics.event_ids.items():
        for number in range(PARTS):
            held = _ids(shelf, number)
            unique += len(held)
            kept: set[bytes] = set()
            for service, facts in sent.items():
                ids = _ids(facts.archived[topic], number) if topic in facts.archived else frozenset()
                published += len(ids)
                kept |= ids
                for lost in sorted(ids - held):
                    found.add(f"{service} published {UUID(bytes=lost)}, which is not in {topic}")
            for stray in sorted(held - kept):
                # The archive forgets after 35 days; a UUIDv7 begins with the millisecond in which it was made.
                if int.from_bytes(stray[:6]) < forgotten.get(topic, 0):
                    continue
                strays += 1
                if strays > strays_on_purpose:
                    found.add(f"{UUID(bytes=stray)} in {topic} was published by no outbox")
    for service, facts in sent.items():
        for topic in facts.archived.keys() - topics.event_ids.keys():
            found.add(f"{service} published to {topic}, which nobody knows")
    return found.finding(
        "I8",
        "every published event is in its topic, and nothing else is",
        f"{published} published, {sum(topics.records.values())} records, {unique} events",
    )


def _ids(shelf: Shelf, number: int) -> frozenset[bytes]:
    packed = shelf.part(number)
    return frozenset(packed[place : place + 16] for place in range(0, len(packed), 16))


def _forgotten_before(sent: Mapping[str, Sent]) -> dict[str, int]:
    """By topic the millisecond before which its archive may have been cleared away."""
    found: dict[str, int] = {}
    for facts in sent.values():
        begins = facts.archive_begins_at
        if begins is not None and facts.looked_at - begins > timedelta(days=ARCHIVE_DAYS - 1):
            found.update(dict.fromkeys(facts.archived, int((begins.timestamp() - 60) * 1000)))
    return found


def _at(place: Place) -> str:
    topic, partition, offset = place
    return f"{topic}/{partition}@{offset}"
