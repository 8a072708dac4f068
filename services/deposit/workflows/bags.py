"""Bags that are labelled now and weighed later: none is forgotten, none weighed twice unasked."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

from services.deposit.domain.areas import UNKNOWN_SUBDISTRICT
from services.deposit.domain.bags import BagMark
from services.deposit.domain.refusals import Refusal
from services.deposit.domain.states import State
from services.deposit.store import bags, members
from services.deposit.store.bags import Bag, NewBag
from services.deposit.workflows.bags_telling import discarded_fact, say_settled, settled_fact
from services.deposit.workflows.suspicion import BAG_TWICE, Doubts
from services.deposit.workflows.weighings import Actor, Handed, Outcome, Weighing
from shared.contracts import BagsReceived
from shared.kernel.ids import uuid7
from shared.kernel.rollout import Rollout
from shared.runtime.audit import Act, note
from shared.runtime.database import Tx
from shared.runtime.outbox import say

__all__ = ["Bag"]

_EVENT_BAGS_MAX = 100
_ENDED = {State.VOIDED, State.REJECTED, State.VOIDED_AHEAD}


class LabelledBag(NamedTuple):
    """A bag as a tablet tells it."""

    bag_id: UUID
    member_id: UUID
    waste_bank_id: str
    label: str
    received_at: datetime


class BagOutcome(NamedTuple):
    """What became of a bag. `label_in_use`: another bag with this label waits at the same waste bank."""

    status: Literal["recorded", "repeated", "refused"]
    refusal: Refusal | None = None
    label_in_use: bool = False


@dataclass(frozen=True, slots=True)
class BagPage:
    """Some bags and where the next page begins; None after the last one."""

    bags: list[Bag]
    next_place: tuple[datetime, UUID] | None


async def receive_bags(
    tx: Tx, given: Sequence[LabelledBag], actor: Actor, tablet_id: UUID, rollout: Rollout, now: datetime
) -> list[BagOutcome]:
    """Take labelled bags in, each on its own; outcomes in the order given. The same id again: repeat or conflict."""
    codes = {bag.waste_bank_id: _subdistrict_code(rollout, bag.waste_bank_id) for bag in given}
    foreign = {
        bank
        for bank, code in codes.items()
        if code != UNKNOWN_SUBDISTRICT and not actor.may_act_at(bank, code)
    }
    # Held before the bags, as a merge holds them: one of the two waits, and sees what the other has written.
    await members.mention_members(tx, {bag.member_id for bag in given if bag.waste_bank_id not in foreign})
    before = await bags.lock_bags(tx, [bag.bag_id for bag in given])
    outcomes: list[BagOutcome] = []
    new: dict[UUID, NewBag] = {}
    for bag in given:
        if bag.waste_bank_id in foreign:
            outcomes.append(BagOutcome("refused", Refusal.NOT_YOUR_WASTE_BANK))
            continue
        stored = before[bag.bag_id] if before[bag.bag_id].received_at else new.get(bag.bag_id)
        if stored is None:
            new[bag.bag_id] = NewBag(
                bag.bag_id,
                bag.member_id,
                bag.waste_bank_id,
                codes[bag.waste_bank_id],
                bag.label,
                bag.received_at,
                now,
                actor.person_id,
                tablet_id,
            )
            outcomes.append(BagOutcome("recorded"))
        elif _content(stored) == _content(bag):
            outcomes.append(BagOutcome("repeated"))
        else:
            outcomes.append(BagOutcome("refused", Refusal.BAG_CONFLICT))
    if new:
        await bags.fill_bags(tx, list(new.values()))
        settled = await bags.settle_bags(tx, list(new))
        await say(tx, [*_received(new.values(), now), *(settled_fact(each, now) for each in settled)])
    return await _with_labels(tx, given, outcomes)


def _subdistrict_code(rollout: Rollout, waste_bank_id: str) -> str:
    subdistrict = rollout.subdistrict_of(waste_bank_id)
    return UNKNOWN_SUBDISTRICT if subdistrict is None else subdistrict.kemendagri_code


def _content(bag: Bag | NewBag | LabelledBag) -> tuple[UUID | None, str | None, str | None, datetime | None]:
    return bag.member_id, bag.waste_bank_id, bag.label, bag.received_at


async def _with_labels(tx: Tx, given: Sequence[LabelledBag], outcomes: list[BagOutcome]) -> list[BagOutcome]:
    taken = [
        (bag.bag_id, bag.waste_bank_id, bag.label)
        for bag, outcome in zip(given, outcomes, strict=True)
        if outcome.refusal is None
    ]
    used = await bags.with_label_in_use(tx, taken) if taken else set()
    return [
        outcome._replace(label_in_use=outcome.refusal is None and bag.bag_id in used)
        for bag, outcome in zip(given, outcomes, strict=True)
    ]


def _received(new: Iterable[NewBag], now: datetime) -> list[BagsReceived]:
    """One fact for what one member left at one waste bank at one moment."""
    together: dict[tuple[UUID, str, str, datetime], list[UUID]] = defaultdict(list)
    for bag in new:
        together[bag.member_id, bag.waste_bank_id, bag.subdistrict_code, bag.received_at].append(bag.bag_id)
    return [
        BagsReceived(
            event_id=uuid7(),
            recorded_at=now,
            member_id=member_id,
            bag_ids=tuple(bag_ids[start : start + _EVENT_BAGS_MAX]),
            waste_bank_id=waste_bank_id,
            subdistrict_code=subdistrict_code,
            received_at=received_at,
        )
        for (member_id, waste_bank_id, subdistrict_code, received_at), bag_ids in together.items()
        for start in range(0, len(bag_ids), _EVENT_BAGS_MAX)
    ]


async def weigh_bags(
    tx: Tx,
    doubts: Doubts,
    handed: Sequence[Handed],
    outcomes: Sequence[Outcome],
    rollout: Rollout,
    now: datetime,
) -> list[Outcome]:
    """Close the bags that weighings name, and mark what is odd about them. No weighing is refused for its bags."""
    naming = [
        item.weighing
        for item, outcome in zip(handed, outcomes, strict=True)
        if _empties_bags(item.weighing, outcome)
    ]
    if not naming:
        return list(outcomes)
    bag_ids = sorted({bag_id for weighing in naming for bag_id in weighing.bag_ids})
    await bags.lock_bags(tx, bag_ids)
    settled = await bags.note_weighings(
        tx, [(bag_id, weighing.deposit_id) for weighing in naming for bag_id in weighing.bag_ids]
    )
    await say_settled(tx, settled, now)
    stored = await bags.lock_bags(tx, bag_ids)
    meant = await members.meanings(
        tx,
        [each.member_id for each in naming] + [bag.member_id for bag in stored.values() if bag.member_id],
    )
    marked: list[Outcome] = []
    for item, outcome in zip(handed, outcomes, strict=True):
        if not _empties_bags(item.weighing, outcome):
            marked.append(outcome)
            continue
        marks = _marks(item.weighing, stored, meant)
        if outcome.new:
            _doubt_twice_weighed(doubts, item.weighing, marks, rollout)
        marked.append(outcome._replace(bags=tuple((bag.bag_id, mark) for bag, mark in marks)))
    return marked


def _empties_bags(weighing: Weighing, outcome: Outcome) -> bool:
    return bool(weighing.bag_ids) and outcome.refusal is None and outcome.state not in _ENDED


def _marks(
    weighing: Weighing, stored: Mapping[UUID, Bag], meant: Mapping[UUID, UUID]
) -> list[tuple[Bag, BagMark]]:
    """What is odd about the bags of a weighing, in their order."""
    named = [stored[bag_id] for bag_id in weighing.bag_ids]
    return [(bag, mark) for bag in named if (mark := _mark(bag, weighing, meant)) is not None]


def _doubt_twice_weighed(
    doubts: Doubts, weighing: Weighing, marks: Sequence[tuple[Bag, BagMark]], rollout: Rollout
) -> None:
    code = _subdistrict_code(rollout, weighing.waste_bank_id)
    for bag, mark in marks:
        other = bag.weighed_by_deposit_id
        if mark is BagMark.BAG_WEIGHED_BEFORE and other is not None:
            doubts.note(
                BAG_TWICE, weighing.deposit_id, other, weighing.member_id, weighing.waste_bank_id, code
            )


def _mark(bag: Bag, weighing: Weighing, meant: Mapping[UUID, UUID]) -> BagMark | None:
    if bag.weighed_by_deposit_id not in {None, weighing.deposit_id}:
        return BagMark.BAG_WEIGHED_BEFORE
    if bag.discarded_at is not None:
        return BagMark.BAG_DISCARDED
    if bag.member_id is None:
        return BagMark.BAG_UNKNOWN
    if meant[bag.member_id] != meant[weighing.member_id]:
        return BagMark.BAG_OF_ANOTHER_MEMBER
    if bag.waste_bank_id != weighing.waste_bank_id:
        return BagMark.BAG_OF_ANOTHER_WASTE_BANK
    return None


async def discard_bag(tx: Tx, bag_id: UUID, actor: Actor, reason: str, now: datetime) -> Bag | Refusal:
    """A bag will not be weighed: empty, spoiled, taken back. Again changes nothing."""
    bag = (await bags.lock_bags(tx, [bag_id]))[bag_id]
    if bag.waste_bank_id is None or not actor.may_act_at(bag.waste_bank_id, bag.subdistrict_code or ""):
        return Refusal.BAG_NOT_FOUND
    if bag.discarded_at is not None:
        return bag
    if bag.weighed_by_deposit_id is not None:
        return Refusal.BAG_WEIGHED
    turn = await bags.discard(tx, bag_id, now, actor.person_id, reason)
    act = Act(
        action="bag_discarded",
        subject_kind="bag",
        subject_id=str(bag_id),
        subdistrict_code=bag.subdistrict_code,
        before={"state": "waiting"},
        after={"state": "discarded"},
        reason=reason,
        **actor.done(),
    )
    await note(tx, [act], now)
    await say(tx, [discarded_fact(bag, turn, actor.person_id, now)])
    return bag._replace(discarded_at=now, discard_reason=reason)


async def list_open_bags(
    tx: Tx, waste_bank_ids: Sequence[str], after: tuple[datetime, UUID] | None, limit: int
) -> BagPage:
    """One page of what waits to be weighed, the longest waiting first."""
    found = await bags.open_bags(tx, waste_bank_ids, after, limit)
    if len(found) <= limit:
        return BagPage(found, None)
    kept = found[:limit]
    last = kept[-1]
    return BagPage(kept, None if last.received_at is None else (last.received_at, last.bag_id))
