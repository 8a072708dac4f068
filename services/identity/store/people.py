"""Queries about members, staff and tablets; names and phones pass through the sealer on their way."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from services.identity.domain.people import Member, Staff, Tablet
from shared.runtime.database import Tx
from shared.runtime.sealing import Sealer


async def add_members(
    tx: Tx, sealer: Sealer, members: Sequence[Member], registered_at: datetime
) -> set[UUID]:
    """Store those whose id is not known yet; returns the ids that were new."""
    rows = await tx.fetch(
        """
        insert into member (id, code, kind, waste_bank_id, subdistrict_code, enrolled_at, enrolled_by,
                            name_sealed, phone_sealed, phone_index, registered_at)
        select *, $11::timestamptz from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[],
            $6::timestamptz[], $7::uuid[], $8::bytea[], $9::bytea[], $10::bytea[])
        on conflict (id) do nothing returning id
        """,
        [member.id for member in members],
        [member.code for member in members],
        [member.kind for member in members],
        [member.waste_bank_id for member in members],
        [member.subdistrict_code for member in members],
        [member.enrolled_at for member in members],
        [member.enrolled_by for member in members],
        [sealer.seal(member.name, f"member|{member.id}|name") for member in members],
        [member.phone and sealer.seal(member.phone, f"member|{member.id}|phone") for member in members],
        [member.phone and sealer.blind_index(member.phone) for member in members],
        registered_at,
    )
    return {row["id"] for row in rows}


async def find_member(tx: Tx, sealer: Sealer, member_id: UUID) -> Member | None:
    """One member in clear, or None."""
    row = await tx.fetchrow("select * from member where id = $1", member_id)
    return None if row is None else _as_member(row, sealer)


async def count_with_phone(tx: Tx, sealer: Sealer, phone: str, but: UUID) -> int:
    """How many other members have this canonical number; families share one."""
    found: int = await tx.fetchval(
        "select count(*) from member where phone_index = $1 and id <> $2", sealer.blind_index(phone), but
    )
    return found


async def add_staff(tx: Tx, sealer: Sealer, people: Sequence[Staff]) -> None:
    """Store staff, or bring what is stored up to date."""
    await tx.execute(
        """
        insert into staff (id, code, role, waste_bank_ids, name_sealed)
        select id, code, role, string_to_array(banks, ' '), name_sealed
        from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::bytea[])
            as given (id, code, role, banks, name_sealed)
        on conflict (id) do update set role = excluded.role, waste_bank_ids = excluded.waste_bank_ids
        """,
        [person.id for person in people],
        [person.code for person in people],
        [person.role.value for person in people],
        [" ".join(person.waste_bank_ids) for person in people],
        [sealer.seal(person.name, f"staff|{person.id}|name") for person in people],
    )


async def add_tablets(tx: Tx, tablets: Sequence[Tablet]) -> None:
    """Store tablets, or bring what is stored up to date."""
    await tx.execute(
        """
        insert into tablet (id, label, waste_bank_id) select * from unnest($1::uuid[], $2::text[], $3::text[])
        on conflict (id) do update set label = excluded.label, waste_bank_id = excluded.waste_bank_id
        """,
        [tablet.id for tablet in tablets],
        [tablet.label for tablet in tablets],
        [tablet.waste_bank_id for tablet in tablets],
    )


async def find_tablet(tx: Tx, tablet_id: UUID) -> Tablet | None:
    """One tablet, or None."""
    row = await tx.fetchrow("select id, label, waste_bank_id from tablet where id = $1", tablet_id)
    return None if row is None else Tablet(**row)


def _as_member(row: asyncpg.Record, sealer: Sealer) -> Member:
    return Member(
        id=row["id"],
        code=row["code"],
        kind=row["kind"],
        waste_bank_id=row["waste_bank_id"],
        subdistrict_code=row["subdistrict_code"],
        enrolled_at=row["enrolled_at"],
        enrolled_by=row["enrolled_by"],
        name=sealer.open(row["name_sealed"], f"member|{row['id']}|name"),
        phone=row["phone_sealed"] and sealer.open(row["phone_sealed"], f"member|{row['id']}|phone"),
    )
