"""Runs every query of the dashboards as Grafana would, on a live system, and compares it with a recount of the events.

    differences = await check_panels(reader_url=..., bootstrap_servers=..., rollout_path=...)

An empty list: every panel says what the topics say. The recount shares no code with the service that counts.
"""

import asyncio
import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import asyncpg
import yaml
from aiokafka import AIOKafkaConsumer, TopicPartition

from tests.journeys import field_day_panels
from tests.journeys.grafana_recount import Recount, recount
from tests.journeys.grafana_view import Row, View, quantile, starts_at, wib

DASHBOARDS = Path(__file__).resolve().parents[2] / "deploy" / "grafana" / "dashboards"
TOPICS = ("people", "deposits", "prices", "valuations", "credits", "redemptions")
MACRO = re.compile(r"\$__(\w+)\(([^()]*)\)")
CLASS_NAMES = {
    "food": "Sisa makanan",
    "wood": "Kayu dan ranting",
    "paper": "Kertas dan karton",
    "plastic": "Plastik",
    "metal": "Logam",
    "textile": "Kain",
    "rubber_leather": "Karet dan kulit",
    "glass": "Kaca",
    "other": "Lainnya",
}
AGE_TOLERANCE_SECONDS = 30.0
# Columns that tell an age: it grows between asking and counting.
AGES = {"Penukaran belum selesai": 1, "Karung menunggu ditimbang": 4}


@dataclass(frozen=True, slots=True)
class Difference:
    """A panel that does not say what the events say."""

    panel: str
    expected: list[Row]
    found: list[Row]

    def __str__(self) -> str:
        missing = [row for row in self.expected if row not in self.found]
        strange = [row for row in self.found if row not in self.expected]
        return f"{self.panel}: expected and not found {missing[:5]}; found and not expected {strange[:5]}"


# What each panel must show ----------------------------------------------------------------------------------------


def _completeness(view: View) -> list[Row]:
    now = datetime.now(UTC)
    used = [heard for heard in view.events.last_heard.values() if heard > now - timedelta(days=30)]
    if not used:
        return [("belum ada tablet yang mengirim",)]
    late = sum(heard < now - timedelta(hours=24) for heard in used)
    until = (min(used) + timedelta(hours=7)).strftime("%d-%m-%Y %H.%M")
    return [(f"lengkap s.d. {until} WIB; {late} dari {len(used)} tablet belum mengirim dalam 24 jam",)]


def _codes(view: View) -> list[str]:
    return [each["kemendagri_code"] for each in view.subdistricts]


def _registered(view: View) -> list[Row]:
    return [(sum(view.registered(code) for code in _codes(view)),)]


def _active(view: View) -> list[Row]:
    return [(sum(view.active(code) for code in _codes(view)),)]


def _weight(view: View) -> list[Row]:
    cells = view.events.grams_by_cell()
    return [(sum(view.in_quarter(cells, code) for code in _codes(view)) / 1000,)]


def _owed(view: View) -> list[Row]:
    return [(view.events.owed_rupiah(), view.events.held_rupiah(), view.events.opening_rupiah())]


def _open(view: View) -> list[Row]:
    waiting = view.events.open_redemptions()
    if not waiting:
        return [(0, None)]
    oldest = min(datetime.fromisoformat(each["requested_at"]) for each in waiting)
    return [(len(waiting), (datetime.now(UTC) - oldest).total_seconds())]


def _phase(subdistrict: Mapping[str, Any]) -> tuple[str, date | None]:
    today = wib(datetime.now(UTC))
    begun = [entry for entry in subdistrict["phases"] if entry["since_on"] <= today]
    return (begun[-1]["phase"], begun[-1]["since_on"]) if begun else ("planned", None)


def _standing(view: View) -> list[Row]:
    grams, deposits = view.events.grams_by_cell(), view.events.deposits_by_cell()
    rows = []
    for each in view.subdistricts:
        code = each["kemendagri_code"]
        target: dict[str, int] = next(
            (one for one in each.get("targets", ()) if one["quarter"] == view.quarter), {}
        )
        actual = (view.registered(code), view.active(code), view.in_quarter(grams, code) / 1000)
        aims = (target.get("registered_members"), target.get("active_members"), target.get("weight_kg"))
        measured = [
            figure for got, aim in zip(actual, aims, strict=True) for figure in (got, aim, _percent(got, aim))
        ]
        population = each.get("population", {}).get("count")
        rows.append(
            (
                each["name"],
                *_phase(each),
                *measured,
                view.in_quarter(deposits, code),
                _percent(actual[0], population),
            )
        )
    return rows


