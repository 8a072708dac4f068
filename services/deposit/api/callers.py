"""What a caller may do with deposits."""

from datetime import datetime
from uuid import UUID

from services.deposit.domain.weighing import NO_TABLET, clock_offset_ms
from services.deposit.workflows.weighings import Actor, Sender
from shared.kernel.roles import Role
from shared.kernel.rollout import Rollout
from shared.runtime.problems import Problem
from shared.runtime.tokens import Caller


def actor_of(who: Caller) -> Actor:
    """The programme acts in its sub-districts and regencies, an operator at the waste banks in the token."""
    if who.role is Role.PROGRAMME:
        return Actor(who.subject, who.role.value, areas=who.subdistrict_codes | who.regency_codes)
    return Actor(who.subject, who.role.value, who.waste_bank_ids)


def covers(who: Caller, waste_bank_id: str, subdistrict_code: str) -> bool:
    """Whether a waste bank lies in the caller's area. What belongs to no sub-district: any regency's staff."""
    return actor_of(who).may_act_at(waste_bank_id, subdistrict_code)


def bank_in_area(who: Caller, waste_bank_id: str, rollout: Rollout) -> str:
    """The sub-district of a waste bank where the caller may write. Raises Problem for any other, and unknown ones."""
    subdistrict = rollout.subdistrict_of(waste_bank_id)
    if subdistrict is None or not covers(who, waste_bank_id, subdistrict.kemendagri_code):
        raise Problem("not_your_area")
    return subdistrict.kemendagri_code


def sender_of(who: Caller, tablet_id: UUID | None, sent_at: datetime | None, now: datetime) -> Sender:
    """Who sends weighings, from which tablet: the token's word counts before the body's."""
    return Sender(actor_of(who), who.tablet_id or tablet_id or NO_TABLET, clock_offset_ms(sent_at, now))
