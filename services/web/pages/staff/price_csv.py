"""Price lists as files for a spreadsheet, with semicolons, as spreadsheets here write them."""

import csv
import io
from typing import Any

from starlette.responses import Response

from services.web.pages.staff.figures import rupiah_of

HEADS = ("kode", "mutu", "nama", "satuan", "harga_rupiah", "sumber")
_NEEDED = ("kode", "mutu", "harga_rupiah")
# A cell that begins like a formula would be run by the spreadsheet that opens it.
_RUNS = ("=", "+", "-", "@", "\t")

Answer = dict[str, Any]


class WrongFileError(Exception):
    """A file that is no price list. `line` counts from 1, the heading included; 0 is the file as a whole."""

    def __init__(self, line: int, column: str) -> None:
        super().__init__(f"{line}:{column}")
        self.line = line
        self.column = column


def csv_answer(price_list: Answer, names: dict[str, str]) -> Response:
    """A list to take along, with a byte order mark so that spreadsheets read it as UTF-8."""
    out = io.StringIO()
    written = csv.writer(out, delimiter=";")
    written.writerow(HEADS)
    for each in sorted(price_list["prices"], key=lambda each: (each["item_code"], each["grade"])):
        name = names.get(each["item_code"], "")
        row = [each["item_code"], each["grade"], name, each["unit"], each["price_rupiah"], each["source"]]
        written.writerow([_harmless(str(cell)) for cell in row])
    headers = {"Content-Disposition": f'attachment; filename="harga-{price_list["price_list_id"]}.csv"'}
    return Response("\ufeff" + out.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


def prices_in(content: bytes) -> list[tuple[str, str, int, str]]:
    """Item, grade, price and source of every row. Raises WrongFileError at the first that makes no sense."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise WrongFileError(0, "utf-8") from error
    if "\x00" in text:
        raise WrongFileError(0, "nul")
    # Spreadsheets end their lines in three ways.
    lines = text.splitlines(keepends=True)
    rows = csv.DictReader(lines, delimiter=";" if ";" in "".join(lines[:1]) else ",")
    try:
        heads = [head.strip().lower() for head in rows.fieldnames or ()]
        missing = [each for each in _NEEDED if each not in heads]
        if missing:
            raise WrongFileError(1, missing[0])
        rows.fieldnames = heads
        return [_row(number, row) for number, row in enumerate(rows, start=2)]
    except csv.Error as error:
        raise WrongFileError(0, "csv") from error


def _row(number: int, row: dict[Any, Any]) -> tuple[str, str, int, str]:
    cells = {
        name: value.strip() for name, value in row.items() if isinstance(name, str) and isinstance(value, str)
    }
    price = rupiah_of(cells.get("harga_rupiah", ""))
    if price is None or price < 0:
        raise WrongFileError(number, "harga_rupiah")
    if not cells.get("kode"):
        raise WrongFileError(number, "kode")
    # A grade of a single quality is a dash, which the download set apart so that no spreadsheet counts with it.
    grade = cells.get("mutu", "").removeprefix("'") or "-"
    return cells["kode"], grade, price, cells.get("sumber", "").removeprefix("'")


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_RUNS) else cell
