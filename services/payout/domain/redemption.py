"""Every state of a redemption and every legal move between them, in one table."""

from enum import StrEnum


class State(StrEnum):
    """Where a redemption stands. Everything that is not final will move by itself or wait for a person."""

    REQUESTED = "requested"
    REFUSED = "refused"
    HELD = "held"
    WAITING_FOR_FUNDS = "waiting_for_funds"
    SUBMITTING = "submitting"
    PENDING = "pending"
    UNKNOWN = "unknown"
    SUSPECT = "suspect"
    REVIEW = "review"
    SUCCEEDED = "succeeded"
    SETTLED = "settled"
    FAILED = "failed"
    RELEASED = "released"
    LATE_SUCCESS = "late_success"
    REVERSED = "reversed"


_S = State
MOVES: dict[State, frozenset[State]] = {
    _S.REQUESTED: frozenset({_S.HELD, _S.REFUSED, _S.REVIEW}),
    _S.REFUSED: frozenset({_S.REVIEW}),
    # Cash is handed over, cancelled, or not fetched in time: no biller stands between.
    _S.HELD: frozenset({_S.SUBMITTING, _S.SUCCEEDED, _S.FAILED, _S.REVIEW}),
    _S.WAITING_FOR_FUNDS: frozenset({_S.SUBMITTING, _S.FAILED, _S.REVIEW}),
    _S.SUBMITTING: frozenset(
        {_S.SUCCEEDED, _S.PENDING, _S.UNKNOWN, _S.SUSPECT, _S.WAITING_FOR_FUNDS, _S.FAILED, _S.REVIEW}
    ),
    _S.PENDING: frozenset({_S.SUCCEEDED, _S.SUSPECT, _S.FAILED, _S.REVIEW}),
    # Back to SUBMITTING only with a new attempt, after the biller said that the old one is dead.
    _S.UNKNOWN: frozenset(
        {_S.SUCCEEDED, _S.PENDING, _S.SUSPECT, _S.WAITING_FOR_FUNDS, _S.SUBMITTING, _S.FAILED, _S.REVIEW}
    ),
    _S.SUSPECT: frozenset({_S.SUCCEEDED, _S.PENDING, _S.WAITING_FOR_FUNDS, _S.FAILED, _S.REVIEW}),
    _S.REVIEW: frozenset({_S.SUCCEEDED, _S.FAILED, _S.LATE_SUCCESS, _S.REVERSED, _S.UNKNOWN}),
    _S.SUCCEEDED: frozenset({_S.SETTLED, _S.REVERSED, _S.REVIEW}),
    _S.SETTLED: frozenset({_S.REVERSED, _S.REVIEW}),
    _S.FAILED: frozenset({_S.RELEASED, _S.LATE_SUCCESS, _S.REVIEW}),
    _S.RELEASED: frozenset({_S.LATE_SUCCESS, _S.REVIEW}),
    _S.LATE_SUCCESS: frozenset({_S.REVIEW}),
    _S.REVERSED: frozenset({_S.REVIEW}),
}
# The biller has been asked, or is just being asked, and has not said how it ends.
OPEN = frozenset({_S.SUBMITTING, _S.PENDING, _S.UNKNOWN, _S.SUSPECT})
# The credit behind these is set aside: `make verify` compares them with wallet's holds.
HOLDING = OPEN | {_S.HELD, _S.WAITING_FOR_FUNDS, _S.REVIEW, _S.SUCCEEDED, _S.FAILED}
ENDED = frozenset({_S.REFUSED, _S.SETTLED, _S.RELEASED, _S.LATE_SUCCESS, _S.REVERSED})


class IllegalMoveError(Exception):
    """A move that is not in the table: a defect of ours, never something that a person or a biller did."""


def check_move(old: State, new: State) -> None:
    """Raise IllegalMoveError unless the table has the move."""
    if new not in MOVES[old]:
        raise IllegalMoveError(f"a redemption cannot go from {old} to {new}")


class CreditFact(StrEnum):
    """What wallet says about the credit behind a redemption."""

    HELD = "held"
    REFUSED = "refused"
    SETTLED = "settled"
    RELEASED = "released"
    GIVEN_BACK = "given_back"  # after a reversal


_BEFORE_HOLD = frozenset({_S.REQUESTED, _S.REFUSED})
_EFFECTS: dict[CreditFact, dict[State, State]] = {
    CreditFact.HELD: {_S.REQUESTED: _S.HELD},
    CreditFact.REFUSED: {_S.REQUESTED: _S.REFUSED},
    CreditFact.SETTLED: {_S.SUCCEEDED: _S.SETTLED},
    CreditFact.RELEASED: {_S.FAILED: _S.RELEASED},
    CreditFact.GIVEN_BACK: {},
}
# States in which the fact is old news, or news that a person is already looking at.
_CONSISTENT: dict[CreditFact, frozenset[State]] = {
    CreditFact.HELD: frozenset(State) - _BEFORE_HOLD,
    CreditFact.REFUSED: frozenset({_S.REFUSED, _S.REVIEW}),
    CreditFact.SETTLED: frozenset({_S.SETTLED, _S.REVERSED, _S.REVIEW}),
    CreditFact.RELEASED: frozenset({_S.RELEASED, _S.LATE_SUCCESS, _S.REVIEW}),
    CreditFact.GIVEN_BACK: frozenset({_S.REVERSED, _S.REVIEW}),
}


def after_credit(state: State, fact: CreditFact) -> State | None:
    """The state after wallet's fact: the same one if it changes nothing, None if it contradicts what is known."""
    if state in _EFFECTS[fact]:
        return _EFFECTS[fact][state]
    return state if state in _CONSISTENT[fact] else None
