"""The table of moves is closed, and wallet's facts in any order either fit it or call a person."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.payout.domain.redemption import (
    ENDED,
    HOLDING,
    MOVES,
    OPEN,
    CreditFact,
    IllegalMoveError,
    State,
    after_credit,
    check_move,
)


def test_every_state_has_its_row_and_can_be_reached() -> None:
    assert set(MOVES) == set(State)
    reached = {State.REQUESTED} | {new for moves in MOVES.values() for new in moves}
    assert reached == set(State)


def test_what_is_not_in_the_table_is_refused() -> None:
    for old, new in itertools.product(State, State):
        if new in MOVES[old]:
            check_move(old, new)
        else:
            with pytest.raises(IllegalMoveError):
                check_move(old, new)


def test_success_never_goes_back() -> None:
    for done in (State.SUCCEEDED, State.SETTLED):
        assert not MOVES[done] & (OPEN | {State.FAILED, State.RELEASED})


def test_what_was_given_back_is_never_bought_for_again() -> None:
    for gone in (State.FAILED, State.RELEASED, State.REFUSED, State.LATE_SUCCESS, State.REVERSED):
        assert not MOVES[gone] & (OPEN | {State.SUCCEEDED, State.SETTLED, State.HELD})


def test_a_state_is_held_for_or_ended_or_not_yet_begun() -> None:
    assert HOLDING | ENDED | {State.REQUESTED} == set(State)
    assert not HOLDING & ENDED


@pytest.mark.parametrize("state", [State.REVIEW])
def test_a_person_who_looks_is_not_interrupted(state: State) -> None:
    assert {after_credit(state, fact) for fact in CreditFact} == {state}


@given(st.sampled_from(State), st.sampled_from(CreditFact))
def test_a_fact_heard_twice_changes_nothing_the_second_time(state: State, fact: CreditFact) -> None:
    once = after_credit(state, fact)
    if once is not None:
        assert after_credit(once, fact) == once
        if once is not state:
            check_move(state, once)


@pytest.mark.parametrize(
    ("state", "fact"),
    [
        (State.REFUSED, CreditFact.HELD),
        (State.HELD, CreditFact.REFUSED),
        (State.PENDING, CreditFact.SETTLED),
        (State.PENDING, CreditFact.RELEASED),
        (State.SUCCEEDED, CreditFact.RELEASED),
        (State.SETTLED, CreditFact.RELEASED),
        (State.RELEASED, CreditFact.SETTLED),
        (State.SETTLED, CreditFact.GIVEN_BACK),
    ],
)
def test_a_contradiction_is_told(state: State, fact: CreditFact) -> None:
    assert after_credit(state, fact) is None
