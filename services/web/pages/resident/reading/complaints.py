"""A member's disputes about deposits and about redemptions, as one list."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from services.web.clients import Door
from services.web.pages.resident.reading.asking import instant, instant_or_none, or_none
from shared.kernel import wib

ANSWERED_LATELY = timedelta(days=14)
Subject = Literal["deposit", "redemption"]


@dataclass(frozen=True, slots=True)
class Complaint:
    """A dispute with the words of both sides. `about_id` is None for a deposit that is missing."""

    dispute_id: str
    subject: Subject
    about_id: str | None
    complaint: str
    words: str | None
    opened_at: datetime
    due_at: datetime
    late: bool
    outcome: str | None
    answer: str | None
    answered_at: datetime | None
    correction_deposit_id: str | None

    @property
    def number(self) -> str:
        """What stands on paper and is told on the phone: the last eight characters of the id."""
        return self.dispute_id.replace("-", "")[-8:].upper()

    @property
    def due_on(self) -> date:
        """The last day (WIB) on which the answer is in time; `due_at` is its end."""
        return wib.day(self.due_at - timedelta(microseconds=1))

    @property
    def is_open(self) -> bool:
        """Nobody has answered yet, and it was not taken back."""
        return self.outcome is None

    def answered_lately(self, now: datetime) -> bool:
        """Whether the answer is news."""
        answered = self.outcome not in {None, "withdrawn"} and self.answered_at is not None
        return answered and self.answered_at is not None and now - self.answered_at < ANSWERED_LATELY


@dataclass(frozen=True, slots=True)
class Complaints:
    """All of them, the open ones first, then the newest; `whole` is false if a service was silent."""

    found: tuple[Complaint, ...]
    whole: bool

    def about(self, about_id: str) -> list[Complaint]:
        """Those about one deposit or redemption."""
        return [each for each in self.found if each.about_id == about_id]

    def find(self, dispute_id: str) -> Complaint | None:
        """The one of an id."""
        return next((each for each in self.found if each.dispute_id == dispute_id), None)


async def read_complaints(door: Door) -> Complaints:
    """Every dispute of the session's member."""
    deposits, redemptions = await asyncio.gather(
        or_none(door.get("deposit", "/v1/disputes", limit=200)),
        or_none(door.get("payout", "/v1/disputes", limit=200)),
    )
    found = [
        *(_about_deposit(each) for each in (deposits or {}).get("disputes", [])),
        *(_about_redemption(each) for each in (redemptions or {}).get("disputes", [])),
    ]
    return Complaints(tuple(_ordered(found)), whole=deposits is not None and redemptions is not None)


def _ordered(found: Sequence[Complaint]) -> list[Complaint]:
    newest = sorted(found, key=lambda each: each.opened_at, reverse=True)
    return sorted(newest, key=lambda each: not each.is_open)


def _about_deposit(told: dict[str, Any]) -> Complaint:
    return Complaint(
        dispute_id=told["dispute_id"],
        subject="deposit",
        about_id=told["deposit_id"],
        complaint=told["complaint"],
        words=told["words"],
        opened_at=instant(told["opened_at"]),
        due_at=instant(told["due_at"]),
        late=told["late"],
        outcome=told["outcome"],
        answer=told["answer_words"],
        answered_at=instant_or_none(told["answered_at"]),
        correction_deposit_id=told["correction_deposit_id"],
    )


def _about_redemption(told: dict[str, Any]) -> Complaint:
    return Complaint(
        dispute_id=told["dispute_id"],
        subject="redemption",
        about_id=told["redemption_id"],
        complaint=told["complaint"],
        words=told["words"],
        opened_at=instant(told["opened_at"]),
        due_at=instant(told["due_at"]),
        late=told["late"],
        outcome=told["outcome"],
        answer=told["answer_words"],
        answered_at=instant_or_none(told["answered_at"]),
        correction_deposit_id=None,
    )