def _percent(actual: float, aim: int | None) -> float | None:
    return None if aim is None else 100 * actual / aim


def _classes(view: View) -> list[Row]:
    sums: dict[tuple[date, str], int] = {}
    for (_, day, waste_class), grams in view.events.grams_by_class().items():
        if view.in_range(day):
            name = CLASS_NAMES.get(waste_class, CLASS_NAMES["other"])
            sums[day, name] = sums.get((day, name), 0) + grams
    return [(starts_at(day), name, grams / 1000) for (day, name), grams in sums.items()]


def _deposits(view: View) -> list[Row]:
    cells = view.events.deposits_by_cell()
    return [(starts_at(day), view.name(code), n) for (code, day), n in cells.items() if view.in_range(day)]


def _rupiah(view: View) -> list[Row]:
    credited, redeemed = view.events.credited_by_cell(), view.events.redeemed_by_cell()
    known = {*(+credited), *(+redeemed)}
    days = {day for _, day in known if view.in_range(day)}
    return [
        (
            starts_at(day),
            sum(rupiah for (_, on), rupiah in credited.items() if on == day),
            sum(rupiah for (_, on), rupiah in redeemed.items() if on == day),
        )
        for day in days
    ]


def _redemptions(view: View) -> list[Row]:
    late, redeemed = view.events.late_by_cell(), view.events.redeemed_by_cell()
    return [
        (
            day,
            view.name(code),
            len(seconds),
            late[code, day],
            redeemed[code, day],
            quantile(seconds, 0.5),
            quantile(seconds, 0.95),
            seconds[-1],
        )
        for (code, day), seconds in view.events.seconds_by_cell().items()
        if view.in_range(day)
    ]


def _phases(view: View) -> list[Row]:
    """Entries in force, without the instants at which they were loaded."""
    return [
        (each["name"], entry["phase"], entry["since_on"])
        for each in view.subdistricts
        for entry in each["phases"]
    ]


EXPECTED: dict[str, Callable[[View], list[Row]]] = {
    "Kelengkapan data": _completeness,
    "Nasabah terdaftar": _registered,
    "Nasabah aktif (90 hari)": _active,
    "Berat triwulan ini": _weight,
    "Saldo nasabah": _owed,
    "Penukaran belum selesai": _open,
    "Sasaran dan capaian per kecamatan": _standing,
    "Berat per golongan sampah": _classes,
    "Setoran per hari": _deposits,
    "Rupiah dikreditkan dan ditukarkan": _rupiah,
    "Penukaran berhasil dan lamanya": _redemptions,
    "Riwayat tahap peluncuran": _phases,
    **field_day_panels.EXPECTED,
}


# Running the panels -----------------------------------------------------------------------------------------------


def panels() -> dict[str, str]:
    """Every panel's query by its title, from the JSON that Grafana is given."""
    return {
        panel["title"]: target["rawSql"]
        for path in sorted(DASHBOARDS.glob("*.json"))
        for panel in json.loads(path.read_text(encoding="utf-8"))["panels"]
        for target in panel.get("targets", ())
        if "rawSql" in target
    }


def expand(sql: str, since: datetime, until: datetime) -> str:
    """Grafana's macros as its PostgreSQL data source writes them. Raises ValueError for one that is not known."""

    def written(found: re.Match[str]) -> str:
        name, argument = found.groups()
        first, last = (f"'{each.strftime('%Y-%m-%dT%H:%M:%S.%fZ')}'" for each in (since, until))
        match name:
            case "timeFilter":
                return f"{argument} BETWEEN {first} AND {last}"
            case "timeFrom":
                return first
            case "timeTo":
                return last
            case _:
                raise ValueError(f"macro $__{name} is not known here")

    return MACRO.sub(written, sql)


async def run_panel(connection: asyncpg.Connection, title: str, sql: str, view: View) -> list[Row]:
    """The rows of one panel, numbers as plain numbers."""
    rows = [tuple(map(_plain, row)) for row in await connection.fetch(expand(sql, view.since, view.until))]
    if title == "Riwayat tahap peluncuran":
        return [row[:3] for row in rows if row[4] is None]
    return rows


def _plain(cell: Any) -> Any:
    return float(cell) if isinstance(cell, Decimal) else cell


