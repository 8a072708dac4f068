"""A member goes to another waste bank; what happened before stays where it happened."""

from datetime import datetime
from uuid import UUID

from services.identity.domain.people import Move
from services.identity.domain.refusals import Refusal
from services.identity.store import changes, merging, people
from services.identity.workflows.known import covers_bank, lock_known
from shared.contracts import MemberMoved
from shared.kernel.ids import uuid7
from shared.kernel.rollout import Rollout
from shared.runtime.audit import Act, done_by, note
from shared.runtime.database import Tx
from shared.runtime.outbox import say
from shared.runtime.tokens import Caller


async def move_member(
    tx: Tx, member_id: UUID, waste_bank_id: str, *, reason: str, by: Caller, rollout: Rollout, now: datetime
) -> Move | Refusal | None:
    """Let a member belong to another waste bank of the caller's area. None if they belong to it already."""
    standing = await lock_known(tx, member_id, by)
    if isinstance(standing, Refusal):
        return standing
    subdistrict = rollout.subdistrict_of(waste_bank_id)
    if subdistrict is None:
        return Refusal.UNKNOWN_WASTE_BANK
    if not covers_bank(by, waste_bank_id, rollout):
        return Refusal.NOT_YOUR_AREA
    if standing.waste_bank_id == waste_bank_id:
        return None
    move = Move(
        member_id=member_id,
        from_waste_bank_id=standing.waste_bank_id,
        from_subdistrict_code=standing.subdistrict_code,
        waste_bank_id=waste_bank_id,
        subdistrict_code=subdistrict.kemendagri_code,
        moved_at=now,
        moved_by=by.subject,
        why=reason,
    )
    await people.set_bank(tx, member_id, move.waste_bank_id, move.subdistrict_code)
    await merging.add_move(tx, move)
    await changes.mark_changed(
        tx, [(move.from_waste_bank_id, member_id, "moved"), (move.waste_bank_id, member_id, None)]
    )
    await say(tx, [_moved(move)])
    await note(tx, [_act(move, by)], now)
    return move


def _moved(move: Move) -> MemberMoved:
    return MemberMoved(
        event_id=uuid7(),
        recorded_at=move.moved_at,
        member_id=move.member_id,
        from_waste_bank_id=move.from_waste_bank_id,
        from_subdistrict_code=move.from_subdistrict_code,
        waste_bank_id=move.waste_bank_id,
        subdistrict_code=move.subdistrict_code,
        moved_at=move.moved_at,
        moved_by=move.moved_by,
    )


def _act(move: Move, by: Caller) -> Act:
    return Act(
        "move_member",
        "member",
        str(move.member_id),
        subdistrict_code=move.subdistrict_code,
        before={"waste_bank_id": move.from_waste_bank_id},
        after={"waste_bank_id": move.waste_bank_id},
        reason=move.why,
        **done_by(by),
    )
