"""Everything that wallet keeps about one person, for that person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.wallet.store.people import Family
from services.wallet.store.reading import HoldLine
from services.wallet.workflows.reading import (
    FROM_THE_NEWEST,
    OWN_LINES_MAX,
    Standing,
    StatementLine,
    member_holds,
    member_statement,
)
from shared.runtime.audit import Act, note
from shared.runtime.database import Tx


@dataclass(frozen=True, slots=True)
class Own:
    """The whole statement and every hold, newest first."""

    lines: Sequence[StatementLine]
    holds: Sequence[HoldLine]


async def everything(
    tx: Tx, family: Family, standing: Standing, on_behalf: tuple[UUID, str] | None, now: datetime
) -> Own:
    """Collect it. `on_behalf` is who of the staff (id, role) asked, which is noted; None if they did themselves."""
    found = Own(
        await member_statement(tx, family, FROM_THE_NEWEST, OWN_LINES_MAX), await member_holds(tx, family)
    )
    if on_behalf is not None:
        by, role = on_behalf
        code = standing.subdistrict_code
        await note(tx, [Act("own_data.read", "member", str(family.survivor), by, role, code)], now)
    return found
