"""A member with a credit, and a passbook import that waits for its second person."""

from datetime import UTC, datetime
from typing import Any

from shared.contracts import DepositValued, MemberRegistered, ValuedLine
from shared.kernel.ids import uuid7
from tests.matrix.asking import Planted, Recipes
from tests.matrix.people import BANK, SUBDISTRICT
from tests.matrix.scene import Scene


def passbooks(_: Planted) -> dict[str, Any]:
    """A file of one passbook of somebody whom nobody else imports."""
    return {
        "waste_bank_id": BANK,
        "csv": f"member_id,balance_rupiah,as_of\n{uuid7()},12000,2026-10-01\n",
    }


async def plant(scene: Scene) -> dict[str, Any]:
    """Everything, anew; the credit grows."""
    people = scene.people
    now = datetime.now(UTC)
    member = {
        "event_id": uuid7(),
        "recorded_at": now,
        "member_id": people.member.id,
        "waste_bank_id": BANK,
        "subdistrict_code": SUBDISTRICT,
    }
    if MemberRegistered in scene.service.hearing.handlers:  # type: ignore[union-attr]
        await scene.hear(
            MemberRegistered(**member, kind="person", enrolled_at=now, enrolled_by=uuid7(), has_phone=False)
        )
    line = ValuedLine(
        item_code="P05",
        waste_class="plastic",
        grade="bersih",
        unit="kg",
        quantity=1_000,
        price_rupiah=5_000,
        value_rupiah=5_000,
        reporting_grams=1_000,
    )
    await scene.hear(
        DepositValued(
            **member,
            deposit_id=uuid7(),
            weighed_at=now,
            price_list_id=uuid7(),
            list_in_force_id=uuid7(),
            lines=(line,),
            gross_rupiah=5_000,
            net_rupiah=5_000,
        )
    )
    import_id = str(uuid7())
    await scene.say(
        "POST",
        "/v1/passbook-imports",
        people.operator.header,
        {**passbooks({}), "import_id": import_id, "total_rupiah": 12_000},
    )
    return {"member_id": str(people.member.id), "import_id": import_id, "subject_id": import_id}


RECIPES = Recipes(
    bodies={
        "POST /v1/passbook-imports:preview": passbooks,
        "POST /v1/passbook-imports": lambda planted: {
            **passbooks(planted),
            "import_id": str(uuid7()),
            "total_rupiah": 12_000,
        },
    },
    queries={"GET /v1/passbook-imports": lambda _: {"limit": 100}},
    shows={
        "GET /v1/passbook-imports": "import_id",
        "GET /v1/audit": "import_id",
    },
)
