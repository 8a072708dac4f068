"""Tables that people take along: nothing in them runs, and nothing in them is changed without need."""

import csv
import io

import pytest

from shared.runtime.spreadsheets import as_csv, csv_answer


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


@pytest.mark.parametrize("text", ["=1+1", "+62812", "-x", "@sum(a1)", "\tx", "\rx"])
def test_a_text_that_a_spreadsheet_would_run_stands_behind_an_apostrophe(text: str) -> None:
    assert read(as_csv(["a"], [[text]])) == [["a"], [f"'{text}"]]


@pytest.mark.parametrize(
    ("cell", "shown"), [("-", "-"), ("a=b", "a=b"), (-5000, "-5000"), (None, ""), (True, "True"), ("", "")]
)
def test_anything_else_stands_as_it_is(cell: object, shown: str) -> None:
    assert read(as_csv(["a", "b"], [[cell, 1]])) == [["a", "b"], [shown, "1"]]


def test_commas_quotes_and_lines_stay_in_their_cell() -> None:
    cells = ['Jl. "Mawar", 3', "satu\ndua"]
    assert read(as_csv(["a", "b"], [cells])) == [["a", "b"], cells]


def test_the_answer_is_a_file_to_keep() -> None:
    answer = csv_answer("saldo.csv", ["a"], [[1]])
    assert answer.headers["content-disposition"] == 'attachment; filename="saldo.csv"'
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert bytes(answer.body) == b"a\r\n1\r\n"
