"""Tables that people take along and open in a spreadsheet: CSV in which no cell is taken for a formula."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from fastapi import Response

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
# What a door says in OpenAPI that answers with such a table as well.
CSV_TOO: dict[int | str, dict[str, Any]] = {200: {"content": {"text/csv": {"schema": {"type": "string"}}}}}


def csv_answer(file_name: str, head: Sequence[str], rows: Iterable[Iterable[object]]) -> Response:
    """The table as a file to keep."""
    headers = {"Content-Disposition": f'attachment; filename="{file_name}"'}
    return Response(as_csv(head, rows), media_type="text/csv; charset=utf-8", headers=headers)


def as_csv(head: Sequence[str], rows: Iterable[Iterable[object]]) -> str:
    """The table as text: None is an empty cell, and a text that a spreadsheet would run stands behind an apostrophe."""
    written = io.StringIO()
    lines = csv.writer(written)
    lines.writerow(head)
    lines.writerows([_harmless(cell) for cell in row] for row in rows)
    return written.getvalue()


def _harmless(cell: object) -> object:
    # A sign alone computes nothing: the grade of an item that has only one is `-`.
    if isinstance(cell, str) and len(cell) > 1 and cell.startswith(_FORMULA):
        return f"'{cell}"
    return cell
