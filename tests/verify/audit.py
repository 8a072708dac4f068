"""Every service's audit trail, recomputed entry by entry: nothing was altered, cut out or cut off.

An entry's hash covers the one before it, so alteration and a hole show by themselves. An end that was cut off does
not: so each look notes how far the trail went, outside of the databases, and the next look expects to find that.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg

from shared.runtime.audit import BEGINNING, Act, chained
from tests.verify.findings import Differences, Finding

_ENTRIES = """
select seq, at, actor_id, actor_role, action, subject_kind, subject_id, subdistrict_code,
       before::text as before, after::text as after, why, hash
from audit order by seq
"""
HEADS = "audit-heads.json"


@dataclass
class Trail:
    """One service's trail after recomputing it. `hashes` are by entry number; `wrong` is in words."""

    hashes: dict[int, bytes] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


async def fetch_trails(connections: Mapping[str, asyncpg.Connection]) -> dict[str, Trail]:
    """The trail of each service that keeps one."""
    return {
        service: await _walk(service, connection)
        for service, connection in connections.items()
        if await connection.fetchval("select to_regclass('audit') is not null")
    }


async def _walk(service: str, connection: asyncpg.Connection) -> Trail:
    trail, previous, last = Trail(), BEGINNING, 0
    async with connection.transaction(readonly=True):
        async for row in connection.cursor(_ENTRIES, prefetch=1000):
            if row["seq"] != last + 1:
                trail.wrong.append(f"{service}: entries {last + 1} to {row['seq'] - 1} of the audit are gone")
            elif row["hash"] != chained(previous, row["seq"], row["at"], _act(row)):
                trail.wrong.append(
                    f"{service}: entry {row['seq']} of the audit was altered ({row['action']})"
                )
            last, previous = row["seq"], row["hash"]
            trail.hashes[last] = previous
    return trail


def _act(row: Any) -> Act:
    return Act(
        action=row["action"],
        subject_kind=row["subject_kind"],
        subject_id=row["subject_id"],
        actor_id=row["actor_id"],
        actor_role=row["actor_role"],
        subdistrict_code=row["subdistrict_code"],
        before=None if row["before"] is None else json.loads(row["before"]),
        after=None if row["after"] is None else json.loads(row["after"]),
        reason=row["why"],
    )


def check_audits(trails: Mapping[str, Trail], heads_file: Path | None) -> Finding:
    """I12. Without a file nothing is remembered between two looks."""
    found = Differences()
    remembered = _read(heads_file)
    for service, trail in trails.items():
        for words in trail.wrong:
            found.add(words)
        head = remembered.get(service)
        if head is not None:
            _compare(service, trail, head["seq"], bytes.fromhex(head["hash"]), found)
    finding = found.finding(
        "I12",
        "every audit trail is whole: each entry follows from the one before, and none that was seen is gone",
        f"{sum(len(trail.hashes) for trail in trails.values())} entries of {len(trails)} services",
    )
    if finding.holds and heads_file is not None:
        _write(heads_file, trails)
    return finding


def _compare(service: str, trail: Trail, seq: int, hash_then: bytes, found: Differences) -> None:
    now = trail.hashes.get(seq)
    if now is None:
        end = max(trail.hashes, default=0)
        found.add(f"{service}: the audit ended with entry {seq} before, now with {end}")
    elif now != hash_then:
        found.add(f"{service}: entry {seq} of the audit is another one than was seen before")


def _read(file: Path | None) -> dict[str, Any]:
    if file is None or not file.exists():
        return {}
    heads: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return heads


def _write(file: Path, trails: Mapping[str, Trail]) -> None:
    heads = {
        service: {"seq": max(trail.hashes), "hash": trail.hashes[max(trail.hashes)].hex()}
        for service, trail in trails.items()
        if trail.hashes
    }
    file.write_text(json.dumps(heads, indent=2) + "\n", encoding="utf-8")
