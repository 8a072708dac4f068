"""One invented person whose name, phone, meter, address and complaint must be readable nowhere: they are looked for.

The demo enrols them, has their waste fetched, buys a token for their meter and answers their complaint. What identity,
deposit and payout keep of it is sealed, which is unreadable and therefore not found; found is what leaked. The biller
has to be told the meter number (that is how a token is bought), so the stand-in biller's own book may hold it: that
file is not searched, and nothing else may hold it. `people.json`, the list of invented people of the seed, is meant
to be read by whoever tries the system and is not searched either.
"""

import base64
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import asyncpg
import httpx

from tests.verify.findings import Differences, Finding

NAME = "Kenari Cendrawasih Sukmawati"
PHONE = "085290738146"
METER = "56730918245"
ADDRESS = "Gang Kenari Kuning No. 142, dekat surau"
VILLAGE_HINT = "pagar kenari hijau"
COMPLAINT = "timbangan kenari kuning tidak sama dengan catatan"

# However a phone is written, these digits of it are there.
NEEDLES: Mapping[str, str] = {
    "name": NAME,
    "phone": PHONE.removeprefix("0"),
    "meter number": METER,
    "address": ADDRESS,
    "address hint": VILLAGE_HINT,
    "complaint": COMPLAINT,
}
UNSEARCHED_FILES = frozenset({"people.json"})
# Made from ids and figures alone: whoever holds the words about somebody could not make them, nor find them by it.
ABOUT_NOBODY = frozenset({"deposit.deposit.fingerprint", "wallet.verdict.fingerprint"})
_CHUNK = 1 << 22
_TEXTS = frozenset({"text", "varchar", "bpchar", "name", "json", "jsonb", "xml"})
_LONG_NUMBERS = frozenset({"int8", "numeric", "_int8", "_numeric"})
_COLUMNS = """
select c.table_schema as schema, c.table_name as name, c.column_name as column, c.udt_name as kind
from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
where t.table_type = 'BASE TABLE' and c.table_schema not in ('pg_catalog', 'information_schema')
order by 1, 2, c.ordinal_position
"""


def _in_base64(text: bytes) -> Iterator[bytes]:
    """What every base64 of something that holds the text must hold, for the three ways in which it may be aligned."""
    for shift in range(3):
        encoded = base64.b64encode(bytes(shift) + text)
        yield encoded[4 if shift else 0 : -4]


NEEDLE_BYTES: tuple[tuple[str, tuple[bytes, ...]], ...] = tuple(
    (what, (text.encode(), text.encode().lower(), *_in_base64(text.encode())))
    for what, text in NEEDLES.items()
)


def found_in(content: bytes) -> Iterator[str]:
    """Which of the canary's particulars stand in some bytes."""
    for what, forms in NEEDLE_BYTES:
        if any(form in content for form in forms):
            yield what


async def search_databases(connections: Mapping[str, asyncpg.Connection]) -> tuple[int, list[str]]:
    """How many columns were searched, and where something was found: every column of every table."""
    columns, leaks = 0, []
    for service, connection in connections.items():
        tables: dict[tuple[str, str], list[tuple[str, str]]] = {}
        for row in await connection.fetch(_COLUMNS):
            tables.setdefault((row["schema"], row["name"]), []).append((row["column"], row["kind"]))
        for (schema, table), held in tables.items():
            columns += len(held)
            leaks += [
                f"{service}'s database: {what} in {table}.{column} ({rows} rows)"
                for what, column, rows in await _search_table(connection, f'"{schema}"."{table}"', held)
            ]
    return columns, leaks


async def _search_table(
    connection: asyncpg.Connection, table: str, columns: Iterable[tuple[str, str]]
) -> list[tuple[str, str, int]]:
    asked = [(column, kind, what) for column, kind in columns for what in NEEDLES]
    filters = ", ".join(
        f"count(*) filter (where {_condition(column, kind, what)})" for column, kind, what in asked
    )
    row = await connection.fetchrow(f"select {filters} from {table}") if asked else ()
    return [
        (what, column, count) for (column, _, what), count in zip(asked, tuple(row), strict=True) if count
    ]


