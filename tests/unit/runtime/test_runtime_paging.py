"""A cursor says where a page ended and nothing else; one that we did not make is refused in words."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.runtime.paging import cursor_of, end_of, id_of, number_of, page_of, word_of
from shared.runtime.problems import Problem

INSTANTS = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001


@given(INSTANTS, st.uuids())
def test_a_cursor_leads_back_to_where_the_page_ended(at: datetime, last_id: UUID) -> None:
    cursor = cursor_of((at, last_id))
    assert end_of(cursor) == (at, last_id)
    assert len(cursor) == 32


@given(st.uuids(), st.integers(0, 2**63 - 1), st.text("ABCXYZ-0123456789", min_size=1))
def test_lists_by_an_id_a_number_or_a_code_have_cursors_too(last_id: UUID, number: int, code: str) -> None:
    assert id_of(cursor_of(last_id)) == last_id
    assert number_of(cursor_of(number)) == number
    assert word_of(cursor_of(code)) == code


@pytest.mark.parametrize("nothing", [None, ""])
@pytest.mark.parametrize("read", [end_of, id_of, number_of, word_of])
def test_without_a_cursor_a_list_begins_at_its_beginning(
    read: Callable[[str | None], object], nothing: str | None
) -> None:
    assert read(nothing) is None


def refused(read: Callable[[str | None], object], made_up: str) -> tuple[str, list[dict[str, str]]]:
    with pytest.raises(Problem) as found:
        read(made_up)
    return found.value.code, list(found.value.errors)


@pytest.mark.parametrize(
    ("read", "made_up"),
    [
        *((end_of, each) for each in ("A", "A" * 20, "A" * 64, "f" + "_" * 31, "A" * 31 + "!", "\x00", "é")),
        *((id_of, each) for each in ("A" * 11, "0197a1e0-0000-7000-8000-000000000000", "gestern")),
        *((number_of, each) for each in ("7", "-1", "members-123", "A" * 22)),
        *((word_of, each) for each in ("PTG-0", "AA", "_w", "a b")),
    ],
)
def test_a_cursor_that_we_did_not_make_is_refused_in_the_same_words_everywhere(
    read: Callable[[str | None], object], made_up: str
) -> None:
    assert refused(read, made_up) == refused(end_of, "gestern")
    code, errors = refused(read, made_up)
    assert (code, errors[0]["field"]) == ("invalid_request", "query.cursor")


@pytest.mark.parametrize(("count", "shown", "goes_on"), [(0, 0, False), (3, 3, False), (4, 3, True)])
def test_only_a_page_that_is_not_the_last_says_where_to_go_on(
    count: int, shown: int, *, goes_on: bool
) -> None:
    page, following = page_of(range(1, count + 1), 3, lambda number: number)
    assert list(page) == list(range(1, shown + 1))
    assert following == (cursor_of(3) if goes_on else None)
