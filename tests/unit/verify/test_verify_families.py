"""Holds of merged members, replayed: what was there may be held, whichever account it was on; what was not is named."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from shared.kernel.ids import uuid7
from tests.verify.families import Entry, Families, Hold, overdrawn

A, B, C = uuid7(), uuid7(), uuid7()


def at(second: float) -> datetime:
    return datetime(2026, 11, 22, tzinfo=UTC) + timedelta(seconds=second)


def hold(amount: int, begun: float, ended: float | None, *, asked_for: UUID = B, stands_on: UUID = B) -> Hold:
    return Hold(uuid7(), asked_for, stands_on, amount, at(begun), None if ended is None else at(ended))


def merged(given_up: UUID, into: UUID, second: float, amount: int) -> list[Entry]:
    return [Entry(given_up, at(second), -amount, gives_up=True), Entry(into, at(second + 0.001), amount)]


def test_credit_of_both_ids_may_be_held_once_they_are_one() -> None:
    entries = [Entry(A, at(1), 100), Entry(B, at(1), 100), *merged(A, B, 10, 100)]
    early, late = hold(150, 5, 6), hold(150, 11, 12)
    assert overdrawn(Families({A: B}, entries, [late])) == []
    assert overdrawn(Families({A: B}, entries, [early])) == [(early.redemption_id, -50)]


def test_a_hold_goes_along_and_binds_what_it_was_for() -> None:
    entries = [Entry(A, at(1), 100), Entry(B, at(1), 100), *merged(A, B, 10, 100)]
    taken_along = hold(80, 5, 20, asked_for=A)
    fits, too_much = hold(120, 11, 12), hold(121, 11, 12)
    assert overdrawn(Families({A: B}, entries, [taken_along, fits])) == []
    assert overdrawn(Families({A: B}, entries, [taken_along, too_much])) == [(too_much.redemption_id, -1)]
    # Before it was taken along it bound nothing on the other account, and after its end nothing at all.
    around = [hold(100, 6, 7), hold(200, 21, 22)]
    assert overdrawn(Families({A: B}, entries, [taken_along, *around])) == []


@pytest.mark.parametrize(("begun", "amount", "lacks"), [(5, 101, -1), (12, 151, -1), (22, 181, -1)])
def test_a_request_under_an_old_id_counts_where_the_id_led_at_that_time(
    begun: float, amount: int, lacks: int
) -> None:
    """A has 100, B 50, C 30: first on A alone, then on A and B, then on all of them."""
    entries = [Entry(A, at(1), 100), Entry(B, at(1), 50), Entry(C, at(1), 30)]
    entries += [*merged(A, B, 10, 100), *merged(B, C, 20, 150)]
    into = {A: B, B: C}
    right = hold(amount - 1, begun, None, asked_for=A, stands_on=C)
    wrong = hold(amount, begun, None, asked_for=A, stands_on=C)
    assert overdrawn(Families(into, entries, [right])) == []
    assert overdrawn(Families(into, entries, [wrong])) == [(wrong.redemption_id, lacks)]


def test_an_empty_id_was_given_up_without_an_entry() -> None:
    entries = [Entry(B, at(1), 100)]
    through_it = hold(100, 15, 16, asked_for=A)
    assert overdrawn(Families({A: B}, entries, [through_it])) == []


def test_what_was_spent_is_not_there_again_and_what_was_given_back_is() -> None:
    entries = [Entry(B, at(1), 100), Entry(B, at(6.001), -70), Entry(B, at(30), 70)]
    spent = hold(70, 5, 6)
    assert overdrawn(Families({A: B}, entries, [spent, hold(30, 10, 11), hold(100, 31, 32)])) == []
    again = hold(31, 10, 11)
    assert overdrawn(Families({A: B}, entries, [spent, again])) == [(again.redemption_id, -1)]


def test_a_hold_whose_end_was_heard_first_bound_nothing() -> None:
    entries = [Entry(B, at(1), 100)]
    stillborn = Hold(uuid7(), B, B, 100, at(5.0002), at(5.0001))
    assert overdrawn(Families({A: B}, entries, [stillborn, hold(100, 5.0003, 6)])) == []


def test_a_mark_that_leads_elsewhere_ends_the_replay_where_the_hold_stands() -> None:
    entries = [Entry(C, at(1), 10)]
    stray = hold(11, 5, 6, asked_for=A, stands_on=C)
    assert overdrawn(Families({A: B}, entries, [stray])) == [(stray.redemption_id, -1)]
