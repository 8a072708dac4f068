"""Cash over the counter: promised once, handed over once, never more than the box holds, and back if nobody comes."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from shared.contracts import CreditSettled, FloatChanged, RedemptionDelivered, RedemptionFailed
from shared.kernel.ids import uuid7
from shared.kernel.roles import Role
from tests.services.payout.stage import BANK, Stage, credit, working

Fresh = Callable[[str], str]
OTHER_BANK = "batang-kuis-pekan"


@pytest.fixture
async def stage(fresh_database: Fresh, tmp_path: Path) -> AsyncIterator[Stage]:
    async with working(fresh_database("payout"), tmp_path) as working_stage:
        yield working_stage


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def refusing_stage(
    lasting_database: Fresh, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Stage]:
    """One for all that is refused and leaves nothing behind."""
    async with working(lasting_database("payout"), tmp_path_factory.mktemp("refusing")) as working_stage:
        yield working_stage


async def bring(stage: Stage, amount_rupiah: int, bank: str = BANK, **claims: Any) -> Any:
    change = {
        "provider": f"counter:{bank}",
        "kind": "top_up" if amount_rupiah > 0 else "adjustment",
        "amount_rupiah": amount_rupiah,
        "reason": "kas dari program",
    }
    key = {"Idempotency-Key": str(uuid7())}
    return await stage.post("/v1/float/changes", stage.staff(claims=claims, **key), change)


async def promised(stage: Stage, amount_rupiah: int, bank: str = BANK) -> str:
    """Quote and redeem cash; the redemption's id once it is held."""
    wish = {"product": "tunai", "amount_rupiah": amount_rupiah, "waste_bank_id": bank}
    quote = await stage.post("/v1/quotes", stage.member(), wish)
    assert quote.status_code == 201, quote.text
    answer = await stage.redeem(quote.json()["quote_id"], repeat_confirmed=True)
    assert answer.status_code == 202, answer.text
    redemption_id = str(answer.json()["redemption_id"])
    await stage.until_state(redemption_id, "held")
    return redemption_id


async def hand_over(stage: Stage, redemption_id: str, headers: dict[str, str] | None = None) -> Any:
    return await stage.post(f"/v1/redemptions/{redemption_id}:hand-over", headers or stage.operator())


async def box(stage: Stage, query: str = "") -> dict[str, int]:
    answer = await stage.get(f"/v1/cash-boxes/{BANK}{query}", stage.operator())
    assert answer.status_code == 200, answer.text
    return {name: answer.json()[f"{name}_rupiah"] for name in ("opening", "in", "out", "closing")}


async def test_credit_becomes_cash_in_the_hand(stage: Stage) -> None:
    assert (await bring(stage, 200_000)).status_code == 201
    redemption_id = await promised(stage, 50_000)
    [standing] = (await stage.get("/v1/cash-boxes", stage.operator())).json()
    assert (standing["balance_rupiah"], standing["promised_rupiah"]) == (200_000, 50_000)
    waiting = (await stage.get(f"/v1/cash-boxes/{BANK}/waiting", stage.operator())).json()
    assert [(w["redemption_id"], w["amount_rupiah"]) for w in waiting] == [(redemption_id, 50_000)]
    given = await hand_over(stage, redemption_id)
    assert (given.status_code, given.json()["target"]) == (200, None)
    done = await stage.until_state(redemption_id, "settled")
    assert (done["cost_rupiah"], done["fee_rupiah"], done["waste_bank_id"]) == (50_000, 0, BANK)
    assert [step["state"] for step in done["timeline"]] == ["requested", "held", "succeeded", "settled"]
    assert (await hand_over(stage, redemption_id)).status_code == 200
    [said] = [event for event in await stage.said() if isinstance(event, RedemptionDelivered)]
    assert (said.provider, said.cost_rupiah, said.fee_rupiah) == (f"counter:{BANK}", 50_000, 0)
    assert said.product_kind == "cash"
    assert await box(stage) == {"opening": 0, "in": 200_000, "out": 50_000, "closing": 150_000}
    assert await box(stage, "?on=2090-01-01") == {"opening": 150_000, "in": 0, "out": 0, "closing": 150_000}
    assert not await stage.sales()
    lines = (await stage.get(f"/v1/audit?subject_id={redemption_id}", stage.staff())).json()["lines"]
    assert [(line["action"], line["actor_role"], line["actor_id"]) for line in lines] == [
        ("cash_handed_over", "operator", str(UUID(int=9)))
    ]


