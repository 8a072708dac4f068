"""Two ids that are one person, somebody who left, and a browser that was not seen before."""

import random
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services.payout.consumers import hearing
from shared.contracts import (
    CreditHeld,
    Event,
    MemberErased,
    MembersMerged,
    RedemptionDeliveredLate,
    RedemptionRequested,
    RedemptionReversed,
)
from shared.kernel.ids import uuid7
from shared.runtime.database import Database
from shared.runtime.hearing import Hearer
from shared.runtime.wall_clock import WallClock
from tests.services.payout.stage import BANK, Stage, credit, record, until, working

Fresh = Callable[[str], str]
METER, PHONE = "14000000001", "087812345678"
THEN = datetime(2026, 11, 20, 3, tzinfo=UTC)
GONE = ("target_sealed", "target_fingerprint", "owner_sealed", "serial_sealed")


def merged(member_id: UUID, into: UUID) -> MembersMerged:
    return MembersMerged(
        event_id=uuid7(),
        recorded_at=THEN,
        member_id=member_id,
        into_member_id=into,
        into_subdistrict_code="12.07.28",
        proposed_by=uuid7(),
        merged_by=uuid7(),
        merged_at=THEN,
    )


def erased(member_id: UUID) -> MemberErased:
    return MemberErased(
        event_id=uuid7(),
        recorded_at=THEN,
        member_id=member_id,
        waste_bank_id=BANK,
        subdistrict_code="12.07.28",
        erased_at=THEN,
        erased_by=uuid7(),
    )


@pytest.fixture
async def stage(fresh_database: Fresh, tmp_path: Path) -> AsyncIterator[Stage]:
    async with working(fresh_database("payout"), tmp_path) as working_stage:
        yield working_stage


async def redeem_as(stage: Stage, member_id: UUID, quote_id: str, key: str, **claims: Any) -> Any:
    headers = stage.member(member_id, claims=claims, **{"Idempotency-Key": key})
    return await stage.post("/v1/redemptions", headers, {"quote_id": quote_id, "repeat_confirmed": True})


async def test_the_survivor_sees_everything_and_so_does_the_old_id(stage: Stage) -> None:
    old, survivor = stage.member_id, uuid7()
    bought = await stage.buy("pln-20k", METER)
    token = (await stage.until_state(bought, "settled"))["token"]
    path = f"/v1/redemptions/{bought}"
    assert (await stage.get(path, stage.member(survivor))).status_code == 404
    await stage.hear(merged(old, survivor))
    for who in (survivor, old):
        assert (await stage.get(path, stage.member(who))).json()["token"] == token
        listed = (await stage.get("/v1/redemptions", stage.member(who))).json()["redemptions"]
        assert [item["redemption_id"] for item in listed] == [bought]
    own = (await stage.get(f"/v1/members/{old}/own-data", stage.member(survivor))).json()
    assert (own["member_id"], own["merged_ids"]) == (str(survivor), [str(old)])
    assert own["redemptions"][0]["token"]["serial"].startswith(token["digits"][:4])
    again = await stage.buy("pulsa-xl-5k", PHONE)
    [row] = await stage.rows("select member_id from redemption where redemption_id = $1", UUID(again))
    assert row["member_id"] == survivor
    stage.member_id = survivor
    await stage.until_state(again, "settled")


async def test_a_key_and_a_cap_are_the_persons_not_the_ids(stage: Stage) -> None:
    old, survivor = stage.member_id, uuid7()
    quote = (await stage.quote("pln-500k", "56000000001"))["quote_id"]
    other = (await stage.quote("pln-500k", "56000000002", member_id=survivor))["quote_id"]
    first = await redeem_as(stage, old, quote, "key-of-a-person")
    assert first.status_code == 202
    await stage.hear(merged(old, survivor))
    for who in (old, survivor):
        again = await redeem_as(stage, who, quote, "key-of-a-person")
        assert again.json()["redemption_id"] == first.json()["redemption_id"]
        capped = await redeem_as(stage, who, other, "another-key")
        assert (capped.status_code, capped.json()["code"]) == (409, "over_daily_cap")


async def test_credit_that_is_told_about_under_the_new_id_is_theirs(
    fresh_database: Fresh, tmp_path: Path
) -> None:
    async with working(fresh_database("payout"), tmp_path, wallet=False) as stage:
        survivor = uuid7()
        bought = await stage.buy("pulsa-xl-5k", PHONE)
        await stage.hear(merged(stage.member_id, survivor))
        [requested] = [event for event in await stage.said() if isinstance(event, RedemptionRequested)]
        await stage.hear(credit(requested, CreditHeld, member_id=survivor))
        await stage.until_state(bought, "succeeded")
        assert not await stage.rows("select 1 from dead_letter")


