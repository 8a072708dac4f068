"""Exceptions: proposed by one, approved by another, paid where the tablet showed them, found again for ever."""

import asyncio
import random
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.valuation.consumers import hearing
from services.valuation.store.lists import PriceBooks
from services.valuation.workflows.people import merge_members
from shared.contracts import DepositRecorded, Event, MembersMerged
from shared.kernel.ids import uuid7
from shared.kernel.roles import Role
from shared.kernel.rollout import Rollout
from shared.runtime.database import TRANSIENT_ERRORS, Database
from shared.runtime.hearing import Hearer
from tests.services.valuation.stage import (
    BANK,
    OWN_LIST_BANK,
    WEIGHED_AT,
    Ear,
    end_state,
    line,
    recorded,
    said,
    voided,
)
from tests.services.valuation.test_valuation_door import Place, code_of, place

__all__ = ["place"]
EXCEPTIONS = "/v1/price-exceptions"
PRICE = {"item_code": "P05", "grade": "bersih", "price_rupiah": 2_000}
NO_FEE = {"beneficiary": "waste_bank", "percent": 0}


def proposal(**other: Any) -> dict[str, Any]:
    body = {
        "exception_id": str(uuid7()),
        "waste_bank_id": BANK,
        "price": PRICE,
        "from_at": (WEIGHED_AT - timedelta(days=1)).isoformat(),
        "until_at": (WEIGHED_AT + timedelta(days=10)).isoformat(),
        "reason": "lomba kebersihan kecamatan",
    }
    return {key: value for key, value in (body | other).items() if value is not None}


async def post(place: Place, path: str, who: dict[str, str], **body: Any) -> httpx.Response:
    return await place.door.post(f"{EXCEPTIONS}{path}", headers=who, json=body)


async def approved(place: Place, **other: Any) -> str:
    asked = proposal(**other)
    made = await post(place, "", place.operator(BANK), **asked)
    assert (made.status_code, made.json()["state"]) == (200, "proposed"), made.text
    passed = await post(place, f"/{asked['exception_id']}:approve", place.programme, reason="setuju")
    assert (passed.status_code, passed.json()["state"]) == (200, "approved"), passed.text
    return str(asked["exception_id"])


async def worth(place: Place, deposit: DepositRecorded) -> dict[str, Any]:
    await place.hear(deposit)
    found: dict[str, Any] = await place.get(f"/v1/valuations/{deposit.deposit_id}", headers=place.programme)
    return found


async def nothing_differs(place: Place, rollout: Rollout) -> None:
    assert await Ear(place.database, rollout, place.clock).differences() == []


async def test_what_the_tablet_showed_is_paid_if_list_or_exception_says_so(
    place: Place, rollout: Rollout
) -> None:
    by_list, by_exception, by_neither = (recorded(line(shown=shown)) for shown in (3_250, 4_000, 3_999))
    early = recorded(line(shown=4_000))
    assert (await worth(place, early))["state"] == "flagged"
    exception_id = await approved(place)
    first = await worth(place, by_list)
    assert (first["gross_rupiah"], first["exceptions"]) == (3_250, [])
    second = await worth(place, by_exception)
    assert (second["gross_rupiah"], second["net_rupiah"], second["price_difference_rupiah"]) == (
        4_000,
        3_800,
        750,
    )
    assert second["lines"][0]["price_rupiah"] == 2_000
    assert second["exceptions"] == [{"of": "1", "exception_id": exception_id}]
    third = await worth(place, by_neither)
    assert third["flag"]["reasons"] == ["shown_price_differs"]
    # A person lets a deposit pass, never a price: by then the exception is one of the legitimate prices.
    path = f"/v1/flags/{early.deposit_id}:approve"
    passed = await place.door.post(path, json={"reason": "benar"}, headers=place.operator(BANK))
    assert passed.json()["gross_rupiah"] == 4_000
    await nothing_differs(place, rollout)
    (fact,) = await said(place.database, "exception_approved")
    assert (fact["exception_id"], fact["price_rupiah"], fact["waste_bank_id"]) == (exception_id, 2_000, BANK)
    differences = await place.get("/v1/price-differences", headers=place.programme)
    assert {each["deposit_id"] for each in differences["deposits"]} == {
        str(early.deposit_id),
        str(by_exception.deposit_id),
    }


