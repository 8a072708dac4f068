"""A deposit service with its door open, on a database of its own, in a regency that the test writes."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx

from services.deposit.consumers import hearing
from services.deposit.main import create
from services.deposit.settings import DepositSettings
from services.deposit.workflows.quarantine import quarantine_overdue
from shared.contracts import BY_TYPE, Event, MemberRegistered
from shared.kernel.ids import uuid7
from shared.kernel.roles import Role
from shared.runtime.rollout import RolloutWatcher
from shared.runtime.service import Service
from tests.builders import TokenMint

BANK, OTHER_BANK, CLOSED_BANK = "pakam-satu", "pakam-dua", "kuis-satu"
OPEN_CODE, CLOSED_CODE = "12.07.28", "12.07.27"
OPENED_ON = "2026-10-01"
CAPS = {
    "weight_grams_a_line": 100000,
    "weight_grams_a_day": 200000,
    "value_rupiah_a_day": 1000000,
    "deposits_a_day": 10,
    "redemption_rupiah_a_day": 500000,
    "credit_owed_rupiah": 100000000,
}


class MovableClock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


def _subdistrict(
    code: str, bps: str, name: str, banks: Sequence[str], phases: list[dict[str, str]]
) -> dict[str, Any]:
    return {
        "kemendagri_code": code,
        "bps_code": bps,
        "name": name,
        "region": "lowland",
        "villages": 11,
        "latitude": 3.55,
        "longitude": 98.88,
        "phases": phases,
        "waste_banks": [
            {"id": bank, "name": bank, "kind": "unit", "villages": ["Desa"], "opening_days": ["mon"]}
            for bank in banks
        ],
    }


def write_rollout(path: Path, *, kuis_opens_on: str | None = None, more_banks: Sequence[str] = ()) -> None:
    """Pakam is open, Kuis only if a day is given. JSON is YAML too."""
    kuis = [{"phase": "planned", "since_on": "2026-06-01"}]
    if kuis_opens_on is not None:
        kuis.append({"phase": "open", "since_on": kuis_opens_on})
    pakam = [{"phase": "planned", "since_on": "2026-06-01"}, {"phase": "open", "since_on": OPENED_ON}]
    content = {
        "smallest_reward_rupiah": 5000,
        "caps": CAPS,
        "regencies": [
            {
                "kemendagri_code": "12.07",
                "bps_code": "1212",
                "name": "Deli Serdang",
                "subdistricts": [
                    _subdistrict(CLOSED_CODE, "1212270", "Batang Kuis", [CLOSED_BANK], kuis),
                    _subdistrict(OPEN_CODE, "1212300", "Lubuk Pakam", [BANK, OTHER_BANK, *more_banks], pakam),
                ],
            }
        ],
    }
    path.write_text(json.dumps(content, indent=1), encoding="utf-8")


@dataclass
class Stage:
    """The service, its people, and short words for what they do."""

    service: Service
    door: httpx.AsyncClient
    mint: TokenMint
    clock: MovableClock
    rollout: RolloutWatcher
    rollout_path: Path
    operator: UUID = field(default_factory=uuid7)
    second_operator: UUID = field(default_factory=uuid7)
    programme: UUID = field(default_factory=uuid7)
    tablet: UUID = field(default_factory=uuid7)

    def __post_init__(self) -> None:
        banks = [BANK, CLOSED_BANK]
        self.as_operator = self.mint.header(
            Role.OPERATOR, subject=self.operator, waste_bank_ids=banks, tablet_id=self.tablet
        )
        self.as_second = self.mint.header(Role.OPERATOR, subject=self.second_operator, waste_bank_ids=banks)
        self.as_stranger = self.mint.header(Role.OPERATOR, waste_bank_ids=[OTHER_BANK])
        self.as_programme = self.mint.header(Role.PROGRAMME, subject=self.programme)

    def as_member(self, member_id: UUID) -> dict[str, str]:
        return self.mint.header(Role.MEMBER, member_id=member_id)

    async def post(self, path: str, body: Any, who: dict[str, str] | None = None) -> httpx.Response:
        return await self.door.post(path, json=body, headers=who or self.as_operator)

    async def get(self, path: str, who: dict[str, str] | None = None, **query: Any) -> httpx.Response:
        return await self.door.get(path, params=query, headers=who or self.as_operator)

    async def send(
        self, *deposits: Any, who: dict[str, str] | None = None, **more: Any
    ) -> list[dict[str, Any]]:
        answer = await self.post("/v1/deposits:batch", {"deposits": deposits, **more}, who)
        assert answer.status_code == 200, answer.text
        results: list[dict[str, Any]] = answer.json()["results"]
        return results

    async def statuses(self, *deposits: Any, who: dict[str, str] | None = None) -> list[str]:
        return [result["status"] for result in await self.send(*deposits, who=who)]

    async def hear(self, *events: Event) -> None:
        """Events of one class, in one batch."""
        handler = hearing(self.clock).handlers[type(events[0])]
        async with self.service.database.transaction() as tx:
            await handler(tx, list(events))

    async def known_member(self) -> UUID:
        member_id = uuid7()
        await self.hear(registration(member_id))
        return member_id

    async def set_overdue_aside(self) -> int:
        async with self.service.database.transaction() as tx:
            return await quarantine_overdue(tx, timedelta(hours=24), self.clock.now())

    async def said(self) -> list[Event]:
        """Every event in the outbox, in the order of saying."""
        async with self.service.database.reading() as tx:
            rows = await tx.fetch("select types, payloads from outbox order by id")
        return [
            BY_TYPE[name].model_validate_json(payload)
            for row in rows
            for name, payload in zip(row["types"], row["payloads"], strict=True)
        ]

    async def said_names(self) -> list[str]:
        return [type(event).__name__ for event in await self.said()]

    async def state_of(self, deposit_id: Any) -> str:
        answer = await self.get(f"/v1/deposits/{deposit_id}", self.as_programme)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["state"])


def weighing(member_id: UUID, **changes: Any) -> dict[str, Any]:
    """A deposit as a tablet sends it."""
    return {
        "deposit_id": str(uuid7()),
        "member_id": str(member_id),
        "waste_bank_id": BANK,
        "channel": "assisted",
        "weighed_at": "2026-11-22T09:30:00+07:00",
        "price_list_id": str(UUID("01a201c0-0000-7000-8000-000000000001")),
        "lines": [
            {"item_code": "P05", "grade": "bersih", "unit": "kg", "quantity": 1500, "shown_rupiah": 4500},
            {"item_code": "M01", "grade": "-", "unit": "litre", "quantity": 2000, "shown_rupiah": 9000},
        ],
    } | changes


def registration(member_id: UUID) -> MemberRegistered:
    """Identity says that somebody is a member."""
    at = datetime(2026, 11, 1, tzinfo=UTC)
    return MemberRegistered(
        event_id=uuid7(),
        recorded_at=at,
        member_id=member_id,
        kind="person",
        waste_bank_id=BANK,
        subdistrict_code=OPEN_CODE,
        enrolled_at=at,
        enrolled_by=uuid7(),
        has_phone=True,
    )


def build(
    database_url: str, rollout_path: Path, clock: MovableClock, mint: TokenMint, **more: Any
) -> tuple[Service, RolloutWatcher]:
    """The service as main builds it, with this test's clock and keys."""
    settings = DepositSettings(
        database_url=database_url,
        rollout_path=rollout_path,
        key_file=rollout_path.with_name("deposit.key"),
        **more,
    )
    rollout = RolloutWatcher(rollout_path)
    service = create(settings, clock, rollout)
    service.tokens = mint.tokens
    return service, rollout