async def test_a_box_never_gives_more_than_it_holds(stage: Stage) -> None:
    first, second = await promised(stage, 50_000), await promised(stage, 50_000)
    empty = await hand_over(stage, first)
    assert (empty.status_code, empty.json()["code"]) == (409, "cash_box_empty")
    assert (await stage.read(first))["state"] == "held"
    assert (await bring(stage, 60_000)).status_code == 201
    answers = await asyncio.gather(*(hand_over(stage, each) for each in (first, second) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [200] * 3 + [409] * 3
    assert (await box(stage))["closing"] == 10_000
    too_much = await bring(stage, -10_001)
    assert (too_much.status_code, too_much.json()["code"]) == (409, "cash_box_empty")
    assert (await bring(stage, -10_000)).status_code == 201
    assert (await box(stage))["closing"] == 0
    changes = [event for event in await stage.said() if isinstance(event, FloatChanged)]
    assert [change.amount_rupiah for change in changes] == [60_000, -10_000]
    assert len(await stage.rows("select 1 from float_change")) == 2


async def test_cash_that_nobody_fetches_goes_back(fresh_database: Fresh, tmp_path: Path) -> None:
    async with working(fresh_database("payout"), tmp_path, hand_over_hours=0.0002) as stage:
        await bring(stage, 100_000)
        wish = {"product": "tunai", "amount_rupiah": 50_000, "waste_bank_id": BANK}
        quote = (await stage.post("/v1/quotes", stage.member(), wish)).json()
        redemption_id = (await stage.redeem(quote["quote_id"])).json()["redemption_id"]
        done = await stage.until_state(redemption_id, "released")
        assert done["reason"] == "not_collected"
        late = await hand_over(stage, redemption_id)
        assert (late.status_code, late.json()["code"]) == (409, "redemption_not_for_hand_over")
        assert (await box(stage))["closing"] == 100_000


async def test_the_member_may_change_their_mind_before(stage: Stage) -> None:
    await bring(stage, 100_000)
    redemption_id = await promised(stage, 20_000)
    assert (await stage.read(redemption_id))["may_be_cancelled"]
    path = f"/v1/redemptions/{redemption_id}:cancel"
    assert (await stage.post(path, stage.member())).status_code == 200
    assert (await stage.post(path, stage.member())).status_code == 200
    assert (await hand_over(stage, redemption_id)).json()["code"] == "redemption_not_for_hand_over"
    assert (await stage.until_state(redemption_id, "released"))["reason"] == "cancelled_by_member"
    given = await promised(stage, 20_000)
    assert (await hand_over(stage, given)).status_code == 200
    late = await stage.post(f"/v1/redemptions/{given}:cancel", stage.member())
    assert late.json()["code"] == "redemption_not_cancellable"


async def test_handing_over_cancelling_and_time_running_out_at_once_end_in_one_way(
    fresh_database: Fresh, tmp_path: Path
) -> None:
    async with working(fresh_database("payout"), tmp_path, courier_look_seconds=0.01) as stage:
        await bring(stage, 1_000_000)
        ids = [await promised(stage, 10_000) for _ in range(12)]
        async with stage.database.transaction() as tx:
            await tx.execute(
                "update redemption set next_ask_at = now() where redemption_id = any($1)", ids[::3]
            )
        await asyncio.gather(
            *(hand_over(stage, each) for each in ids for _ in range(2)),
            *(stage.post(f"/v1/redemptions/{each}:cancel", stage.member()) for each in ids[1::2]),
        )
        for each in ids:
            await stage.until_state(each, "settled", "released")
        ended: dict[UUID, set[str]] = {}
        for event in await stage.said():
            if isinstance(event, RedemptionDelivered | RedemptionFailed):
                ended.setdefault(event.redemption_id, set()).add(type(event).__name__)
        assert len(ended) == 12
        assert all(len(ends) == 1 for ends in ended.values())
        delivered = sum("RedemptionDelivered" in ends for ends in ended.values())
        assert (await box(stage))["out"] == delivered * 10_000


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"amount_rupiah": 9_000}, "cash_amount_wrong"),
        ({"amount_rupiah": 10_500}, "cash_amount_wrong"),
        ({"amount_rupiah": 501_000}, "cash_amount_wrong"),
        ({}, "cash_amount_wrong"),
        ({"amount_rupiah": 10_000, "waste_bank_id": "nowhere"}, "unknown_area"),
        ({"amount_rupiah": 10_000, "waste_bank_id": None}, "unknown_area"),
        ({"amount_rupiah": -10_000}, "invalid_request"),
        ({"amount_rupiah": 10**18}, "invalid_request"),
        ({"amount_rupiah": "10000"}, "invalid_request"),
    ],
)
@pytest.mark.asyncio(loop_scope="module")
async def test_what_cash_cannot_be_promised(refusing_stage: Stage, wish: dict[str, Any], code: str) -> None:
    stage = refusing_stage
    whole = {"product": "tunai", "waste_bank_id": BANK} | wish
    answer = await stage.post("/v1/quotes", stage.member(), whole)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert "aman" in answer.json()["detail"]


