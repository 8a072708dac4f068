"""A look at a token, and a member's own records as a whole: what is shown, and that it was looked at."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from services.payout.domain.sealed import dispute_field
from services.payout.models import Dispute, Redemption
from services.payout.store import disputes, people, redemptions
from services.payout.store.disputes import Sight
from services.payout.workflows.views import RedemptionView, TokenView, opened, token_view
from shared.kernel.clock import Clock
from shared.kernel.roles import Role
from shared.runtime.audit import Act, done_by, note
from shared.runtime.database import Tx
from shared.runtime.sealing import Sealer
from shared.runtime.tokens import Caller

# Far more than one household redeems in ten years; the export is one answer.
RECORDS_MAX = 10_000


class OwnRedemption(BaseModel):
    """A redemption with everything that is kept about it; money in rupiah."""

    redemption_id: UUID
    requested_at: datetime
    state: str
    reason: str | None
    product: str
    amount_rupiah: int
    cost_rupiah: int | None
    delivered_at: datetime | None
    target: str | None
    owner: str | None
    token: TokenView | None
    waste_bank_id: str | None


class OwnDispute(BaseModel):
    """A dispute with the words of both sides."""

    dispute_id: UUID
    redemption_id: UUID
    complaint: str
    words: str | None
    opened_at: datetime
    due_at: datetime
    outcome: str | None
    answer_words: str | None
    answered_at: datetime | None


class OwnRecords(BaseModel):
    """All that payout keeps about a member."""

    member_id: UUID
    merged_ids: list[UUID]
    redemptions: list[OwnRedemption]
    disputes: list[OwnDispute]


class Looking:
    """Looks that are written down."""

    def __init__(self, sealer: Sealer, clock: Clock) -> None:
        self._sealer = sealer
        self._clock = clock

    async def note_token(self, tx: Tx, shown: RedemptionView, who: Caller) -> None:
        """Write down that somebody was shown a token; never which one."""
        act = Act(
            "token_shown",
            "redemption",
            str(shown.redemption_id),
            subdistrict_code=shown.subdistrict_code,
            **done_by(who),
        )
        await note(tx, [act], self._clock.now())

    async def export_own(self, tx: Tx, member_id: UUID, who: Caller) -> OwnRecords | None:
        """A member's own records, tokens included; None for anybody else's. The look is written down.

        Staff who hand them out on the member's behalf get what lies in their area, without numbers and tokens.
        """
        family = await people.family_of(tx, member_id)
        if who.role is Role.MEMBER and who.member_id not in family.members:
            return None
        found = await redemptions.page_of_members(tx, family.members, None, RECORDS_MAX)
        own = await disputes.page_of_disputes(
            tx, Sight(members=family.members), None, RECORDS_MAX, open_only=False
        )
        if who.role is not Role.MEMBER:
            found = [each for each in found if who.covers_subdistrict(each.subdistrict_code)]
            own = [each for each in own if who.covers_subdistrict(each.subdistrict_code)]
            if not found:
                return None
        await note(
            tx, [Act("own_records_shown", "member", str(family.survivor), **done_by(who))], self._clock.now()
        )
        return OwnRecords(
            member_id=family.survivor,
            merged_ids=sorted(family.members - {family.survivor}),
            redemptions=[self._redemption(each, whole=who.role is Role.MEMBER) for each in found],
            disputes=[self._dispute(dispute) for dispute in own],
        )

    def _redemption(self, redemption: Redemption, *, whole: bool) -> OwnRedemption:
        return OwnRedemption(
            redemption_id=redemption.redemption_id,
            requested_at=redemption.requested_at,
            state=redemption.state,
            reason=redemption.reason,
            product=redemption.product_code,
            amount_rupiah=redemption.amount_rupiah,
            cost_rupiah=redemption.cost_rupiah,
            delivered_at=redemption.delivered_at,
            target=opened(redemption, "target_sealed", self._sealer) if whole else None,
            owner=opened(redemption, "owner_sealed", self._sealer) if whole else None,
            token=token_view(redemption, self._sealer) if whole else None,
            waste_bank_id=redemption.waste_bank_id,
        )

    def _dispute(self, dispute: Dispute) -> OwnDispute:
        return OwnDispute(
            dispute_id=dispute.dispute_id,
            redemption_id=dispute.redemption_id,
            complaint=dispute.complaint,
            words=self._words(dispute, "words_sealed"),
            opened_at=dispute.opened_at,
            due_at=dispute.due_at,
            outcome=dispute.outcome,
            answer_words=self._words(dispute, "answer_sealed"),
            answered_at=dispute.answered_at,
        )

    def _words(self, dispute: Dispute, column: str) -> str | None:
        field: bytes | None = getattr(dispute, column)
        return None if field is None else self._sealer.open(field, dispute_field(dispute.dispute_id, column))
