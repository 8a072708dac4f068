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
)


@dataclass
class Purse:
    """What a member has (`posted`) and what of it is set aside (`held`), in rupiah."""

    posted: int = 0
    held: int = 0


@dataclass
class Purses:
    """Everybody's credit. `overdrawn` are the redemptions whose hold made an available balance negative."""

    by_member: defaultdict[UUID, Purse] = field(default_factory=lambda: defaultdict(Purse))
    by_subdistrict: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    overdrawn: list[tuple[UUID, int]] = field(default_factory=list)

    def hear(self, event: Event) -> None:
        """Move the purse as the event says; an event that is not about credit moves nothing."""
        match event:
            case CreditPosted():
                self._post(event.member_id, event.subdistrict_code, event.amount_rupiah)
            case CreditReversed():
                self._post(event.member_id, event.subdistrict_code, -event.amount_rupiah)
            case CreditHeld():
                purse = self.by_member[event.member_id]
                purse.held += event.amount_rupiah
                if purse.posted < purse.held:
                    self.overdrawn.append((event.redemption_id, purse.posted - purse.held))
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

    def totals(self) -> Mapping[str, int]:
        """Rupiah owed, by sub-district, without those that owe nothing."""
        return {code: amount for code, amount in self.by_subdistrict.items() if amount}