async def test_a_quote_tells_that_the_box_is_short(stage: Stage) -> None:
    wish = {"product": "tunai", "amount_rupiah": 50_000, "waste_bank_id": BANK}
    assert (await stage.post("/v1/quotes", stage.member(), wish)).json()["warning"] == "cash_box_short"
    await bring(stage, 70_000)
    quote = (await stage.post("/v1/quotes", stage.member(), wish)).json()
    assert (quote["warning"], quote["target"], quote["amount_rupiah"]) == (None, None, 50_000)
    await promised(stage, 50_000)
    assert (await stage.post("/v1/quotes", stage.member(), wish)).json()["warning"] == "cash_box_short"
    [cash] = (await stage.get("/v1/products?kind=cash", stage.member())).json()
    assert (cash["smallest_rupiah"], cash["largest_rupiah"], cash["step_rupiah"]) == (10_000, 500_000, 1_000)
    assert cash["available"]


async def test_only_another_operator_of_the_bank_hands_over(stage: Stage) -> None:
    await bring(stage, 100_000)
    redemption_id = await promised(stage, 20_000)
    elsewhere = stage.operator(OTHER_BANK, subdistrict_codes=["12.07.27"])
    for headers, status, code in (
        (elsewhere, 404, "unknown_redemption"),
        (stage.operator("lubuk-pakam-cemara"), 404, "unknown_redemption"),
        (stage.operator(subject=stage.member_id), 403, "hand_over_to_oneself"),
        (stage.operator(member_id=stage.member_id), 403, "hand_over_to_oneself"),
        (stage.member(), 403, "not_allowed"),
        (stage.staff(), 403, "not_allowed"),
    ):
        answer = await hand_over(stage, redemption_id, headers)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (await hand_over(stage, str(uuid7()))).status_code == 404
    assert (
        await stage.client.post(f"{stage.door}/v1/redemptions/{redemption_id}:hand-over")
    ).status_code == 401
    token = await stage.buy("pulsa-xl-10k", "087800001301")
    assert (await hand_over(stage, token)).status_code == 404


