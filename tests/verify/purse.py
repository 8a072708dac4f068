"""One member's credit replayed from what wallet said, event by event, in the order in which it was said."""

import struct
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
from tests.verify.scratch import PARTS, Shelf

# Event, member, redemption or nothing, sub-district by number, what moves, rupiah.
_MOVE = struct.Struct("16s16s16sHBq")
_POST, _HOLD, _SETTLE, _RELEASE = range(4)


@dataclass
class Purse:
    """What a member has (`posted`) and what of it is set aside (`held`), in rupiah."""

    posted: int = 0
    held: int = 0


@dataclass
class Purses:
    """Everybody's credit, under the ids by which it was said; `into` tells whom ids mean that were given up.

    Hear everything, then replay once: what was said of one member lies in one part of the shelf, in its order.
    """

    shelf: Shelf
    by_member: dict[UUID, int] = field(default_factory=dict)
    by_subdistrict: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    into: dict[UUID, UUID] = field(default_factory=dict)
    _codes: dict[str, int] = field(default_factory=dict)
    _overdrawn: list[tuple[UUID, UUID, int]] = field(default_factory=list)

    def hear(self, event: Event) -> None:
        """Note how the event moves a purse; one that is not about credit moves nothing."""
        match event:
            case MembersMerged():
                self.into.setdefault(event.member_id, event.into_member_id)
            case CreditPosted() | OpeningBalancePosted():
                self._note(event, _POST, event.amount_rupiah)
            case CreditReversed():
                self._note(event, _POST, -event.amount_rupiah)
            case CreditHeld():
                self._note(event, _HOLD, event.amount_rupiah)
            case CreditSettled():
                self._note(event, _SETTLE, event.amount_rupiah)
            case CreditReleased(why="reversed"):
                self._note(event, _POST, event.amount_rupiah)
            case CreditReleased():
                self._note(event, _RELEASE, event.amount_rupiah)
            case _:
                pass

    def _note(
        self,
        event: CreditPosted
        | CreditReversed
        | OpeningBalancePosted
        | CreditHeld
        | CreditSettled
        | CreditReleased,
        move: int,
        amount_rupiah: int,
    ) -> None:
        member = event.member_id.bytes
        code = self._codes.setdefault(event.subdistrict_code, len(self._codes))
        redemption = event.redemption_id.bytes if move == _HOLD and isinstance(event, CreditHeld) else b""
        self.shelf.put(
            member, _MOVE.pack(event.event_id.bytes, member, redemption, code, move, amount_rupiah)
        )

    def replay(self) -> None:
        """Move every purse. What the relay sent again moves nothing a second time."""
        codes = list(self._codes)
        for number in range(PARTS):
            purses: defaultdict[bytes, Purse] = defaultdict(Purse)
            heard: set[bytes] = set()
            for event_id, member, redemption, code, move, amount in _MOVE.iter_unpack(
                self.shelf.part(number)
            ):
                if event_id in heard:
                    continue
                heard.add(event_id)
                purse = purses[member]
                if move == _HOLD:
                    purse.held += amount
                    if purse.posted < purse.held:
                        self._overdrawn.append(
                            (UUID(bytes=member), UUID(bytes=redemption), purse.posted - purse.held)
                        )
                    continue
                if move in {_SETTLE, _RELEASE}:
                    purse.held -= amount
                if move != _RELEASE:
                    change = -amount if move == _SETTLE else amount
                    purse.posted += change
                    self.by_subdistrict[codes[code]] += change
            self.by_member.update((UUID(bytes=member), purse.posted) for member, purse in purses.items())

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
        for member_id, posted in self.by_member.items():
            found[self.survivor(member_id)] += posted
        return found

    @property
    def overdrawn(self) -> list[tuple[UUID, int]]:
        """Redemptions whose hold made an available balance negative, with that balance.

        Without those of members who were merged: what was said under two ids has no order between them in the topics.
        `families` replays theirs in the order of the ledger.
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
