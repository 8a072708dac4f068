"""What services publish as figures is what the databases count."""

from collections.abc import Mapping

import asyncpg

from tests.verify.findings import Differences, Finding


async def fetch_figures(connections: Mapping[str, asyncpg.Connection], doors: Mapping[str, str]) -> None:
    """Not yet."""
    del connections, doors


def check_figures(published: None) -> Finding:
    """I11."""
    del published
    return Differences().finding("I11", "published figures are what the databases count", "nothing yet")
