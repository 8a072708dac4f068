"""Topics are exactly what `deploy/kafka/topics.yaml` says: created from it, and never silently different."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError

from deploy.local.problems import StartProblemError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FILE = Path(__file__).resolve().parents[1] / "kafka" / "topics.yaml"
_EXISTS = 36
_CONNECT_SECONDS = 60
_CODES = {38: "the broker has fewer copies to offer", 40: "a configuration value is wrong", 37: "partitions"}


@dataclass(frozen=True)
class Topic:
    """A topic as the file wants it."""

    name: str
    owner: str
    partitions: int
    replication_factor: int
    config: Mapping[str, str]


def read_topics(file: Path = FILE, replication_factor: int | None = None) -> list[Topic]:
    """Return the wanted topics; `replication_factor` replaces the file's (a cluster has more than one broker)."""
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    defaults = content["defaults"]
    return [
        Topic(
            name=entry["name"],
            owner=entry["owner"],
            partitions=int(entry.get("partitions", defaults["partitions"])),
            replication_factor=replication_factor or int(defaults["replication_factor"]),
            config={
                key: str(value) for key, value in {**defaults["config"], **entry.get("config", {})}.items()
            },
        )
        for entry in content["topics"]
    ]


def ensure_topics(bootstrap: str, topics: Sequence[Topic], prefix: str = "") -> list[str]:
    """Create what is missing, check what exists and return the names created now.

    Raises StartProblemError if the broker refuses one or one exists with another number of partitions.
    """
    return asyncio.run(create_topics(bootstrap, topics, prefix))


async def create_topics(bootstrap: str, topics: Sequence[Topic], prefix: str = "") -> list[str]:
    """Do what ensure_topics says, for callers that already run an event loop."""
    admin = await _connect(bootstrap)
    try:
        present = set(await admin.list_topics())
        missing = [topic for topic in topics if prefix + topic.name not in present]
        existing = [topic for topic in topics if prefix + topic.name in present]
        if existing:
            await _check_partitions(admin, existing, prefix)
        created = await _create(admin, missing, prefix) if missing else []
        if missing:
            await _await_leaders(admin, missing, prefix)
        return created
    finally:
        await admin.close()


async def delete_topics(bootstrap: str, names: Sequence[str]) -> None:
    """Delete topics (tests only: what they held is gone)."""
    admin = await _connect(bootstrap)
    try:
        await admin.delete_topics(list(names))
    finally:
        await admin.close()


async def _connect(bootstrap: str) -> AIOKafkaAdminClient:
    deadline = time.monotonic() + _CONNECT_SECONDS
    while True:
        admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=20_000)
        try:
            await admin.start()
        except (KafkaError, OSError) as problem:
            await admin.close()
            if time.monotonic() > deadline:
                message = f"No Kafka broker answers at {bootstrap} ({problem})."
                raise StartProblemError(message) from problem
            await asyncio.sleep(0.2)
        else:
            return admin


async def _check_partitions(admin: AIOKafkaAdminClient, topics: Sequence[Topic], prefix: str) -> None:
    described = await admin.describe_topics([prefix + topic.name for topic in topics])
    counts = {entry["topic"]: len(entry["partitions"]) for entry in described}
    wrong = [
        f"Topic {name} has {counts[name]} partitions, topics.yaml says {topic.partitions}."
        for topic in topics
        if counts[name := prefix + topic.name] != topic.partitions
    ]
    if wrong:
        advice = (
            "The number is never changed on a topic that exists: keys would move to other partitions and lose their "
            "order. Put the old number back in deploy/kafka/topics.yaml, or make a topic of a new version (v2). "
            "If somebody raised it on the broker, it stays raised: write the broker's number into that file for this "
            "topic (`partitions: 13` below its name). Nothing is lost by it; hearers take events in any order."
        )
        raise StartProblemError("\n".join([*wrong, advice]))


async def _create(admin: AIOKafkaAdminClient, topics: Sequence[Topic], prefix: str) -> list[str]:
    response = await admin.create_topics(
        [
            NewTopic(
                prefix + topic.name,
                topic.partitions,
                topic.replication_factor,
                topic_configs=dict(topic.config),
            )
            for topic in topics
        ]
    )
    # A refusal does not raise: it stands in the answer.
    problems = [
        f"Kafka refused topic {error[0]}: {_CODES.get(error[1], '')} (code {error[1]}{_detail(error)})."
        for error in response.topic_errors
        if error[1] not in {0, _EXISTS}
    ]
    if problems:
        raise StartProblemError("\n".join(problems))
    return [error[0] for error in response.topic_errors if error[1] == 0]


async def _await_leaders(admin: AIOKafkaAdminClient, topics: Sequence[Topic], prefix: str) -> None:
    """Wait until the broker tells clients about every new partition: a moment after it agreed to create them."""
    names = [prefix + topic.name for topic in topics]
    deadline = time.monotonic() + _CONNECT_SECONDS
    while True:
        described = await admin.describe_topics(names)
        waiting = [
            e["topic"] for e in described if e["error_code"] or any(p["leader"] < 0 for p in e["partitions"])
        ]
        if not waiting:
            return
        if time.monotonic() > deadline:
            message = f"Topics {', '.join(waiting)} were created but their partitions do not come up."
            raise StartProblemError(message)
        await asyncio.sleep(0.05)


def _detail(error: Sequence[object]) -> str:
    return f": {error[2]}" if len(error) > 2 and error[2] else ""  # noqa: PLR2004
