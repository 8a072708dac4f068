"""Payout at work: its door, its courier, the sandbox as its biller, and wallet's part read from a script."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from aiokafka import ConsumerRecord

from services.payout.main import create
from services.payout.settings import PayoutSettings
from services.sandbox.main import application as sandbox_application
from services.sandbox.settings import SandboxSettings
from shared.contracts import (
    BY_TYPE,
    CreditHeld,
    CreditRefused,
    CreditReleased,
    CreditSettled,
    Event,
    RedemptionDelivered,
    RedemptionDeliveredLate,
    RedemptionFailed,
    RedemptionRequested,
    RedemptionReversed,
)
from shared.kernel.ids import uuid7
from shared.kernel.roles import Role
from shared.runtime.database import Database
from shared.runtime.outbox import encode
from shared.runtime.service import Service
from tests.builders import TokenMint
from tests.services.serving import free_port, serving

SECRET = "a secret of the tests, written nowhere else"
BANK = "lubuk-pakam-induk"
FLOAT = 5_000_000
WAIT_SECONDS = 60.0


async def until(true: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(WAIT_SECONDS):
        while not await true():
            await asyncio.sleep(0.02)


class Commits:
    """Whoever waits for something to happen looks again when payout has committed something, and now and then."""

    def __init__(self, database: Database) -> None:
        self._next = asyncio.Event()
        database.on_commit(self._committed)

    def _committed(self) -> None:
        self._next.set()
        self._next = asyncio.Event()

    async def until(self, true: Callable[[], Awaitable[bool]]) -> None:
        """Wait until it is so, at most as long as `until` does."""
        async with asyncio.timeout(WAIT_SECONDS):
            while True:
                committed = self._next
                if await true():
                    return
                await self.seen(committed)

    def next(self) -> asyncio.Event:
        """What the next commit sets. Take it before looking, so that none is missed in between."""
        return self._next

    async def seen(self, committed: asyncio.Event) -> None:
        """Wait for that commit; what happens elsewhere, such as in another process, is seen a moment later."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.1):
                await committed.wait()


def payout_settings(database_url: str, **changes: Any) -> PayoutSettings:
    """As the programme would set it, only a thousand times less patient."""
    quick: dict[str, Any] = {
        "database_url": database_url,
        "digiflazz_username": "tester",
        "digiflazz_api_key": "dev-tester",
        "digiflazz_webhook_secret": "s3cret",
        "biller_connect_seconds": 0.5,
        "biller_read_seconds": 0.5,
        "ask_gap_seconds": 0.05,
        "poll_seconds": "0.1,0.1,0.1,0.2,0.2,0.2,0.2,0.2,0.2,0.5,0.5,0.5,0.5",
        "suspect_grace_seconds": 0.6,
        "funds_seconds": 0.3,
        "watch_failed_seconds": "",
        "watch_delivered_seconds": "",
        "price_list_retry_seconds": 0.2,
        "courier_look_seconds": 0.05,
    }
    return PayoutSettings(**quick | changes)


def sandbox_settings(file: Path, webhook_url: str, **changes: Any) -> SandboxSettings:
    quick: dict[str, Any] = {
        "file": file,
        "username": "tester",
        "api_key": "dev-tester",
        "webhook_url": webhook_url,
        "webhook_secret": "s3cret",
        "opening_float_rupiah": FLOAT,
        "control": True,
        "throttles": False,
        "pending_seconds": 0.4,
        "late_seconds": 3600,
        "reversal_seconds": 0.5,
        "slow_seconds": 1.6,
        "webhook_late_seconds": 0.8,
        "tick_seconds": 0.02,
    }
    return SandboxSettings(**quick | changes)


def record(event: Event, offset: int = 0) -> ConsumerRecord:
    """The event as it comes out of Kafka."""
    value = encode(event)
    return ConsumerRecord(
        topic=event.TOPIC,
        partition=0,
        offset=offset,
        timestamp=0,
        timestamp_type=0,
        key=event.key.encode(),
        value=value,
        checksum=None,
        serialized_key_size=0,
        serialized_value_size=len(value),
        headers=(("ce_type", event.TYPE.encode()),),
    )