@pytest.mark.parametrize(
    "other",
    [
        {"waste_bank_id": OWN_LIST_BANK},
        {"member_id": uuid7()},
        {"weighed_at": WEIGHED_AT - timedelta(days=1, seconds=1)},
        {"weighed_at": WEIGHED_AT + timedelta(days=10)},
        {"lines": (line(grade="kotor", shown=4_000),)},
        {"lines": (line(quantity=2_001, shown=4_003),)},
    ],
)
async def test_an_exception_holds_only_for_what_it_names(place: Place, other: dict[str, Any]) -> None:
    place.clock.at = WEIGHED_AT + timedelta(hours=1)
    member = uuid7()
    await approved(place, member_id=str(member))
    fits = recorded(line(shown=4_000), member_id=member)
    assert (await worth(place, fits))["state"] == "valued"
    facts: dict[str, Any] = {"member_id": member} | other
    lines = facts.pop("lines", (line(shown=4_000),))
    assert (await worth(place, recorded(*lines, **facts)))["state"] == "flagged"


async def test_a_deduction_is_lowered_and_never_raised(place: Place, rollout: Rollout) -> None:
    await approved(place, price=None, deduction={"beneficiary": "waste_bank", "percent": 90})
    dearer = await worth(place, recorded())
    assert (dearer["net_rupiah"], dearer["exceptions"]) == (3_088, [])
    exception_id = await approved(place, price=None, deduction=NO_FEE)
    free = await worth(place, recorded())
    assert (free["gross_rupiah"], free["net_rupiah"], free["price_difference_rupiah"]) == (3_250, 3_250, 0)
    assert free["deductions"] == [{"beneficiary": "waste_bank", "basis_points": 0, "amount_rupiah": 0}]
    assert free["exceptions"] == [{"of": "waste_bank", "exception_id": exception_id}]
    await nothing_differs(place, rollout)


async def test_what_was_weighed_before_an_early_end_is_still_paid_by_it(
    place: Place, rollout: Rollout
) -> None:
    exception_id = await approved(place)
    ended = await post(place, f"/{exception_id}:end", place.programme, reason="lomba selesai")
    assert ended.json()["ended_at"] is not None
    assert (await post(place, f"/{exception_id}:end", place.programme, reason="lagi")).json() == ended.json()
    before = recorded(line(shown=4_000), weighed_at=place.clock.now() - timedelta(seconds=1))
    after = recorded(line(shown=4_000), weighed_at=place.clock.now())
    assert (await worth(place, before))["gross_rupiah"] == 4_000
    assert (await worth(place, after))["state"] == "flagged"
    await nothing_differs(place, rollout)


async def test_a_books_keeper_takes_up_what_was_decided_meanwhile(place: Place, database: Database) -> None:
    books = PriceBooks()
    member, at = uuid7(), WEIGHED_AT

    async def held() -> int:
        async with database.reading() as tx:
            return len((await books.newest(tx)).exceptions_for(BANK, member, at))

    assert await held() == 0
    exception_id = await approved(place, until_at=(place.clock.now() + timedelta(days=3)).isoformat())
    assert await held() == 1
    at = place.clock.now() + timedelta(hours=1)
    await post(place, f"/{exception_id}:end", place.programme, reason="selesai")
    assert await held() == 0


