"""Queries about members; what names somebody passes through the sealer on its way."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from services.identity.domain.people import Member, Standing
from shared.runtime.database import Tx
from shared.runtime.sealing import Sealer

_STANDING = "id, code, waste_bank_id, subdistrict_code, merged_into_id, erased_at"


async def add_members(
    tx: Tx, sealer: Sealer, given: Sequence[tuple[Member, bytes]], registered_at: datetime
) -> set[UUID]:
    """Store those whose id is not known yet, each with the digest of its enrolment; returns the ids that were new."""
    members = [member for member, _ in given]
    rows = await tx.fetch(
        """
        insert into member (id, code, kind, waste_bank_id, subdistrict_code, enrolled_at, enrolled_by,
                            name_sealed, phone_sealed, phone_index, address_sealed, village_sealed,
                            enrolment_digest, registered_at)
        select *, $14::timestamptz from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[],
            $6::timestamptz[], $7::uuid[], $8::bytea[], $9::bytea[], $10::bytea[], $11::bytea[], $12::bytea[],
            $13::bytea[])
        on conflict (id) do nothing returning id
        """,
        [member.id for member in members],
        [member.code for member in members],
        [member.kind for member in members],
        [member.waste_bank_id for member in members],
        [member.subdistrict_code for member in members],
        [member.enrolled_at for member in members],
        [member.enrolled_by for member in members],
        [_sealed(sealer, member.id, "name", member.name) for member in members],
        [_sealed(sealer, member.id, "phone", member.phone) for member in members],
        [member.phone and sealer.blind_index(member.phone) for member in members],
        [_sealed(sealer, member.id, "address", member.address) for member in members],
        [_sealed(sealer, member.id, "village", member.village) for member in members],
        [digest for _, digest in given],
        registered_at,
    )
    return {row["id"] for row in rows}


async def find_member(tx: Tx, sealer: Sealer, member_id: UUID) -> Member | None:
    """One member in clear; None for nobody and for one who left."""
    row = await tx.fetchrow("select * from member where id = $1 and erased_at is null", member_id)
    return None if row is None else as_member(row, sealer)


async def find_digest(tx: Tx, member_id: UUID) -> bytes | None:
    """The digest of what a member was enrolled with, or None where it was not kept."""
    found: bytes | None = await tx.fetchval("select enrolment_digest from member where id = $1", member_id)
    return found


async def find_standing(tx: Tx, member_id: UUID) -> Standing | None:
    """Where a member belongs, or None."""
    row = await tx.fetchrow(f"select {_STANDING} from member where id = $1", member_id)  # noqa: S608 - our columns
    return None if row is None else Standing(**row)


async def lock_standings(tx: Tx, member_ids: Sequence[UUID]) -> dict[UUID, Standing]:
    """Where members belong, locked in the order of their ids until the transaction ends."""
    rows = await tx.fetch(
        f"select {_STANDING} from member where id = any($1::uuid[]) order by id for update",  # noqa: S608
        sorted(member_ids),
    )
    return {row["id"]: Standing(**row) for row in rows}


async def absorbed_by(tx: Tx, member_id: UUID) -> list[Standing]:
    """The members that were merged into this one, locked in the order of their ids."""
    rows = await tx.fetch(
        f"select {_STANDING} from member where merged_into_id = $1 order by id for update",  # noqa: S608
        member_id,
    )
    return [Standing(**row) for row in rows]


async def absorbed_ids(tx: Tx, member_id: UUID) -> list[UUID]:
    """The ids that were merged into this one."""
    rows = await tx.fetch("select id from member where merged_into_id = $1 order by id", member_id)
    return [row["id"] for row in rows]


async def closed_ids(tx: Tx, member_ids: Sequence[UUID]) -> set[UUID]:
    """Which of the members were merged into another or left."""
    rows = await tx.fetch(
        """
        select id from member
        where id = any($1::uuid[]) and (merged_into_id is not null or erased_at is not null)
        """,
        list(member_ids),
    )
    return {row["id"] for row in rows}


async def change_member(tx: Tx, sealer: Sealer, member: Member, digest: bytes) -> None:
    """Write what may change about a member: name, phone, address, village.

    `digest` is that of the words before, kept if the digest of the enrolment was not.
    """
    await tx.execute(
        """
        update member set name_sealed = $2, phone_sealed = $3, phone_index = $4, address_sealed = $5,
            village_sealed = $6, enrolment_digest = coalesce(enrolment_digest, $7) where id = $1
        """,
        member.id,
        _sealed(sealer, member.id, "name", member.name),
        _sealed(sealer, member.id, "phone", member.phone),
        member.phone and sealer.blind_index(member.phone),
        _sealed(sealer, member.id, "address", member.address),
        _sealed(sealer, member.id, "village", member.village),
        digest,
    )


async def set_bank(tx: Tx, member_id: UUID, waste_bank_id: str, subdistrict_code: str) -> None:
    """The member belongs to another waste bank from now on."""
    await tx.execute(
        "update member set waste_bank_id = $2, subdistrict_code = $3 where id = $1",
        member_id,
        waste_bank_id,
        subdistrict_code,
    )


async def erase_members(tx: Tx, member_ids: Sequence[UUID], now: datetime) -> None:
    """Forget whatever names the members; the rows stay, so that a late repetition brings nobody back."""
    await tx.execute(
        """
        update member set name_sealed = null, phone_sealed = null, phone_index = null, address_sealed = null,
            village_sealed = null, enrolment_digest = null, erased_at = $2
        where id = any($1::uuid[])
        """,
        list(member_ids),
        now,
    )


async def find_by_code(tx: Tx, sealer: Sealer, code: str) -> Member | None:
    """The member with a code; None for nobody and for one who left."""
    row = await tx.fetchrow("select * from member where code = $1 and erased_at is null", code)
    return None if row is None else as_member(row, sealer)


async def with_phone(tx: Tx, sealer: Sealer, phone: str, but: UUID | None, at_most: int) -> list[Member]:
    """Members with this canonical number, `but` one, as far as they were not merged with another."""
    rows = await tx.fetch(
        """
        select * from member where phone_index = $1 and id is distinct from $2 and merged_into_id is null
        order by enrolled_at, id limit $3
        """,
        sealer.blind_index(phone),
        but,
        at_most,
    )
    return [as_member(row, sealer) for row in rows]


async def count_with_phone(tx: Tx, sealer: Sealer, phone: str, but: UUID) -> int:
    """How many other members have this canonical number; families share one."""
    found: int = await tx.fetchval(
        "select count(*) from member where phone_index = $1 and id <> $2 and merged_into_id is null",
        sealer.blind_index(phone),
        but,
    )
    return found


def as_member(row: asyncpg.Record, sealer: Sealer) -> Member:
    """The member of a whole row that was not erased."""

    def clear(column: str) -> str | None:
        sealed = row[f"{column}_sealed"]
        return None if sealed is None else sealer.open(sealed, _place(row["id"], column))

    return Member(
        id=row["id"],
        code=row["code"],
        kind=row["kind"],
        waste_bank_id=row["waste_bank_id"],
        subdistrict_code=row["subdistrict_code"],
        enrolled_at=row["enrolled_at"],
        enrolled_by=row["enrolled_by"],
        name=clear("name") or "",
        phone=clear("phone"),
        address=clear("address"),
        village=clear("village"),
        merged_into_id=row["merged_into_id"],
    )


def _sealed(sealer: Sealer, member_id: UUID, column: str, clear: str | None) -> bytes | None:
    return None if clear is None else sealer.seal(clear, _place(member_id, column))


def _place(member_id: UUID, column: str) -> str:
    return f"member|{member_id}|{column}"
