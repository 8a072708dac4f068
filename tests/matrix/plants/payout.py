"""Cash that a member is to fetch at a counter, and a dispute about it."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from shared.contracts import CreditHeld
from shared.kernel.ids import uuid7
from shared.runtime.audit import Act, note
from tests.matrix.asking import Planted, Recipes
from tests.matrix.people import BANK, SUBDISTRICT
from tests.matrix.scene import Scene

AMOUNT = 20_000
CASH = {"product": "tunai", "amount_rupiah": AMOUNT, "waste_bank_id": BANK}


async def plant(scene: Scene) -> dict[str, Any]:
    """Everything, anew."""
    people = scene.people
    member = people.member
    quote = await scene.say("POST", "/v1/quotes", member.header, CASH)
    quotes = {"quote_id": quote["quote_id"]}
    keyed = {**member.header, "Idempotency-Key": str(uuid7())}
    redemption = await scene.say("POST", "/v1/redemptions", keyed, quotes)
    redemption_id = redemption["redemption_id"]
    await scene.hear(
        CreditHeld(
            event_id=uuid7(),
            recorded_at=datetime.now(UTC),
            member_id=member.id,
            redemption_id=redemption_id,
            subdistrict_code=SUBDISTRICT,
            amount_rupiah=AMOUNT,
        )
    )
    await scene.run(
        "insert into redemption select (jsonb_populate_record(r, jsonb_build_object('redemption_id', $2::text, "
        "'quote_id', gen_random_uuid(), 'idempotency_key', $2::text, 'state', 'review'))).* "
        "from redemption r where redemption_id = $1",
        UUID(redemption_id),
        str(reviewed := uuid7()),
    )
    async with scene.service.database.transaction() as tx:
        act = Act(
            action="looked_at",
            subject_kind="redemption",
            subject_id=redemption_id,
            subdistrict_code=SUBDISTRICT,
            reason=(note_id := str(uuid7())),
        )
        await note(tx, [act], datetime.now(UTC))
    dispute = await scene.say(
        "POST", "/v1/disputes", member.header, dispute_opened({"redemption_id": redemption_id})
    )
    fresh = await scene.say("POST", "/v1/quotes", member.header, {**CASH, "amount_rupiah": 10_000})
    return {
        "member_id": str(member.id),
        "redemption_id": redemption_id,
        "review_id": str(reviewed),
        "note_id": note_id,
        "bank": BANK,
        "dispute_id": dispute["dispute_id"],
        "quote_id": fresh["quote_id"],
        "subject_id": redemption_id,
    }


def dispute_opened(planted: Planted) -> dict[str, Any]:
    """As the member complains."""
    return {
        "dispute_id": str(uuid7()),
        "redemption_id": planted["redemption_id"],
        "complaint": "not_received",
        "words": "belum diterima",
    }


RECIPES = Recipes(
    bodies={
        "POST /v1/quotes": lambda _: CASH,
        "POST /v1/disputes": dispute_opened,
        "POST /v1/float/changes": lambda _: {
            "provider": f"counter:{BANK}",
            "kind": "top_up",
            "amount_rupiah": 100_000,
            "reason": "uji",
        },
    },
    ids={"POST /v1/redemptions/{redemption_id}:review": {"redemption_id": "review_id"}},
    shows={
        "GET /v1/reviews": "review_id",
        "GET /v1/cash-boxes": "bank",
        "GET /v1/audit": "note_id",
        "GET /v1/redemptions": "redemption_id",
        "GET /v1/disputes": "dispute_id",
        "GET /v1/cash-boxes/{waste_bank_id}/waiting": "redemption_id",
    },
)