async def left_of(stage: Stage, member_id: UUID) -> list[Any]:
    """What still tells who somebody was."""
    found = await stage.rows("select * from quote where member_id = $1", member_id)
    found += await stage.rows("select * from inquiry where member_id = $1", member_id)
    found += await stage.rows("select * from meter_owner")
    found += await stage.rows(
        "select 1 from dispute where member_id = $1 and (words_sealed is not null or answer_sealed is not null)",
        member_id,
    )
    any_of = " or ".join(f"{column} is not null" for column in GONE)
    return found + await stage.rows(
        f"select state from redemption where member_id = $1 and ({any_of})", member_id
    )


async def test_who_left_is_forgotten_and_buys_nothing_more(stage: Stage) -> None:
    bought = await stage.buy("pln-20k", METER)
    await stage.until_state(bought, "settled")
    waiting = await stage.quote("pulsa-xl-5k", PHONE)
    said = {"dispute_id": str(uuid7()), "redemption_id": bought, "complaint": "other", "words": "Bu Kenari"}
    assert (await stage.post("/v1/disputes", stage.member(), said)).status_code == 201
    assert len(await left_of(stage, stage.member_id)) == 6
    other = uuid7()
    kept = await stage.quote("pulsa-xl-5k", PHONE, member_id=other)

    event = erased(stage.member_id)
    await stage.hear(event, event)
    assert await left_of(stage, stage.member_id) == []
    assert len(await stage.rows("select 1 from quote where member_id = $1", other)) == 1
    shown = await stage.read(bought)
    assert (shown["state"], shown["target"], shown["token"], shown["owner"]) == ("settled", None, None, None)
    assert shown["amount_rupiah"] == 21_590

    wishes = ({"product": "pulsa-xl-5k", "target": PHONE}, {"product": "tunai", "amount_rupiah": 10_000})
    for wish in wishes:
        refused = await stage.post("/v1/quotes", stage.member(), wish | {"waste_bank_id": BANK})
        assert (refused.status_code, refused.json()["code"]) == (403, "membership_ended")
    assert (await stage.redeem(waiting["quote_id"])).json()["code"] == "membership_ended"
    again = await stage.post("/v1/disputes", stage.member(), said | {"dispute_id": str(uuid7())})
    assert again.json()["code"] == "membership_ended"
    answer = {"outcome": "upheld", "words": "untuk Bu Kenari"}
    path = f"/v1/disputes/{said['dispute_id']}:answer"
    assert (await stage.post(path, stage.staff(), answer)).json()["answer_words"] is None
    assert await left_of(stage, stage.member_id) == []
    assert (await redeem_as(stage, other, kept["quote_id"], "a-key-of-anothers")).status_code == 202


async def test_what_has_not_ended_is_forgotten_when_it_ends(fresh_database: Fresh, tmp_path: Path) -> None:
    slow = {"pending_seconds": 2.0}
    async with working(
        fresh_database("payout"), tmp_path, watch_delivered_seconds="0.2", sandbox_changes=slow
    ) as stage:
        bought = await stage.buy("pln-20k", "14000000003")
        await stage.until_state(bought, "pending")
        await stage.hear(erased(stage.member_id))
        assert [row["state"] for row in await left_of(stage, stage.member_id)] == ["pending"]
        assert (await stage.until_state(bought, "settled"))["token"] is None

        async def forgotten() -> bool:
            return not await left_of(stage, stage.member_id)

        await until(forgotten)
        assert not await stage.rows("select 1 from redemption where next_ask_at is not null")


@pytest.mark.parametrize("late", [True, False])
async def test_what_was_sold_or_taken_back_after_somebody_left_goes_to_a_person(
    fresh_database: Fresh, tmp_path: Path, late: bool
) -> None:
    """Nobody can be asked without the number; the loss is the programme's once a person has found the sale."""
    product, number, ended = (
        ("pulsa-xl-10k", "087800001311", "released") if late else ("pln-20k", "14000000006", "settled")
    )
    slow = {"reversal_seconds": 3600}
    async with working(fresh_database("payout"), tmp_path, sandbox_changes=slow) as stage:
        bought = await stage.buy(product, number)
        await stage.until_state(bought, ended)
        await stage.hear(erased(stage.member_id))
        assert await left_of(stage, stage.member_id) == []
        told = len(await stage.said())
        await stage.control("clock", forward_seconds=3700)
        shown = await stage.until_state(bought, "review")
        assert (shown["reason"], len(await stage.said())) == ("contradiction", told)
        assert await left_of(stage, stage.member_id) == []
        # Their number and token have no trace in the webhook's note either.
        hints = await stage.rows("select distinct serial_fingerprint from hint where code <> '03'")
        assert len(hints) == 1
        [waiting] = (await stage.get("/v1/reviews", stage.staff())).json()["reviews"]
        assert waiting["reference"] is not None
        body = {"decision": "delivered" if late else "failed", "reason": "ada di buku Digiflazz"}
        decided = await stage.post(f"/v1/redemptions/{bought}:review", stage.staff(), body)
        assert decided.json()["state"] == ("late_success" if late else "reversed"), decided.text
        said = (await stage.said())[told:]
        assert [type(event) for event in said] == [RedemptionDeliveredLate if late else RedemptionReversed]
        (sale,) = await stage.sales(bought)
        if late:
            assert isinstance(said[0], RedemptionDeliveredLate)
            assert said[0].cost_rupiah == sale["charged_rupiah"]
        assert await left_of(stage, stage.member_id) == []


