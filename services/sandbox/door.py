"""Digiflazz's buyer API: every call is POST, signed, and answered inside `data`."""

import asyncio
import hashlib
import hmac
import json
from collections import defaultdict, deque
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from starlette.types import Receive, Scope, Send

from services.sandbox.book import Book
from services.sandbox.catalogue import Catalogue
from services.sandbox.clock import MovableClock
from services.sandbox.codes import BAD_CALLS, CODES
from services.sandbox.hooks import Hooks
from services.sandbox.meters import owner_of, segment_of, twins
from services.sandbox.numbers import Answering, script_for
from services.sandbox.selling import Order, Shop
from services.sandbox.settings import SandboxSettings

_MINUTE = 60.0
_PERSONAL_BANKS = ("Flip", "ShopeePay")
_COMPANY_BANKS = ("BCA", "MANDIRI", "BRI", "BNI")


class CallRefusedError(Exception):
    """The call itself is not acceptable; `rc` says why."""

    def __init__(self, rc: str) -> None:
        super().__init__(rc)
        self.rc = rc


def wrapped(body: Any, *, status_code: int = 200) -> JSONResponse:
    """The answer as the dialect shapes it."""
    return JSONResponse({"data": body}, status_code=status_code)


def refused(rc: str) -> JSONResponse:
    """A bare refusal: code, status and words, nothing else."""
    body = {"rc": rc, "status": "Gagal", "message": CODES[rc].message}
    return wrapped(body, status_code=400 if rc in BAD_CALLS else 200)


class Caller:
    """Checks who calls, and how often."""

    def __init__(self, settings: SandboxSettings, clock: MovableClock) -> None:
        self._settings = settings
        self._clock = clock
        self._addresses = {part.strip() for part in settings.allowed_addresses.split(",") if part.strip()}
        self._calls: dict[str, deque[float]] = defaultdict(deque)

    async def read(self, request: Request, signed: str) -> dict[str, Any]:
        """The body of a call whose address, user name and signature are right.

        `signed` is the word that is signed, or the name of the field whose value is, as `@ref_id`.
        """
        if self._addresses and (request.client is None or request.client.host not in self._addresses):
            raise CallRefusedError("45")
        try:
            body = json.loads(await request.body())
        except ValueError:
            raise CallRefusedError("40") from None
        if not isinstance(body, dict) or not isinstance(body.get("sign"), str):
            raise CallRefusedError("40")
        if body.get("username") != self._settings.username:
            raise CallRefusedError("42")
        word = str(body.get(signed[1:], "")) if signed.startswith("@") else signed
        secret = self._settings.username + self._settings.api_key.get_secret_value() + word
        right = hashlib.md5(secret.encode()).hexdigest()  # noqa: S324  the dialect's own signature
        if not hmac.compare_digest(right.encode(), body["sign"].encode()):
            raise CallRefusedError("41")
        return body

    def throttle(self, what: str, *, most: int, seconds: float, rc: str) -> None:
        """Refuse a call that comes after `most` others within `seconds`."""
        if not self._settings.throttles:
            return
        now, calls = self._clock.epoch(), self._calls[what]
        while calls and calls[0] <= now - seconds:
            calls.popleft()
        if len(calls) >= most:
            raise CallRefusedError(rc)
        calls.append(now)


def _order(body: dict[str, Any]) -> Order:
    texts = [body.get(name) for name in ("ref_id", "buyer_sku_code", "customer_no")]
    max_price = body.get("max_price")
    if not all(isinstance(text, str) and text for text in texts) or not isinstance(max_price, int | None):
        raise CallRefusedError("40")
    if body.get("commands"):
        # Postpaid is another trade: bills, not tokens.
        raise CallRefusedError("88")
    ref_id, sku, customer_no = (str(text) for text in texts)
    return Order(
        ref_id=ref_id,
        sku=sku,
        customer_no=customer_no,
        max_price=max_price,
        testing=body.get("testing") is True,
        cb_url=str(body.get("cb_url") or ""),
        allow_dot=body.get("allow_dot") is True,
    )


