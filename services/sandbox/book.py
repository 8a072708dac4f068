"""The sandbox's file: every sale, every rupiah of float and every webhook, on disk before anyone is answered."""

import sqlite3
from pathlib import Path

# Other programs read this file (an auditor counts what was really sold): README.md explains each column,
# and a column's meaning never changes.
_TABLES = """
create table if not exists sale (
    sale_id integer primary key autoincrement,
    ref_id text not null,
    buyer_sku_code text not null,
    customer_no text not null,
    testing integer not null,
    status text not null check (status in ('Sukses', 'Pending', 'Gagal')),
    rc text not null,
    sn text not null default '',
    price_rupiah integer not null,
    charged_rupiah integer not null,
    script integer not null,
    cb_url text not null default '',
    created_at real not null,
    changed_at real not null,
    asked integer not null default 1,
    asked_at real not null,
    asked_early integer not null default 0,
    superseded integer not null default 0
);
create unique index if not exists sale_ref on sale (ref_id) where superseded = 0;
create index if not exists sale_number on sale (customer_no, buyer_sku_code);
create table if not exists turn (
    turn_id integer primary key autoincrement,
    sale_id integer not null references sale,
    rc text not null,
    with_serial integer not null,
    due_at real not null,
    done integer not null default 0
);
create index if not exists turn_due on turn (due_at) where done = 0;
create table if not exists float_entry (
    entry_id integer primary key autoincrement,
    at real not null,
    kind text not null check (kind in ('opening', 'top_up', 'ticket', 'sale', 'refund')),
    amount_rupiah integer not null,
    sale_id integer references sale,
    balance_rupiah integer not null
);
create table if not exists ticket (
    ticket_id integer primary key autoincrement,
    at real not null,
    bank text not null,
    owner_name text not null,
    amount_rupiah integer not null,
    paid_at real
);
create table if not exists hook (
    hook_id integer primary key autoincrement,
    sale_id integer,
    url text not null,
    event text not null,
    body text not null,
    forged integer not null default 0,
    due_at real not null,
    sent_at real,
    http_status integer,
    error text
);
create index if not exists hook_due on hook (due_at) where sent_at is null;
create table if not exists lost_request (ref_id text primary key, at real not null);
create table if not exists stock_taken (sku text primary key, pieces integer not null);
create table if not exists dial (name text primary key, value text not null);
"""


class Book:
    """One SQLite file. Use `with book.writing():` around all that must stand or fall together."""

    def __init__(self, file: Path) -> None:
        """Open the file, make its tables where they are missing."""
        if str(file) != ":memory:":
            file.parent.mkdir(parents=True, exist_ok=True)
        self.db = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
        self.db.row_factory = sqlite3.Row
        # FULL: a sale that was answered survives the machine losing power.
        self.db.executescript(
            "pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on;"
        )
        self.db.executescript(_TABLES)

    def close(self) -> None:
        """Let go of the file."""
        self.db.close()

    def writing(self) -> "_Writing":
        """A transaction that is on disk when the block ends, or never happened."""
        return _Writing(self.db)

    def sale(self, ref_id: str) -> sqlite3.Row | None:
        """The sale that this reference stands for now."""
        row: sqlite3.Row | None = self.db.execute(
            "select * from sale where ref_id = ? and superseded = 0", (ref_id,)
        ).fetchone()
        return row

    def sale_by_id(self, sale_id: int) -> sqlite3.Row:
        """The sale with this number; it must exist."""
        row: sqlite3.Row = self.db.execute("select * from sale where sale_id = ?", (sale_id,)).fetchone()
        return row

    def balance_rupiah(self) -> int:
        """The float after the last entry."""
        row = self.db.execute(
            "select balance_rupiah from float_entry order by entry_id desc limit 1"
        ).fetchone()
        return int(row[0]) if row else 0

    def enter_float(self, at: float, kind: str, amount_rupiah: int, sale_id: int | None = None) -> int:
        """Add to the float (or take from it) and return the new balance."""
        balance = self.balance_rupiah() + amount_rupiah
        self.db.execute(
            "insert into float_entry (at, kind, amount_rupiah, sale_id, balance_rupiah) values (?, ?, ?, ?, ?)",
            (at, kind, amount_rupiah, sale_id, balance),
        )
        return balance

    def taken(self, sku: str) -> int:
        """How many pieces of a stocked product are gone."""
        row = self.db.execute("select pieces from stock_taken where sku = ?", (sku,)).fetchone()
        return int(row[0]) if row else 0

    def take(self, sku: str) -> None:
        """One piece less in stock."""
        self.db.execute(
            "insert into stock_taken values (?, 1) on conflict (sku) do update set pieces = pieces + 1",
            (sku,),
        )

    def sold_before(self, sku: str, customer_no: str) -> bool:
        """Whether this number already got this product and did not fail."""
        return (
            self.db.execute(
                "select 1 from sale where customer_no = ? and buyer_sku_code = ? and status <> 'Gagal' limit 1",
                (customer_no, sku),
            ).fetchone()
            is not None
        )

    def dial(self, name: str, otherwise: str) -> str:
        """A setting that the control door may have turned."""
        row = self.db.execute("select value from dial where name = ?", (name,)).fetchone()
        return str(row[0]) if row else otherwise

    def turn_dial(self, name: str, value: str) -> None:
        """Set it, for this and every later start."""
        self.db.execute(
            "insert into dial values (?, ?) on conflict (name) do update set value = excluded.value",
            (name, value),
        )


class _Writing:
    """`begin immediate` … `commit`, or `rollback` when the block raised."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def __enter__(self) -> None:
        self._db.execute("begin immediate")

    def __exit__(self, kind: object, *_: object) -> None:
        self._db.execute("commit" if kind is None else "rollback")
