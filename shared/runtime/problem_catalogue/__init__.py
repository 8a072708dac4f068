"""Every error that people can meet: a stable code, an HTTP status and a sentence in Indonesian and English.

A sentence says what happened, whether the money is safe and what to do. Each service's codes stand in a module of
their own; a code that two services answer with stands in `every_door`, because it has one sentence.
"""

from collections.abc import Mapping

from shared.runtime.problem_catalogue import (
    adoption,
    deposit,
    deposit_field_day,
    every_door,
    identity_people,
    identity_signing_in,
    payout,
    valuation,
    wallet,
    web,
)
from shared.runtime.problem_catalogue.entry import Entry

__all__ = ["CATALOGUE", "Entry", "joined"]


def joined(*parts: Mapping[str, Entry]) -> dict[str, Entry]:
    """All parts as one. Raises ValueError for a code that stands in two: one would silently speak for the other."""
    whole: dict[str, Entry] = {}
    for part in parts:
        if twice := whole.keys() & part.keys():
            raise ValueError(f"in two parts of the problem catalogue: {', '.join(sorted(twice))}")
        whole |= part
    return whole


CATALOGUE = joined(
    every_door.ENTRIES,
    identity_signing_in.ENTRIES,
    identity_people.ENTRIES,
    deposit.ENTRIES,
    deposit_field_day.ENTRIES,
    valuation.ENTRIES,
    wallet.ENTRIES,
    payout.ENTRIES,
    adoption.ENTRIES,
    web.ENTRIES,
)
