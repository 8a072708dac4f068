"""Notices what Kafka no longer had when its turn came, instead of reading on as if nothing had ever stood there.

The client library puts a consumer whose place is gone at the oldest record there is, without a word. Places in our
topics have no holes, since nothing is compacted and nobody uses Kafka's transactions: a hole is something lost.
"""

from collections.abc import Awaitable, Callable, Sequence

from aiokafka import ConsumerRecord, TopicPartition

from shared.runtime.envelope import Poison
from shared.runtime.hearing import SetAside


class Continuity:
    """Compares each record's place with the one that is due. One per subscriber.

    What is missing is no reason to stand still: what stands behind it is true whatever the order, and what is gone does
    not come back by waiting. It is set aside as a dead letter of kind `missing`, which calls a person.
    """

    def __init__(self, committed: Callable[[TopicPartition], Awaitable[int | None]]) -> None:
        self._committed = committed
        self._due: dict[tuple[str, int], int] = {}
        self._due_then: dict[tuple[str, int], int] = {}

    def begin_again(self) -> None:
        """Partitions were given out anew: what is due is what the group has committed."""
        self._due = {}

    async def missing(self, records: Sequence[ConsumerRecord]) -> list[SetAside]:
        """What should have stood before or between these records. Raises KafkaError if the group's place is unknown."""
        due, found = dict(self._due), []
        for record in records:
            place = record.topic, record.partition
            expected = due.get(place)
            if expected is None:
                expected = await self._committed(TopicPartition(*place)) or 0
            if record.offset != expected and not await self._is_given_again(record, expected):
                found.append(_letter(record, expected))
            due[place] = record.offset + 1
        self._due_then = due
        return found

    async def _is_given_again(self, record: ConsumerRecord, expected: int) -> bool:
        """Members changed while a batch was in hand, and its end could no longer be committed: it comes once more."""
        place = TopicPartition(record.topic, record.partition)
        return bool(record.offset < expected and record.offset == await self._committed(place))

    def heard(self) -> None:
        """The records last compared are done with; until then a repetition of them is what is due."""
        self._due = self._due_then


def _letter(record: ConsumerRecord, expected: int) -> SetAside:
    if record.offset > expected:
        words = (
            f"{record.offset - expected} records from {expected} on were gone from Kafka before they were heard; "
            f"the next one is of {record.timestamp}"
        )
    else:
        words = (
            f"the partition begins again at {record.offset}, though {expected} was due: it was made anew or cut off, "
            f"and what was said and not heard is gone; the next one is of {record.timestamp}"
        )
    gone = ConsumerRecord(
        topic=record.topic,
        partition=record.partition,
        offset=expected,
        timestamp=record.timestamp,
        timestamp_type=record.timestamp_type,
        key=None,
        # So that the next loss at the same place is another letter.
        value=words.encode(),
        checksum=None,
        serialized_key_size=0,
        serialized_value_size=len(words),
        headers=(),
    )
    return gone, Poison("missing", words)