async def test_who_may_propose_decide_and_look(place: Place) -> None:
    foreign, elsewhere = (
        place.operator(OWN_LIST_BANK),
        place.mint.header(Role.PROGRAMME, regency_codes=("12.08",)),
    )
    asked = proposal()
    for who, expected in (
        (foreign, (403, "not_your_area")),
        (elsewhere, (403, "not_your_area")),
        (place.mint.header(Role.OFFICE), (403, "not_allowed")),
        (place.mint.header(Role.MEMBER, member_id=uuid7()), (403, "not_allowed")),
        ({}, (401, "sign_in_needed")),
    ):
        assert code_of(await post(place, "", who, **asked)) == expected
    operator = place.operator(BANK)
    made = await post(place, "", operator, **asked)
    assert (await post(place, "", operator, **asked)).json() == made.json()
    assert code_of(
        await post(place, "", operator, **asked | {"reason": "x", "price": PRICE | {"price_rupiah": 1}})
    ) == (
        409,
        "price_exception_conflict",
    )
    one = f"/{asked['exception_id']}"
    for verb in ("approve", "decline", "end"):
        assert code_of(await post(place, f"{one}:{verb}", operator, reason="x")) == (403, "not_allowed")
        assert code_of(await post(place, f"{one}:{verb}", elsewhere, reason="x")) == (
            404,
            "price_exception_unknown",
        )
        assert code_of(await post(place, f"{one}:{verb}", place.programme, reason=" ")) == (
            422,
            "invalid_request",
        )
        unknown = await post(place, f"/{uuid7()}:{verb}", place.programme, reason="x")
        assert code_of(unknown) == (404, "price_exception_unknown")
    assert code_of(await post(place, f"{one}:end", place.programme, reason="x")) == (
        409,
        "price_exception_decided",
    )
    own = proposal()
    assert (await post(place, "", place.programme, **own)).status_code == 200
    for verb in ("approve", "decline"):
        refused = await post(place, f"/{own['exception_id']}:{verb}", place.programme, reason="x")
        assert code_of(refused) == (403, "price_exception_second_person")
    declined = await post(place, f"{one}:decline", place.programme, reason="tidak perlu")
    assert declined.json()["state"] == "declined"
    assert (await post(place, f"{one}:decline", place.programme, reason="lagi")).json() == declined.json()
    late = await post(place, f"{one}:approve", place.mint.header(Role.PROGRAMME), reason="x")
    assert code_of(late) == (409, "price_exception_decided")
    for who, count in ((operator, 2), (foreign, 0), (elsewhere, 0), (place.mint.header(Role.OFFICE), 2)):
        assert len((await place.get(EXCEPTIONS, headers=who))["exceptions"]) == count
    audit = await place.get(
        "/v1/audit", headers=place.programme, params={"subject_id": asked["exception_id"]}
    )
    assert [entry["action"] for entry in audit["lines"]] == [
        "price_exception.decline",
        "price_exception.propose",
    ]
    assert audit["lines"][0]["reason"] == "tidak perlu"


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"waste_bank_id": "nowhere"}, (404, "price_waste_bank_unknown")),
        ({"price": None}, (422, "price_exception_impossible")),
        ({"deduction": NO_FEE}, (422, "price_exception_impossible")),
        ({"until_at": WEIGHED_AT.isoformat()}, (422, "price_exception_impossible")),
        ({"from_at": "2026-12-31T00:00:00Z"}, (422, "price_exception_impossible")),
        ({"until_at": "2028-01-01T00:00:00Z"}, (422, "price_exception_impossible")),
        ({"until_at": "2028-01-01T00:00:00"}, (422, "invalid_request")),
        ({"price": PRICE | {"item_code": "P99"}}, (422, "price_item_not_priced")),
        ({"price": PRICE | {"grade": "emas"}}, (422, "price_item_not_priced")),
        ({"price": PRICE | {"price_rupiah": -1}}, (422, "invalid_request")),
        (
            {"price": None, "deduction": {"beneficiary": "waste_bank", "percent": 101}},
            (422, "invalid_request"),
        ),
        ({"reason": ""}, (422, "invalid_request")),
        ({"exception_id": str(UUID(int=1))}, (422, "invalid_request")),
    ],
)
async def test_what_cannot_be_proposed(
    place: Place, changed: dict[str, Any], expected: tuple[int, str]
) -> None:
    assert code_of(await post(place, "", place.operator(BANK), **proposal(**changed))) == expected
    assert (await place.get(EXCEPTIONS, headers=place.programme))["exceptions"] == []


