"""Everything that identity knows about a member, for themselves to take away."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.identity.domain.cards import Card
from services.identity.domain.people import Deed, Member, Move
from services.identity.domain.refusals import Refusal
from services.identity.store import cards, merging, people, record
from services.identity.workflows.known import knows
from shared.kernel.roles import Role
from shared.runtime.audit import Act, done_by, note
from shared.runtime.database import Tx
from shared.runtime.sealing import Sealer
from shared.runtime.tokens import Caller

DEEDS_MAX = 1000


@dataclass(frozen=True, slots=True)
class OwnRecord:
    """A member in clear, with those who were merged into them."""

    member: Member
    absorbed: tuple[Member, ...]
    cards: tuple[Card, ...]
    moves: tuple[Move, ...]
    deeds: tuple[Deed, ...]
    can_sign_in: bool


async def own_record(
    tx: Tx, sealer: Sealer, member_id: UUID, *, by: Caller, now: datetime
) -> OwnRecord | Refusal:
    """The record of a member, of the survivor for one who was merged. That somebody else looked is audited."""
    standing = await people.find_standing(tx, member_id)
    if standing is None or not knows(by, standing):
        return Refusal.UNKNOWN_MEMBER
    member = await people.find_member(tx, sealer, standing.merged_into_id or member_id)
    if member is None or (by.role is not Role.MEMBER and not knows(by, member)):
        return Refusal.UNKNOWN_MEMBER
    absorbed = [
        other
        for each in await people.absorbed_ids(tx, member.id)
        if (other := await people.find_member(tx, sealer, each)) is not None
    ]
    ids = [member.id, *(each.id for each in absorbed)]
    found = OwnRecord(
        member=member,
        absorbed=tuple(absorbed),
        cards=tuple(await cards.cards_of(tx, ids)),
        moves=tuple(await merging.moves_of(tx, ids)),
        deeds=tuple(await record.deeds_about(tx, ids, DEEDS_MAX)),
        can_sign_in=await record.can_sign_in(tx, member.id),
    )
    if by.role is not Role.MEMBER:
        act = Act(
            "read_own_record",
            "member",
            str(member.id),
            subdistrict_code=member.subdistrict_code,
            **done_by(by),
        )
        await note(tx, [act], now)
    return found
