"""Whom a caller may know: themselves, and for staff whoever belongs to a waste bank of their area."""

from uuid import UUID

from services.identity.domain.people import Member, Standing
from services.identity.domain.refusals import Refusal
from services.identity.store import people
from shared.kernel.roles import Role
from shared.kernel.rollout import Rollout
from shared.runtime.database import Tx
from shared.runtime.tokens import Caller


def knows(by: Caller, member: Member | Standing) -> bool:
    """Whether the member lies in the caller's area; members know themselves and whoever was merged into them."""
    if by.role is Role.MEMBER:
        return by.member_id is not None and by.member_id in {member.id, member.merged_into_id}
    return by.covers_bank(member.waste_bank_id, member.subdistrict_code)


def covers_bank(by: Caller, waste_bank_id: str, rollout: Rollout) -> bool:
    """Whether a waste bank lies in the area of somebody of the staff; one that nobody knows never does."""
    subdistrict = rollout.subdistrict_of(waste_bank_id)
    return subdistrict is not None and by.covers_bank(waste_bank_id, subdistrict.kemendagri_code)


async def lock_known(tx: Tx, member_id: UUID, by: Caller) -> Standing | Refusal:
    """A member who is there and may be acted on, locked until the transaction ends."""
    standing = (await people.lock_standings(tx, [member_id])).get(member_id)
    if standing is None or standing.erased_at is not None or not knows(by, standing):
        return Refusal.UNKNOWN_MEMBER
    return standing if standing.merged_into_id is None else Refusal.MEMBER_MERGED