async def test_the_list_goes_back_page_by_page(place: Place) -> None:
    made = []
    for _ in range(3):
        asked = proposal()
        await post(place, "", place.operator(BANK), **asked)
        made.append(asked["exception_id"])
    query: dict[str, Any] = {"limit": 2, "state": "proposed", "waste_bank_id": BANK}
    first = await place.get(EXCEPTIONS, headers=place.programme, params=query)
    rest = await place.get(
        EXCEPTIONS, headers=place.programme, params=query | {"cursor": first["next_cursor"]}
    )
    assert [each["exception_id"] for each in first["exceptions"] + rest["exceptions"]] == made[::-1]
    assert rest["next_cursor"] is None


@pytest.mark.parametrize(
    "change",
    [
        "update price_exception set price_rupiah = 1",
        "update price_exception set state = 'proposed', decided_by = null, decided_at = null",
        "delete from price_exception",
        "update price_exception set ended_at = now(), ended_by = decided_by, end_reason = 'x', percent = 1",
    ],
)
async def test_what_was_decided_never_changes(place: Place, change: str) -> None:
    await approved(place)
    with pytest.raises(asyncpg.RestrictViolationError):
        async with place.database.transaction() as tx:
            await tx.execute(change)


async def test_flags_and_prices_are_seen_in_their_area_only(place: Place) -> None:
    deposit = recorded(line(shown=1))
    await place.hear(deposit)
    elsewhere = place.mint.header(Role.PROGRAMME, regency_codes=("12.08",))
    narrow = place.mint.header(Role.PROGRAMME, regency_codes=(), subdistrict_codes=["12.07.28"])
    assert (await place.get("/v1/flags", headers=elsewhere))["flags"] == []
    assert len((await place.get("/v1/flags", headers=narrow))["flags"]) == 1
    path = f"/v1/valuations/{deposit.deposit_id}"
    assert code_of(await place.door.get(path, headers=elsewhere)) == (404, "valuation_unknown")
    passing = f"/v1/flags/{deposit.deposit_id}:approve"
    refused = await place.door.post(passing, json={"reason": "x"}, headers=elsewhere)
    assert code_of(refused) == (404, "flag_unknown")
    assert (
        await place.door.post(passing, json={"reason": "ditimbang ulang"}, headers=narrow)
    ).status_code == 200
    audit = await place.get("/v1/audit", headers=narrow, params={"subject_id": str(deposit.deposit_id)})
    assert [(entry["action"], entry["reason"]) for entry in audit["lines"]] == [
        ("flag.approve", "ditimbang ulang")
    ]
    for who, bank, expected in (
        (elsewhere, BANK, (403, "not_your_area")),
        (narrow, None, (403, "not_your_area")),
        (narrow, BANK, None),
    ):
        body = {"name": "Daftar", "based_on": "01a0d15b-0b80-7000-8000-000000000001", "waste_bank_id": bank}
        draft = f"/v1/price-list-drafts/{uuid7()}"
        answer = await place.door.put(draft, json=body, headers=who)
        if expected:
            assert code_of(answer) == expected
            continue
        assert answer.status_code == 200, answer.text
        assert code_of(await place.door.get(draft, headers=elsewhere)) == (404, "price_list_unknown")
        assert (await place.get("/v1/price-list-drafts", headers=elsewhere))["price_lists"] == []
        hidden = await place.door.post(f"{draft}:publish", json={}, headers=elsewhere)
        assert code_of(hidden) == (404, "price_list_unknown")
        assert (await place.door.post(f"{draft}:publish", json={}, headers=who)).status_code == 200
        audit = await place.get("/v1/audit", headers=who, params={"subject_id": draft.rpartition("/")[2]})
        assert [entry["action"] for entry in audit["lines"]] == ["price_list.publish"]


