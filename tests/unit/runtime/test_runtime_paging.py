"""A cursor says where a page ended and nothing else; one that we did not make is refused in words."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.runtime.paging import cursor_of, end_of
from shared.runtime.problems import Problem

INSTANTS = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001


@given(INSTANTS, st.uuids())
def test_a_cursor_leads_back_to_where_the_page_ended(at: datetime, last_id: UUID) -> None:
    cursor = cursor_of((at, last_id))
    assert end_of(cursor) == (at, last_id)
    assert len(cursor) == 32


@pytest.mark.parametrize("nothing", [None, ""])
def test_without_a_cursor_a_list_begins_at_its_beginning(nothing: str | None) -> None:
    assert end_of(nothing) is None


@pytest.mark.parametrize("made_up", ["A", "AAAAAAAAAAAAAAAAAAAA", "A" * 64, "f" + "_" * 31])
def test_a_cursor_that_we_did_not_make_is_refused(made_up: str) -> None:
    with pytest.raises(Problem) as refused:
        end_of(made_up)
    assert (refused.value.code, refused.value.errors[0]["field"]) == ("invalid_request", "query.cursor")
