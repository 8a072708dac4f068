"""Queries about the phones and browsers that their owners made known to us."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.runtime.database import Tx

DEVICES_MAX = 20


@dataclass(frozen=True, slots=True)
class Device:
    """A known device."""

    id: UUID
    trusted_at: datetime
    last_used_at: datetime


async def add_device(tx: Tx, device_id: UUID, subject_id: UUID, token_hash: bytes, now: datetime) -> None:
    """A device is known from now on; beyond `DEVICES_MAX` the one that was not used for longest is forgotten."""
    await tx.execute(
        "insert into device (id, subject_id, token_hash, trusted_at, last_used_at) values ($1, $2, $3, $4, $4)",
        device_id,
        subject_id,
        token_hash,
        now,
    )
    await tx.execute(
        """
        delete from device where subject_id = $1 and id not in (
            select id from device where subject_id = $1 order by last_used_at desc, id desc limit $2)
        """,
        subject_id,
        DEVICES_MAX,
    )


async def find_device(tx: Tx, subject_id: UUID, token_hash: bytes) -> UUID | None:
    """The trusted device of this person that has this token, or None."""
    found: UUID | None = await tx.fetchval(
        "select id from device where token_hash = $1 and subject_id = $2 and forgotten_at is null",
        token_hash,
        subject_id,
    )
    return found


async def find_by_token(tx: Tx, token_hash: bytes) -> UUID | None:
    """The trusted device that has this token, whosever it is."""
    found: UUID | None = await tx.fetchval(
        "select id from device where token_hash = $1 and forgotten_at is null", token_hash
    )
    return found


async def list_devices(tx: Tx, subject_id: UUID) -> list[Device]:
    """The trusted devices of a person, the newest first."""
    rows = await tx.fetch(
        """
        select id, trusted_at, last_used_at from device
        where subject_id = $1 and forgotten_at is null order by trusted_at desc, id
        """,
        subject_id,
    )
    return [Device(**row) for row in rows]


async def used(tx: Tx, device_id: UUID, now: datetime) -> bool:
    """The device was there; False if it is trusted no longer."""
    done: str = await tx.execute(
        "update device set last_used_at = $2 where id = $1 and forgotten_at is null", device_id, now
    )
    return done.endswith("1")


async def forget_device(tx: Tx, device_id: UUID, subject_id: UUID, now: datetime) -> bool:
    """Trust a device no longer; False if this person has none of that id."""
    done: str = await tx.execute(
        "update device set forgotten_at = $3 where id = $1 and subject_id = $2 and forgotten_at is null",
        device_id,
        subject_id,
        now,
    )
    return done.endswith("1")


async def delete_devices(tx: Tx, subject_ids: list[UUID]) -> None:
    """Forget every trace of the devices of people who left."""
    await tx.execute("delete from device where subject_id = any($1::uuid[])", subject_ids)
