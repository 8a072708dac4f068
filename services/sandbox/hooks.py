"""Telling the buyer what changed, signed over the raw body; sent once, as nothing is documented about more."""

import hashlib
import hmac
import json
import sqlite3
from typing import Any, get_args

import httpx

from services.sandbox.book import Book
from services.sandbox.clock import MovableClock
from services.sandbox.numbers import Hooking, Script
from services.sandbox.settings import SandboxSettings

FAULTS = get_args(Hooking)
_TIMEOUT_SECONDS = 5.0
_FORGER = b"not the secret"


def signature(secret: bytes, body: bytes) -> str:
    """`sha1=` and the hex HMAC-SHA1 of the body exactly as it is sent."""
    return "sha1=" + hmac.new(secret, body, hashlib.sha1).hexdigest()


class Hooks:
    """Plans webhooks in the book, and sends those that are due."""

    def __init__(self, settings: SandboxSettings, book: Book, clock: MovableClock) -> None:
        """Nothing is sent before `send_due`."""
        self._settings = settings
        self._book = book
        self._clock = clock

    def plan(self, sale: sqlite3.Row, shown: dict[str, Any], event: str, script: Script, now: float) -> None:
        """Write down what is to be told about a sale, with the fault of its number or of the control door."""
        url = sale["cb_url"] or self._settings.webhook_url
        fault = self._book.dial("hooking", "plain")
        fault = script.hooking if fault == "plain" else fault
        if not url or fault == "dropped":
            return
        body = json.dumps({"data": shown})
        late = self._settings.webhook_late_seconds
        if fault == "forged" and event == "update":
            lie = json.dumps(
                {"data": {**shown, "status": "Gagal", "rc": "02", "sn": "", "message": "Transaksi Gagal"}}
            )
            self._write(sale["sale_id"], url, event, lie, now, forged=True)
        # In the wrong order: what was told first arrives last.
        delay = late if fault == "late" or (fault == "reordered" and event == "create") else 0.0
        for _ in range(2 if fault == "duplicated" else 1):
            self._write(sale["sale_id"], url, event, body, now + delay)

    def _write(
        self, sale_id: int | None, url: str, event: str, body: str, due_at: float, *, forged: bool = False
    ) -> None:
        self._book.db.execute(
            "insert into hook (sale_id, url, event, body, forged, due_at) values (?, ?, ?, ?, ?, ?)",
            (sale_id, url, event, body, int(forged), due_at),
        )

    def say_ping(self, body: dict[str, Any]) -> None:
        """Plan the message that only proves that the address can be reached."""
        if self._settings.webhook_url:
            self._write(None, self._settings.webhook_url, "ping", json.dumps(body), self._clock.epoch())

    async def send_due(self, client: httpx.AsyncClient) -> int:
        """Send all that is due, once each, and write down what came of it; returns how many were tried."""
        due = self._book.db.execute(
            "select * from hook where sent_at is null and due_at <= ? order by due_at, hook_id limit 50",
            (self._clock.epoch(),),
        ).fetchall()
        for hook in due:
            status, error = await self._send(client, hook)
            with self._book.writing():
                self._book.db.execute(
                    "update hook set sent_at = ?, http_status = ?, error = ? where hook_id = ?",
                    (self._clock.epoch(), status, error, hook["hook_id"]),
                )
        return len(due)

    async def _send(self, client: httpx.AsyncClient, hook: sqlite3.Row) -> tuple[int | None, str | None]:
        body = str(hook["body"]).encode()
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Digiflazz-Hookshot",
            "X-Digiflazz-Event": hook["event"],
            "X-Digiflazz-Delivery": f"{hook['hook_id']}",
        }
        secret = self._settings.webhook_secret.get_secret_value().encode()
        if hook["forged"]:
            headers["X-Hub-Signature"] = signature(_FORGER, body)
        elif secret:
            headers["X-Hub-Signature"] = signature(secret, body)
        try:
            answer = await client.post(hook["url"], content=body, headers=headers, timeout=_TIMEOUT_SECONDS)
        except httpx.HTTPError as error:
            return None, type(error).__name__
        return answer.status_code, None
