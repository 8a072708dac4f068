"""Credit for valued deposits, and its reversal: once each, whatever order the two facts are heard in."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from uuid import UUID

from services.wallet.domain.accounts import MemberAccount
from services.wallet.domain.deposits import credit_legs
from services.wallet.domain.posting import (
    ENTRIES_MAX,
    SEPARATOR,
    Cause,
    Posting,
    Transfer,
    TransferKind,
    fingerprint,
    instant_key,
)
from services.wallet.store import people, reversals
from services.wallet.store import posting as store
from services.wallet.store.reversals import WaitingReversal
from services.wallet.workflows.repetition import distinct, refuse_changed
from shared.contracts import CreditPosted, CreditReversed, DepositValued, ValuationReversed
from shared.kernel.ids import uuid7, uuid7_text
from shared.runtime.database import Tx
from shared.runtime.hearing import UnacceptableEventError
from shared.runtime.outbox import Encoded, say

_OTHER_CREDIT = "it names another member or amount than was credited"
_quoted = lru_cache(maxsize=4096)(json.dumps)


async def post_credits(tx: Tx, events: Sequence[DepositValued], now: datetime) -> None:
    """Credit each valued deposit once; one whose reversal was heard before is credited and reversed at once.

    Raises UnacceptableEventError if an event does not add up or was heard before with other figures.
    """
    heard = distinct(events, _credit_id, _credit_fingerprint, "the credit")
    members = await store.lock_members(tx, {event.member_id: event.subdistrict_code for event in events})
    known, awaited = await store.credits_known(tx, list(heard))
    refuse_changed(known, heard, "the credit")
    posting = Posting(members)
    said: list[Encoded | CreditReversed] = []
    said_at = now.isoformat()
    for credit_id, (event, print_) in heard.items():
        if credit_id not in known:
            said.append(posted_text(event, _post_credit(posting, credit_id, event, print_), said_at))
    if said:
        if awaited:
            said += await _obey_waiting(tx, posting, awaited, now)
        await store.write_transfers(tx, posting)
        await say(tx, said)
        await store.write_system(tx, posting)


async def reverse_credits(tx: Tx, events: Sequence[ValuationReversed], now: datetime) -> None:
    """Take each credit back once by the opposite transfer; a reversal of an unknown credit waits for it.

    Raises UnacceptableEventError if it names another member or amount than was credited, or changed since it was heard.
    """
    heard = distinct(events, _reversal_id, _reversal_fingerprint, "the reversal")
    members = await store.lock_members(tx, {event.member_id: event.subdistrict_code for event in events})
    done = await store.fingerprints(tx, list(heard))
    refuse_changed(done, heard, "the reversal")
    credit_ids = {reversal_id: _credit_id(event) for reversal_id, (event, _) in heard.items()}
    credited = await store.transfers(tx, list(credit_ids.values()))
    kept = await reversals.fingerprints(tx, list(credit_ids.values()))
    survivors = await _survivors(tx, credited.values(), members)
    posting = Posting(members)
    waiting: list[WaitingReversal] = []
    said: list[CreditReversed] = []
    for reversal_id, (event, print_) in heard.items():
        credit_id = credit_ids[reversal_id]
        if reversal_id in done:
            continue
        if credit_id in credited:
            reversal = _as_waiting(credit_id, event, print_)
            if not _agrees(posting, credited[credit_id], reversal, survivors):
                raise UnacceptableEventError(f"reversal of deposit {event.deposit_id}: {_OTHER_CREDIT}")
            said.append(_reverse(posting, credited[credit_id], reversal, now))
        elif credit_id not in kept:
            waiting.append(_as_waiting(credit_id, event, print_))
        elif kept[credit_id] != print_:
            raise UnacceptableEventError(
                f"the reversal of {event.deposit_id} was heard before with other figures"
            )
    await reversals.keep(tx, waiting)
    if said:
        await store.write_transfers(tx, posting)
        await say(tx, said)
        await store.write_system(tx, posting)


async def _obey_waiting(
    tx: Tx, posting: Posting, awaited: Sequence[UUID], now: datetime
) -> list[CreditReversed]:
    """Reverse what was just posted wherever a reversal waits for it."""
    posted = {transfer.id: transfer for transfer in posting.transfers}
    waiting = await reversals.waiting(tx, awaited)
    agreed = [each for each in waiting if _agrees(posting, posted[each.credit_id], each)]
    other = [each.credit_id for each in waiting if each not in agreed]
    await reversals.mark_contradicted(tx, other, _OTHER_CREDIT)
    await reversals.mark_obeyed(tx, [each.credit_id for each in agreed])
    return [_reverse(posting, posted[each.credit_id], each, now) for each in agreed]


def _post_credit(posting: Posting, credit_id: UUID, event: DepositValued, print_: bytes) -> Transfer:
    deductions = [(deduction.beneficiary, deduction.amount_rupiah) for deduction in event.deductions]
    if event.net_rupiah != event.gross_rupiah - sum(amount for _, amount in deductions):
        raise UnacceptableEventError(f"deposit {event.deposit_id}: net is not gross minus deductions")
    legs = credit_legs(event.waste_bank_id, event.gross_rupiah, event.price_difference_rupiah, deductions)
    if len(legs) >= ENTRIES_MAX:
        raise UnacceptableEventError(
            f"deposit {event.deposit_id}: more beneficiaries than a transfer has entries"
        )
    cause = Cause(event.deposit_id, print_, event.weighed_at, event.waste_bank_id, event.subdistrict_code)
    member = posting.members[event.member_id]
    return posting.post(TransferKind.CREDIT, credit_id, cause, legs, member, event.net_rupiah)


def _reverse(posting: Posting, credit: Transfer, reversal: WaitingReversal, now: datetime) -> CreditReversed:
    cause = Cause(
        reversal.deposit_id,
        reversal.fingerprint,
        reversal.weighed_at,
        reversal.waste_bank_id,
        reversal.subdistrict_code,
    )
    transfer = posting.reverse(
        TransferKind.CREDIT_REVERSAL, cause, credit, posting.members[reversal.member_id], reversal.reason
    )
    return CreditReversed(
        event_id=uuid7(),
        recorded_at=now,
        member_id=reversal.member_id,
        transfer_id=transfer.id,
        deposit_id=reversal.deposit_id,
        waste_bank_id=reversal.waste_bank_id,
        subdistrict_code=reversal.subdistrict_code,
        weighed_at=reversal.weighed_at,
        amount_rupiah=reversal.net_rupiah,
        balance_rupiah=transfer.member_balance_rupiah or 0,
        reason=reversal.reason,
    )


async def _survivors(
    tx: Tx, credited: Iterable[Transfer], members: Mapping[UUID, MemberAccount]
) -> Mapping[UUID, UUID]:
    """Who the members are by now whose credits were posted before they were merged; empty if nobody was."""
    known = {account.id for account in members.values()}
    given_up = {each.member_account_id for each in credited if each.member_account_id} - known
    return await people.survivors(tx, given_up) if given_up else {}


def _agrees(
    posting: Posting,
    credit: Transfer,
    reversal: WaitingReversal,
    survivors: Mapping[UUID, UUID] = MappingProxyType({}),
) -> bool:
    """Whether a reversal names whoever was credited, by the one account that both ids mean now, and the amount."""
    named, credited = posting.members.get(reversal.member_id), credit.member_account_id
    if named is None or credited is None:
        return False
    owner = survivors.get(credited, credited)
    return (owner, credit.amounts_rupiah[0]) == (named.id, reversal.net_rupiah)


def posted_text(event: DepositValued, transfer: Transfer, said_at: str) -> Encoded:
    """The fact that a deposit is credited, written at once as JSON: there are as many of it as deposits.

    By way of the model it takes more than twice as long; a test reads it with the model and compares.
    """
    event_id, member_id = uuid7_text(), str(event.member_id)
    text = (
        f'{{"event_id":"{event_id}","recorded_at":"{said_at}","member_id":"{member_id}","transfer_id":"{transfer.id}",'
        f'"deposit_id":"{event.deposit_id}","waste_bank_id":{_quoted(event.waste_bank_id)},'
        f'"subdistrict_code":{_quoted(event.subdistrict_code)},"weighed_at":"{event.weighed_at.isoformat()}",'
        f'"amount_rupiah":{event.net_rupiah},"balance_rupiah":{transfer.member_balance_rupiah}}}'
    )
    return Encoded(CreditPosted.TOPIC, CreditPosted.TYPE, event_id, member_id, text.encode())


def _as_waiting(credit_id: UUID, event: ValuationReversed, print_: bytes) -> WaitingReversal:
    return WaitingReversal(
        credit_id,
        event.deposit_id,
        event.member_id,
        event.net_rupiah,
        event.waste_bank_id,
        event.subdistrict_code,
        event.weighed_at,
        event.reason,
        print_,
    )


def _credit_id(event: DepositValued | ValuationReversed) -> UUID:
    return TransferKind.CREDIT.of(event.deposit_id)


def _reversal_id(event: ValuationReversed) -> UUID:
    return TransferKind.CREDIT_REVERSAL.of(event.deposit_id)


def _credit_fingerprint(event: DepositValued) -> bytes:
    facts = (
        f"{event.member_id.int:x}{SEPARATOR}{event.waste_bank_id}{SEPARATOR}{event.subdistrict_code}{SEPARATOR}"
        f"{instant_key(event.weighed_at)}{SEPARATOR}{event.price_list_id.int:x}{SEPARATOR}{event.gross_rupiah}"
        f"{SEPARATOR}{event.net_rupiah}{SEPARATOR}{event.price_difference_rupiah}"
    )
    for deduction in event.deductions:
        facts += f"{SEPARATOR}{deduction.beneficiary}{SEPARATOR}{deduction.amount_rupiah}"
    return fingerprint(facts)


def _reversal_fingerprint(event: ValuationReversed) -> bytes:
    return fingerprint(f"{event.member_id.hex}{SEPARATOR}{event.net_rupiah}{SEPARATOR}{event.reason}")
