"""The same cause heard again: with the same figures it changes nothing, with others it is a contradiction."""

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar
from uuid import UUID

from shared.runtime.hearing import UnacceptableEventError

Fact = TypeVar("Fact")


def distinct(
    facts: Iterable[Fact], id_of: Callable[[Fact], UUID], print_of: Callable[[Fact], bytes], what: str
) -> dict[UUID, tuple[Fact, bytes]]:
    """The facts of a batch by id, with their fingerprints, repetitions left out.

    Raises UnacceptableEventError if one is repeated with other figures; the batch is then halved until it stands alone.
    """
    found: dict[UUID, tuple[Fact, bytes]] = {}
    for fact in facts:
        fact_id, print_ = id_of(fact), print_of(fact)
        earlier = found.setdefault(fact_id, (fact, print_))
        if earlier[1] != print_:
            raise UnacceptableEventError(f"{what} {fact_id} is repeated with other figures")
    return found


def refuse_changed(known: Mapping[UUID, bytes], heard: Mapping[UUID, tuple[Fact, bytes]], what: str) -> None:
    """Raise UnacceptableEventError if a known cause was heard again with other figures."""
    for fact_id, print_ in known.items():
        if heard[fact_id][1] != print_:
            raise UnacceptableEventError(f"{what} {fact_id} was heard before with other figures")