class _BrokenOff(Response):
    """Promises more than it sends and ends: the server can then only close the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        del scope, receive
        headers = [(b"content-type", b"application/json"), (b"content-length", b"4096")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b'{"data":', "more_body": True})


async def _deliver(answering: Answering, body: dict[str, Any], slow_seconds: float) -> Response:
    """The answer, or what the network makes of it. The sale is on disk whatever happens here."""
    if answering in {"slow", "request_lost"} and (answering == "slow" or not body):
        await asyncio.sleep(slow_seconds)
    if answering == "lost" or not body:
        return _BrokenOff()
    if answering == "http_500":
        return PlainTextResponse("<html>Internal Server Error</html>", status_code=500)
    if answering == "broken":
        return PlainTextResponse(json.dumps({"data": body})[:-20], media_type="application/json")
    if answering == "odd_status":
        return wrapped({**body, "status": "Diproses Ulang", "rc": "Z9"})
    return wrapped(body)


def router(
    settings: SandboxSettings, catalogue: Catalogue, book: Book, clock: MovableClock, shop: Shop, hooks: Hooks
) -> APIRouter:
    """The buyer's calls under `/v1`."""
    routes = APIRouter(prefix="/v1")
    caller = Caller(settings, clock)

    @routes.post("/cek-saldo")
    async def balance(request: Request) -> JSONResponse:
        await caller.read(request, "depo")
        return wrapped({"deposit": float(book.balance_rupiah())})

    @routes.post("/price-list")
    async def price_list(request: Request) -> JSONResponse:
        body = await caller.read(request, "pricelist")
        if body.get("cmd") not in {"prepaid", "pasca"}:
            raise CallRefusedError("40")
        one = isinstance(body.get("code"), str)
        gap = settings.price_one_gap_seconds if one else settings.price_list_gap_seconds
        caller.throttle("price-one" if one else "price-list", most=1, seconds=gap, rc="83")
        filters = {"code": "sku", "category": "category", "brand": "brand", "type": "type"}
        rows = [
            product.row(max(product.stock - book.taken(product.sku), 0))
            for product in (catalogue.products if body["cmd"] == "prepaid" else [])
            if all(body.get(name) in {None, "", getattr(product, field)} for name, field in filters.items())
        ]
        return wrapped(rows)

    @routes.post("/transaction")
    async def transaction(request: Request) -> Response:
        order = _order(await caller.read(request, "@ref_id"))
        known = book.sale(order.ref_id) is not None
        outcome = shop.transact(order)
        answering = outcome.script.answering if outcome.script is not None and not known else "plain"
        return await _deliver(answering, outcome.body, settings.slow_seconds)

    @routes.post("/inquiry-pln")
    async def inquiry(request: Request) -> JSONResponse:
        body = await caller.read(request, "@customer_no")
        number = str(body.get("customer_no", ""))
        caller.throttle("inquiry", most=settings.inquiries_per_minute, seconds=_MINUTE, rc="86")
        rc = script_for(number).inquiry_rc if number.isdigit() and len(number) in {11, 12} else "57"
        if not number.isdigit():
            rc = "54"
        answer: dict[str, Any] = {
            "message": CODES[rc].message,
            "status": "Gagal",
            "rc": rc,
            "customer_no": number,
        }
        if rc == "00":
            meter_no, subscriber_id = twins(number)
            answer |= {
                "status": "Sukses",
                "meter_no": meter_no,
                "subscriber_id": subscriber_id,
                "name": owner_of(number),
                "segment_power": segment_of(number),
            }
        return wrapped(answer)

    @routes.post("/deposit")
    async def deposit(request: Request) -> JSONResponse:
        body = await caller.read(request, "deposit")
        amount, bank, owner = body.get("amount"), body.get("bank"), body.get("owner_name")
        if not isinstance(amount, int) or not isinstance(owner, str) or not isinstance(bank, str):
            raise CallRefusedError("40")
        if amount < 1 or bank not in (*_PERSONAL_BANKS, *_COMPANY_BANKS):
            raise CallRefusedError("64")
        with book.writing():
            cursor = book.db.execute(
                "insert into ticket (at, bank, owner_name, amount_rupiah) values (?, ?, ?, ?)",
                (clock.epoch(), bank, owner, amount),
            )
            # A ticket's amount carries its number, so that the transfer can be told from others.
            unique = amount + int(cursor.lastrowid or 0) % 1000
            book.db.execute(
                "update ticket set amount_rupiah = ? where ticket_id = ?",
                (unique, int(cursor.lastrowid or 0)),
            )
        return wrapped({"rc": "00", "amount": unique, "notes": f"TIKET{cursor.lastrowid}"})

    @routes.post("/report/hooks/{hook_id}/pings")
    async def ping(hook_id: str) -> JSONResponse:
        if hook_id != settings.webhook_id:
            return JSONResponse({"message": "Not Found"}, status_code=404)
        hook = {"url": settings.webhook_url, "secret": "***", "type": "json", "status": 1}
        body = {"sed": "Digital Marketplace Terbaik", "hook_id": hook_id, "hook": hook}
        with book.writing():
            hooks.say_ping(body)
        return JSONResponse(body)

    return routes