def merged(member_id: UUID, into: UUID, at: datetime = WEIGHED_AT) -> MembersMerged:
    return MembersMerged(
        event_id=uuid7(),
        recorded_at=at,
        member_id=member_id,
        into_member_id=into,
        into_subdistrict_code="12.07.28",
        proposed_by=UUID(int=1),
        merged_by=UUID(int=2),
        merged_at=at,
    )


@pytest.mark.parametrize("order", [(0, 1, 0), (1, 0, 1)])
async def test_a_member_sees_what_every_id_of_theirs_brought(
    place: Place, hearer: Hearer, order: tuple[int, ...]
) -> None:
    a, b, c = uuid7(), uuid7(), uuid7()
    deposits = [recorded(member_id=each) for each in (a, b, c)]
    await place.hear(*deposits)
    merges = [merged(a, b), merged(b, c)]
    async with place.database.transaction() as tx:
        handler = hearer._hearing.handlers[MembersMerged]
        for number in order:
            await handler(tx, [merges[number]])
    for deposit in deposits:
        for member in (a, b, c):
            path = f"/v1/valuations/{deposit.deposit_id}"
            header = place.mint.header(Role.MEMBER, member_id=member)
            assert (await place.door.get(path, headers=header)).status_code == 200
        stranger = place.mint.header(Role.MEMBER, member_id=uuid7())
        assert (await place.door.get(path, headers=stranger)).status_code == 404


async def hear_merge(place: Place, rollout: Rollout, member_id: UUID, into: UUID) -> None:
    async with place.database.transaction() as tx:
        await merge_members(tx, [merged(member_id, into)], PriceBooks(), rollout, place.clock.now())


@pytest.mark.parametrize("named", ["survivor", "absorbed", "absorbed before"])
async def test_an_exception_for_one_member_holds_under_every_id_of_theirs(
    place: Place, rollout: Rollout, named: str
) -> None:
    place.clock.at = WEIGHED_AT + timedelta(hours=1)
    ids = {"survivor": uuid7(), "absorbed": uuid7(), "absorbed before": uuid7()}
    exception_id = await approved(place, member_id=str(ids[named]))

    async def states() -> dict[str, str]:
        return {
            name: (await worth(place, recorded(line(shown=4_000), member_id=member)))["state"]
            for name, member in ids.items()
        }

    assert await states() == {name: "valued" if name == named else "flagged" for name in ids}
    await hear_merge(place, rollout, ids["absorbed before"], ids["absorbed"])
    await hear_merge(place, rollout, ids["absorbed"], ids["survivor"])
    assert await states() == dict.fromkeys(ids, "valued")
    stranger = await worth(place, recorded(line(shown=4_000), member_id=uuid7()))
    assert stranger["state"] == "flagged"
    last = await worth(place, recorded(line(shown=4_000), member_id=ids["absorbed before"]))
    assert last["exceptions"] == [{"of": "1", "exception_id": exception_id}]
    await nothing_differs(place, rollout)


