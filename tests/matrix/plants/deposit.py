"""A deposit, one in quarantine, a bag, a pair that looks alike and a tablet's report: all of one member at one bank."""

import itertools
import random
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from shared.contracts import MemberRegistered
from shared.kernel.ids import uuid7
from shared.kernel.roles import Role
from tests.matrix.asking import Planted, Recipes
from tests.matrix.people import BANK, OTHER_AREA, OTHER_BANK, OTHER_SUBDISTRICT, OWN, SUBDISTRICT
from tests.matrix.scene import Scene
from tests.signing import signed_text

PRICE_LIST = "01a0d15b-0b80-7000-8000-000000000001"
LABELS = random.Random(4)
DAYS = itertools.count()


def weighing(planted: Planted, **changes: Any) -> dict[str, Any]:
    """A deposit as the tablet sends it, of a weight of its own."""
    return {
        "deposit_id": str(uuid7()),
        "member_id": str(planted["member_id"]),
        "waste_bank_id": BANK,
        "channel": "assisted",
        "weighed_at": (datetime.now(UTC) - timedelta(minutes=5)).isoformat(),
        "price_list_id": PRICE_LIST,
        "lines": [
            {
                "item_code": "P05",
                "grade": "bersih",
                "unit": "kg",
                "quantity": LABELS.randrange(1, 50_000),
                "shown_rupiah": 100,
            }
        ],
    } | changes


def labelled(planted: Planted) -> dict[str, Any]:
    """A bag as the tablet names it."""
    return {
        "bag_id": str(uuid7()),
        "member_id": str(planted["member_id"]),
        "waste_bank_id": BANK,
        "label": f"LP-{LABELS.randrange(10**9)}",
        "received_at": datetime.now(UTC).isoformat(),
    }


async def plant(scene: Scene) -> dict[str, Any]:
    """Everything, anew."""
    people, operator = scene.people, scene.people.operator
    planted: dict[str, Any] = {"member_id": str(people.member.id), "subject_id": str(people.member.id)}
    await scene.hear(
        *(
            MemberRegistered(
                event_id=uuid7(),
                recorded_at=datetime.now(UTC),
                member_id=person.id,
                kind="person",
                waste_bank_id=OTHER_BANK if person.who == OTHER_AREA else BANK,
                subdistrict_code=OTHER_SUBDISTRICT if person.who == OTHER_AREA else SUBDISTRICT,
                enrolled_at=datetime.now(UTC),
                enrolled_by=uuid7(),
                has_phone=False,
            )
            for person in people.of(Role.MEMBER)
        )
    )
    pair = weighing(planted)
    again = {**pair, "deposit_id": str(uuid7())}
    early = weighing(planted, weighed_at="2026-01-05T09:00:00+07:00")
    answer = await scene.say(
        "POST",
        "/v1/deposits:batch",
        operator.header,
        {"deposits": [weighing(planted), early, pair, again]},
    )
    first, aside, _, doubtful = answer["results"]
    assert (first["state"], aside["state"]) == ("recorded", "quarantined"), answer
    planted |= {"deposit_id": first["deposit_id"], "aside_id": aside["deposit_id"]}
    assert doubtful["suspected_duplicate_of"] == pair["deposit_id"], answer
    bag = labelled(planted)
    await scene.say("POST", "/v1/bags:batch", operator.header, {"bags": [bag]})
    await scene.say("POST", "/v1/tablets:report", operator.header, report(planted))
    found = await scene.say("GET", "/v1/suspicions", people[Role.PROGRAMME, OWN].header, limit=200)
    (suspicion,) = [
        each
        for each in found["suspicions"]
        if again["deposit_id"] in {each["deposit_id"], each["other_deposit_id"]}
    ]
    await _field_day(scene, planted)
    return planted | {
        "subject_id": planted["lot_id"],
        "bag_id": bag["bag_id"],
        "suspicion_id": suspicion["suspicion_id"],
        "doubtful_id": again["deposit_id"],
        "tablet_id": str(operator.tablet_id),
    }


async def _field_day(scene: Scene, planted: dict[str, Any]) -> None:
    """A pick-up, a dispute, a buyer, a lot and a closed day."""
    operator = scene.people.operator.header
    pickup = await scene.say("POST", "/v1/pickups", scene.people.member.header, pickup_asked(planted))
    dispute = await scene.say("POST", "/v1/disputes", scene.people.member.header, dispute_opened(planted))
    buyer = await scene.say("POST", "/v1/buyers", operator, buyer_noted(planted))
    planted |= {
        "pickup_id": pickup["pickup_id"],
        "pickup_on": pickup["scheduled_on"],
        "dispute_id": dispute["dispute_id"],
        "buyer_id": buyer["buyer_id"],
    }
    lot = await scene.say("POST", "/v1/lots", operator, lot_sold(planted))
    closing = closing_counted(planted)
    # Its door asks payout for the cash, and payout is not here.
    await scene.run(
        "insert into closing (closing_id, waste_bank_id, subdistrict_code, day_on, closed_at, closed_by, classes, "
        "cash_booked_rupiah, cash_counted_rupiah, deposit_ids) "
        "values ($1, $2, $3, $4, now(), $5, '[]', 0, 0, '{}')",
        UUID(closing["closing_id"]),
        BANK,
        SUBDISTRICT,
        (closed_on := date(2021, 1, 1) + timedelta(days=next(DAYS))),
        scene.people.operator.id,
    )
    planted |= {
        "lot_id": lot["lot_id"],
        "closing_id": closing["closing_id"],
        "closed_on": closed_on.isoformat(),
    }


