"""In which order the day's calls are driven: nearest neighbour, then shortened by 2-opt. Distances are in metres."""

from collections.abc import Sequence
from itertools import pairwise
from math import asin, cos, radians, sin, sqrt
from typing import NamedTuple

EARTH_RADIUS_METRES = 6_371_000
# A shortening below this is noise of the arithmetic and would never end.
_LEAST_GAIN_METRES = 0.01


class Spot(NamedTuple):
    """A place on the map, in degrees."""

    latitude: float
    longitude: float


def metres(one: Spot, other: Spot) -> float:
    """The distance as the crow flies (haversine)."""
    north, east = radians(other.latitude - one.latitude), radians(other.longitude - one.longitude)
    half = (
        sin(north / 2) ** 2 + cos(radians(one.latitude)) * cos(radians(other.latitude)) * sin(east / 2) ** 2
    )
    return 2 * EARTH_RADIUS_METRES * asin(sqrt(min(1.0, half)))


def round_trip_metres(start: Spot, spots: Sequence[Spot], order: Sequence[int]) -> float:
    """From the start by way of the spots, in that order, back to the start."""
    way = [start, *(spots[index] for index in order), start]
    return sum(metres(one, other) for one, other in pairwise(way))


def nearest_neighbour(start: Spot, spots: Sequence[Spot]) -> list[int]:
    """Always to the nearest spot that is left; of two that are equally near, to the earlier one."""
    left, here, order = list(range(len(spots))), start, []
    while left:
        nearest = min(left, key=lambda index: metres(here, spots[index]))
        left.remove(nearest)
        order.append(nearest)
        here = spots[nearest]
    return order


def two_opt(start: Spot, spots: Sequence[Spot], order: Sequence[int]) -> list[int]:
    """The order with every crossing undone: parts are turned round as long as that makes the round trip shorter."""
    way = [start, *(spots[index] for index in order), start]
    numbers = [-1, *order, -1]
    shorter = True
    while shorter:
        shorter = False
        for first in range(1, len(way) - 2):
            for last in range(first + 1, len(way) - 1):
                before = metres(way[first - 1], way[first]) + metres(way[last], way[last + 1])
                after = metres(way[first - 1], way[last]) + metres(way[first], way[last + 1])
                if before - after > _LEAST_GAIN_METRES:
                    way[first : last + 1] = reversed(way[first : last + 1])
                    numbers[first : last + 1] = reversed(numbers[first : last + 1])
                    shorter = True
    return numbers[1:-1]


def shortest_found(start: Spot, spots: Sequence[Spot]) -> list[int]:
    """The indexes of the spots in the order in which to drive; each stands once."""
    return two_opt(start, spots, nearest_neighbour(start, spots))
