"""Queries about sign-in codes and signing keys."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from services.identity.domain.people import Credential
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


async def lock_credential(tx: Tx, code: str) -> Credential | None:
    """The credential of a code, locked until the transaction ends, or None."""
    row = await tx.fetchrow(
        """
        select c.code, c.role, c.subject_id, c.pin_hash, c.wrong_tries, c.locked_until,
               coalesce(s.waste_bank_ids, '{}') as waste_bank_ids, m.subdistrict_code as own_subdistrict_code
        from credential c left join staff s on s.id = c.subject_id left join member m on m.id = c.subject_id
        where c.code = $1 for update of c
        """,
        code,
    )
    if row is None:
        return None
    return Credential(**{**row, "role": Role(row["role"]), "waste_bank_ids": tuple(row["waste_bank_ids"])})


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


async def published_keys(tx: Tx, now: datetime) -> list[tuple[str, str, bytes, bool]]:
    """Keys whose tokens may still be around, newest first: (kid, public x, sealed private part, retired)."""
    rows = await tx.fetch(
        """
        select kid, public_x, private_sealed, published_until is not null as retired from signing_key
        where published_until is null or published_until > $1 order by made_at desc, kid
        """,
        now,
    )
    return [tuple(row) for row in rows]


async def add_key(tx: Tx, kid: str, public_x: str, private_sealed: bytes, now: datetime) -> None:
    """Store a new signing key."""
    await tx.execute(
        "insert into signing_key (kid, public_x, private_sealed, made_at) values ($1, $2, $3, $4)",
        kid,
        public_x,
        private_sealed,
        now,
    )


async def retire_keys(tx: Tx, now: datetime, overlap: timedelta) -> None:
    """No key of today signs any more; each stays published for as long as its tokens may live."""
    await tx.execute(
        "update signing_key set published_until = $1 where published_until is null", now + overlap
    )
