"""A deposit, one in quarantine, a bag, a pair that looks alike and a tablet's report: all of one member at one bank."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.contracts import MemberRegistered
from shared.kernel.ids import uuid7
from shared.kernel.roles import Role
from tests.matrix.asking import Planted, Recipes
from tests.matrix.people import BANK, OTHER_AREA, OTHER_BANK, OTHER_SUBDISTRICT, OWN, SUBDISTRICT
from tests.matrix.scene import Scene

PRICE_LIST = "01a0d15b-0b80-7000-8000-000000000001"
LABELS = random.Random(4)


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
    return planted | {
        "bag_id": bag["bag_id"],
        "suspicion_id": suspicion["suspicion_id"],
        "doubtful_id": again["deposit_id"],
        "tablet_id": str(operator.tablet_id),
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
        "POST /v1/suspicions/{suspicion_id}:void": lambda planted: {
            "deposit_id": planted["doubtful_id"],
            "reason": "dua kali",
        },
    },
    queries={
        "GET /v1/deposits": lambda _: {"limit": 200},
        "GET /v1/quarantine": lambda _: {"limit": 200},
        "GET /v1/bags": lambda _: {"limit": 200},
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
    },
)
