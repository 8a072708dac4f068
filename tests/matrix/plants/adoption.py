"""Adoption shows sums by sub-district: what must be absent elsewhere is the sub-district itself."""

from datetime import UTC, datetime
from typing import Any

from services.adoption.workflows.rollout import take_up_rollout
from shared.runtime.rollout import load_rollout
from tests.matrix.asking import Recipes
from tests.matrix.people import SUBDISTRICT
from tests.matrix.scene import ROLLOUT, Scene


async def plant(scene: Scene) -> dict[str, Any]:
    """The rollout, as adoption takes it up when it starts."""
    async with scene.service.database.transaction() as tx:
        await take_up_rollout(tx, load_rollout(ROLLOUT), datetime.now(UTC))
    return {"shown": SUBDISTRICT}


RECIPES = Recipes(shows={"GET /v1/summary": "shown"})
