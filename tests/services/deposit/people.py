"""What identity says about people, as the tests of deposit hear it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from shared.contracts import CardReplaced, MemberErased, MemberMoved, MembersMerged
from shared.kernel.ids import uuid7
from tests.services.deposit.stage import BANK, OPEN_CODE, OTHER_BANK

AT = datetime(2026, 11, 10, tzinfo=UTC)


def _common(member_id: UUID) -> dict[str, Any]:
    return {"event_id": uuid7(), "recorded_at": AT, "member_id": member_id}


def merged(member_id: UUID, into: UUID) -> MembersMerged:
    """The first id means the second member from now on."""
    return MembersMerged(
        **_common(member_id),
        into_member_id=into,
        into_subdistrict_code=OPEN_CODE,
        proposed_by=uuid7(),
        merged_by=uuid7(),
        merged_at=AT,
    )


def moved(member_id: UUID, to: str = OTHER_BANK, code: str = OPEN_CODE, days: int = 0) -> MemberMoved:
    """The member belongs to another waste bank."""
    return MemberMoved(
        **_common(member_id),
        from_waste_bank_id=BANK,
        from_subdistrict_code=OPEN_CODE,
        waste_bank_id=to,
        subdistrict_code=code,
        moved_at=AT + timedelta(days=days),
        moved_by=uuid7(),
    )


def erased(member_id: UUID) -> MemberErased:
    """The member left."""
    return MemberErased(
        **_common(member_id),
        waste_bank_id=BANK,
        subdistrict_code=OPEN_CODE,
        erased_at=AT,
        erased_by=uuid7(),
    )


def new_card(member_id: UUID) -> CardReplaced:
    """The member has a new card."""
    return CardReplaced(
        **_common(member_id),
        card_id=uuid7(),
        replaced_card_id=uuid7(),
        why="lost",
        replaced_at=AT,
        replaced_by=uuid7(),
    )
