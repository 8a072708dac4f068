"""Who did what to whom, from what to what, and why: written in the transaction that does it, never changed after.

Each entry's hash covers the entry and the hash before it, so that one that was altered or cut out is found. Entries
hold ids, codes and figures; what names a person, or was said in confidence, does not belong here.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from shared.kernel.roles import Role
from shared.runtime.access import allow
from shared.runtime.database import Database, Tx
from shared.runtime.http import Slug
from shared.runtime.paging import LIMIT, Cursor, Limit, number_of, page_of
from shared.runtime.tokens import Caller

# Written by the service itself, such as a time limit that ran out.
NOBODY = "service"
BEGINNING = bytes(32)
# The chain has one end: whoever adds to it waits until the one before has committed.
_LOCK = "select pg_advisory_xact_lock(hashtext('timbang audit'))"
_LAST = "select seq, hash from audit order by seq desc limit 1"
_INSERT = """
insert into audit (seq, at, actor_id, actor_role, action, subject_kind, subject_id, subdistrict_code,
                   before, after, why, hash)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9::jsonb, $10::jsonb, $11, $12)
"""
_READ = """
select seq, at, actor_id, actor_role, action, subject_kind, subject_id, subdistrict_code,
       before::text as before, after::text as after, why as reason
from audit
where subject_id = $1 and seq < $2
  and (subdistrict_code = any($3::text[]) or left(subdistrict_code, 5) = any($4::text[])
       or (subdistrict_code is null and $4::text[] <> '{}'))
order by seq desc
limit $5
"""
# Above every entry: an audit is read from its newest on.
_FROM_THE_NEWEST = 2**62

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that somebody did. `before` and `after` hold only what changed; both are None for a mere look."""

    action: str
    subject_kind: str
    subject_id: str
    actor_id: UUID | None = None
    actor_role: str = NOBODY
    subdistrict_code: str | None = None
    before: Values | None = None
    after: Values | None = None
    reason: str | None = None


def done_by(who: Caller) -> dict[str, Any]:
    """The actor's part of an Act: `Act(..., **done_by(who))`."""
    return {"actor_id": who.subject, "actor_role": who.role.value}


async def note(tx: Tx, acts: Sequence[Act], now: datetime) -> None:
    """Write the acts down, if and only if the transaction commits. Call it late: others wait for the commit."""
    if not acts:
        return
    await tx.execute(_LOCK)
    last = await tx.fetchrow(_LAST)
    seq, previous = (0, BEGINNING) if last is None else (last["seq"], last["hash"])
    for act in acts:
        seq += 1
        previous = chained(previous, seq, now, act)
        await tx.execute(
            _INSERT,
            seq,
            now,
            act.actor_id,
            act.actor_role,
            act.action,
            act.subject_kind,
            act.subject_id,
            act.subdistrict_code,
            _json(act.before),
            _json(act.after),
            act.reason,
            previous,
        )


def chained(previous: bytes, seq: int, at: datetime, act: Act) -> bytes:
    """The hash of an entry: 32 bytes over the hash before it and every column, in one canonical form."""
    columns = [
        seq,
        at.astimezone(UTC).isoformat(timespec="microseconds"),
        None if act.actor_id is None else str(act.actor_id),
        act.actor_role,
        act.action,
        act.subject_kind,
        act.subject_id,
        act.subdistrict_code,
        act.before,
        act.after,
        act.reason,
    ]
    text = json.dumps(columns, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(previous + text.encode()).digest()


def _json(values: Values | None) -> str | None:
    return None if values is None else json.dumps(values, ensure_ascii=False)


class AuditLine(BaseModel):
    """One act, as staff read it."""

    seq: int
    at: datetime
    actor_id: UUID | None
    actor_role: str
    action: str
    subject_kind: str
    subject_id: str
    subdistrict_code: str | None
    before: Values | None
    after: Values | None
    reason: str | None


class AuditPage(BaseModel):
    """Newest first. `next_cursor` is null on the last page."""

    lines: list[AuditLine]
    next_cursor: str | None


def audit_router(database: Database) -> APIRouter:
    """`GET /v1/audit?subject_id=`: what was done to one subject, for the programme, within its area."""
    routes = APIRouter(prefix="/v1", tags=["audit"])

    @routes.get("/audit")
    async def read_audit(
        who: Annotated[Caller, Depends(allow(Role.PROGRAMME))],
        subject_id: Slug,
        cursor: Cursor = None,
        limit: Limit = LIMIT,
    ) -> AuditPage:
        """What was done to a subject, newest first; acts of no sub-district are seen by regency-wide staff only."""
        before = number_of(cursor)
        async with database.reading() as tx:
            rows = await tx.fetch(
                _READ,
                subject_id,
                _FROM_THE_NEWEST if before is None else before,
                sorted(who.subdistrict_codes),
                sorted(who.regency_codes),
                limit + 1,
            )
        page, following = page_of(rows, limit, lambda row: int(row["seq"]))
        return AuditPage(lines=[_line(row) for row in page], next_cursor=following)

    return routes


def _line(row: Any) -> AuditLine:
    parsed = {name: None if row[name] is None else json.loads(row[name]) for name in ("before", "after")}
    return AuditLine(**{**dict(row), **parsed})
