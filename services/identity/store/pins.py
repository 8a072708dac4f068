"""Queries about PINs that were forgotten: resets that wait for a second person, and codes that let one choose anew."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from shared.kernel.roles import Role
from shared.runtime.database import Tx


@dataclass(frozen=True, slots=True)
class PinReset:
    """A reset that somebody opened for the holder of a code."""

    id: UUID
    code: str
    role: Role
    subject_id: UUID
    why: str
    opened_by: UUID
    opened_at: datetime
    until: datetime
    confirmed_by: UUID | None = None


@dataclass(frozen=True, slots=True)
class PinCode:
    """What lets the holder of a code choose a PIN, once."""

    code: str
    role: Role
    subject_id: UUID
    code_hash: bytes = field(repr=False)
    until: datetime
    wrong_tries: int = 0


@dataclass(frozen=True, slots=True)
class Holder:
    """Who signs in with a code; a member stands in a waste bank and sub-district, staff in their area."""

    code: str
    role: Role
    subject_id: UUID
    waste_bank_id: str | None
    subdistrict_code: str | None


async def find_holder(tx: Tx, code: str) -> Holder | None:
    """Whose code it is, with or without a PIN; nobody who left."""
    row = await tx.fetchrow(
        """
        select code, 'member' as role, id as subject_id, waste_bank_id, subdistrict_code from member
        where code = $1 and erased_at is null and merged_into_id is null
        union all
        select code, role, id, null, null from staff where code = $1 and ended_at is null
        """,
        code,
    )
    return None if row is None else Holder(**{**row, "role": Role(row["role"])})


async def add_reset(tx: Tx, reset: PinReset) -> None:
    """Store a reset that waits for a second person."""
    await tx.execute(
        """
        insert into pin_reset (id, code, role, subject_id, why, opened_by, opened_at, until)
        values ($1, $2, $3, $4, $5, $6, $7, $8)
        """,
        reset.id,
        reset.code,
        reset.role.value,
        reset.subject_id,
        reset.why,
        reset.opened_by,
        reset.opened_at,
        reset.until,
    )


async def lock_reset(tx: Tx, reset_id: UUID) -> PinReset | None:
    """A reset, locked until the transaction ends, or None."""
    row = await tx.fetchrow(
        """
        select id, code, role, subject_id, why, opened_by, opened_at, until, confirmed_by
        from pin_reset where id = $1 for update
        """,
        reset_id,
    )
    return None if row is None else PinReset(**{**row, "role": Role(row["role"])})


async def open_resets(tx: Tx, now: datetime, at_most: int) -> list[PinReset]:
    """Resets that wait for a second person and are not over, oldest first."""
    rows = await tx.fetch(
        """
        select id, code, role, subject_id, why, opened_by, opened_at, until, confirmed_by
        from pin_reset where confirmed_by is null and until > $1 order by opened_at, id limit $2
        """,
        now,
        at_most,
    )
    return [PinReset(**{**row, "role": Role(row["role"])}) for row in rows]


async def confirm_reset(tx: Tx, reset_id: UUID, by: UUID, now: datetime) -> None:
    """A second person agreed."""
    await tx.execute(
        "update pin_reset set confirmed_by = $2, confirmed_at = $3 where id = $1", reset_id, by, now
    )


async def put_pin_code(tx: Tx, given: PinCode) -> None:
    """Store a code that works once; an older one for the same person is worth nothing from now on."""
    await tx.execute(
        """
        insert into pin_code (code, role, subject_id, code_hash, until) values ($1, $2, $3, $4, $5)
        on conflict (code) do update set code_hash = excluded.code_hash, until = excluded.until, wrong_tries = 0
        """,
        given.code,
        given.role.value,
        given.subject_id,
        given.code_hash,
        given.until,
    )


async def lock_pin_code(tx: Tx, code: str) -> PinCode | None:
    """What was handed out for a code, locked until the transaction ends, or None."""
    row = await tx.fetchrow(
        "select code, role, subject_id, code_hash, until, wrong_tries from pin_code where code = $1 for update",
        code,
    )
    return None if row is None else PinCode(**{**row, "role": Role(row["role"])})


async def count_pin_code_try(tx: Tx, code: str) -> None:
    """Another wrong one."""
    await tx.execute("update pin_code set wrong_tries = wrong_tries + 1 where code = $1", code)


async def delete_pin_codes(tx: Tx, subject_ids: list[UUID]) -> None:
    """Nobody chooses a PIN for these people any more."""
    await tx.execute("delete from pin_code where subject_id = any($1::uuid[])", subject_ids)


async def delete_resets(tx: Tx, subject_ids: list[UUID]) -> None:
    """Forget the resets of people who left."""
    await tx.execute("delete from pin_reset where subject_id = any($1::uuid[])", subject_ids)
