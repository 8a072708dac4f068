"""Whether a purchase is sold, refused or left open, exactly as the dialect's rules say."""

import sqlite3
from dataclasses import dataclass
from typing import Any

from services.sandbox.book import Book
from services.sandbox.catalogue import Catalogue, Product
from services.sandbox.clock import MovableClock
from services.sandbox.codes import CODES, status_of
from services.sandbox.hooks import Hooks
from services.sandbox.meters import over_the_month, phone_serial, segment_of, token_serial
from services.sandbox.numbers import SCRIPTS, Delay, Script, Turn, script_for
from services.sandbox.settings import SandboxSettings

# After this long the real service no longer knows a reference: the same one buys again.
MEMORY_SECONDS = 90 * 86_400
_MINUTE = 60.0
_METER_DIGITS = (11, 12)
_PHONE_DIGITS = range(10, 14)


@dataclass(frozen=True, slots=True)
class Order:
    """One purchase call, read and signed."""

    ref_id: str
    sku: str
    customer_no: str
    max_price: int | None
    testing: bool
    cb_url: str
    allow_dot: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What to answer, and how badly."""

    body: dict[str, Any]
    script: Script | None = None


class Shop:
    """Sells from the catalogue into the book. Everything it decides is on disk when it returns."""

    def __init__(
        self, settings: SandboxSettings, catalogue: Catalogue, book: Book, clock: MovableClock, hooks: Hooks
    ) -> None:
        """Open the shop; the first time, the float gets its opening balance."""
        self._settings = settings
        self._catalogue = catalogue
        self._book = book
        self._clock = clock
        self._hooks = hooks
        if book.db.execute("select count(*) from float_entry").fetchone()[0] == 0:
            with book.writing():
                book.enter_float(clock.epoch(), "opening", settings.opening_float_rupiah)

    def transact(self, order: Order) -> Outcome:
        """Buy, or tell the state of an earlier purchase with the same reference: one call does both."""
        # What is due has happened, even if nobody has looked since.
        self.settle_due()
        now = self._clock.epoch()
        with self._book.writing():
            known = self._book.sale(order.ref_id)
            if known is not None and now - known["created_at"] < MEMORY_SECONDS:
                return Outcome(self._again(known, order, now))
            if known is not None:
                self._book.db.execute("update sale set superseded = 1 where sale_id = ?", (known["sale_id"],))
            script = script_for(order.customer_no)
            if script.answering == "request_lost" and self._loses(order.ref_id, now):
                return Outcome({}, script)
            product = self._catalogue.find(order.sku)
            if product is None or not product.buyer_on:
                return Outcome(self._refused(order, "43"))
            refusal = self._refusal(order, product)
            if refusal is not None:
                return Outcome(self._refused(order, refusal))
            return Outcome(self._sell(order, product, script, now), script)

    def settle_due(self) -> int:
        """Let every sale whose time has come take its next state; returns how many did."""
        now = self._clock.epoch()
        question = "select * from turn where done = 0 and due_at <= ? order by due_at, turn_id"
        if self._book.db.execute(question + " limit 1", (now,)).fetchone() is None:
            return 0
        with self._book.writing():
            due = self._book.db.execute(question, (now,)).fetchall()
            for turn in due:
                self._take_turn(turn, now)
        return len(due)

    def _loses(self, ref_id: str, now: float) -> bool:
        return (
            self._book.db.execute("insert or ignore into lost_request values (?, ?)", (ref_id, now)).rowcount
            == 1
        )

    def _again(self, known: sqlite3.Row, order: Order, now: float) -> dict[str, Any]:
        if (known["buyer_sku_code"], known["customer_no"]) != (order.sku, order.customer_no):
            return self._refused(order, "49")
        early = now - known["asked_at"] < _MINUTE
        self._book.db.execute(
            "update sale set asked = asked + 1, asked_at = ?, asked_early = asked_early + ? where sale_id = ?",
            (now, int(early), known["sale_id"]),
        )
        return self._shown(known)

    def _refusal(self, order: Order, product: Product) -> str | None:
        """The code of the first rule that forbids the sale and leaves nothing behind."""
        if not product.unlimited and self._book.taken(order.sku) >= product.stock:
            return "68"
        if order.max_price is not None and product.price > order.max_price:
            return "69"
        if not product.multi and self._book.sold_before(order.sku, order.customer_no):
            return "63"
        if not order.testing and self._book.balance_rupiah() < product.price:
            return "44"
        return None

    def _failure(self, order: Order, product: Product, now: float) -> str | None:
        """The code of the first rule that lets the sale be created and fail."""
        if not product.seller_on:
            return "53"
        if product.in_cut_off(self._clock.now()):
            return "58"
        if self._too_many(now):
            return "85"
        if product.fault is not None:
            return product.fault
        number = order.customer_no.replace(".", "") if order.allow_dot else order.customer_no
        if not number.isdigit():
            return "54"
        return (
            self._meter_fault(product, number)
            if product.category == "PLN"
            else self._phone_fault(product, number)
        )

    def _meter_fault(self, product: Product, number: str) -> str | None:
        if len(number) not in _METER_DIGITS:
            return "57"
        return "73" if over_the_month(product.nominal or 0, segment_of(number)) else None

    def _phone_fault(self, product: Product, number: str) -> str | None:
        if not number.startswith("08") or len(number) not in _PHONE_DIGITS:
            return "57"
        return None if self._catalogue.brand_of(number) == product.brand else "52"

    def _too_many(self, now: float) -> bool:
        if not self._settings.throttles:
            return False
        recent = self._book.db.execute(
            "select count(*) from sale where created_at > ?", (now - _MINUTE,)
        ).fetchone()
        return int(recent[0]) >= self._settings.transactions_per_minute

    def _sell(self, order: Order, product: Product, script: Script, now: float) -> dict[str, Any]:
        failure = self._failure(order, product, now)
        turns = script.turns if failure is None else (Turn("now", failure),)
        first = turns[0]
        cursor = self._book.db.execute(
            "insert into sale (ref_id, buyer_sku_code, customer_no, testing, status, rc, price_rupiah,"
            " charged_rupiah, script, cb_url, created_at, changed_at, asked_at)"
            " values (?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?)",
            (
                order.ref_id,
                order.sku,
                order.customer_no,
                int(order.testing),
                status_of(first.rc),
                first.rc,
                product.price,
                script.number,
                order.cb_url,
                now,
                now,
                now,
            ),
        )
        sale_id = int(cursor.lastrowid or 0)
        if not product.unlimited and failure is None:
            self._book.take(order.sku)
        self._enter(sale_id, first.rc, with_serial=first.with_serial, now=now)
        for later in turns[1:]:
            self._book.db.execute(
                "insert into turn (sale_id, rc, with_serial, due_at) values (?, ?, ?, ?)",
                (sale_id, later.rc, int(later.with_serial), now + self._seconds(later.delay)),
            )
        sale = self._book.sale_by_id(sale_id)
        self._hooks.plan(sale, self._shown(sale), "create", script, now)
        return self._shown(sale)

    def _take_turn(self, turn: sqlite3.Row, now: float) -> None:
        self._book.db.execute("update turn set done = 1 where turn_id = ?", (turn["turn_id"],))
        self._enter(turn["sale_id"], turn["rc"], with_serial=bool(turn["with_serial"]), now=now)
        sale = self._book.sale_by_id(turn["sale_id"])
        self._hooks.plan(sale, self._shown(sale), "update", SCRIPTS[sale["script"]], now)

    def _enter(self, sale_id: int, rc: str, *, with_serial: bool, now: float) -> None:
        """Give the sale its state; the float always holds exactly what open and sold ones cost."""
        sale = self._book.sale_by_id(sale_id)
        status = status_of(rc)
        owed = 0 if status == "Gagal" or sale["testing"] else sale["price_rupiah"]
        if owed != sale["charged_rupiah"]:
            self._book.enter_float(now, "sale" if owed else "refund", sale["charged_rupiah"] - owed, sale_id)
        serial = (
            self._serial(sale)
            if status == "Sukses" and with_serial
            else ("" if status != "Gagal" else sale["sn"])
        )
        self._book.db.execute(
            "update sale set status = ?, rc = ?, sn = ?, charged_rupiah = ?, changed_at = ? where sale_id = ?",
            (status, rc, serial, owed, now, sale_id),
        )

    def _serial(self, sale: sqlite3.Row) -> str:
        product = self._catalogue.find(sale["buyer_sku_code"])
        if product is not None and product.category == "PLN":
            return token_serial(
                sale["ref_id"], sale["customer_no"], product.nominal or product.price, SCRIPTS[sale["script"]]
            )
        return phone_serial(sale["ref_id"])

    def _seconds(self, delay: Delay) -> float:
        waits = {
            "now": 0.0,
            "pending": self._settings.pending_seconds,
            "late": self._settings.late_seconds,
            "reversal": self._settings.reversal_seconds,
        }
        return waits[delay]

    def _shown(self, sale: sqlite3.Row) -> dict[str, Any]:
        return {
            "ref_id": sale["ref_id"],
            "customer_no": sale["customer_no"],
            "buyer_sku_code": sale["buyer_sku_code"],
            "message": CODES[sale["rc"]].message,
            "status": sale["status"],
            "rc": sale["rc"],
            "sn": sale["sn"],
            "buyer_last_saldo": float(self._book.balance_rupiah()),
            "price": sale["price_rupiah"],
            "tele": "@telegram",
            "wa": "081234512345",
        }

    def _refused(self, order: Order, rc: str) -> dict[str, Any]:
        product = self._catalogue.find(order.sku)
        return {
            "ref_id": order.ref_id,
            "customer_no": order.customer_no,
            "buyer_sku_code": order.sku,
            "message": CODES[rc].message,
            "status": "Gagal",
            "rc": rc,
            "sn": "",
            "buyer_last_saldo": float(self._book.balance_rupiah()),
            "price": product.price if product else 0,
        }
