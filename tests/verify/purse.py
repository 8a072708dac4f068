"""One member's credit replayed from what wallet said, event by event, in the order in which it was said."""

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


@dataclass
class Purse:
    """What a member has (`posted`) and what of it is set aside (`held`), in rupiah."""

    posted: int = 0
    held: int = 0


@dataclass
class Purses:
    """Everybody's credit, under the ids by which it was said; `into` tells whom ids mean that were given up."""

    by_member: defaultdict[UUID, Purse] = field(default_factory=lambda: defaultdict(Purse))
    by_subdistrict: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    into: dict[UUID, UUID] = field(default_factory=dict)
    _overdrawn: list[tuple[UUID, UUID, int]] = field(default_factory=list)

    def hear(self, event: Event) -> None:
        """Move the purse as the event says; an event that is not about credit moves nothing."""
        match event:
            case MembersMerged():
                self.into.setdefault(event.member_id, event.into_member_id)
            case CreditPosted() | OpeningBalancePosted():
                self._post(event.member_id, event.subdistrict_code, event.amount_rupiah)
            case CreditReversed():
                self._post(event.member_id, event.subdistrict_code, -event.amount_rupiah)
            case CreditHeld():
                purse = self.by_member[event.member_id]
                purse.held += event.amount_rupiah
                if purse.posted < purse.held:
                    self._overdrawn.append((event.member_id, event.redemption_id, purse.posted - purse.held))
            case CreditSettled():
                self.by_member[event.member_id].held -= event.amount_rupiah
                self._post(event.member_id, event.subdistrict_code, -event.amount_rupiah)
            case CreditReleased(why="reversed"):
                self._post(event.member_id, event.subdistrict_code, event.amount_rupiah)
            case CreditReleased():
                self.by_member[event.member_id].held -= event.amount_rupiah
            case _:
                pass

    def _post(self, member_id: UUID, subdistrict_code: str, amount_rupiah: int) -> None:
        self.by_member[member_id].posted += amount_rupiah
        self.by_subdistrict[subdistrict_code] += amount_rupiah

    def survivor(self, member_id: UUID) -> UUID:
        """Whom an id means now."""
        seen = {member_id}
        while member_id in self.into and self.into[member_id] not in seen:
            member_id = self.into[member_id]
            seen.add(member_id)
        return member_id

    def by_person(self) -> Mapping[UUID, int]:
        """What everybody has posted, under the one id that means them now."""
        found: defaultdict[UUID, int] = defaultdict(int)
        for member_id, purse in self.by_member.items():
            found[self.survivor(member_id)] += purse.posted
        return found

    @property
    def overdrawn(self) -> list[tuple[UUID, int]]:
        """Redemptions whose hold made an available balance negative, with that balance.

        Without those of members who were merged: what was said under two ids has no order between them.
        """
        merged = {self.survivor(member_id) for member_id in self.into} | self.into.keys()
        return [
            (redemption_id, available)
            for member_id, redemption_id, available in self._overdrawn
            if member_id not in merged
        ]

    def totals(self) -> Mapping[str, int]:
        """Rupiah owed, by sub-district, without those that owe nothing."""
        return {code: amount for code, amount in self.by_subdistrict.items() if amount}
