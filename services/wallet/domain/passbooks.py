"""The passbooks of a waste bank that moves in, read from a file row by row; what is wrong is said in words.

Columns, in any order, by Indonesian or English names: the member's id, the balance in whole rupiah, and the day of the
balance. A name may stand beside them for the person who checks the file; it is neither kept nor repeated. Separated by
commas or semicolons, as spreadsheets save it.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from shared.kernel.ids import derived_uuid

ROWS_MAX = 2_000
# More than any passbook of sorted waste holds: two zeros too many.
BALANCE_MAX = 100_000_000
FIRST_DAY = date(2000, 1, 1)
_COLUMNS = {
    "member_id": ("member_id", "id_nasabah"),
    "balance_rupiah": ("balance_rupiah", "saldo_rupiah"),
    "as_of": ("as_of", "per_tanggal"),
}
_RUPIAH = re.compile(r"(?:Rp\.? ?)?([0-9]{1,12}|[0-9]{1,3}(?:\.[0-9]{3}){1,3})", re.ASCII | re.IGNORECASE)
_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", re.ASCII)
_LOCAL_DAY = re.compile(r"([0-9]{1,2})[/-]([0-9]{1,2})[/-]([0-9]{4})", re.ASCII)


class RowFault(StrEnum):
    """What is wrong with a row, or with the file as a whole (line 0)."""

    UNREADABLE = "unreadable"
    COLUMN_MISSING = "column_missing"
    NO_ROWS = "no_rows"
    TOO_MANY_ROWS = "too_many_rows"
    NOT_AN_ID = "not_a_member_id"
    NOT_RUPIAH = "not_rupiah"
    TOO_MUCH = "too_much"
    NOT_A_DAY = "not_a_day"
    DAY_OUT_OF_BOUNDS = "day_out_of_bounds"
    TWICE_IN_FILE = "twice_in_file"
    ALREADY_OPENED = "already_opened"
    HAS_LEFT = "has_left"


class Sentence(NamedTuple):
    """What a person is told, in both languages."""

    indonesian: str
    english: str


SENTENCES: dict[RowFault, Sentence] = {
    RowFault.UNREADABLE: Sentence(
        "Berkas ini bukan CSV yang utuh: periksa tanda kutipnya.",
        "This file is not whole CSV: check its quotes.",
    ),
    RowFault.COLUMN_MISSING: Sentence(
        "Kolom ini tidak ada pada baris judul.", "This column is missing in the heading."
    ),
    RowFault.NO_ROWS: Sentence("Berkas ini tidak berisi nasabah.", "This file names no member."),
    RowFault.TOO_MANY_ROWS: Sentence(
        f"Berkas ini lebih dari {ROWS_MAX} baris: bagilah.", f"More than {ROWS_MAX} rows: divide the file."
    ),
    RowFault.NOT_AN_ID: Sentence(
        "Ini bukan nomor nasabah; pindai kartunya lagi.", "This is not a member's id; scan the card again."
    ),
    RowFault.NOT_RUPIAH: Sentence(
        "Saldo harus rupiah utuh, nol atau lebih, misalnya 12500 atau 12.500.",
        "The balance must be whole rupiah, zero or more, such as 12500 or 12.500.",
    ),
    RowFault.TOO_MUCH: Sentence(
        "Saldo lebih dari Rp100 juta: periksa jumlah nolnya.",
        "The balance is more than Rp100 million: check the zeros.",
    ),
    RowFault.NOT_A_DAY: Sentence(
        "Tanggal harus seperti 2026-11-20 atau 20/11/2026.",
        "The day must look like 2026-11-20 or 20/11/2026.",
    ),
    RowFault.DAY_OUT_OF_BOUNDS: Sentence(
        "Tanggal ini belum tiba atau terlalu lama.", "This day has not come yet, or is too long ago."
    ),
    RowFault.TWICE_IN_FILE: Sentence(
        "Nasabah ini sudah ada pada baris sebelumnya.", "This member stands on an earlier row already."
    ),
    RowFault.ALREADY_OPENED: Sentence(
        "Saldo awal nasabah ini di bank sampah ini sudah pernah dicatat.",
        "This member's opening balance at this waste bank was posted before.",
    ),
    RowFault.HAS_LEFT: Sentence(
        "Nasabah ini sudah keluar; bayarkan saldonya dengan cara lain.",
        "This member has left; pay the balance out in another way.",
    ),
}


class PassbookRow(NamedTuple):
    """One passbook. `line` is its line in the file, counted from 1 as an editor does, heading included."""

    line: int
    member_id: UUID
    balance_rupiah: int
    as_of: date


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong; `column` is empty where the whole row or file is meant."""

    line: int
    column: str
    fault: RowFault


