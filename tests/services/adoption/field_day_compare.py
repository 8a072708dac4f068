"""What the views say of people and of the field's day, against the recount."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from statistics import median
from typing import Any

import asyncpg
import pytest

from tests.journeys.grafana_recount import Recount, instant, wib_day


async def rows(connection: asyncpg.Connection, query: str, *values: Any) -> dict[Any, Any]:
    """A query's last column by the columns before it, without zeros."""
    found = await connection.fetch(query, *values)
    return {
        (tuple(row)[:-1] if len(row) > 2 else row[0]): row[len(row) - 1] for row in found if row[len(row) - 1]
    }


async def compare_field_day(connection: asyncpg.Connection, found: Recount) -> None:
    """Every view of migrations 0004 and 0005."""
    await _people(connection, found)
    await _pickups(connection, found)
    await _disputes(connection, found)
    await _banks(connection, found)
    await _tablets(connection, found)


async def _people(connection: asyncpg.Connection, found: Recount) -> None:
    today = (datetime.now(UTC) + timedelta(hours=7)).date()
    registered = (
        "select subdistrict_code, registered_members from reporting.standing "
        "where $1 >= quarter_start and $1 < quarter_end"
    )
    assert await rows(connection, registered, today) == found.members(date.max)
    assert await rows(
        connection, "select subdistrict_code, members from reporting.membership"
    ) == found.members(date.max)
    merges = found.facts["people.members_merged"].values()
    assert await rows(connection, "select subdistrict_code, merged from reporting.membership") == Counter(
        each["into_subdistrict_code"] for each in merges
    )
    erased = Counter(
        (each["subdistrict_code"], wib_day(each["erased_at"]))
        for about, each in found.facts["people.member_erased"].items()
        if about not in found.facts["people.members_merged"]
    )
    assert (
        await rows(connection, "select subdistrict_code, day, erased from reporting.daily_membership")
        == erased
    )
    depositors: dict[Any, set[str]] = defaultdict(set)
    for each in found.deposits():
        depositors[each["subdistrict_code"], wib_day(each["weighed_at"])].add(found.person(each["member_id"]))
    assert await rows(
        connection, "select subdistrict_code, day, depositors from reporting.daily_depositor"
    ) == {cell: len(people) for cell, people in depositors.items()}
    opening = "select coalesce(sum(amount_rupiah), 0) from reporting.daily_opening_balance"
    assert await connection.fetchval(opening) == found.opening_rupiah()
    (money,) = await connection.fetch("select * from reporting.credit_standing")
    assert money["opening_rupiah"] == found.opening_rupiah()
    assert money["credited_rupiah"] == sum(found.credited_by_cell().values())


async def _pickups(connection: asyncpg.Connection, found: Recount) -> None:
    expected = found.pickups()
    for column in (
        "requested",
        "done",
        "cancelled_by_member",
        "cancelled_by_waste_bank",
        "given_up",
        "missed",
    ):
        query = f"select subdistrict_code, day, {column} from reporting.daily_pickup"
        assert await rows(connection, query) == expected[column], column
    (waiting,) = await connection.fetch("select coalesce(sum(pickups), 0) from reporting.open_pickup")
    assert waiting[0] == len(found.open_pickups())
    today = (datetime.now(UTC) + timedelta(hours=7)).date()
    overdue = sum(
        found.visits(about)[-1:] < [today] and bool(found.visits(about)) for about in found.open_pickups()
    )
    assert await connection.fetchval("select coalesce(sum(overdue), 0) from reporting.open_pickup") == overdue


async def _disputes(connection: asyncpg.Connection, found: Recount) -> None:
    opened: Counter[Any] = Counter()
    late: Counter[Any] = Counter()
    waiting: Counter[Any] = Counter()
    overdue: Counter[Any] = Counter()
    for about, each, answer in found.disputes():
        place = each["subdistrict_code"], about
        opened[*place, wib_day(each["opened_at"])] += 1
        if answer is None:
            waiting[place] += 1
            overdue[place] += instant(each["due_at"]) < datetime.now(UTC)
        else:
            late[*place, wib_day(answer["answered_at"])] += instant(answer["answered_at"]) > instant(
                answer["due_at"]
            )
    daily = "select subdistrict_code, about, day, {} from reporting.daily_dispute"
    assert await rows(connection, daily.format("opened")) == opened
    assert await rows(connection, daily.format("answered_late")) == +late
    hours = found.answer_hours()
    assert await rows(connection, daily.format("answered")) == {
        cell: len(each) for cell, each in hours.items()
    }
    assert await rows(connection, daily.format("median_hours")) == pytest.approx(
        {cell: median(each) for cell, each in hours.items()}
    )
    assert await rows(connection, daily.format("slowest_hours")) == pytest.approx(
        {cell: each[-1] for cell, each in hours.items()}
    )
    still = "select subdistrict_code, about, {} from reporting.open_dispute"
    assert await rows(connection, still.format("disputes")) == waiting
    assert await rows(connection, still.format("overdue")) == +overdue


