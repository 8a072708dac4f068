"""The ledger's rules without a database: entries balance, ids never move, a redemption's facts end the same."""

from datetime import UTC, datetime
from itertools import permutations
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.wallet.domain.accounts import AccountKind, MemberAccount, system_account
from services.wallet.domain.deposits import credit_legs
from services.wallet.domain.posting import Cause, Posting, TransferKind, fingerprint, instant_key
from services.wallet.domain.redemptions import (
    Case,
    HoldState,
    Request,
    Step,
    Verdict,
    VerdictKind,
    ask,
    contradiction,
    float_change_legs,
    loss_legs,
    obey,
    settlement_legs,
    take,
)
from services.wallet.domain.refusals import HoldRefusal

THEN = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
MEMBER, REDEMPTION = UUID(int=7), UUID("019aa000-0000-7000-8000-000000000001")
PRINT = bytes(32)
money = st.integers(0, 10**12)


def request(amount: int = 2_000, cash: int = 0) -> Request:
    return Request(REDEMPTION, MEMBER, amount, cash, "lubuk-pakam-induk", "12.07.28", THEN, PRINT)


def verdict(kind: VerdictKind, cost: int = 1_900, amount: int = 2_000) -> Verdict:
    return Verdict(REDEMPTION, kind, MEMBER, amount, "12.07.28", THEN, PRINT, cost, "digiflazz")


def test_ids_are_the_same_for_ever() -> None:
    # A changed derivation would post every credit again and lose every balance of the programme.
    assert system_account(AccountKind.FEE, "programme").id == UUID("b80e94b0-c9ec-80bb-a036-94826373ed92")
    assert TransferKind.CREDIT.of(REDEMPTION) == UUID("019aa000-0000-7734-9d8f-cc9de1e28534")
    assert fingerprint("a\x1f1\x1fNone").hex().startswith("4d4c921084b03999")


def test_one_instant_has_one_key() -> None:
    assert instant_key(THEN) == instant_key(datetime.fromisoformat("2026-11-20T10:00:00+07:00"))


@given(
    st.lists(st.tuples(st.sampled_from(["waste_bank", "village"]), money), max_size=4),
    money,
    st.integers(-999, 999),
)
def test_a_credit_balances(deductions: list[tuple[str, int]], net: int, difference: int) -> None:
    gross = net + sum(amount for _, amount in deductions)
    legs = credit_legs("lubuk-pakam-induk", gross, difference, deductions)
    assert net + sum(amount for _, amount in legs) == 0


@given(money, money, money)
def test_a_settlement_a_loss_and_a_float_change_balance(amount: int, cash: int, cost: int) -> None:
    delivered = verdict(VerdictKind.DELIVERED, cost)
    assert -amount + sum(part for _, part in settlement_legs(request(amount, cash), delivered)) == 0
    assert sum(part for _, part in loss_legs(delivered)) == 0
    assert sum(part for _, part in float_change_legs("digiflazz", amount)) == 0


def test_what_does_not_balance_is_a_bug() -> None:
    member = MemberAccount(MEMBER)
    posting = Posting({MEMBER: member})
    cause = Cause(REDEMPTION, PRINT, THEN)
    with pytest.raises(ValueError, match="does not balance"):
        posting.post(
            TransferKind.CREDIT, REDEMPTION, cause, [(system_account(AccountKind.LOSS, "x"), 1)], member, 1
        )
    assert (member.posted, member.last_seq) == (0, 0)


def test_a_reversal_moves_everything_back() -> None:
    member = MemberAccount(MEMBER)
    posting = Posting({MEMBER: member})
    cause = Cause(REDEMPTION, PRINT, THEN)
    legs = credit_legs("bank", 100, 3, [("waste_bank", 10)])
    credit = posting.post(TransferKind.CREDIT, REDEMPTION, cause, legs, member, 90)
    back = posting.reverse(TransferKind.CREDIT_REVERSAL, cause, credit, member, "salah timbang")
    assert (back.reverses_id, back.member_seq, back.member_balance_rupiah) == (credit.id, 2, 0)
    assert set(posting.system_changes().values()) == {0}
    assert posting.member_changes() == [(MEMBER, 0, 0, 2)]


def tell(facts: tuple[VerdictKind | None, ...], available: int) -> tuple[Case, list[Step]]:
    """None is the request. Each fact is told as wallet hears it; a contradiction fails the test."""
    case, steps = Case(), []
    for fact in facts:
        if fact is None:
            steps.append(ask(case, request(), available))
        else:
            heard = verdict(fact)
            assert contradiction(case, heard) is None
            take(case, heard)
        steps += list(obey(case))
        assert list(obey(case)) == []
    return case, steps


LEGAL = {
    (VerdictKind.FAILED,): set(),
    (VerdictKind.DELIVERED,): {Step.SETTLE},
    (VerdictKind.DELIVERED, VerdictKind.REVERSED): {Step.SETTLE, Step.CREDIT_BACK},
    (VerdictKind.FAILED, VerdictKind.DELIVERED_LATE): {Step.BEAR_LOSS},
    (VerdictKind.FAILED, VerdictKind.DELIVERED_LATE, VerdictKind.REVERSED): {Step.BEAR_LOSS, Step.UNDO_LOSS},
}


@pytest.mark.parametrize("verdicts", LEGAL)
def test_the_same_money_moves_in_every_order(verdicts: tuple[VerdictKind, ...]) -> None:
    for order in permutations((None, *verdicts)):
        case, steps = tell(order, available=5_000)
        assert case.hold is not None
        assert set(steps) - {Step.HOLD, Step.RELEASE, Step.REFUSE} == LEGAL[verdicts]
        assert len(steps) == len(set(steps))
        assert (Step.RELEASE in steps) == (Step.HOLD in steps and Step.SETTLE not in steps)
        assert case.hold.state is not HoldState.HELD
        assert all(each.obeyed for each in case.verdicts.values())


def test_what_is_delivered_before_a_request_that_has_no_cover_contradicts() -> None:
    case = Case()
    take(case, verdict(VerdictKind.DELIVERED))
    assert ask(case, request(), 1_999) is Step.REFUSE
    assert case.hold is not None
    assert case.hold.why is HoldRefusal.INSUFFICIENT_CREDIT
    assert case.verdicts[VerdictKind.DELIVERED].contradiction
    assert list(obey(case)) == []


@pytest.mark.parametrize(
    ("known", "heard"),
    [
        ((None, VerdictKind.DELIVERED), verdict(VerdictKind.FAILED)),
        ((None, VerdictKind.DELIVERED), verdict(VerdictKind.DELIVERED_LATE)),
        ((None, VerdictKind.DELIVERED), verdict(VerdictKind.REVERSED, cost=1)),
        ((None, VerdictKind.FAILED), verdict(VerdictKind.DELIVERED)),
        ((VerdictKind.FAILED,), verdict(VerdictKind.DELIVERED)),
        ((VerdictKind.DELIVERED_LATE,), verdict(VerdictKind.DELIVERED)),
        ((None,), verdict(VerdictKind.DELIVERED, amount=2_001)),
    ],
)
def test_contradictions_are_told(known: tuple[VerdictKind | None, ...], heard: Verdict) -> None:
    case, _ = tell(known, available=5_000)
    assert contradiction(case, heard)