async def people_of(database: Database) -> tuple[list[Any], list[Any], list[Any]]:
    async with database.connection() as reading:
        aliases = await reading.fetch("select * from member_alias order by member_id")
        gone = await reading.fetch("select member_id from erased_member order by member_id")
        numbers = await reading.fetch(
            "select member_id, target_sealed is null as gone from redemption order by member_id"
        )
    return [tuple(a) for a in aliases], [g["member_id"] for g in gone], [tuple(n) for n in numbers]


async def begin_anew(database: Database, people: list[UUID]) -> None:
    async with database.transaction() as tx:
        for table in ("member_alias", "erased_member", "redemption"):
            await tx.execute(f"truncate {table} cascade")
        for member_id in people:
            await tx.execute(
                """
                insert into redemption (redemption_id, member_id, quote_id, idempotency_key, product_code, product_kind,
                    provider, sku, subdistrict_code, amount_rupiah, quoted_cost_rupiah, price_rupiah_max, state,
                    requested_at, changed_at, target_sealed)
                values ($1, $2, $1, 'k', 'pulsa-xl-5k', 'pulsa', 'digiflazz', 'x', '12.07.28', 5500,
                    5000, 5500, 'settled', now(), now(), 'x')
                """,
                uuid7(),
                member_id,
            )


@pytest.mark.parametrize("rounds", [12, pytest.param(400, marks=pytest.mark.soak)])
async def test_merges_and_erasures_in_any_order_and_again_end_alike(
    fresh_database: Fresh, rounds: int
) -> None:
    database = Database(fresh_database("payout"))
    await database.open()
    a, b, c, d, e, alone = people = [uuid7() for _ in range(6)]
    facts: list[Event] = [merged(a, b), merged(b, c), merged(d, c), erased(c), merged(e, alone), erased(a)]
    ends = []
    try:
        for seed in range(rounds):
            dice = random.Random(seed)
            await begin_anew(database, people)
            told = facts + dice.sample(facts, 3)
            dice.shuffle(told)
            hearer = Hearer("payout", hearing(WallClock()), database)
            while told:
                batch = [told.pop() for _ in range(min(len(told), dice.randint(1, 4)))]
                offsets = [dice.randrange(2**40) for _ in batch]
                await hearer.hear([record(event, n) for event, n in zip(batch, offsets, strict=True)])
            ends.append(await people_of(database))
        aliases, gone, numbers = ends[0]
        assert all(end == ends[0] for end in ends)
        assert aliases == sorted([(a, c, b), (b, c, c), (d, c, c), (e, alone, alone)])
        assert gone == sorted([a, b, c, d])
        assert numbers == sorted((member, member in {a, b, c, d}) for member in people)
        async with database.connection() as reading:
            assert await reading.fetchval("select count(*) from dead_letter") == 0
    finally:
        await database.close()


async def test_a_merge_that_contradicts_another_is_set_aside(stage: Stage) -> None:
    a, b, c = uuid7(), uuid7(), uuid7()
    await stage.hear(merged(a, b), merged(b, a), merged(a, c))
    assert [tuple(row) for row in await stage.rows("select * from member_alias")] == [(a, b, b)]
    assert len(await stage.rows("select 1 from dead_letter where kind = 'refused'")) == 2


