"""Members, as ids with a place and a day; nothing here names anybody."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from shared.runtime.database import Tx


async def add_members(
    tx: Tx,
    member_ids: Sequence[UUID],
    subdistrict_codes: Sequence[str],
    kinds: Sequence[str],
    has_phone: Sequence[bool],
    enrolled_on: Sequence[date],
) -> None:
    """Count members once each."""
    await tx.execute(
        """
        insert into member (member_id, subdistrict_code, kind, has_phone, enrolled_on)
        select * from unnest($1::uuid[], $2::text[], $3::text[], $4::boolean[], $5::date[])
        on conflict (member_id) do nothing
        """,
        member_ids,
        subdistrict_codes,
        kinds,
        has_phone,
        enrolled_on,
    )
