"""Signing in, and the desk of the programme: prices, flags, quarantine."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from httpx import Response

from shared.kernel.ids import uuid7
from tests.demo.doors import Door


@dataclass(frozen=True)
class Person:
    """Somebody of the staff with code and PIN, as the seed wrote them down."""

    id: UUID
    code: str
    pin: str
    name: str
    waste_bank_ids: tuple[str, ...]
    tablet_id: UUID | None
    tablet_secret: str | None = field(default=None, repr=False)


def read_people(file: Path) -> Mapping[str, list[Person]]:
    """The seeded people by role: `operator`, `programme`, `office`, `member`, in the order of the file."""
    people: defaultdict[str, list[Person]] = defaultdict(list)
    for each in json.loads(file.read_text(encoding="utf-8")):
        people[each["role"]].append(
            Person(
                UUID(each["id"]),
                each["code"],
                each["pin"],
                each["name"],
                tuple(each.get("waste_bank_ids", ())),
                UUID(each["tablet_id"]) if each.get("tablet_id") else None,
                each.get("tablet_secret"),
            )
        )
    return people


async def sign_in(
    identity: Door, code: str, pin: str, tablet_id: UUID | None = None, tablet_secret: str | None = None
) -> str:
    """A token for the holder of a code and its PIN; a tablet shows its secret."""
    body = {"code": code, "pin": pin}
    if tablet_id is not None and tablet_secret is not None:
        body |= {"tablet_id": str(tablet_id), "tablet_secret": tablet_secret}
    answer = await identity.post("/v1/tokens", body)
    return str(answer["access_token"])


class Desk:
    """The programme's desk: everything that needs more than an operator."""

    def __init__(self, person: Person, deposit: Door, valuation: Door, wallet: Door, payout: Door) -> None:
        """The doors carry this person's token."""
        self._payout = payout
        self.person = person
        self._deposit = deposit
        self._valuation = valuation
        self._wallet = wallet

    async def publish_prices(
        self, name: str, based_on: UUID, changed: Sequence[tuple[str, str, int]]
    ) -> tuple[UUID, datetime]:
        """Draft a general list with other (item, grade, rupiah), put it in force at once; returns id and instant."""
        price_list_id = uuid7()
        draft = {
            "name": name,
            "based_on": str(based_on),
            "prices": [
                {
                    "item_code": item,
                    "grade": grade,
                    "price_rupiah": rupiah,
                    "source": "Uji coba: keputusan program",
                }
                for item, grade, rupiah in changed
            ],
        }
        await self._valuation.put(f"/v1/price-list-drafts/{price_list_id}", draft)
        published = await self._valuation.post(f"/v1/price-list-drafts/{price_list_id}:publish", {})
        return price_list_id, datetime.fromisoformat(published["effective_at"])

    async def valuation(self, deposit_id: UUID) -> dict[str, Any] | None:
        """What a deposit is worth and why; None as long as valuation has not heard of it."""
        answer = await self._valuation.ask("GET", f"/v1/valuations/{deposit_id}")
        return answer.json() if answer.status_code == 200 else None

    async def price_differences(self, wanted: set[UUID]) -> dict[UUID, int]:
        """Of these deposits, those paid by another list than the one in force, with the difference in rupiah."""
        found: dict[UUID, int] = {}
        cursor: str | None = None
        while True:
            page = await self._valuation.get("/v1/price-differences", limit=200, cursor=cursor)
            for each in page["deposits"]:
                if UUID(each["deposit_id"]) in wanted:
                    found[UUID(each["deposit_id"])] = each["price_difference_rupiah"]
            cursor = page["next_cursor"]
            if cursor is None:
                return found

    async def flagged(self, waste_bank_id: str) -> set[UUID]:
        """The deposits of a waste bank that wait for a second person."""
        page = await self._valuation.get("/v1/flags", waste_bank_id=waste_bank_id, limit=200)
        return {UUID(each["deposit_id"]) for each in page["flags"]}

    async def approve(self, deposit_id: UUID, reason: str) -> Response:
        """Let a flagged deposit be credited; returns the answer, whatever it is."""
        return await self._valuation.ask("POST", f"/v1/flags/{deposit_id}:approve", json={"reason": reason})

    async def reject(self, deposit_id: UUID, reason: str) -> Response:
        """Void a flagged deposit as the second person; returns the answer, whatever it is."""
        body = {"reason": reason, "second_person": True}
        return await self._deposit.ask("POST", f"/v1/deposits/{deposit_id}:void", json=body)

    async def quarantined(self, waste_bank_id: str) -> dict[UUID, str]:
        """What was set aside at a waste bank, and why."""
        found: dict[UUID, str] = {}
        cursor: str | None = None
        while True:
            page = await self._deposit.get(
                "/v1/quarantine", waste_bank_id=waste_bank_id, limit=200, cursor=cursor
            )
            found |= {UUID(each["deposit_id"]): each["reason"] for each in page["deposits"]}
            cursor = page["next_cursor"]
            if cursor is None:
                return found

    async def balance(self, member_id: UUID) -> dict[str, Any]:
        """A member's posted, held and available rupiah."""
        found: dict[str, Any] = await self._wallet.get(f"/v1/members/{member_id}/balance")
        return found

    async def statement(self, member_id: UUID) -> list[dict[str, Any]]:
        """A member's entries, newest first, all pages."""
        lines: list[dict[str, Any]] = []
        cursor: str | None = None
        while True:
            page = await self._wallet.get(f"/v1/members/{member_id}/statement", limit=200, cursor=cursor)
            lines += page["lines"]
            cursor = page["next_cursor"]
            if cursor is None:
                return lines

    async def booked_float(self) -> int:
        """What the ledger says that the programme has at its billers."""
        return int((await self._wallet.get("/v1/ledger/totals"))["float_rupiah"])

    async def book_top_up(self, amount_rupiah: int, reason: str) -> None:
        """Record money that was put into the float."""
        body = {"provider": "digiflazz", "kind": "top_up", "amount_rupiah": amount_rupiah, "reason": reason}
        key = {"Idempotency-Key": f"demo-{uuid7()}"}
        await self._payout.post("/v1/float/changes", body, expect=201, headers=key)

    async def ledger_is_right(self) -> bool:
        """What wallet's own check of the ledger says."""
        return bool((await self._wallet.get("/v1/ledger/check"))["ok"])