def same(expected: list[Row], found: list[Row], age: int | None = None) -> bool:
    """The same rows in any order; an age may differ by what passed between asking and counting."""
    if len(expected) != len(found):
        return False
    pairs = zip(sorted(expected, key=_order), sorted(found, key=_order), strict=True)
    return all(
        len(a) == len(b)
        and all(
            _near(*cells) if place == age else _equal(*cells)
            for place, cells in enumerate(zip(a, b, strict=True))
        )
        for a, b in pairs
    )


def _near(expected: float | None, found: float | None) -> bool:
    if expected is None or found is None:
        return expected is found
    return abs(expected - found) < AGE_TOLERANCE_SECONDS


def _order(row: Row) -> tuple[str, ...]:
    return tuple(cell if isinstance(cell, str) else "" for cell in row) + tuple(
        f"{cell:020.6f}" if isinstance(cell, int | float) else str(cell) for cell in row
    )


def _equal(expected: Any, found: Any) -> bool:
    if isinstance(expected, int | float) and isinstance(found, int | float):
        return abs(expected - found) <= max(1e-6 * abs(expected), 1e-6)
    return bool(expected == found)


async def read_topics(bootstrap_servers: str, prefix: str = "") -> Recount:
    """Everything that was ever said, each event once, up to the topics' ends at this moment."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap_servers, max_partition_fetch_bytes=4_194_304)
    await consumer.start()
    try:
        places = [
            TopicPartition(topic, number)
            for topic in (f"{prefix}timbang.{name}.v1" for name in TOPICS)
            # The public call answers only for topics that the consumer subscribed to.
            for number in await consumer._client._wait_on_metadata(topic) or ()
        ]
        consumer.assign(places)
        await consumer.seek_to_beginning(*places)
        ends = await consumer.end_offsets(places)
        said: dict[str, tuple[str, bytes]] = {}
        while any([await consumer.position(place) < end for place, end in ends.items()]):
            for records in (await consumer.getmany(timeout_ms=500, max_records=5000)).values():
                for record in records:
                    headers = {
                        key: (value or b"").decode("utf-8", "replace") for key, value in record.headers
                    }
                    if record.value is not None and "ce_id" in headers and "ce_type" in headers:
                        said.setdefault(headers["ce_id"], (headers["ce_type"], record.value))
        return recount(said.values())
    finally:
        await consumer.stop()


def read_subdistricts(rollout_path: Path) -> list[dict[str, Any]]:
    """The sub-districts of the rollout file as plain YAML."""
    content = yaml.safe_load(rollout_path.read_text(encoding="utf-8"))
    return [each for regency in content["regencies"] for each in regency["subdistricts"]]


async def compare_panels(connection: asyncpg.Connection, view: View) -> list[Difference]:
    """Every panel against the events, once."""
    differences = []
    for title, sql in panels().items():
        found = await run_panel(connection, title, sql, view)
        expected = EXPECTED[title](view)
        if not same(expected, found, AGES.get(title)):
            differences.append(Difference(title, expected, found))
    return differences


async def check_panels(
    *,
    reader_url: str,
    bootstrap_servers: str,
    rollout_path: Path,
    prefix: str = "",
    patience_seconds: float = 30,
) -> list[Difference]:
    """As a person would look: the last 30 days. Waits so long for adoption to hear what the topics hold already."""
    deadline = time.monotonic() + patience_seconds
    events = await read_topics(bootstrap_servers, prefix)
    connection = await asyncpg.connect(reader_url)
    try:
        while True:
            until = datetime.now(UTC)
            view = View(events, until - timedelta(days=30), until, read_subdistricts(rollout_path))
            differences = await compare_panels(connection, view)
            if not differences or time.monotonic() > deadline:
                return differences
            await asyncio.sleep(1)
            events = await read_topics(bootstrap_servers, prefix)
    finally:
        await connection.close()


async def reader_is_held(reader_url: str) -> list[str]:
    """What Grafana's role could do besides reading views; it must be nothing."""
    connection = await asyncpg.connect(reader_url)
    forbidden = (
        "insert into reporting.subdistrict (name) values ('x')",
        "insert into member values (gen_random_uuid(), 'x', 'person', true, current_date)",
        "delete from deposit",
        "select * from stored_event limit 1",
        "create table reporting.mine (i int)",
        "create table public.mine (i int)",
        "create temporary table mine (i int)",
    )
    done = []
    try:
        for statement in forbidden:
            for before in ("", "set default_transaction_read_only = off; "):
                try:
                    await connection.execute(before + statement)
                except asyncpg.PostgresError:
                    continue
                done.append(statement)
    finally:
        await connection.close()
    return done