async def _banks(connection: asyncpg.Connection, found: Recount) -> None:
    grams: Counter[Any] = Counter()
    rupiah: Counter[Any] = Counter()
    for lot in found.lots():
        cell = lot["subdistrict_code"], wib_day(lot["sold_at"])
        rupiah[cell] += lot["amount_rupiah"]
        grams[cell] += sum(line["weight_grams"] for line in lot["lines"])
    assert await rows(connection, "select subdistrict_code, day, grams from reporting.daily_sale") == grams
    assert (
        await rows(connection, "select subdistrict_code, day, amount_rupiah from reporting.daily_sale")
        == rupiah
    )
    by_class = (
        "select subdistrict_code, day, sum(grams)::bigint from reporting.daily_sale_class group by 1, 2"
    )
    assert await rows(connection, by_class) == grams
    shrinkage: Counter[Any] = Counter()
    cash: Counter[Any] = Counter()
    for closing in found.closings():
        cell = closing["subdistrict_code"], date.fromisoformat(closing["day_on"])
        shrinkage[cell] += sum(each["booked_grams"] - each["counted_grams"] for each in closing["classes"])
        cash[cell] += closing["cash_counted_rupiah"] - closing["cash_booked_rupiah"]
    closings = "select subdistrict_code, day, {} from reporting.daily_closing"
    assert await rows(connection, closings.format("shrinkage_grams")) == {
        k: v for k, v in shrinkage.items() if v
    }
    assert await rows(connection, closings.format("cash_difference_rupiah")) == cash
    bags = Counter((each["subdistrict_code"], wib_day(each["received_at"])) for each in found.bags().values())
    assert await rows(connection, "select subdistrict_code, day, bags from reporting.daily_bag") == bags
    await _bags(connection, found)


async def _bags(connection: asyncpg.Connection, found: Recount) -> None:
    weighed, discarded = found.bag_ends()
    received = found.bags()
    of_day = "select subdistrict_code, day, {} from reporting.daily_bag"

    def counted(bags: Iterable[str]) -> Counter[Any]:
        cells = [(received[bag]["subdistrict_code"], wib_day(received[bag]["received_at"])) for bag in bags]
        return Counter(cells)

    assert await rows(connection, of_day.format("weighed")) == counted(weighed)
    assert await rows(connection, of_day.format("discarded")) == counted(discarded - weighed.keys())
    waiting = received.keys() - weighed.keys() - discarded
    assert await rows(connection, of_day.format("waiting")) == counted(waiting)
    hours: dict[Any, list[float]] = defaultdict(list)
    for bag, at in weighed.items():
        since = instant(received[bag]["received_at"])
        cell = received[bag]["subdistrict_code"], wib_day(received[bag]["received_at"])
        hours[cell].append(max((at - since).total_seconds() / 3600, 0))
    medians = await rows(connection, of_day.format("median_hours"))
    assert medians == {cell: pytest.approx(median(each)) for cell, each in hours.items() if median(each)}
    banks = Counter((received[bag]["subdistrict_code"], received[bag]["waste_bank_id"]) for bag in waiting)
    open_bags = "select subdistrict_code, waste_bank_id, {} from reporting.open_bag"
    assert await rows(connection, open_bags.format("bags")) == banks
    oldest = {
        bank: min(
            instant(received[bag]["received_at"])
            for bag in waiting
            if (received[bag]["subdistrict_code"], received[bag]["waste_bank_id"]) == bank
        )
        for bank in banks
    }
    assert await rows(connection, open_bags.format("oldest_received_at")) == oldest


async def _tablets(connection: asyncpg.Connection, found: Recount) -> None:
    said = found.tablets()
    assert await rows(
        connection, "select tablet_id::text, queue_length from reporting.tablet where reported_at is not null"
    ) == {about: each["queue_length"] for about, each in said.items() if each["queue_length"]}
    reported = "select tablet_id::text, reported_at from reporting.tablet"
    assert await rows(connection, reported) == {
        about: instant(each["reported_at"]) for about, each in said.items()
    }
