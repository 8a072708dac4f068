"""Whatever the order, the repetition and the cut into batches: the ledger ends as the set of facts says."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.wallet.consumers import hearing
from shared.contracts import Event
from shared.kernel.ids import uuid7
from shared.runtime.database import Database
from shared.runtime.hearing import Hearer
from shared.runtime.wall_clock import WallClock
from tests.services.wallet.reference import ReferenceLedger
from tests.services.wallet.stage import (
    BANK,
    Tape,
    balances,
    delivered,
    delivered_late,
    differences,
    failed,
    float_changed,
    merged,
    requested,
    reversed_,
    taken_back,
    valued,
)

# Every member begins with more than all their redemptions together may take; a hopeless one asks for more than that.
ENOUGH = 10_000_000
HOPELESS = 500_000_000_000

deposits = st.tuples(
    st.integers(0, 2), st.integers(0, 90_000), st.integers(0, 30), st.integers(-500, 500), st.booleans()
)
redemptions = st.tuples(
    st.integers(0, 2),
    st.integers(0, 500_000),
    st.integers(0, 20_000),
    st.integers(0, 520_000),
    st.sampled_from(
        ["open", "failed", "delivered", "back", "late", "late back", "hopeless", "hopeless failed"]
    ),
)


@dataclass(frozen=True)
class Story:
    """Facts to be told in any order, after the opening that fills every member's account."""

    opening: list[Event]
    facts: list[Event]


# Who turns out to be whom: (given up, survivor) by number.
merges = st.sampled_from([(), ((0, 1),), ((2, 0),), ((0, 1), (1, 2)), ((2, 1), (1, 0)), ((0, 2), (1, 2))])


def story(
    told_deposits: list[Any], told_redemptions: list[Any], floats: list[int], told_merges: Any = ()
) -> Story:
    members = [uuid7() for _ in range(3)]
    facts: list[Event] = [float_changed(amount) for amount in floats]
    facts += [float_changed(amount, f"counter:{BANK}") for amount in floats]
    facts += [merged(members[one], members[other]) for one, other in told_merges]
    for member, gross, percent, difference, void in told_deposits:
        credit = valued(members[member], gross, fee=gross * percent // 100, difference=difference)
        facts += [credit, reversed_(credit)] if void else [credit]
    for number, (member, amount, cash, cost, end) in enumerate(told_redemptions):
        asked = HOPELESS if end.startswith("hopeless") else amount
        request = requested(members[member], asked, cash_rupiah=cash, waste_bank_id=BANK)
        provider = f"counter:{BANK}" if number % 3 == 0 else "digiflazz"
        facts += [request, *_verdicts(request, cost, end, provider)]
    return Story([valued(member, 50 * ENOUGH, fee=0) for member in members], facts)


def _verdicts(request: Any, cost: int, end: str, provider: str) -> list[Event]:
    paid = {"provider": provider}
    verdicts: dict[str, list[Event]] = {
        "failed": [failed(request)],
        "hopeless failed": [failed(request)],
        "delivered": [delivered(request, cost, **paid)],
        "back": [delivered(request, cost, **paid), taken_back(request, cost, **paid)],
        "late": [failed(request), delivered_late(request, cost, **paid)],
        "late back": [
            failed(request),
            delivered_late(request, cost, **paid),
            taken_back(request, cost, **paid),
        ],
    }
    return verdicts.get(end, [])


@st.composite
def tellings(draw: st.DrawFn) -> tuple[Story, list[list[Event]]]:
    told = story(
        draw(st.lists(deposits, max_size=8)),
        draw(st.lists(redemptions, max_size=8)),
        draw(st.lists(st.integers(-1_000_000, 1_000_000), max_size=2)),
        draw(merges),
    )
    repeated = draw(st.permutations(told.facts * 3))
    cuts = sorted(draw(st.sets(st.integers(1, max(1, len(repeated))), max_size=9)))
    edges = [0, *cuts, len(repeated)]
    return told, [list(repeated[a:b]) for a, b in pairwise(edges) if a < b]


async def tell(url: str, told: Story, batches: list[list[Event]]) -> None:
    """Tell it to an empty ledger and compare."""
    database = Database(url)
    await database.open()
    try:
        hearer, tape = Hearer("wallet", hearing(WallClock()), database), Tape()
        async with database.transaction() as tx:
            await tx.execute("drop trigger transfer_never_changes on transfer")
            await tx.execute(
                "truncate account, transfer, hold, verdict, waiting_reversal, outbox, dead_letter, member_alias"
            )
        await hearer.hear(tape.records(told.opening))
        for batch in batches:
            await hearer.hear(tape.records(batch))
        async with database.reading() as tx:
            letters = [row["error"] for row in await tx.fetch("select error from dead_letter")]
            found, wrong = await balances(tx), await differences(tx)
            causes = {
                (row["kind"], row["cause_id"])
                for row in await tx.fetch("select kind, cause_id from transfer where kind not like 'merge%'")
            }
            waiting = await tx.fetchval(
                "select count(*) from verdict where obeyed_at is null"
            ) + await tx.fetchval("select count(*) from waiting_reversal where obeyed_at is null")
        async with database.transaction() as tx:
            await tx.execute(
                "create trigger transfer_never_changes before update or delete or truncate on transfer "
                "for each statement execute function refuse_change()"
            )
    finally:
        await database.close()
    reference = ReferenceLedger([*told.opening, *told.facts], ENOUGH)
    assert letters == []
    assert wrong == []
    assert waiting == 0
    assert found == reference.balances()
    assert causes == reference.causes


@pytest.fixture(scope="module")
def address(_clones: Any) -> str:
    """One database for all examples; each of them empties it."""
    made: Callable[[str], str] = _clones.fresh
    return made("wallet")


@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(telling=tellings())
def test_the_ledger_ends_as_the_facts_say_in_any_order(
    address: str, telling: tuple[Story, list[list[Event]]]
) -> None:
    asyncio.run(tell(address, *telling))


@pytest.mark.soak
# Else the warning about a long story hides what is wrong with it.
@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@settings(max_examples=2_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(telling=tellings())
def test_the_ledger_ends_as_the_facts_say_in_any_order_at_length(
    address: str, telling: tuple[Story, list[list[Event]]]
) -> None:
    asyncio.run(tell(address, *telling))
