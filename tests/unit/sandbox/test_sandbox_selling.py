"""The shop sells, refuses and remembers as the dialect says, decided on a book in memory."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from services.sandbox.book import Book
from services.sandbox.catalogue import read_catalogue
from services.sandbox.clock import MovableClock
from services.sandbox.hooks import Hooks
from services.sandbox.selling import MEMORY_SECONDS, Order, Shop
from services.sandbox.settings import SandboxSettings

OPENING = 5_000_000


class Counter:
    """A shop with its book and a clock that can be moved."""

    def __init__(self, book: Book, **changes: object) -> None:
        self.settings = SandboxSettings(
            opening_float_rupiah=OPENING,
            webhook_url="http://buyer.test/hook",
            **changes,  # type: ignore[arg-type]
        )
        self.book = book
        self.clock = MovableClock()
        self.hooks = Hooks(self.settings, book, self.clock)
        self.shop = Shop(
            self.settings, read_catalogue(self.settings.products_file), book, self.clock, self.hooks
        )

    def buy(
        self, ref_id: str, sku: str = "pln20", number: str = "14000000001", **more: object
    ) -> dict[str, object]:
        order = Order(
            **{  # type: ignore[arg-type]
                "ref_id": ref_id,
                "sku": sku,
                "customer_no": number,
                "max_price": None,
                "testing": False,
                "cb_url": "",
                "allow_dot": False,
                **more,
            }
        )
        return self.shop.transact(order).body

    def later(self, seconds: float) -> None:
        self.clock.move_to(self.clock.offset_seconds + int(seconds))
        self.shop.settle_due()


@pytest.fixture
def counter() -> Counter:
    return Counter(Book(Path(":memory:")))


def test_a_sale_costs_its_price_once_however_often_it_is_asked(counter: Counter) -> None:
    first = counter.buy("r1")
    assert (first["status"], first["rc"], first["price"]) == ("Sukses", "00", 20590)
    assert counter.buy("r1") == first
    assert counter.book.balance_rupiah() == OPENING - 20590
    assert counter.book.sale("r1")["asked"] == 2  # type: ignore[index]


def test_the_same_reference_with_another_payload_is_49(counter: Counter) -> None:
    counter.buy("r1")
    assert counter.buy("r1", number="14000000099")["rc"] == "49"
    assert counter.buy("r1", sku="pln50")["rc"] == "49"


def test_after_ninety_days_the_same_reference_buys_again(counter: Counter) -> None:
    counter.buy("r1")
    counter.later(MEMORY_SECONDS - 60)
    counter.buy("r1")
    assert counter.book.balance_rupiah() == OPENING - 20590
    counter.later(120)
    counter.buy("r1")
    assert counter.book.balance_rupiah() == OPENING - 2 * 20590


@pytest.mark.parametrize(
    ("sku", "number", "more", "rc"),
    [
        ("nope", "14000000001", {}, "43"),
        ("tes-mati", "087812345678", {}, "43"),
        ("tes-habis", "087812345678", {}, "68"),
        ("pln20", "14000000001", {"max_price": 20589}, "69"),
        ("pln1000", "14000000001", {"testing": False}, "00"),
    ],
)
def test_what_is_refused_leaves_nothing_behind(
    counter: Counter, sku: str, number: str, more: dict[str, object], rc: str
) -> None:
    assert counter.buy("r1", sku, number, **more)["rc"] == rc
    assert (counter.book.sale("r1") is None) == (rc != "00")


def test_refused_then_mended_the_same_reference_buys(counter: Counter) -> None:
    assert counter.buy("r1", max_price=1)["rc"] == "69"
    assert counter.buy("r1", max_price=20590)["rc"] == "00"


def test_the_float_runs_out_and_comes_back(counter: Counter) -> None:
    for n in range(4):
        assert counter.buy(f"r{n}", "pln1000")["rc"] == "00"
    assert counter.buy("r4", "pln1000")["rc"] == "44"
    with counter.book.writing():
        counter.book.enter_float(0, "top_up", 1_000_000)
    assert counter.buy("r4", "pln1000")["rc"] == "00"


def test_stock_and_multi(counter: Counter) -> None:
    assert [counter.buy(f"s{n}", "tes-stok", "087812345678")["rc"] for n in range(3)] == ["00", "00", "68"]
    assert counter.buy("m1", "tes-sekali", "087812345678")["rc"] == "00"
    assert counter.buy("m2", "tes-sekali", "087812345678")["rc"] == "63"
    assert counter.buy("m3", "tes-sekali", "087812345679")["rc"] == "00"


@pytest.mark.parametrize(
    ("sku", "number", "rc"),
    [
        ("xld10", "087800001230", "00"),
        ("xld10", "087800001232", "02"),
        ("xld10", "081212345678", "52"),
        ("xld10", "0878", "57"),
        ("pln20", "123", "57"),
        ("pln20", "14000000002", "54"),
        ("pln20", "14000000007", "73"),
        ("pln200", "14000000024", "73"),
        ("pln100", "14000000024", "00"),
        ("tes-gangguan", "087812345678", "55"),
        ("tes-wilayah", "087812345678", "59"),
        ("tes-unreg", "087812345678", "72"),
        ("tes-seller", "087812345678", "53"),
        ("byu10", "085154123456", "00"),
        ("tsel10", "085154123456", "52"),
    ],
)
def test_what_a_number_or_product_gets_at_once(counter: Counter, sku: str, number: str, rc: str) -> None:
    answer = counter.buy("r1", sku, number)
    assert answer["rc"] == rc
    owed = answer["price"] if rc == "00" else 0
    assert counter.book.balance_rupiah() == OPENING - owed  # type: ignore[operator]


@pytest.mark.parametrize(
    ("number", "codes", "sold"),
    [
        ("087800001233", ["03", "00"], True),
        ("087800001234", ["03", "02"], False),
        ("087800001306", ["00", "74"], False),
        ("087800001310", ["01", "00"], True),
        ("087800001311", ["01", "00"], True),
        ("087800001327", ["02", "00"], True),
        ("087800001330", ["99", "00"], True),
        ("087800001309", ["03", "03"], True),
    ],
)
def test_what_becomes_of_a_number(counter: Counter, number: str, codes: list[str], sold: bool) -> None:
    seen = [counter.buy("r1", "xld10", number)["rc"]]
    counter.later(counter.settings.late_seconds + 1)
    again = counter.buy("r1", "xld10", number)
    assert [*seen, again["rc"]] == codes
    assert counter.book.balance_rupiah() == OPENING - (again["price"] if sold else 0)  # type: ignore[operator]


def test_an_empty_serial_comes_later(counter: Counter) -> None:
    assert counter.buy("r1", number="14000000008")["sn"] == ""
    counter.later(counter.settings.pending_seconds + 1)
    assert counter.buy("r1", number="14000000008")["sn"]


def test_a_request_that_was_lost_buys_when_asked_again(counter: Counter) -> None:
    assert counter.buy("r1", number="14000000021") == {}
    assert counter.book.sale("r1") is None
    assert counter.buy("r1", number="14000000021")["rc"] == "00"


def test_testing_costs_nothing(counter: Counter) -> None:
    assert counter.buy("r1", "xld10", "087800001230", testing=True)["rc"] == "00"
    assert counter.book.balance_rupiah() == OPENING


def test_the_limit_of_sales_a_minute_is_85() -> None:
    counter = Counter(Book(Path(":memory:")), transactions_per_minute=2)
    assert [counter.buy(f"r{n}")["rc"] for n in range(3)] == ["00", "00", "85"]
    counter.later(61)
    assert counter.buy("r2")["rc"] == "85"
    assert counter.buy("r3")["rc"] == "00"


def test_sales_survive_the_process(tmp_path: Path) -> None:
    file = tmp_path / "sold.sqlite3"
    before = Counter(Book(file))
    answer = before.buy("r1", number="14000000003")
    before.book.close()
    after = Counter(Book(file))
    assert after.buy("r1", number="14000000003") == answer
    after.later(after.settings.pending_seconds + 1)
    assert after.buy("r1", number="14000000003")["status"] == "Sukses"
    assert after.book.balance_rupiah() == OPENING - 20590


def test_a_cut_off_may_span_midnight() -> None:
    catalogue = read_catalogue(SandboxSettings().products_file)
    product = catalogue.products[0].model_copy(update={"start_cut_off": "23:45", "end_cut_off": "0:15"})
    at: Callable[[str], bool] = lambda text: product.in_cut_off(_instant(text))  # noqa: E731
    assert [at("23:44"), at("23:45"), at("00:14"), at("00:15")] == [False, True, True, False]


def _instant(wib_time: str) -> datetime:
    return datetime.fromisoformat(f"2026-08-01T{wib_time}:00+07:00")
