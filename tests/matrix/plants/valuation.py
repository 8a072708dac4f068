"""A flagged deposit, a valued one, and a draft of a price list for one waste bank."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.contracts import DepositLine, DepositRecorded
from shared.kernel.ids import uuid7
from tests.matrix.asking import Planted, Recipes
from tests.matrix.people import BANK, SUBDISTRICT
from tests.matrix.scene import Scene

GENERAL = "01a0d15b-0b80-7000-8000-000000000001"


async def plant(scene: Scene) -> dict[str, Any]:
    """Everything, anew."""
    people = scene.people
    current = await _published(scene)
    (price,) = [
        each["price_rupiah"]
        for each in current["prices"]
        if (each["item_code"], each["grade"]) == ("P05", "bersih")
    ]
    flagged, plain = (
        DepositRecorded(
            event_id=uuid7(),
            recorded_at=datetime.now(UTC),
            deposit_id=uuid7(),
            member_id=people.member.id,
            waste_bank_id=BANK,
            subdistrict_code=SUBDISTRICT,
            # Apart from each other, so that the heavy one makes only itself odd.
            weighed_at=datetime.now(UTC) - timedelta(days=2 if grams < 1_000_000 else 0),
            tablet_id=uuid7(),
            recorder_id=people.operator.id,
            channel="assisted",
            price_list_id=current["price_list_id"],
            lines=(
                DepositLine(
                    item_code="P05",
                    grade="bersih",
                    unit="kg",
                    quantity=grams,
                    shown_rupiah=grams * price // 1000,
                ),
            ),
        )
        for grams in (900_000_000, 1_000)
    )
    await scene.hear(flagged, plain)
    draft = await scene.client.put(
        f"/v1/price-list-drafts/{uuid7()}", json=draft_of(current), headers=people.programme.header
    )
    assert draft.status_code == 200, draft.text
    await scene.run(
        "update valuation set price_difference_rupiah = 1 where deposit_id = $1", plain.deposit_id
    )
    exception = exception_proposed({})
    await scene.say("POST", "/v1/price-exceptions", people.operator.header, exception)
    return {
        "exception_id": exception["exception_id"],
        "subject_id": exception["exception_id"],
        "deposit_id": str(flagged.deposit_id),
        "valued_id": str(plain.deposit_id),
        "member_id": str(people.member.id),
        "price_list_id": draft.json()["price_list_id"],
        "published": current,
    }


async def _published(scene: Scene) -> Any:
    """The list in force; the service takes its files up right after it starts."""
    async with asyncio.timeout(20):
        while True:
            answer = await scene.client.get("/v1/price-lists/current", params={"waste_bank_id": BANK})
            if answer.status_code == 200:
                return answer.json()
            await asyncio.sleep(0.05)


def draft_of(current: Any) -> dict[str, Any]:
    """The list in force once more, for one waste bank."""
    return {
        "name": "Daftar uji",
        "waste_bank_id": BANK,
        "based_on": current["price_list_id"],
        "prices": [
            {name: each[name] for name in ("item_code", "grade", "price_rupiah", "source") if each.get(name)}
            for each in current["prices"]
        ],
        "deductions": [],
    }


def exception_proposed(_: Planted) -> dict[str, Any]:
    """Another price for one item at one waste bank, from now on for a week."""
    now = datetime.now(UTC)
    return {
        "exception_id": str(uuid7()),
        "waste_bank_id": BANK,
        "price": {"item_code": "P05", "grade": "bersih", "price_rupiah": 2_000},
        "from_at": (now + timedelta(minutes=1)).isoformat(),
        "until_at": (now + timedelta(days=7)).isoformat(),
        "reason": "uji",
    }


def _draft(planted: Planted) -> dict[str, Any]:
    return draft_of(planted["published"])


RECIPES = Recipes(
    bodies={
        "PUT /v1/price-list-drafts/{price_list_id}": _draft,
        "POST /v1/price-exceptions": exception_proposed,
    },
    queries={
        "GET /v1/flags": lambda _: {"limit": 200},
        "GET /v1/price-differences": lambda _: {"limit": 200},
        "GET /v1/price-list-drafts": lambda _: {"limit": 200},
        "GET /v1/price-exceptions": lambda _: {"limit": 200},
    },
    ids={
        "GET /v1/price-lists/{price_list_id}": {},
        "GET /v1/valuations/{deposit_id}": {"deposit_id": "valued_id"},
    },
    shows={
        "GET /v1/flags": "deposit_id",
        "GET /v1/price-differences": "valued_id",
        "GET /v1/price-list-drafts": "price_list_id",
        "GET /v1/price-exceptions": "exception_id",
        "GET /v1/audit": "exception_id",
    },
)
