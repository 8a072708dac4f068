"""Weighings that look like one another: a person is asked, nothing is held up, and a person's word settles it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.deposit.domain.likeness import SAME_WITHIN, Earlier, alike, share_a_weight
from services.deposit.domain.refusals import Refusal
from services.deposit.domain.states import State
from services.deposit.store import suspicions
from services.deposit.store.rows import NewDeposit
from services.deposit.store.suspicions import Suspicion
from services.deposit.workflows.ending import Ending, end_deposit
from services.deposit.workflows.telling import Telling
from services.deposit.workflows.weighings import Actor
from shared.kernel.ids import uuid7
from shared.runtime.audit import Act, note
from shared.runtime.database import Tx

__all__ = ["Suspicion"]

SAME_WEIGHING, BAG_TWICE = "same_weighing", "bag_weighed_twice"


class Doubts:
    """Collects, while weighings are taken in, which of them a person should look at; `finish` writes it down."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._found: list[Suspicion] = []
        # Of which other deposit a new one looks like the double.
        self.doubles: dict[UUID, UUID] = {}

    def compare(self, rows: Sequence[NewDeposit], near: Mapping[UUID, Sequence[Earlier]]) -> None:
        """Compare new weighings, the keys of `near`, with what their members had near them, and with one another."""
        together: dict[UUID, list[NewDeposit]] = {}
        for row in rows:
            together.setdefault(row.member_id, []).append(row)
            others = near.get(row.deposit_id)
            if others:
                other = alike(row.lines_json, others)
                if other is not None:
                    self._double(row, other)
        for of_member in together.values():
            if len(of_member) > 1:
                self._compare_within([row for row in of_member if row.deposit_id in near])

    def _compare_within(self, rows: Sequence[NewDeposit]) -> None:
        """What one member brought in one sending, in its order."""
        for position, row in enumerate(rows):
            for before in rows[:position]:
                if before.deposit_id == row.deposit_id or row.deposit_id in self.doubles:
                    break
                if abs(row.weighed_at - before.weighed_at) <= SAME_WITHIN and share_a_weight(
                    row.lines_json, before.lines_json
                ):
                    self._double(row, before.deposit_id)

    def _double(self, row: NewDeposit, other: UUID) -> None:
        self.doubles[row.deposit_id] = other
        self.note(
            SAME_WEIGHING, row.deposit_id, other, row.member_id, row.waste_bank_id, row.subdistrict_code
        )

    def note(
        self, kind: str, deposit_id: UUID, other: UUID, member_id: UUID, waste_bank_id: str, code: str
    ) -> None:
        """A person should look at a deposit beside another one."""
        self._found.append(
            Suspicion(uuid7(), kind, deposit_id, other, member_id, waste_bank_id, code, self._now)
        )

    async def finish(self, tx: Tx) -> None:
        """Write down what was found."""
        if self._found:
            await suspicions.add(tx, self._found)


async def first_suspected(tx: Tx, deposit_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """What was answered about these when they came for the first time."""
    return await suspicions.of_deposits(tx, deposit_ids) if deposit_ids else {}


@dataclass(frozen=True, slots=True)
class SuspicionPage:
    """Some suspicions and where the next page begins; None after the last one."""

    suspicions: list[Suspicion]
    next_place: tuple[datetime, UUID] | None


async def list_suspicions(
    tx: Tx,
    waste_bank_ids: frozenset[str] | None,
    not_at: frozenset[str],
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> SuspicionPage:
    """One page of what waits for a person, the longest waiting first."""
    banks = None if waste_bank_ids is None else sorted(waste_bank_ids)
    found = await suspicions.open_ones(tx, banks, sorted(not_at), after, limit)
    if len(found) <= limit:
        return SuspicionPage(found, None)
    kept = found[:limit]
    return SuspicionPage(kept, (kept[-1].found_at, kept[-1].suspicion_id))


async def let_both_stand(
    tx: Tx, suspicion_id: UUID, actor: Actor, reason: str, now: datetime
) -> str | Refusal:
    """Both weighings happened. Again changes nothing."""
    found = await suspicions.lock(tx, suspicion_id)
    if found is None or not actor.may_act_at(found.waste_bank_id, found.subdistrict_code):
        return Refusal.SUSPICION_NOT_FOUND
    if found.state == "both_stand":
        return found.state
    if found.state != "open":
        return Refusal.SUSPICION_DECIDED
    await suspicions.decide(tx, suspicion_id, "both_stand", now, actor.person_id, reason)
    await note(tx, [_act(found, actor, "both_stand", reason)], now)
    return "both_stand"


async def void_one(
    tx: Tx, suspicion_id: UUID, deposit_id: UUID, actor: Actor, reason: str, now: datetime
) -> str | Refusal:
    """One of the two was entered by mistake and is voided as any deposit is. Again changes nothing."""
    # Not locked: ending a deposit closes what is suspected of it, and deposits are locked before suspicions.
    found = await suspicions.one(tx, suspicion_id)
    if found is None or not actor.may_act_at(found.waste_bank_id, found.subdistrict_code):
        return Refusal.SUSPICION_NOT_FOUND
    if deposit_id not in {found.deposit_id, found.other_deposit_id}:
        return Refusal.SUSPICION_OF_OTHERS
    if found.state == "both_stand":
        return Refusal.SUSPICION_DECIDED
    telling = Telling(now)
    ended = await end_deposit(tx, telling, deposit_id, Ending(actor, reason))
    if isinstance(ended, Refusal):
        return ended
    if found.state == "open" and ended is State.VOIDED:
        await suspicions.decide(tx, suspicion_id, "one_voided", now, actor.person_id, reason)
        telling.act(_act(found, actor, "one_voided", reason))
    await telling.finish(tx)
    return "one_voided"


def _act(found: Suspicion, actor: Actor, state: str, reason: str) -> Act:
    return Act(
        action="suspicion_decided",
        subject_kind="deposit",
        subject_id=str(found.deposit_id),
        subdistrict_code=found.subdistrict_code,
        before={"state": found.state, "beside": str(found.other_deposit_id), "kind": found.kind},
        after={"state": state},
        reason=reason,
        **actor.done(),
    )