async def test_an_unknown_browser_sees_no_number_and_spends_nothing(stage: Stage) -> None:
    bought = await stage.buy("pln-20k", METER)
    await stage.until_state(bought, "settled")
    ready = await stage.quote("pulsa-xl-5k", PHONE)
    stranger = stage.member(claims={"may_spend": False})
    refused = [
        await stage.post("/v1/quotes", stranger, {"product": "pln-20k", "target": METER}),
        await stage.post(
            "/v1/redemptions", stranger | {"Idempotency-Key": "a-strangers"}, {"quote_id": ready["quote_id"]}
        ),
        await stage.post(f"/v1/redemptions/{bought}:cancel", stranger),
        await stage.get(f"/v1/members/{stage.member_id}/own-data", stranger),
    ]
    assert [(answer.status_code, answer.json()["code"]) for answer in refused] == [
        (403, "card_code_needed")
    ] * 4
    assert "aman" in refused[0].json()["detail"]
    shown = (await stage.get(f"/v1/redemptions/{bought}", stranger)).json()
    assert (shown["state"], shown["target"], shown["owner"], shown["token"]) == ("settled", None, None, None)
    [listed] = (await stage.get("/v1/redemptions", stranger)).json()["redemptions"]
    assert (listed["target"], listed["token"]) == (None, None)
    prices = await stage.post("/v1/quotes", stranger, {"product": "pulsa-xl-5k", "target": PHONE})
    assert prices.status_code == 201


async def test_every_look_at_a_token_is_written_down(stage: Stage) -> None:
    bought = await stage.buy("pln-20k", METER)
    digits = (await stage.until_state(bought, "settled"))["token"]["digits"]
    [before] = await stage.rows("select count(*) from audit")
    await stage.get("/v1/redemptions", stage.member())
    assert (await stage.get(f"/v1/redemptions/{bought}", stage.member())).json()["token"]["digits"] == digits
    await stage.get(f"/v1/redemptions/{bought}", stage.staff())
    rows = await stage.rows("select action, subject_id, actor_role, before, after from audit order by seq")
    assert len(rows) == before[0] + 1
    assert tuple(rows[-1]) == ("token_shown", bought, "member", None, None)


async def test_own_records_as_csv(stage: Stage) -> None:
    bought = await stage.buy("pln-20k", METER)
    await stage.until_state(bought, "settled")
    path = f"/v1/members/{stage.member_id}/own-data"
    answer = await stage.get(f"{path}?format=csv", stage.member())
    assert answer.headers["content-type"].startswith("text/csv")
    heading, line = answer.text.splitlines()
    assert heading.startswith("redemption_id,requested_at")
    assert (bought in line, METER in line) == (True, True)
    whole = (await stage.get(path, stage.member())).json()["redemptions"][0]
    assert (whole["target"], whole["amount_rupiah"]) == (METER, 21_590)
    handed_out = (await stage.get(path, stage.staff())).json()["redemptions"][0]
    assert (handed_out["amount_rupiah"], handed_out["target"], handed_out["token"]) == (21_590, None, None)
    elsewhere = stage.staff(claims={"regency_codes": (), "subdistrict_codes": ["12.07.27"]})
    for headers, status in ((stage.member(uuid7()), 404), (elsewhere, 404), (stage.operator(), 403)):
        assert (await stage.get(path, headers)).status_code == status
    assert (await stage.get(f"{path}?format=xml", stage.member())).status_code == 422


async def test_a_lower_cap_holds_at_a_counters_tablet(fresh_database: Fresh, tmp_path: Path) -> None:
    text = Path("deploy/rollout/deli-serdang.yaml").read_text(encoding="utf-8")
    cap = "  redemption_rupiah_a_day: 1000000\n"
    assert cap in text
    file = tmp_path / "rollout.yaml"
    file.write_text(text.replace(cap, cap + "  counter_rupiah_a_day: 60000\n", 1), encoding="utf-8")
    async with working(fresh_database("payout"), tmp_path, ROLLOUT_PATH=file) as stage:
        at_tablet = stage.member(claims={"tablet_id": uuid7()})
        wish = {"product": "tunai", "amount_rupiah": 40_000, "waste_bank_id": BANK}

        async def redeem(headers: dict[str, str], amount: int) -> Any:
            quote = await stage.post("/v1/quotes", headers, wish | {"amount_rupiah": amount})
            if quote.status_code != 201:
                return quote
            body = {"quote_id": quote.json()["quote_id"], "repeat_confirmed": True}
            return await stage.post("/v1/redemptions", headers | {"Idempotency-Key": str(uuid7())}, body)

        assert (await redeem(stage.member(), 100_000)).status_code == 202
        assert (await redeem(at_tablet, 40_000)).status_code == 202
        refused = await redeem(at_tablet, 40_000)
        assert (refused.status_code, refused.json()["code"]) == (409, "over_counter_cap")
        assert refused.json()["parameters"] == {"cap_rupiah": 60_000, "left_rupiah": 20_000}
        assert (await redeem(at_tablet, 20_000)).status_code == 202
        assert (await redeem(stage.member(), 100_000)).status_code == 202