async def obey(place: Place, rollout: Rollout, books: PriceBooks, event: Event) -> None:
    """As a consumer of its own does: again, if it met another writer."""
    handler = hearing(books, lambda: rollout, place.clock).handlers[type(event)]
    for _ in range(50):
        try:
            async with place.database.transaction() as tx:
                await handler(tx, [event])
        except TRANSIENT_ERRORS:
            await asyncio.sleep(0.01)
        else:
            return
    pytest.fail("it never came through")


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), together=st.booleans(), named=st.integers(0, 2))
async def test_merges_and_deposits_in_any_order_and_repetition_are_priced_alike(
    place: Place, rollout: Rollout, seed: int, together: bool, named: int
) -> None:
    dice = random.Random(seed)
    place.clock.at = WEIGHED_AT + timedelta(hours=1)
    ids = [uuid7(), uuid7(), uuid7()]
    exception_id = await approved(place, member_id=str(ids[named]))
    by_exception = [recorded(line(shown=4_000), member_id=each) for each in ids]
    by_list, by_neither = (
        recorded(line(shown=shown), member_id=dice.choice(ids)) for shown in (3_250, 3_999)
    )
    taken_back = recorded(line(shown=4_000), member_id=dice.choice(ids))
    events: list[Event] = [*by_exception, by_list, by_neither, taken_back, voided(taken_back)]
    events += [merged(ids[0], ids[1]), merged(ids[1], ids[2])]
    events *= dice.randint(1, 2)
    dice.shuffle(events)
    consumers = [PriceBooks(), PriceBooks()]
    heard = [obey(place, rollout, dice.choice(consumers), event) for event in events]
    if together:
        await asyncio.gather(*heard)
    else:
        for each in heard:
            await each
    for deposit, state, gross in (
        *((each, "valued", 4_000) for each in by_exception),
        (by_list, "valued", 3_250),
        (by_neither, "flagged", None),
    ):
        found = await place.get(f"/v1/valuations/{deposit.deposit_id}", headers=place.programme)
        assert (found["state"], found["gross_rupiah"]) == (state, gross)
        assert {each["exception_id"] for each in found["exceptions"]} == (
            {exception_id} if deposit in by_exception else set()
        )
    end = await end_state(place.database)
    assert end["states"][taken_back.deposit_id] == "voided"
    assert {each.deposit_id for each in (*by_exception, by_list, by_neither, taken_back)} & {
        deposit_id for deposit_id, _ in end["flags"]
    } == {by_neither.deposit_id}
    owed = {str(each.deposit_id): 3_800 for each in by_exception} | {str(by_list.deposit_id): 3_088}
    mine = {str(each.deposit_id) for each in events if isinstance(each, DepositRecorded)}
    assert {deposit: rupiah for deposit, rupiah in end["owed"].items() if deposit in mine} == owed
    days = [(day[0], *day[2:]) for day in end["days"] if day[0] in ids]
    worth_of = [each.member_id for each in (*by_exception, by_list)]
    assert sorted(days) == sorted(
        (
            each,
            worth_of.count(each),
            worth_of.count(each) * 2_000,
            4_000 + 3_250 * (each == by_list.member_id),
        )
        for each in set(worth_of)
    )
    await nothing_differs(place, rollout)


async def test_a_merge_values_nothing_that_waited_before_the_exception_was_decided(
    place: Place, rollout: Rollout
) -> None:
    """An exception counts from when a second person approved it, under whatever id."""
    place.clock.at = WEIGHED_AT + timedelta(hours=1)
    own, other = uuid7(), uuid7()
    early = recorded(line(shown=4_000), member_id=other)
    assert (await worth(place, early))["state"] == "flagged"
    place.clock.at += timedelta(minutes=1)
    await approved(place, member_id=str(own))
    place.clock.at += timedelta(minutes=1)
    late = recorded(line(shown=4_000), member_id=other)
    assert (await worth(place, late))["state"] == "flagged"
    await hear_merge(place, rollout, other, own)
    path = "/v1/valuations/{}"
    assert (await place.get(path.format(early.deposit_id), headers=place.programme))["state"] == "flagged"
    right = await place.get(path.format(late.deposit_id), headers=place.programme)
    assert (right["state"], right["approved_by"], right["flag"]["decision"]) == ("valued", None, "merged")
    (fact,) = await said(place.database, "valued")
    assert (fact["deposit_id"], fact["net_rupiah"], fact["approved_by"]) == (
        str(late.deposit_id),
        3_800,
        None,
    )
    await nothing_differs(place, rollout)


async def test_a_merge_values_nothing_beyond_the_bounds_of_its_day(place: Place, rollout: Rollout) -> None:
    place.clock.at = WEIGHED_AT + timedelta(hours=1)
    own, other = uuid7(), uuid7()
    await approved(place, member_id=str(own))
    grams = rollout.caps_for("12.07.28").weight_grams_a_line + 1_000
    heavy = recorded(line(quantity=grams, shown=grams * 2), member_id=other)
    assert (await worth(place, heavy))["state"] == "flagged"
    before = await end_state(place.database)
    await hear_merge(place, rollout, other, own)
    assert await end_state(place.database) == before
    assert before["days"] == []
