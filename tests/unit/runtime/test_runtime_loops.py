"""Work that is done again and again outlives a database that is away, and not a defect."""

import pytest

from shared.runtime.database import DatabaseUnavailableError
from shared.runtime.loops import again_and_again


class EnoughError(Exception):
    """Ends a loop that would go on."""


async def test_it_goes_on_while_the_database_is_away_and_ends_by_a_defect() -> None:
    outcomes = iter([None, DatabaseUnavailableError("away"), None, EnoughError()])
    done = 0

    async def work() -> None:
        nonlocal done
        done += 1
        if (outcome := next(outcomes)) is not None:
            raise outcome

    with pytest.raises(EnoughError):
        await again_and_again(work, 0)
    assert done == 4
