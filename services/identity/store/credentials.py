"""Queries about sign-in codes, the counting of tries, and signing keys."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from services.identity.domain.people import Credential
from services.identity.store.staff import area_of
from shared.kernel.roles import Role
from shared.runtime.database import Tx

KEYS_LOCK = 7_465_101


async def codes_present(tx: Tx, codes: Sequence[str]) -> set[str]:
    """Which of the codes have a PIN already."""
    rows = await tx.fetch("select code from credential where code = any($1::text[])", list(codes))
    return {row["code"] for row in rows}


async def add_credentials(tx: Tx, credentials: Sequence[tuple[str, Role, UUID, str]]) -> None:
    """Give codes their PIN hashes: (code, role, whom it is for, hash). A code that has one keeps it."""
    await tx.execute(
        """
        insert into credential (code, role, subject_id, pin_hash)
        select * from unnest($1::text[], $2::text[], $3::uuid[], $4::text[]) on conflict do nothing
        """,
        [code for code, _, _, _ in credentials],
        [role.value for _, role, _, _ in credentials],
        [subject_id for _, _, subject_id, _ in credentials],
        [pin_hash for _, _, _, pin_hash in credentials],
    )


_CREDENTIAL = """
select c.code, c.role, c.subject_id, c.pin_hash, c.wrong_tries, c.locked_until,
       coalesce(s.waste_bank_ids, '{}') as waste_bank_ids, coalesce(s.subdistrict_codes, '{}') as subdistrict_codes,
       coalesce(s.regency_codes, '{}') as regency_codes, m.subdistrict_code as own_subdistrict_code
from credential c left join staff s on s.id = c.subject_id left join member m on m.id = c.subject_id
where
"""


async def lock_credential(tx: Tx, code: str) -> Credential | None:
    """The credential of a code, locked until the transaction ends, or None."""
    return _as_credential(await tx.fetchrow(f"{_CREDENTIAL} c.code = $1 for update of c", code))


async def find_credential(tx: Tx, code: str) -> Credential | None:
    """As `lock_credential`, without the lock."""
    return _as_credential(await tx.fetchrow(f"{_CREDENTIAL} c.code = $1", code))


async def lock_credential_of(tx: Tx, subject_id: UUID) -> Credential | None:
    """The credential of a person, locked until the transaction ends, or None."""
    return _as_credential(await tx.fetchrow(f"{_CREDENTIAL} c.subject_id = $1 for update of c", subject_id))


async def lock_credentials_with_phone(tx: Tx, phone_index: bytes, at_most: int) -> list[Credential]:
    """The credentials of the members who have this number, locked in the order of their codes."""
    rows = await tx.fetch(
        f"{_CREDENTIAL} m.phone_index = $1 and m.erased_at is null and m.merged_into_id is null "
        "order by c.code limit $2 for update of c",
        phone_index,
        at_most,
    )
    return [found for found in map(_as_credential, rows) if found is not None]


def _as_credential(row: asyncpg.Record | None) -> Credential | None:
    if row is None:
        return None
    return Credential(
        code=row["code"],
        role=Role(row["role"]),
        subject_id=row["subject_id"],
        pin_hash=row["pin_hash"],
        wrong_tries=row["wrong_tries"],
        locked_until=row["locked_until"],
        area=area_of(row),
        own_subdistrict_code=row["own_subdistrict_code"],
    )


async def set_pin(tx: Tx, code: str, role: Role, subject_id: UUID, pin_hash: str) -> None:
    """Give a code a new PIN, and all its counters a new beginning."""
    await tx.execute(
        """
        insert into credential (code, role, subject_id, pin_hash) values ($1, $2, $3, $4)
        on conflict (code) do update set pin_hash = excluded.pin_hash, wrong_tries = 0, locked_until = null
        """,
        code,
        role.value,
        subject_id,
        pin_hash,
    )
    await tx.execute("delete from guess where what = 'pin' and split_part(subject, '|', 1) = $1", code)


async def delete_credential(tx: Tx, subject_id: UUID) -> None:
    """Nobody signs in as this person any more."""
    await tx.execute("delete from credential where subject_id = $1", subject_id)


async def lock_guess(tx: Tx, what: str, subject: str) -> tuple[int, datetime | None]:
    """A counter, made if there is none, locked until the transaction ends: (wrong tries, locked until)."""
    await tx.execute(
        "insert into guess (what, subject) values ($1, $2) on conflict do nothing", what, subject
    )
    row = await tx.fetchrow(
        "select wrong_tries, locked_until from guess where what = $1 and subject = $2 for update",
        what,
        subject,
    )
    return row["wrong_tries"], row["locked_until"]


async def set_guess(tx: Tx, what: str, subject: str, wrong_tries: int, locked_until: datetime | None) -> None:
    """Write a counter down."""
    await tx.execute(
        "update guess set wrong_tries = $3, locked_until = $4 where what = $1 and subject = $2",
        what,
        subject,
        wrong_tries,
        locked_until,
    )


async def set_tries(tx: Tx, code: str, wrong_tries: int, locked_until: datetime | None) -> None:
    """Write down how often a code was tried in vain, and until when it is shut."""
    await tx.execute(
        "update credential set wrong_tries = $2, locked_until = $3 where code = $1",
        code,
        wrong_tries,
        locked_until,
    )


async def lock_keys(tx: Tx) -> None:
    """Let one transaction at a time make keys."""
    await tx.execute("select pg_advisory_xact_lock($1)", KEYS_LOCK)


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A signing key; it signs from `signs_from` until it is retired, and is published before and after."""

    kid: str
    public_x: str
    private_sealed: bytes
    signs_from: datetime | None
    retired: bool


async def published_keys(tx: Tx, now: datetime) -> list[StoredKey]:
    """Keys that are about to sign, sign, or whose tokens may still be around, newest first."""
    rows = await tx.fetch(
        """
        select kid, public_x, private_sealed, signs_from, published_until is not null as retired from signing_key
        where published_until is null or published_until > $1 order by made_at desc, kid
        """,
        now,
    )
    return [StoredKey(**row) for row in rows]


async def add_key(tx: Tx, kid: str, public_x: str, private_sealed: bytes, now: datetime) -> None:
    """Store a new key that does not sign yet."""
    await tx.execute(
        "insert into signing_key (kid, public_x, private_sealed, made_at) values ($1, $2, $3, $4)",
        kid,
        public_x,
        private_sealed,
        now,
    )


async def begin_signing(tx: Tx, kid: str, now: datetime) -> None:
    """Let a key sign from now on."""
    await tx.execute("update signing_key set signs_from = $2 where kid = $1", kid, now)


async def retire_key(tx: Tx, kid: str, until: datetime) -> None:
    """The key signs no more; it stays published for as long as its tokens may live."""
    await tx.execute("update signing_key set published_until = $2 where kid = $1", kid, until)
