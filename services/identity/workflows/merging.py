"""Two enrolments of one person become one: proposed by one of the staff, decided by another, never by the same.

Chains are flattened: whoever was merged into the one that is now absorbed belongs to the survivor from then on.
"""

from datetime import datetime
from uuid import UUID

from services.identity.domain.changes import Gone
from services.identity.domain.merges import Proposal, State
from services.identity.domain.people import Standing
from services.identity.domain.refusals import Refusal
from services.identity.store import cards as card_store
from services.identity.store import changes, merging, people
from services.identity.workflows.closing import close_access
from services.identity.workflows.known import knows
from shared.contracts import MembersMerged
from shared.kernel.ids import uuid7
from shared.kernel.roles import Role
from shared.runtime.audit import Act, done_by, note
from shared.runtime.database import Tx
from shared.runtime.outbox import say
from shared.runtime.tokens import Caller


async def propose_merge(
    tx: Tx, member_id: UUID, into_member_id: UUID, *, reason: str, by: Caller, now: datetime
) -> Proposal | Refusal:
    """Say that two members are one, of whom the second stays. The same again by the same person changes nothing."""
    if member_id == into_member_id:
        return Refusal.MERGE_WITH_ITSELF
    pair = await _lock_pair(tx, member_id, into_member_id, by)
    if isinstance(pair, Refusal):
        return pair
    wanted = Proposal(uuid7(), member_id, into_member_id, "open", by.subject, now, reason)
    stored = await merging.add_proposal(tx, wanted)
    if stored.id != wanted.id:
        same = (stored.into_member_id, stored.proposed_by) == (into_member_id, by.subject)
        return stored if same else Refusal.MERGE_ALREADY_PROPOSED
    await note(tx, [_act("propose_merge", pair[0], by, into=into_member_id, reason=reason)], now)
    return stored


async def decide_merge(
    tx: Tx, proposal_id: UUID, *, confirm: bool, reason: str | None, by: Caller, now: datetime
) -> Proposal | Refusal:
    """Confirm or decline a proposal of somebody else. The same decision again by the same person changes nothing."""
    wanted: State = "confirmed" if confirm else "declined"
    proposal = await merging.find_proposal(tx, proposal_id)
    if proposal is None:
        return Refusal.UNKNOWN_MERGE
    standings = await people.lock_standings(tx, [proposal.member_id, proposal.into_member_id])
    if len(standings) < 2 or not all(knows(by, each) for each in standings.values()):  # noqa: PLR2004 - both of them
        return Refusal.UNKNOWN_MERGE
    proposal = await merging.find_proposal(tx, proposal_id)
    if proposal is None:
        return Refusal.UNKNOWN_MERGE
    if proposal.state != "open":
        same = (proposal.state, proposal.decided_by) == (wanted, by.subject)
        return proposal if same else Refusal.MERGE_ALREADY_DECIDED
    if proposal.proposed_by == by.subject:
        return Refusal.MERGE_NEEDS_ANOTHER
    absorbed, survivor = standings[proposal.member_id], standings[proposal.into_member_id]
    await merging.decide(tx, proposal_id, wanted, by.subject, reason, now)
    if confirm:
        refusal = await _merge(tx, absorbed, survivor, proposal, by=by, now=now)
        if refusal is not None:
            return refusal
    act = _act("confirm_merge" if confirm else "decline_merge", absorbed, by, into=survivor.id, reason=reason)
    await note(tx, [act], now)
    return await merging.find_proposal(tx, proposal_id) or Refusal.UNKNOWN_MERGE


async def list_merges(
    tx: Tx, state: State, *, by: Caller, after: UUID | None, at_most: int
) -> list[Proposal]:
    """Proposals in a state, oldest first, of whose members the caller may know both."""
    return await merging.proposals_in(
        tx,
        state=state,
        waste_bank_ids=sorted(by.waste_bank_ids) if by.role is Role.OPERATOR else None,
        subdistrict_codes=sorted(by.subdistrict_codes),
        regency_codes=sorted(by.regency_codes),
        after=after,
        at_most=at_most,
    )


async def _merge(
    tx: Tx, absorbed: Standing, survivor: Standing, proposal: Proposal, *, by: Caller, now: datetime
) -> Refusal | None:
    refusal = _there(absorbed) or _there(survivor)
    if refusal is not None:
        return refusal
    flattened = [absorbed, *await people.absorbed_by(tx, absorbed.id)]
    await merging.absorb(tx, [each.id for each in flattened], survivor.id, now)
    await merging.overtake(tx, [absorbed.id], now)
    await close_access(tx, [absorbed.id], now)
    await _settle_cards(tx, absorbed.id, survivor.id, now)
    gone: list[tuple[str, UUID, Gone | None]] = [
        (each.waste_bank_id, each.id, "merged") for each in flattened
    ]
    await changes.mark_changed(tx, [*gone, (survivor.waste_bank_id, survivor.id, None)])
    await say(
        tx,
        [
            MembersMerged(
                event_id=uuid7(),
                recorded_at=now,
                member_id=absorbed.id,
                into_member_id=survivor.id,
                into_subdistrict_code=survivor.subdistrict_code,
                proposed_by=proposal.proposed_by,
                merged_by=by.subject,
                merged_at=now,
            )
        ],
    )
    return None


async def _settle_cards(tx: Tx, absorbed_id: UUID, survivor_id: UUID, now: datetime) -> None:
    """One person has one working card: the survivor's, or else the one that the absorbed member had."""
    card = await card_store.working_card(tx, absorbed_id)
    if card is None:
        return
    if await card_store.working_card(tx, survivor_id) is None:
        await card_store.hand_over(tx, card.id, survivor_id)
    else:
        await card_store.block_card(tx, card.id, "merged", now)


async def _lock_pair(
    tx: Tx, member_id: UUID, into_member_id: UUID, by: Caller
) -> tuple[Standing, Standing] | Refusal:
    standings = await people.lock_standings(tx, [member_id, into_member_id])
    pair = standings.get(member_id), standings.get(into_member_id)
    if pair[0] is None or pair[1] is None or not all(knows(by, each) for each in standings.values()):
        return Refusal.UNKNOWN_MEMBER
    refusal = _there(pair[0]) or _there(pair[1])
    return refusal or (pair[0], pair[1])


def _there(standing: Standing) -> Refusal | None:
    if standing.erased_at is not None:
        return Refusal.MEMBER_ERASED
    return None if standing.merged_into_id is None else Refusal.MEMBER_MERGED


def _act(action: str, absorbed: Standing, by: Caller, *, into: UUID, reason: str | None) -> Act:
    return Act(
        action,
        "member",
        str(absorbed.id),
        subdistrict_code=absorbed.subdistrict_code,
        after={"into_member_id": str(into)},
        reason=reason,
        **done_by(by),
    )
