"""Queries about those who work for the programme; their names pass through the sealer on their way."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from services.identity.domain.areas import Area
from services.identity.domain.people import Staff
from shared.kernel.roles import Role
from shared.runtime.database import Tx
from shared.runtime.sealing import Sealer

_ADD = """
insert into staff (id, code, role, name_sealed, waste_bank_ids, subdistrict_codes, regency_codes, made_at, made_by)
select id, code, role, name_sealed, string_to_array(banks, ' '), string_to_array(subdistricts, ' '),
       string_to_array(regencies, ' '), made_at, $9
from unnest($1::uuid[], $2::text[], $3::text[], $4::bytea[], $5::text[], $6::text[], $7::text[], $8::timestamptz[])
    as given (id, code, role, name_sealed, banks, subdistricts, regencies, made_at)
on conflict (id) do nothing
"""
_COLUMNS = "id, code, role, name_sealed, waste_bank_ids, subdistrict_codes, regency_codes, made_at, ended_at"


async def add_staff(tx: Tx, sealer: Sealer, people: Sequence[Staff], by: UUID | None = None) -> None:
    """Store those who are missing. Whoever is there keeps what was decided about them since."""
    await tx.execute(
        _ADD,
        [person.id for person in people],
        [person.code for person in people],
        [person.role.value for person in people],
        [sealer.seal(person.name, f"staff|{person.id}|name") for person in people],
        [" ".join(sorted(person.area.waste_bank_ids)) for person in people],
        [" ".join(sorted(person.area.subdistrict_codes)) for person in people],
        [" ".join(sorted(person.area.regency_codes)) for person in people],
        [person.made_at for person in people],
        by,
    )


async def code_is_taken(tx: Tx, code: str) -> bool:
    """Whether anybody signs in, or once signed in, with this code."""
    found: bool = await tx.fetchval(
        """
        select exists (select from staff where code = $1) or exists (select from credential where code = $1)
            or exists (select from member where code = $1)
        """,
        code,
    )
    return found


async def lock_staff(tx: Tx, sealer: Sealer, staff_id: UUID) -> Staff | None:
    """One of the staff, locked until the transaction ends, or None."""
    row = await tx.fetchrow(f"select {_COLUMNS} from staff where id = $1 for update", staff_id)  # noqa: S608 - our columns
    return None if row is None else _as_staff(row, sealer)


async def find_by_code(tx: Tx, sealer: Sealer, code: str) -> Staff | None:
    """Somebody of the staff who has not left, or None."""
    row = await tx.fetchrow(f"select {_COLUMNS} from staff where code = $1 and ended_at is null", code)  # noqa: S608
    return None if row is None else _as_staff(row, sealer)


async def list_staff(tx: Tx, sealer: Sealer, after: str, limit: int) -> list[Staff]:
    """Everybody in the order of their codes, those who left as well."""
    rows = await tx.fetch(
        f"select {_COLUMNS} from staff where code > $1 order by code limit $2",  # noqa: S608 - our columns
        after,
        limit,
    )
    return [_as_staff(row, sealer) for row in rows]


async def set_area(tx: Tx, staff_id: UUID, area: Area) -> None:
    """Somebody works elsewhere from now on."""
    await tx.execute(
        "update staff set waste_bank_ids = $2, subdistrict_codes = $3, regency_codes = $4 where id = $1",
        staff_id,
        sorted(area.waste_bank_ids),
        sorted(area.subdistrict_codes),
        sorted(area.regency_codes),
    )


async def end_staff(tx: Tx, staff_id: UUID, now: datetime) -> None:
    """Somebody leaves; what they did keeps their id."""
    await tx.execute("update staff set ended_at = $2 where id = $1", staff_id, now)


def _as_staff(row: asyncpg.Record, sealer: Sealer) -> Staff:
    return Staff(
        id=row["id"],
        code=row["code"],
        role=Role(row["role"]),
        area=area_of(row),
        name=sealer.open(row["name_sealed"], f"staff|{row['id']}|name"),
        made_at=row["made_at"],
        ended_at=row["ended_at"],
    )


def area_of(row: asyncpg.Record) -> Area:
    """The area in a row of the staff."""
    return Area(
        frozenset(row["waste_bank_ids"]), frozenset(row["subdistrict_codes"]), frozenset(row["regency_codes"])
    )


async def ended_ids(tx: Tx) -> set[UUID]:
    """Who left."""
    return {row["id"] for row in await tx.fetch("select id from staff where ended_at is not null")}
