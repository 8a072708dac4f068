"""What a tablet that was away must know about its own bank's members, and whom it must forget."""

from dataclasses import dataclass

from services.identity.domain.changes import Change
from services.identity.domain.refusals import Refusal
from services.identity.store import changes
from services.identity.workflows.known import covers_bank
from shared.kernel.rollout import Rollout
from shared.runtime.database import Tx
from shared.runtime.sealing import Sealer
from shared.runtime.tokens import Caller

CHANGES_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Page:
    """Changes in their order; `passed` is the number after which to go on, and `more` tells that there is more."""

    changes: tuple[Change, ...]
    passed: int
    more: bool


async def members_changed(
    tx: Tx, sealer: Sealer, waste_bank_id: str, after: int, at_most: int, *, by: Caller, rollout: Rollout
) -> Page | Refusal:
    """One page of what changed at a bank of the caller's area after a number.

    A number that was never given is refused: the database is older than the cursor, and the tablet begins anew.
    """
    if not covers_bank(by, waste_bank_id, rollout):
        return Refusal.NOT_YOUR_AREA
    if after > await changes.last_number(tx):
        return Refusal.UNKNOWN_CURSOR
    found = await changes.changes_after(tx, sealer, waste_bank_id, after, at_most + 1)
    page = found[:at_most]
    return Page(tuple(page), page[-1].change_no if page else after, len(found) > at_most)
