"""One invented person whose name, phone, meter, address and complaint must be readable nowhere: they are looked for.

The demo enrols them, has their waste fetched, buys a token for their meter and answers their complaint. What identity,
deposit and payout keep of it is sealed, which is unreadable and therefore not found; found is what leaked. The biller
has to be told the meter number (that is how a token is bought), so the stand-in biller's own book may hold it: that
file is not searched, and nothing else may hold it. `people.json`, the list of invented people of the seed, is meant
to be read by whoever tries the system and is not searched either.
"""

import base64
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
# In an instant, a day, an id, a small number there is no room for it.
_ROOMY = frozenset({"bytea", "_bytea", *_TEXTS, *(f"_{kind}" for kind in _TEXTS), *_LONG_NUMBERS})
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


# What is looked for in any capitals, and what only as it is.
NEEDLE_BYTES: tuple[tuple[str, bytes, tuple[bytes, ...]], ...] = tuple(
    (what, text.lower().encode(), tuple(_in_base64(text.encode()))) for what, text in NEEDLES.items()
)
_OVERLAP_BYTES = max(len(form) for _, plain, encoded in NEEDLE_BYTES for form in (plain, *encoded))


def found_in(content: bytes) -> Iterator[str]:
    """Which of the canary's particulars stand in some bytes, in whatever capitals."""
    lower = content.lower()
    for what, plain, encoded in NEEDLE_BYTES:
        if plain in lower or any(form in content for form in encoded):
            yield what


class Stream:
    """A search through bytes that come in pieces, and never lie in memory together."""

    def __init__(self) -> None:
        self.found: set[str] = set()
        self._pieces: list[bytes] = []
        self._size = 0

    def add(self, piece: bytes) -> None:
        """The next piece."""
        self._pieces.append(piece)
        self._size += len(piece)
        if self._size >= _CHUNK:
            self.look()

    def look(self) -> None:
        """Search what has come; the end of it may be the beginning of something and is looked at again."""
        content = b"".join(self._pieces)
        self.found.update(found_in(content))
        self._pieces = [content[-_OVERLAP_BYTES:]]
        self._size = 0


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
    """The whole table once through this process, which is quick; only where something is, PostgreSQL says where."""
    searched = [(column, kind) for column, kind in columns if kind in _ROOMY]
    if not searched:
        return []
    stream = Stream()

    async def add(piece: bytes) -> None:
        stream.add(piece)

    # In binary a text stands as it is, between its length and the next one's, and a number as a number.
    asked = ", ".join(
        f'"{column}"::text' if kind in _LONG_NUMBERS else f'"{column}"' for column, kind in searched
    )
    await connection.copy_from_query(f"select {asked} from {table}", output=add, format="binary")
    stream.look()
    return [
        each for what in sorted(stream.found) for each in await _places(connection, table, searched, what)
    ]


async def _places(
    connection: asyncpg.Connection, table: str, columns: Sequence[tuple[str, str]], what: str
) -> list[tuple[str, str, int]]:
    filters = ", ".join(f"count(*) filter (where {_condition(*column, what)})" for column in columns)
    row = await connection.fetchrow(f"select {filters} from {table}")
    found = [(what, column, count) for (column, _), count in zip(columns, tuple(row), strict=True) if count]
    return found or [(what, "some column", 0)]  # gone again by now, or between two columns


def _condition(column: str, kind: str, what: str) -> str:
    plain, encoded = next((plain, encoded) for name, plain, encoded in NEEDLE_BYTES if name == what)
    if kind == "_bytea":
        inside = _inside("encode(part, 'escape')", plain, encoded)
        return f'exists (select from unnest("{column}") as part where {inside})'
    return _inside(
        f"encode(\"{column}\", 'escape')" if kind == "bytea" else f'"{column}"::text', plain, encoded
    )


def _inside(text: str, plain: bytes, encoded: Iterable[bytes]) -> str:
    searched = [(f"lower({text})", plain), *((text, form) for form in encoded)]
    literals = [(where, form.decode().replace("'", "''")) for where, form in searched]
    return " or ".join(f"position('{form}' in {where}) > 0" for where, form in literals)


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
        stream = Stream()
        with file.open("rb") as content:
            while piece := content.read(_CHUNK):
                stream.add(piece)
        stream.look()
        leaks += [f"{file.name}: {what}" for what in sorted(stream.found)]
    return searched, leaks


async def search_metrics(doors: Mapping[str, str]) -> tuple[int, list[str]]:
    """The same for the pages that Prometheus reads. A door that is silent tells nobody anything: I11 names it."""
    pages, leaks = 0, []
    async with httpx.AsyncClient(timeout=10, trust_env=False) as client:
        for service, address in doors.items():
            try:
                page = await client.get(f"{address}/metrics")
            except httpx.TransportError:
                continue
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
