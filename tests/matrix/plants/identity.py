"""Two members at one bank with a card, a proposed merge, a PIN that is being reset, an operator and their tablet."""

import functools
import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from services.identity.workflows.pins import Pins
from shared.kernel.ids import uuid7
from shared.kernel.roles import Role
from shared.runtime.sealing import Sealer, read_secrets
from tests.matrix.asking import Recipes
from tests.matrix.people import BANK, OTHER_AREA, OTHER_BANK
from tests.matrix.scene import Scene

DICE = random.Random(7)
PIN = "830417"


def newcomer(bank: str = BANK, member_id: Any = None) -> dict[str, Any]:
    """Somebody to enrol."""
    return {
        "member_id": str(member_id or uuid7()),
        "kind": "person",
        "name": f"Uji {DICE.randrange(10**6)}",
        "waste_bank_id": bank,
        "enrolled_at": datetime.now(UTC).isoformat(),
    }


async def sign_in_papers(scene: Scene, members: dict[str, Any]) -> UUID:
    """Everybody who can sign in has a PIN, and the member a trusted phone; returns its id."""
    for person in scene.people.by_key.values():
        if person.role is Role.SERVICE:
            continue
        code = members[person.who]["code"] if person.role is Role.MEMBER else f"UJI-{person.id.hex[-12:]}"
        await scene.run(
            "insert into credential (code, role, subject_id, pin_hash) values ($1, $2, $3, $4)",
            code,
            person.role.value,
            person.id,
            pin_hash(scene.service.settings.key_file),  # type: ignore[attr-defined]
        )
    device_id = uuid7()
    await scene.run(
        "insert into device (id, subject_id, token_hash, trusted_at, last_used_at) values ($1, $2, $3, now(), now())",
        device_id,
        scene.people.member.id,
        device_id.bytes * 2,
    )
    return device_id


@functools.cache
def pin_hash(key_file: Path) -> str:
    """Of the PIN that everybody has; making one takes a core fifty milliseconds."""
    return Pins(Sealer(read_secrets(key_file), "identity").pepper).hash_now(PIN)


async def plant(scene: Scene) -> dict[str, Any]:
    """Everything, anew."""
    people = scene.people
    operator, programme = people.operator.header, people.programme.header
    enrolled: dict[str, Any] = {}
    for person in people.of(Role.MEMBER):
        bank = OTHER_BANK if person.who == OTHER_AREA else BANK
        by = people[Role.OPERATOR, person.who].header
        enrolled[person.who] = await scene.say("POST", "/v1/members", by, newcomer(bank, person.id))
    member_id = str(people.member.id)
    twin = await scene.say("POST", "/v1/members", operator, newcomer())
    merge = await scene.say(
        "POST",
        f"/v1/members/{twin['member_id']}:propose-merge",
        operator,
        {"into_member_id": member_id, "reason": "orang yang sama"},
    )
    card = await scene.say("POST", f"/v1/members/{member_id}:issue-card", operator, {})
    code = f"OP-{DICE.randrange(1000, 99999)}"
    staff = {
        "staff_id": str(uuid7()),
        "code": code,
        "role": "operator",
        "name": "Operator Uji",
        "area": {"waste_bank_ids": [BANK]},
    }
    await scene.say("POST", "/v1/staff", programme, staff)
    tablet = await scene.say(
        "POST", "/v1/tablets", programme, {"name": f"uji {DICE.randrange(10**6)}", "waste_bank_id": BANK}
    )
    session_id = people.member.session_id
    await scene.run(
        "insert into session (id, subject_id, role, code, may_spend, mark, is_proven, started_at, last_used_at, "
        "expires_at, access_until) values ($1, $2, 'member', 'x', true, $3, true, now(), now(), "
        "now() + interval '1 day', now() + interval '1 hour')",
        session_id,
        people.member.id,
        bytes(32),
    )
    device_id = await sign_in_papers(scene, enrolled)
    reset = await scene.say(
        "POST", "/v1/pin-resets", operator, {"code": enrolled["own record"]["code"], "reason": "lupa"}
    )
    spare = await scene.say("POST", "/v1/members", operator, newcomer())
    return {
        "member_id": member_id,
        "subject_id": member_id,
        "twin_id": twin["member_id"],
        "spare_id": spare["member_id"],
        "merge_id": merge["merge_id"],
        "session_id": str(session_id),
        "device_id": str(device_id),
        "reset_id": reset["reset_id"],
        "card_id": card["card_id"],
        "card": {"card_number": card["number"], "card_secret": card["printed"]["secret"]},
        "number": card["number"],
        "staff_id": staff["staff_id"],
        "tablet_id": tablet["tablet_id"],
        "code": enrolled["own record"]["code"],
    }


RECIPES = Recipes(
    bodies={
        "POST /v1/members": lambda _: newcomer(),
        "POST /v1/members/{member_id}:erase": lambda _: {"reason": "uji"},
        "POST /v1/members:find": lambda planted: {"code": planted["code"]},
        "POST /v1/devices:trust": lambda planted: planted["card"],
        "POST /v1/members:batch": lambda _: {"members": [newcomer()]},
        "POST /v1/members/{member_id}:propose-merge": lambda planted: {
            "into_member_id": planted["spare_id"],
            "reason": "orang yang sama",
        },
        "POST /v1/members/{member_id}:change": lambda _: {"name": "Uji Ganti", "reason": "salah tulis"},
        "POST /v1/pin-resets": lambda planted: {"code": planted["code"], "reason": "lupa"},
        "POST /v1/pins:change": lambda _: {"old_pin": PIN, "new_pin": "951628"},
        "POST /v1/staff": lambda _: {
            "staff_id": str(uuid7()),
            "code": f"OP-{DICE.randrange(1000, 99999)}",
            "role": "operator",
            "name": "Operator Uji",
            "area": {"waste_bank_ids": [BANK]},
        },
        "POST /v1/staff/{staff_id}:move": lambda _: {"area": {"waste_bank_ids": [BANK]}, "reason": "uji"},
        "POST /v1/tablets": lambda _: {"name": f"uji {DICE.randrange(10**6)}", "waste_bank_id": BANK},
        "POST /v1/cards:allot": lambda _: {"waste_bank_id": BANK, "count": 1},
    },
    queries={"GET /v1/members:changes": lambda _: {"waste_bank_id": BANK}},
    ids={"POST /v1/members/{member_id}:issue-card": {"member_id": "spare_id"}},
    shows={
        "GET /v1/merges": "merge_id",
        "GET /v1/pin-resets": "reset_id",
        "GET /v1/sessions": "session_id",
        "POST /v1/members:find": "member_id",
        "GET /v1/staff": "staff_id",
        "GET /v1/tablets": "tablet_id",
        "GET /v1/audit": "card_id",
    },
)