async def test_a_cash_box_is_shown_within_its_area_only(stage: Stage) -> None:
    path = f"/v1/cash-boxes/{BANK}"
    for headers, status in (
        (stage.operator(), 200),
        (stage.staff(), 200),
        (stage.staff(claims={"regency_codes": (), "subdistrict_codes": ["12.07.28"]}), 200),
        (stage.staff(claims={"regency_codes": (), "subdistrict_codes": ["12.07.27"]}), 404),
        (stage.staff(claims={"regency_codes": ["12.71"]}), 404),
        (stage.operator(OTHER_BANK, subdistrict_codes=["12.07.28"]), 404),
        (stage.member(), 403),
        (stage.mint.header(Role.OFFICE), 403),
    ):
        for below in ("", "/waiting"):
            answer = await stage.get(path + below, headers)
            assert answer.status_code == status, (below, answer.text)
    banks = {box["waste_bank_id"] for box in (await stage.get("/v1/cash-boxes", stage.staff())).json()}
    assert {BANK, OTHER_BANK} <= banks
    narrow = stage.staff(claims={"regency_codes": (), "subdistrict_codes": ["12.07.27"]})
    assert [box["waste_bank_id"] for box in (await stage.get("/v1/cash-boxes", narrow)).json()] == [
        OTHER_BANK
    ]
    assert (await stage.get("/v1/cash-boxes", stage.member())).status_code == 403
    assert (await stage.get("/v1/cash-boxes/nowhere", stage.staff())).json()["code"] == "unknown_cash_box"
    for on in ("yesterday", "0001-01-01", "9999-12-31", "2026-02-30"):
        assert (await stage.get(f"{path}?on={on}", stage.staff())).status_code == 422, on


async def test_cash_is_brought_by_staff_of_the_area(stage: Stage) -> None:
    here: dict[str, Any]
    there: dict[str, Any]
    here, there = {"subdistrict_codes": ["12.07.28"]}, {"subdistrict_codes": ["12.07.27"]}
    assert (await bring(stage, 50_000, BANK, regency_codes=(), **here)).status_code == 201
    foreign = await bring(stage, 50_000, BANK, regency_codes=(), **there)
    assert (foreign.status_code, foreign.json()["code"]) == (403, "not_your_area")
    nowhere = await bring(stage, 50_000, "nowhere")
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "unknown_provider")
    biller = {"provider": "digiflazz", "kind": "top_up", "amount_rupiah": 5, "reason": "isi"}
    key = {"Idempotency-Key": str(uuid7())}
    narrow = stage.staff(claims={"regency_codes": (), **here}, **key)
    assert (await stage.post("/v1/float/changes", narrow, biller)).json()["code"] == "not_your_area"
    assert (await stage.get("/v1/float", narrow)).json()["code"] == "not_your_area"
    assert (await box(stage))["in"] == 50_000
    lines = (await stage.get(f"/v1/audit?subject_id=counter:{BANK}", stage.staff())).json()["lines"]
    assert [(line["action"], line["after"]["amount_rupiah"]) for line in lines] == [("float_changed", 50_000)]


async def test_a_person_decides_about_cash_whose_books_disagree(
    fresh_database: Fresh, tmp_path: Path
) -> None:
    async with working(fresh_database("payout"), tmp_path) as stage:
        await bring(stage, 30_000)
        redemption_id = await promised(stage, 20_000)
        [requested] = [
            e for e in await stage.said() if getattr(e, "redemption_id", None) == UUID(redemption_id)
        ]
        await stage.hear(credit(requested, CreditSettled))
        assert (await stage.read(redemption_id))["state"] == "review"
        path = f"/v1/redemptions/{redemption_id}:review"
        again = await stage.post(path, stage.staff(), {"decision": "ask_again", "reason": "?"})
        assert again.json()["code"] == "review_decision_impossible"
        elsewhere = stage.staff(claims={"regency_codes": (), "subdistrict_codes": ["12.07.27"]})
        hidden = await stage.post(path, elsewhere, {"decision": "failed", "reason": "?"})
        assert (hidden.status_code, hidden.json()["code"]) == (404, "unknown_redemption")
        assert (await stage.get("/v1/reviews", elsewhere)).json()["reviews"] == []
        assert len((await stage.get("/v1/reviews", stage.staff())).json()["reviews"]) == 1
        await bring(stage, -20_000)
        given = {"decision": "delivered", "reason": "diserahkan menurut buku kas"}
        assert (await stage.post(path, stage.staff(), given)).json()["code"] == "cash_box_empty"
        await bring(stage, 20_000)
        assert (await stage.post(path, stage.staff(), given)).status_code == 200
        assert (await box(stage))["closing"] == 10_000
        lines = (await stage.get(f"/v1/audit?subject_id={redemption_id}", stage.staff())).json()["lines"]
        assert [(line["action"], line["reason"]) for line in lines] == [("review_decided", given["reason"])]
