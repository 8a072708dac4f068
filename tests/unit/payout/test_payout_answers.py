"""Answers of a biller: unknown is never failed, official failures are doubted, success never goes back."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.payout.domain.answers import BillerAnswer, Case, Meaning, Patience, judge, may_confirm
from services.payout.domain.reasons import SENTENCES, Reason
from services.payout.domain.redemption import MOVES, OPEN, State
from services.payout.providers.digiflazz_codes import CODES

NOW = datetime(2026, 8, 1, 3, 0, tzinfo=UTC)
PATIENCE = Patience()


def case(state: State = State.SUBMITTING, **more: object) -> Case:
    known: dict[str, object] = {
        "state": state,
        "reason": None,
        "needs_serial": True,
        "created": False,
        "asks": 1,
        "attempt_no": 1,
        "first_asked_at": NOW - timedelta(minutes=1),
        **more,
    }
    return Case(**known)  # type: ignore[arg-type]


def answer(code: str, **more: object) -> BillerAnswer:
    entry = CODES[code]
    serial = "1" * 20 if code == "00" else ""
    said = BillerAnswer(entry.meaning, code, entry.reason, created=entry.created, serial=serial)
    return replace(said, **more)  # type: ignore[arg-type]


SILENCE = BillerAnswer(Meaning.UNKNOWN, "", Reason.NO_ANSWER)


@pytest.mark.parametrize(
    ("code", "state"),
    [
        ("00", State.SUCCEEDED),
        ("03", State.PENDING),
        ("99", State.PENDING),
        ("01", State.SUSPECT),
        ("70", State.SUSPECT),
        ("50", State.SUSPECT),
        ("85", State.UNKNOWN),
        ("41", State.FAILED),
        ("45", State.FAILED),
        ("44", State.WAITING_FOR_FUNDS),
        ("54", State.FAILED),
        ("73", State.FAILED),
        ("02", State.FAILED),
        ("69", State.FAILED),
        ("49", State.REVIEW),
        ("47", State.REVIEW),
        ("74", State.FAILED),
    ],
)
def test_the_first_answer(code: str, state: State) -> None:
    assert judge(case(), answer(code), PATIENCE, NOW).state is state


def test_silence_is_not_failure() -> None:
    verdict = judge(case(), SILENCE, PATIENCE, NOW)
    assert (verdict.state, verdict.ask_again) == (State.UNKNOWN, True)
    for state in OPEN - {State.SUBMITTING}:
        assert judge(case(state, asks=9), SILENCE, PATIENCE, NOW).state is None


@given(
    st.sampled_from(sorted(OPEN)),
    st.sampled_from(
        [SILENCE, *(answer(code) for code in ("40", "41", "42", "45", "61", "82", "85", "03", "99"))]
    ),
    st.integers(2, 50),
)
def test_nothing_that_tells_nothing_ends_a_redemption(state: State, said: BillerAnswer, asks: int) -> None:
    verdict = judge(case(state, asks=asks), said, PATIENCE, NOW)
    assert verdict.state in {None, *OPEN}
    assert verdict.ask_again


@given(st.sampled_from(sorted(OPEN)), st.sampled_from(sorted(c for c, e in CODES.items() if not e.created)))
def test_a_refusal_that_left_nothing_cannot_undo_what_exists(state: State, code: str) -> None:
    verdict = judge(case(state, created=True, asks=3), answer(code), PATIENCE, NOW)
    assert verdict.state not in {State.FAILED, State.WAITING_FOR_FUNDS}


@given(
    st.sampled_from(sorted(State)),
    st.sampled_from(sorted(CODES)),
    st.booleans(),
    st.integers(1, 9),
    st.booleans(),
)
def test_every_verdict_is_a_legal_move_and_repeating_it_is_harmless(
    state: State, code: str, created: bool, asks: int, throttled: bool
) -> None:
    known = case(state, created=created, asks=asks, throttled=throttled)
    verdict = judge(known, answer(code), PATIENCE, NOW)
    if verdict.state is not None:
        assert verdict.state in MOVES[state]
    assert verdict.reason in SENTENCES


def test_an_official_timeout_is_doubted_twice_and_for_ten_minutes() -> None:
    first = judge(case(), answer("01"), PATIENCE, NOW)
    assert (first.state, first.ask_again) == (State.SUSPECT, True)
    early = case(State.SUSPECT, created=True, asks=3, suspected_at=NOW, suspect_asks=2)
    assert judge(early, answer("01"), PATIENCE, NOW + timedelta(minutes=9)).state is None
    assert judge(early, answer("01"), PATIENCE, NOW + timedelta(minutes=10)).state is State.FAILED
    once = replace(early, suspect_asks=1)
    assert judge(once, answer("01"), PATIENCE, NOW + timedelta(minutes=10)).state is None
    assert judge(early, answer("00"), PATIENCE, NOW + timedelta(minutes=9)).state is State.SUCCEEDED


def test_a_throttled_reference_is_asked_once_more_and_then_replaced() -> None:
    again = judge(case(State.UNKNOWN, throttled=True, created=True, asks=2), answer("85"), PATIENCE, NOW)
    assert (again.state, again.new_attempt) == (State.SUBMITTING, True)
    last = case(State.UNKNOWN, throttled=True, created=True, asks=2, attempt_no=PATIENCE.attempts_max)
    assert judge(last, answer("85"), PATIENCE, NOW).state is State.FAILED
    pending = case(State.PENDING, throttled=True, created=True, asks=5)
    assert not judge(pending, answer("85"), PATIENCE, NOW).new_attempt


def test_a_token_without_its_digits_is_not_delivered_yet() -> None:
    assert judge(case(), answer("00", serial=""), PATIENCE, NOW).state is State.PENDING
    pulsa = case(needs_serial=False)
    assert judge(pulsa, answer("00", serial=""), PATIENCE, NOW).state is State.SUCCEEDED


def test_after_a_day_a_person_decides_and_only_success_may_still_come_by_itself() -> None:
    old = {"asks": 30, "first_asked_at": NOW - timedelta(hours=25)}
    assert judge(case(State.PENDING, **old), answer("03"), PATIENCE, NOW).state is State.REVIEW
    assert judge(case(State.UNKNOWN, **old), SILENCE, PATIENCE, NOW).state is State.REVIEW
    assert judge(case(State.UNKNOWN, **old), answer("00"), PATIENCE, NOW).state is State.SUCCEEDED
    review = case(State.REVIEW, reason=Reason.TOO_LONG, created=True)
    assert judge(review, answer("00"), PATIENCE, NOW).state is State.SUCCEEDED
    assert judge(review, answer("02"), PATIENCE, NOW).state is None
    assert judge(replace(review, reason=Reason.CONTRADICTION), answer("00"), PATIENCE, NOW).state is None


@pytest.mark.parametrize("state", [State.FAILED, State.RELEASED])
def test_success_after_the_credit_went_back_is_our_loss(state: State) -> None:
    assert judge(case(state, created=True), answer("00"), PATIENCE, NOW).state is State.LATE_SUCCESS
    assert judge(case(state, created=True), answer("02"), PATIENCE, NOW).state is None


@pytest.mark.parametrize("state", [State.SUCCEEDED, State.SETTLED])
def test_what_was_delivered_can_only_be_reversed_or_looked_into(state: State) -> None:
    assert judge(case(state, created=True), answer("74"), PATIENCE, NOW).state is State.REVERSED
    assert judge(case(state, created=True), answer("02"), PATIENCE, NOW).state is State.REVIEW
    for code in ("00", "03", "41", "44", "85", "99"):
        assert judge(case(state, created=True), answer(code), PATIENCE, NOW).state is None


def test_an_ended_redemption_is_only_asked_about_if_asking_cannot_buy() -> None:
    assert may_confirm(case(State.UNKNOWN))
    assert may_confirm(case(State.RELEASED, created=True))
    assert not may_confirm(case(State.RELEASED, created=False))
    assert not may_confirm(case(State.WAITING_FOR_FUNDS, created=True))


def test_every_code_has_its_sentence() -> None:
    assert set(SENTENCES) == set(Reason)
    assert {entry.reason for entry in CODES.values()} <= set(SENTENCES)
    listed = (
        "00 01 02 03 40 41 42 43 44 45 46 47 49 50 51 52 53 54 55 56 57 58 59 60 61 62 63 64 65 66 67 68 69 "
        "70 71 72 73 74 80 81 82 83 84 85 86 87 88 99"
    )
    assert set(CODES) == set(listed.split())