def opening_cause(member_id: UUID, waste_bank_id: str) -> UUID:
    """The cause of the one opening balance that a member can have at a waste bank, whichever file names it."""
    return derived_uuid(member_id, f"opening balance at {waste_bank_id}")


def read_passbooks(text: str, today: date) -> tuple[list[PassbookRow], list[Fault]]:
    """The rows that can be read, and everything that is wrong with the others. Nothing of a row is repeated."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    separator = ";" if lines[0].count(";") > lines[0].count(",") else ","
    reader = csv.reader([f"{line}\n" for line in lines], delimiter=separator, strict=True)
    try:
        filled = [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error:
        return [], [Fault(reader.line_num, "", RowFault.UNREADABLE)]
    if not filled:
        return [], [Fault(0, "", RowFault.NO_ROWS)]
    places = _places([cell.strip().lower() for cell in filled[0][1]])
    missing = [Fault(filled[0][0], name, RowFault.COLUMN_MISSING) for name in _COLUMNS if name not in places]
    if missing:
        return [], missing
    body = filled[1:]
    if not body:
        return [], [Fault(0, "", RowFault.NO_ROWS)]
    if len(body) > ROWS_MAX:
        return [], [Fault(0, "", RowFault.TOO_MANY_ROWS)]
    return _read_rows(body, places, today)


def _places(heading: Sequence[str]) -> dict[str, int]:
    return {
        column: heading.index(name) for column, names in _COLUMNS.items() for name in names if name in heading
    }


def _read_rows(
    body: Sequence[tuple[int, Sequence[str]]], places: dict[str, int], today: date
) -> tuple[list[PassbookRow], list[Fault]]:
    rows: list[PassbookRow] = []
    faults: list[Fault] = []
    seen: set[UUID] = set()
    for line, cells in body:
        read = {name: _cell(cells, place) for name, place in places.items()}
        member = _member(read["member_id"])
        balance = _balance(read["balance_rupiah"])
        as_of = _day(read["as_of"], today)
        found = {"member_id": member, "balance_rupiah": balance, "as_of": as_of}
        wrong = [Fault(line, name, value) for name, value in found.items() if isinstance(value, RowFault)]
        if isinstance(member, UUID) and member in seen:
            wrong.append(Fault(line, "member_id", RowFault.TWICE_IN_FILE))
        elif isinstance(member, UUID):
            seen.add(member)
        faults += wrong
        if (
            not wrong
            and isinstance(member, UUID)
            and not isinstance(balance, RowFault)
            and isinstance(as_of, date)
        ):
            rows.append(PassbookRow(line, member, balance, as_of))
    return rows, faults


def _cell(cells: Sequence[str], place: int) -> str:
    return cells[place].strip() if place < len(cells) else ""


def _member(text: str) -> UUID | RowFault:
    try:
        return UUID(text)
    except ValueError:
        return RowFault.NOT_AN_ID


def _balance(text: str) -> int | RowFault:
    found = _RUPIAH.fullmatch(text)
    if found is None:
        return RowFault.NOT_RUPIAH
    rupiah = int(found[1].replace(".", ""))
    return rupiah if rupiah <= BALANCE_MAX else RowFault.TOO_MUCH


def _day(text: str, today: date) -> date | RowFault:
    iso, local = _ISO_DAY.fullmatch(text), _LOCAL_DAY.fullmatch(text)
    found: Iterator[int]
    if iso:
        found = map(int, iso.groups())
    elif local:
        found = map(int, reversed(local.groups()))
    else:
        return RowFault.NOT_A_DAY
    try:
        day = date(*found)
    except ValueError:
        return RowFault.NOT_A_DAY
    return day if FIRST_DAY <= day <= today else RowFault.DAY_OUT_OF_BOUNDS
