"""Disputes as those whom they concern read them: page by page, open ones first, with the words of both sides."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from services.deposit.store import disputes, members
from services.deposit.store.disputes import Dispute, DisputePlace, DisputesWanted
from shared.runtime.database import Tx
from shared.runtime.sealing import Sealer


class OpenedDispute(NamedTuple):
    """A dispute with the words of both sides, for those whom they concern."""

    dispute: Dispute
    words: str | None
    answer_words: str | None


class DisputesPage(NamedTuple):
    """Some disputes, and where the next page begins."""

    disputes: list[OpenedDispute]
    next_place: DisputePlace | None


def place_of(dispute_id: UUID, column: str) -> str:
    """Where a sealed field of a dispute stands."""
    return f"dispute|{dispute_id}|{column}"


def opened(sealer: Sealer, dispute: Dispute) -> OpenedDispute:
    """Open the words of both sides."""
    words, answer = dispute.words, dispute.answer_words
    return OpenedDispute(
        dispute,
        None if words is None else sealer.open(words, place_of(dispute.dispute_id, "words")),
        None if answer is None else sealer.open(answer, place_of(dispute.dispute_id, "answer_words")),
    )


async def list_disputes(tx: Tx, sealer: Sealer, wanted: DisputesWanted) -> DisputesPage:
    """One page: open ones first, by the day on which an answer is due."""
    found = await disputes.page(tx, wanted)
    page = found[: wanted.limit]
    next_place = None
    if len(found) > wanted.limit:
        last = page[-1]
        next_place = DisputePlace(last.answered_at is not None, last.due_at, last.dispute_id)
    return DisputesPage([opened(sealer, each) for each in page], next_place)


async def read_dispute(tx: Tx, dispute_id: UUID) -> Dispute | None:
    """One dispute as it stands; None if it is not known."""
    return await disputes.one(tx, dispute_id)


async def family_of(tx: Tx, member_id: UUID) -> list[UUID]:
    """Every id that means this member."""
    return await members.family(tx, member_id)


async def own_disputes(tx: Tx, sealer: Sealer, member_ids: list[UUID]) -> list[OpenedDispute]:
    """Everything that is kept about disputes of a member, for the member's own copy; no limit."""
    found = await disputes.page(tx, DisputesWanted(member_ids=member_ids, limit=2**31 - 2))
    return [opened(sealer, each) for each in found]


async def open_by_subdistrict(tx: Tx, now: datetime) -> list[tuple[str, int, int]]:
    """For each sub-district: open disputes, and how many of them are late."""
    return await disputes.open_by_subdistrict(tx, now)


__all__ = [
    "Dispute",
    "DisputePlace",
    "DisputesPage",
    "DisputesWanted",
    "OpenedDispute",
    "family_of",
    "list_disputes",
    "open_by_subdistrict",
    "opened",
    "own_disputes",
    "place_of",
    "read_dispute",
]