class Stage:
    """What a test may do: knock as somebody, let wallet speak, look at the sandbox's book."""

    def __init__(self, service: Service, mint: TokenMint, door: str, sandbox: str) -> None:
        self.service = service
        self.mint = mint
        self.door = door
        self.sandbox = sandbox
        self.client = httpx.AsyncClient(timeout=10, trust_env=False)
        self.commits = Commits(service.database)
        self.member_id = uuid7()
        self._offset = 0

    @property
    def database(self) -> Database:
        return self.service.database

    def member(self, member_id: UUID | None = None, *, claims: Any = None, **headers: Any) -> dict[str, str]:
        who = member_id or self.member_id
        more = claims or {}
        return (
            self.mint.header(Role.MEMBER, subject=who, member_id=who, waste_bank_ids=[BANK], **more) | headers
        )

    def staff(self, *, claims: Any = None, **headers: Any) -> dict[str, str]:
        return self.mint.header(Role.PROGRAMME, subject=UUID(int=7), **claims or {}) | headers

    def operator(self, bank: str = BANK, **claims: Any) -> dict[str, str]:
        who = {"subject": UUID(int=9), "subdistrict_codes": ["12.07.28"]} | claims
        return self.mint.header(Role.OPERATOR, waste_bank_ids=[bank], **who)

    async def get(self, path: str, headers: dict[str, str]) -> httpx.Response:
        return await self.client.get(f"{self.door}{path}", headers=headers)

    async def post(self, path: str, headers: dict[str, str], body: Any = None) -> httpx.Response:
        return await self.client.post(f"{self.door}{path}", json=body, headers=headers)

    async def ask_price(self, product: str, target: str, **more: Any) -> httpx.Response:
        return await self.client.post(
            f"{self.door}/v1/quotes",
            json={"product": product, "target": target},
            headers=self.member(more.pop("member_id", None), **more),
        )

    async def quote(self, product: str, target: str, **more: Any) -> dict[str, Any]:
        answer = await self.ask_price(product, target, **more)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def redeem(self, quote_id: str, key: str | None = None, **body: Any) -> httpx.Response:
        return await self.client.post(
            f"{self.door}/v1/redemptions",
            json={"quote_id": quote_id, **body},
            headers=self.member() | {"Idempotency-Key": key or str(uuid7())},
        )

    async def buy(self, product: str, target: str) -> str:
        """Quote and redeem; the redemption's id."""
        answer = await self.redeem((await self.quote(product, target))["quote_id"], repeat_confirmed=True)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["redemption_id"])

    async def read(self, redemption_id: str) -> dict[str, Any]:
        answer = await self.client.get(f"{self.door}/v1/redemptions/{redemption_id}", headers=self.member())
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def until_state(self, redemption_id: str, *states: str) -> dict[str, Any]:
        async def there() -> bool:
            return (await self.read(redemption_id))["state"] in states

        try:
            await self.commits.until(there)
        except TimeoutError:
            raise AssertionError(await self.read(redemption_id)) from None
        return await self.read(redemption_id)

    async def hear(self, *events: Event) -> None:
        records = []
        for event in events:
            self._offset += 1
            records.append(record(event, self._offset))
        await self.service.hearer().hear(records)

    async def said(self) -> list[Event]:
        """Everything that payout has said, in order."""
        return [event for event, _ in await self.said_after(0)]

    async def said_after(self, row_id: int) -> list[tuple[Event, int]]:
        """What payout said in later rows of its outbox, each with its row."""
        async with self.database.connection() as reading:
            rows = await reading.fetch(
                "select id, types, payloads from outbox where id > $1 order by id", row_id
            )
        return [
            (BY_TYPE[kind].model_validate_json(payload), row["id"])
            for row in rows
            for kind, payload in zip(row["types"], row["payloads"], strict=True)
        ]

    async def sales(self, redemption_id: str | None = None) -> list[dict[str, Any]]:
        """The sandbox's book, of one redemption or of all."""
        sales: list[dict[str, Any]] = (
            await self.client.get(f"{self.sandbox}/_control/sales?limit=10000")
        ).json()
        if redemption_id is None:
            return sales
        async with self.database.connection() as reading:
            mine = await reading.fetch(
                "select reference from attempt where redemption_id = $1", UUID(redemption_id)
            )
        references = {row["reference"] for row in mine}
        return [sale for sale in sales if sale["ref_id"] in references]

    async def control(self, path: str, **body: Any) -> dict[str, Any]:
        return dict((await self.client.post(f"{self.sandbox}/_control/{path}", json=body)).json())

    async def rows(self, query: str, *values: Any) -> list[Any]:
        async with self.database.connection() as reading:
            return list(await reading.fetch(query, *values))