def _condition(column: str, kind: str, what: str) -> str:
    forms = next(forms for name, forms in NEEDLE_BYTES if name == what)
    hexes = [form.hex() for form in dict.fromkeys(forms)]
    if kind == "bytea":
        return " or ".join(f"position('\\x{each}'::bytea in \"{column}\") > 0" for each in hexes)
    if kind == "_bytea":
        inside = " or ".join(f"position('\\x{each}'::bytea in part) > 0" for each in hexes)
        return f'exists (select from unnest("{column}") as part where {inside})'
    if kind in _TEXTS or kind.lstrip("_") in _TEXTS:
        texts = [form.decode().replace("'", "''") for form in dict.fromkeys(forms)]
        return " or ".join(f"position(lower('{each}') in lower(\"{column}\"::text)) > 0" for each in texts)
    digits = NEEDLES[what]
    if kind in _LONG_NUMBERS and digits.isdigit():
        return f"position('{digits}' in \"{column}\"::text) > 0"
    return "false"  # an instant, a day, an id, a small number: there is no room for it


async def search_the_erased(connections: Mapping[str, asyncpg.Connection]) -> tuple[int, list[str]]:
    """How many members were erased, and where something sealed, or made from it, is still kept of them."""
    erased = [
        str(row["id"])
        for row in await connections["identity"].fetch("select id from member where erased_at is not null")
    ]
    leaks = []
    for service, connection in connections.items():
        columns: dict[tuple[str, str], list[tuple[str, str]]] = {}
        for row in await connection.fetch(_COLUMNS):
            columns.setdefault((row["schema"], row["name"]), []).append((row["column"], row["kind"]))
        for (schema, table), held in columns.items():
            key = _member_of(service, table, {name for name, _ in held})
            kept = [name for name, kind in held if kind == "bytea"]
            for column in kept if key else ():
                if f"{service}.{table}.{column}" in ABOUT_NOBODY:
                    continue
                rows = await connection.fetchval(
                    f'select count(*) from "{schema}"."{table}" where "{key}"::text = any($1::text[]) '
                    f'and octet_length("{column}") > 0',
                    erased,
                )
                if rows:
                    leaks.append(f"{service}'s database: {table}.{column} of {rows} rows of erased members")
    return len(erased), leaks


def _member_of(service: str, table: str, columns: set[str]) -> str | None:
    if (service, table) == ("identity", "member"):
        return "id"
    return next((name for name in ("member_id", "subject_id") if name in columns and table != "audit"), None)


def search_files(files: Iterable[Path]) -> tuple[int, list[str]]:
    """The same for files, read in overlapping pieces."""
    searched, leaks = 0, []
    for file in files:
        if file.name in UNSEARCHED_FILES or not file.is_file():
            continue
        searched += 1
        found: set[str] = set()
        with file.open("rb") as content:
            tail = b""
            while piece := content.read(_CHUNK):
                found.update(found_in(tail + piece))
                tail = piece[-256:]
        leaks += [f"{file.name}: {what}" for what in sorted(found)]
    return searched, leaks


async def search_metrics(doors: Mapping[str, str]) -> tuple[int, list[str]]:
    """The same for the pages that Prometheus reads."""
    pages, leaks = 0, []
    async with httpx.AsyncClient(timeout=10, trust_env=False) as client:
        for service, address in doors.items():
            page = await client.get(f"{address}/metrics")
            pages += 1
            leaks += [f"{service}'s metrics: {what}" for what in found_in(page.content)]
    return pages, leaks


def check_canary(leaks: Iterable[str], searched: str) -> Finding:
    """I13."""
    found = Differences()
    for leak in leaks:
        found.add(leak)
    return found.finding(
        "I13", "nobody's name, phone, meter, address or complaint is readable anywhere", searched
    )
