"""What is in force of the exceptions at one waste bank: read for its tablets."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from shared.runtime.database import Tx

_EXCEPTIONS = """
select exception_id, member_id, item_code, grade, price_rupiah, beneficiary, percent, from_at, until_at
from price_exception
where waste_bank_id = $1 and state = 'approved' and ended_at is null and until_at > $2
order by from_at, exception_id limit $3
"""


class InForce(NamedTuple):
    """An approved exception that holds or will hold: a price for an item, or a deduction in percent."""

    exception_id: UUID
    member_id: UUID | None
    item_code: str | None
    grade: str | None
    price_rupiah: int | None
    beneficiary: str | None
    percent: int | None
    from_at: datetime
    until_at: datetime


async def exceptions_in_force(tx: Tx, waste_bank_id: str, at: datetime, limit: int) -> list[InForce]:
    """What was approved for that waste bank and is not over, the earliest beginning first."""
    return [InForce(*row) for row in await tx.fetch(_EXCEPTIONS, waste_bank_id, at, limit)]
