"""Adoption shows sums by sub-district, and what was done about a record that it could not obey."""

from datetime import UTC, datetime
from typing import Any

from services.adoption.workflows.rollout import take_up_rollout
from shared.kernel.ids import uuid7
from shared.runtime.rollout import load_rollout
from tests.matrix.asking import Recipes
from tests.matrix.people import SUBDISTRICT
from tests.matrix.scene import ROLLOUT, Scene


async def plant(scene: Scene) -> dict[str, Any]:
    """The rollout, as adoption takes it up when it starts, and a record that was tried again."""
    async with scene.service.database.transaction() as tx:
        await take_up_rollout(tx, load_rollout(ROLLOUT), datetime.now(UTC))
    letter_id, why = await scene.set_aside(), f"uji {uuid7()}"
    replay = f"/v1/dead-letters/{letter_id}:replay"
    await scene.say("POST", replay, scene.people.programme.header, {"reason": why})
    return {"shown": SUBDISTRICT, "subject_id": str(letter_id), "why": why}


RECIPES = Recipes(shows={"GET /v1/summary": "shown", "GET /v1/audit": "why"})