def credit(event: Event, kind: type[Event], **more: Any) -> Any:
    """Wallet's answer to something that payout said."""
    said = json.loads(event.model_dump_json())
    common = {
        name: said[name] for name in ("member_id", "redemption_id", "subdistrict_code", "amount_rupiah")
    }
    return kind(event_id=uuid7(), recorded_at=said["recorded_at"], **common | more)


def answer_of_wallet(event: Event, *, refuses: bool = False) -> Event | None:
    """What wallet says to it."""
    match event:
        case RedemptionRequested() if refuses:
            return credit(event, CreditRefused, why="insufficient_credit", available_rupiah=0)  # type: ignore[no-any-return]
        case RedemptionRequested():
            return credit(event, CreditHeld)  # type: ignore[no-any-return]
        case RedemptionDelivered():
            return credit(event, CreditSettled)  # type: ignore[no-any-return]
        case RedemptionFailed():
            return credit(event, CreditReleased, why=event.why)  # type: ignore[no-any-return]
        case RedemptionReversed():
            return credit(event, CreditReleased, why="reversed")  # type: ignore[no-any-return]
        case RedemptionDeliveredLate():
            return None
    return None


async def oblige(stage: Stage, *, refuses: bool = False) -> None:
    """Play wallet's part until cancelled: answer each thing that payout says, once."""
    heard: set[int] = set()
    while True:
        committed = stage.commits.next()
        # Rows may commit in another order than their ids: look back far enough to miss none.
        said = [
            (event, row)
            for event, row in await stage.said_after(max(heard, default=0) - 500)
            if row not in heard
        ]
        answers = [answer_of_wallet(event, refuses=refuses) for event, _ in said]
        if any(answers):
            await stage.hear(*[answer for answer in answers if answer is not None])
        heard |= {row for _, row in said}
        if not said:
            await stage.commits.seen(committed)


@asynccontextmanager
async def working(
    database_url: str,
    folder: Path,
    *,
    wallet: bool = True,
    courier: bool = True,
    refuses: bool = False,
    sandbox_changes: dict[str, Any] | None = None,
    **changes: Any,
) -> AsyncIterator[Stage]:
    """The whole of it, without Kafka: door and sandbox on ports of their own, courier and price reader as tasks."""
    door_port, sandbox_port, mint = free_port(), free_port(), TokenMint()
    hook = f"http://127.0.0.1:{door_port}/v1/webhooks/digiflazz"
    sandbox = sandbox_application(sandbox_settings(Path(":memory:"), hook, **sandbox_changes or {}))
    (folder / "payout.key").write_text(SECRET + "\n", encoding="utf-8")
    quick = {"digiflazz_url": f"http://127.0.0.1:{sandbox_port}/v1", "key_file": folder / "payout.key"}
    settings = payout_settings(database_url, **quick | changes)
    service = create(settings)
    service.tokens = mint.tokens
    doors = (service.application(frozenset({"door"})), door_port), (sandbox, sandbox_port)
    async with serving(*doors) as (door, sandbox_address):
        stage = Stage(service, mint, door, sandbox_address)
        courier_loop, reader_loop, _ = service.background
        tasks: list[asyncio.Future[None]] = [asyncio.ensure_future(reader_loop())]
        if courier:
            tasks.append(asyncio.ensure_future(courier_loop()))
        if wallet:
            tasks.append(asyncio.create_task(oblige(stage, refuses=refuses)))

        async def priced() -> bool:
            return bool(await stage.rows("select 1 from offer limit 1"))

        try:
            await until(priced)
            yield stage
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await stage.client.aclose()
