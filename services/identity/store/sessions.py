"""Queries about sessions, their refresh tokens, and what was taken back before it expired."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from services.identity.domain.sessions import Ending, RefreshToken, Session
from shared.kernel.roles import Role
from shared.runtime.database import Tx

_COLUMNS = (
    "id, subject_id, role, code, tablet_id, device_id, may_spend, mark, is_proven, started_at, last_used_at, "
    "expires_at, access_until, ended_at, ended_why"
)


async def add_session(tx: Tx, session: Session) -> None:
    """Store a new session."""
    await tx.execute(
        f"""
        insert into session ({_COLUMNS})
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, null, null)
        """,  # noqa: S608 - our columns
        session.id,
        session.subject_id,
        session.role.value,
        session.code,
        session.tablet_id,
        session.device_id,
        session.may_spend,
        session.mark,
        session.is_proven,
        session.started_at,
        session.last_used_at,
        session.expires_at,
        session.access_until,
    )


async def lock_session(tx: Tx, session_id: UUID) -> Session | None:
    """One session, locked until the transaction ends, or None."""
    row = await tx.fetchrow(f"select {_COLUMNS} from session where id = $1 for update", session_id)  # noqa: S608
    return None if row is None else _as_session(row)


async def find_session(tx: Tx, session_id: UUID) -> Session | None:
    """As `lock_session`, without the lock."""
    row = await tx.fetchrow(f"select {_COLUMNS} from session where id = $1", session_id)  # noqa: S608 - our columns
    return None if row is None else _as_session(row)


async def list_sessions(tx: Tx, subject_id: UUID, limit: int) -> list[Session]:
    """A person's sessions, the newest first, those that are over as well."""
    rows = await tx.fetch(
        f"select {_COLUMNS} from session where subject_id = $1 order by started_at desc, id limit $2",  # noqa: S608
        subject_id,
        limit,
    )
    return [_as_session(row) for row in rows]


async def touch(tx: Tx, session: Session) -> None:
    """Write down what may change in a session that goes on."""
    await tx.execute(
        """
        update session set last_used_at = $2, access_until = greatest(access_until, $3), mark = $4, is_proven = $5,
                           device_id = $6, may_spend = $7
        where id = $1
        """,
        session.id,
        session.last_used_at,
        session.access_until,
        session.mark,
        session.is_proven,
        session.device_id,
        session.may_spend,
    )


async def end_sessions(tx: Tx, session_ids: Sequence[UUID], why: Ending, now: datetime) -> list[UUID]:
    """End those that are not over yet, and take their tokens back; returns which those were."""
    rows = await tx.fetch(
        """
        with ended as (
            update session set ended_at = $2, ended_why = $3
            where id = any($1::uuid[]) and ended_at is null returning id, access_until
        ), listed as (
            insert into revocation (id, kind, revoked_at, until)
            select id, 'session', $2, access_until from ended where access_until > $2 on conflict do nothing
        )
        select id from ended
        """,
        list(session_ids),
        now,
        why.value,
    )
    return [row["id"] for row in rows]


async def open_sessions(
    tx: Tx,
    now: datetime,
    *,
    subject_id: UUID | None = None,
    tablet_id: UUID | None = None,
    device_id: UUID | None = None,
) -> list[UUID]:
    """The sessions of a person, tablet or device from which a token may still be around."""
    rows = await tx.fetch(
        """
        select id from session
        where (subject_id = $2 or tablet_id = $3 or device_id = $4)
          and ended_at is null and greatest(expires_at, access_until) > $1
        order by id for update
        """,
        now,
        subject_id,
        tablet_id,
        device_id,
    )
    return [row["id"] for row in rows]


async def not_yet_told(tx: Tx, subject_id: UUID, now: datetime) -> list[Session]:
    """Sessions that were ended because a token was used twice, and of which the owner has not heard; now they have."""
    rows = await tx.fetch(
        f"""
        update session set told_at = $2
        where subject_id = $1 and ended_why = $3 and told_at is null returning {_COLUMNS}
        """,  # noqa: S608 - our columns
        subject_id,
        now,
        Ending.TOKEN_REUSED.value,
    )
    return [_as_session(row) for row in rows]


async def forget_old(tx: Tx, subject_id: UUID, before: datetime) -> None:
    """Delete sessions that were over long ago, with their tokens."""
    await tx.execute(
        "delete from session where subject_id = $1 and coalesce(ended_at, expires_at) < $2",
        subject_id,
        before,
    )


async def delete_sessions(tx: Tx, subject_ids: Sequence[UUID]) -> None:
    """Forget every session of people who left. Their revocations stay: those name nobody."""
    await tx.execute("delete from session where subject_id = any($1::uuid[])", list(subject_ids))


async def add_refresh(tx: Tx, token_hash: bytes, session_id: UUID, now: datetime) -> None:
    """Store the hash of a refresh token that was handed out."""
    await tx.execute(
        "insert into refresh_token (hash, session_id, issued_at) values ($1, $2, $3)",
        token_hash,
        session_id,
        now,
    )


async def session_of_refresh(tx: Tx, token_hash: bytes) -> UUID | None:
    """To which session a refresh token belongs, used or not; None if nobody was ever handed it."""
    found: UUID | None = await tx.fetchval("select session_id from refresh_token where hash = $1", token_hash)
    return found


async def find_refresh(tx: Tx, token_hash: bytes) -> RefreshToken:
    """A refresh token that is known. Read it after its session is locked."""
    row = await tx.fetchrow(
        """
        select t.session_id, t.used_at, t.replays, next.used_at is not null as successor_used
        from refresh_token t left join refresh_token next on next.hash = t.successor_hash where t.hash = $1
        """,
        token_hash,
    )
    return RefreshToken(**row)


async def use_refresh(tx: Tx, token_hash: bytes, successor_hash: bytes, now: datetime) -> None:
    """A refresh token was used; what comes next is known by its hash."""
    await tx.execute(
        "update refresh_token set used_at = $2, successor_hash = $3 where hash = $1",
        token_hash,
        now,
        successor_hash,
    )


async def count_replay(tx: Tx, token_hash: bytes) -> None:
    """A used token was answered once more, with the same successor."""
    await tx.execute("update refresh_token set replays = replays + 1 where hash = $1", token_hash)


async def revoke_tablet_tokens(tx: Tx, tablet_id: UUID, now: datetime, until: datetime) -> None:
    """Let every token that names the tablet be refused until the last of them has expired."""
    await tx.execute(
        "insert into revocation (id, kind, revoked_at, until) values ($1, 'tablet', $2, $3) on conflict do nothing",
        tablet_id,
        now,
        until,
    )


async def revocations(tx: Tx, now: datetime, limit: int) -> list[asyncpg.Record]:
    """What is to be refused now: (id, kind). First what would be good for longest, such as a lost tablet's tokens.

    A list that was too long and kept its newest would let anybody push a tablet off it, by signing in and out.
    """
    rows: list[asyncpg.Record] = await tx.fetch(
        "select id, kind from revocation where until > $1 order by until desc, id limit $2", now, limit
    )
    return rows


async def forget_revocations(tx: Tx, now: datetime) -> None:
    """Delete what has expired by itself."""
    await tx.execute("delete from revocation where until <= $1", now)


def _as_session(row: asyncpg.Record) -> Session:
    why = row["ended_why"]
    return Session(**{**row, "role": Role(row["role"]), "ended_why": None if why is None else Ending(why)})
