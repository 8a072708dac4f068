"""What a caller may do with deposits."""

from datetime import datetime
from uuid import UUID

from services.deposit.domain.weighing import NO_TABLET, clock_offset_ms
from services.deposit.workflows.weighings import Actor, Sender
from shared.kernel.roles import Role
from shared.runtime.tokens import Caller


def actor_of(who: Caller) -> Actor:
    """The programme acts for every waste bank, an operator for those in the token."""
    return Actor(who.subject, None if who.role is Role.PROGRAMME else who.waste_bank_ids)


def sender_of(who: Caller, tablet_id: UUID | None, sent_at: datetime | None, now: datetime) -> Sender:
    """Who sends weighings, from which tablet: the token's word counts before the body's."""
    return Sender(actor_of(who), who.tablet_id or tablet_id or NO_TABLET, clock_offset_ms(sent_at, now))
