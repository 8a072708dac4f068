"""What the day holds: who is there, what was handed in, what is expected of it."""

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from tests.demo.cast import Resident
from tests.demo.diary import Diary
from tests.demo.stage import Stage
from tests.demo.tablet import Weighing


@dataclass
class Day:
    """One run. What is in here is known to the tablets and phones alone, never asked of a service."""

    stage: Stage
    diary: Diary
    dice: random.Random
    residents: list[Resident]
    handed_in: dict[UUID, Weighing] = field(default_factory=dict)
    answers: Counter[str] = field(default_factory=Counter)
    acknowledged: set[UUID] = field(default_factory=set)
    # Deposits that will not be credited, each with the reason.
    without_credit: dict[UUID, str] = field(default_factory=dict)
    redeemed: Counter[str] = field(default_factory=Counter)
    story: dict[str, UUID] = field(default_factory=dict)

    def answered(self, weighing: Weighing, status: str) -> None:
        """Note what a door said about one weighing."""
        self.handed_in[weighing.id] = weighing
        self.answers[status] += 1
        if status != "conflict":
            self.acknowledged.add(weighing.id)

    def of_bank(self, bank: str) -> list[Resident]:
        """Who goes to that waste bank and is known already."""
        return [
            resident for resident in self.residents if resident.bank == bank and not resident.learnt_later
        ]

    def expected_credit(self, member_id: UUID) -> int:
        """What a member's tablets showed for all deposits that count, in rupiah after deductions."""
        return sum(
            weighing.net_rupiah
            for weighing in self.handed_in.values()
            if weighing.member_id == member_id and weighing.id not in self.without_credit
        )


def now() -> datetime:
    """The real clock: tablets and phones have no other."""
    return datetime.now(UTC)