def _for_whom(planted: Planted) -> dict[str, Any]:
    """Staff say for which member; members ask for themselves."""
    staff = planted.get("role") not in {None, Role.MEMBER}
    return {"member_id": planted["member_id"]} if staff else {}


def pickup_asked(planted: Planted) -> dict[str, Any]:
    """As the member asks."""
    return _for_whom(planted) | {
        "pickup_id": str(uuid7()),
        "waste_bank_id": BANK,
        "estimated_grams": 20_000,
        "place": {"address": "Jalan Uji 1"},
    }


def dispute_opened(planted: Planted) -> dict[str, Any]:
    """As the member complains."""
    return _for_whom(planted) | {
        "dispute_id": str(uuid7()),
        "complaint": "weight",
        "words": "kurang berat",
        "deposit_id": planted["deposit_id"],
    }


def buyer_noted(_: Planted) -> dict[str, Any]:
    """Somebody who buys plastic."""
    return {"buyer_id": str(uuid7()), "waste_bank_id": BANK, "name": "Pembeli Uji", "contact": "0812"}


def lot_sold(planted: Planted) -> dict[str, Any]:
    """A small lot."""
    return {
        "lot_id": str(uuid7()),
        "waste_bank_id": BANK,
        "buyer_id": planted["buyer_id"],
        "sold_at": datetime.now(UTC).isoformat(),
        "lines": [{"item_code": "P05", "weight_grams": 1, "price_rupiah": 3_000}],
        "beyond_stock_reason": "uji",
    }


def closing_counted(_: Planted) -> dict[str, Any]:
    """A day of its own, some time ago."""
    on = datetime.now(UTC).date() - timedelta(days=LABELS.randrange(2, 60))
    return {
        "closing_id": str(uuid7()),
        "waste_bank_id": BANK,
        "on": on.isoformat(),
        "classes": [],
        "cash_counted_rupiah": 0,
    }


def report(_: Planted) -> dict[str, Any]:
    """A tablet that has nothing to complain about."""
    return {
        "waste_bank_id": BANK,
        "reported_at": datetime.now(UTC).isoformat(),
        "app_version": "1.0.0",
        "queue_length": 0,
    }


RECIPES = Recipes(
    bodies={
        "POST /v1/deposits:batch": lambda planted: {"deposits": [weighing(planted)]},
        "POST /v1/deposits:carried": lambda planted: {
            "deposits": [{"signed": signed_text(weighing(planted)), "signature": "A" * 86}]
        },
        "POST /v1/deposits": weighing,
        "POST /v1/deposits/{deposit_id}:correct": lambda planted: {
            "reason": "salah timbang",
            "deposit": weighing(planted),
        },
        "POST /v1/group-deposits": lambda planted: {
            **{
                name: value
                for name, value in weighing(planted).items()
                if name in {"waste_bank_id", "weighed_at", "price_list_id"}
            },
            "rows": [
                {
                    "deposit_id": str(uuid7()),
                    "member_id": planted["member_id"],
                    "lines": weighing(planted)["lines"],
                }
            ],
        },
        "POST /v1/bags:batch": lambda planted: {"bags": [labelled(planted)]},
        "POST /v1/tablets:report": report,
        "POST /v1/pickups": pickup_asked,
        "POST /v1/disputes": dispute_opened,
        "POST /v1/buyers": buyer_noted,
        "POST /v1/lots": lot_sold,
        "POST /v1/closings": closing_counted,
        "POST /v1/stock-counts": lambda _: {
            "count_id": str(uuid7()),
            "waste_bank_id": BANK,
            "counted_at": datetime.now(UTC).isoformat(),
            "lines": [{"item_code": "P05", "counted_grams": 5}],
        },
        "POST /v1/suspicions/{suspicion_id}:void": lambda planted: {
            "deposit_id": planted["doubtful_id"],
            "reason": "dua kali",
        },
    },
    queries={
        "GET /v1/deposits": lambda _: {"limit": 200},
        "GET /v1/quarantine": lambda _: {"limit": 200},
        "GET /v1/pickups": lambda planted: (
            {} if planted["role"] is Role.MEMBER else {"waste_bank_id": BANK, "on": planted["pickup_on"]}
        ),
        "GET /v1/bags": lambda _: {"waste_bank_id": BANK, "limit": 200},
        "GET /v1/closings": lambda planted: {"waste_bank_id": BANK, "on": planted["closed_on"]},
        "GET /v1/lots": lambda _: {"waste_bank_id": BANK, "limit": 200},
        "GET /v1/suspicions": lambda _: {"limit": 200},
    },
    ids={
        "POST /v1/quarantine/{deposit_id}:accept": {"deposit_id": "aside_id"},
        "POST /v1/quarantine/{deposit_id}:reject": {"deposit_id": "aside_id"},
    },
    shows={
        "GET /v1/deposits": "deposit_id",
        "GET /v1/quarantine": "aside_id",
        "GET /v1/bags": "bag_id",
        "GET /v1/suspicions": "suspicion_id",
        "GET /v1/tablets": "tablet_id",
        "GET /v1/pickups": "pickup_id",
        "GET /v1/disputes": "dispute_id",
        "GET /v1/buyers": "buyer_id",
        "GET /v1/lots": "lot_id",
        "GET /v1/audit": "lot_id",
        "GET /v1/closings": "closing_id",
    },
)
