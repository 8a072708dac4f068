"""The order in which to drive: every stop once, and never longer than always to the nearest."""

from itertools import pairwise, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.deposit.domain.routes import (
    Spot,
    metres,
    nearest_neighbour,
    round_trip_metres,
    shortest_found,
    two_opt,
)

BANK = Spot(3.5605, 98.8686)
SPOTS = st.lists(
    st.builds(
        Spot,
        latitude=st.floats(3.3, 3.8, allow_nan=False),
        longitude=st.floats(98.6, 99.0, allow_nan=False),
    ),
    max_size=14,
)


@given(SPOTS)
def test_every_stop_stands_once_and_two_opt_is_never_longer(spots: list[Spot]) -> None:
    plain = nearest_neighbour(BANK, spots)
    better = two_opt(BANK, spots, plain)
    assert sorted(plain) == sorted(better) == list(range(len(spots)))
    assert round_trip_metres(BANK, spots, better) <= round_trip_metres(BANK, spots, plain) + 0.001
    assert shortest_found(BANK, spots) == better


@given(st.lists(st.integers(0, 5), min_size=1, max_size=8))
def test_several_calls_at_one_door_are_one_stop_after_another(where: list[int]) -> None:
    spots = [Spot(3.5 + number / 100, 98.8) for number in where]
    order = shortest_found(BANK, spots)
    visited = [spots[index] for index in order]
    assert sum(one != other for one, other in pairwise(visited)) <= 2 * len(set(visited))
    assert sorted(order) == list(range(len(spots)))


@given(SPOTS.filter(lambda spots: len(spots) <= 6))
def test_small_days_are_close_to_the_best_way_there_is(spots: list[Spot]) -> None:
    best = min(
        (round_trip_metres(BANK, spots, order) for order in permutations(range(len(spots)))), default=0.0
    )
    found = round_trip_metres(BANK, spots, shortest_found(BANK, spots))
    assert best - 0.001 <= found <= best * 1.5 + 0.001


def test_distances_are_in_metres() -> None:
    assert metres(BANK, BANK) == 0
    # A degree of latitude is 111.2 km everywhere.
    assert metres(Spot(3, 98), Spot(4, 98)) == pytest.approx(111_195, abs=1)


def test_a_crossing_is_undone() -> None:
    corners = [Spot(0, 0), Spot(0, 1), Spot(1, 1), Spot(1, 0)]
    start = Spot(-0.5, 0.5)
    crossed = [0, 2, 1, 3]
    assert round_trip_metres(start, corners, two_opt(start, corners, crossed)) < round_trip_metres(
        start, corners, crossed
    )


def test_nothing_to_fetch_is_no_way() -> None:
    assert shortest_found(BANK, []) == []
    assert round_trip_metres(BANK, [], []) == 0
