"""The pick-ups of a tablet's morning: what is to be fetched, and what it may forget."""

from services.deposit.workflows.morning import Delta
from services.deposit.workflows.pickups import OpenedPickup, pickup_changes
from shared.runtime.database import Tx
from shared.runtime.other_doors import OtherDoorError
from shared.runtime.sealing import Sealer

# A place may fill a kilobyte and a half; a page stays far below a megabyte.
PICKUPS_AT_ONCE = 200


async def read_pickups(tx: Tx, sealer: Sealer, waste_bank_id: str, cursor: str | None) -> Delta:
    """What changed at a bank behind the cursor; None begins. Raises OtherDoorError for a cursor that is not of ours."""
    try:
        found = await pickup_changes(tx, sealer, waste_bank_id, cursor, PICKUPS_AT_ONCE)
    except ValueError as error:
        raise OtherDoorError("status 422") from error
    return Delta(
        changed=[_shown(each) for each in found.changed],
        gone=[{"pickup_id": str(pickup_id)} for pickup_id in found.gone],
        next_cursor=found.next_cursor,
        more=found.more,
    )


def _shown(opened: OpenedPickup) -> dict[str, object]:
    pickup = opened.pickup
    return {
        "pickup_id": str(pickup.pickup_id),
        "member_id": str(pickup.member_id),
        "scheduled_on": pickup.scheduled_on.isoformat(),
        "slot": pickup.slot,
        "attempt": pickup.attempt,
        "estimated_grams": pickup.estimated_grams,
        "place": None if opened.doorstep is None else opened.doorstep.model_dump(mode="json"),
    }
