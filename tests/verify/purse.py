"""One member's credit replayed from what wallet said, event by event, in the order in which it was said.

Two ids that were merged have one purse. What was said of them stands in different partitions, so it is kept and
replayed in the order of the events' ids, which wallet made while it held the account.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from shared.contracts import (
    CreditHeld,
    CreditPosted,
    CreditReleased,
    CreditReversed,
    CreditSettled,
    Event,
    MembersMerged,
    OpeningBalancePosted,
)


_MOVING = (CreditPosted, CreditReversed, CreditHeld, CreditSettled, CreditReleased, OpeningBalancePosted)


@dataclass
class Purse:
    """What a member has (`posted`) and what of it is set aside (`held`), in rupiah."""

    posted: int = 0
    held: int = 0


@dataclass
class Purses:
    """Everybody's credit. `overdrawn` are the redemptions whose hold made an available balance negative.

    Merges must be heard before anything else; `close` ends the hearing.
    """

    by_member: defaultdict[UUID, Purse] = field(default_factory=lambda: defaultdict(Purse))
    by_subdistrict: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    overdrawn: list[tuple[UUID, int]] = field(default_factory=list)
    _into: dict[UUID, UUID] = field(default_factory=dict)
    _survivors: set[UUID] = field(default_factory=set)
    _of_families: list[Event] = field(default_factory=list)

    def owner(self, member_id: UUID) -> UUID:
        """Who has the credit of an id: itself, or whoever it was merged into in the end."""
        while member_id in self._into:
            member_id = self._into[member_id]
        return member_id

    def hear(self, event: Event) -> None:
        """Move the purse as the event says; an event that is not about credit moves nothing."""
        if isinstance(event, MembersMerged):
            self._into[event.member_id] = event.into_member_id
            self._survivors.add(event.into_member_id)
        elif isinstance(event, _MOVING):
            if event.member_id in self._into or event.member_id in self._survivors:
                self._of_families.append(event)
            else:
                self._move(event)

    def close(self) -> None:
        """Replay what was kept."""
        for event in sorted(self._of_families, key=lambda event: event.event_id.int):
            self._move(event)
        self._of_families.clear()

    def _move(self, event: Event) -> None:
        match event:
            case CreditPosted() | OpeningBalancePosted():
                self._post(event.member_id, event.subdistrict_code, event.amount_rupiah)
            case CreditReversed():
                self._post(event.member_id, event.subdistrict_code, -event.amount_rupiah)
            case CreditHeld():
                purse = self.by_member[self.owner(event.member_id)]
                purse.held += event.amount_rupiah
                if purse.posted < purse.held:
                    self.overdrawn.append((event.redemption_id, purse.posted - purse.held))
            case CreditSettled():
                self.by_member[self.owner(event.member_id)].held -= event.amount_rupiah
                self._post(event.member_id, event.subdistrict_code, -event.amount_rupiah)
            case CreditReleased(why="reversed"):
                self._post(event.member_id, event.subdistrict_code, event.amount_rupiah)
            case CreditReleased():
                self.by_member[self.owner(event.member_id)].held -= event.amount_rupiah
            case _:
                pass

    def _post(self, member_id: UUID, subdistrict_code: str, amount_rupiah: int) -> None:
        self.by_member[self.owner(member_id)].posted += amount_rupiah
        self.by_subdistrict[subdistrict_code] += amount_rupiah

    def totals(self) -> Mapping[str, int]:
        """Rupiah owed, by sub-district, without those that owe nothing."""
        return {code: amount for code, amount in self.by_subdistrict.items() if amount}
