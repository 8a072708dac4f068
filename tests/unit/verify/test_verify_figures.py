"""A door that is silent, such as one that was stopped on purpose, is named, and all the rest is checked."""

from tests.services.serving import free_port
from tests.verify.canary import search_metrics
from tests.verify.figures import Figures, _published, check_figures


async def test_a_silent_door_is_a_difference_and_no_crash() -> None:
    nowhere = {"payout": f"http://127.0.0.1:{free_port()}"}
    published, silent = await _published(nowhere)
    assert (published, set(silent)) == ({}, {"payout"})
    finding = check_figures(Figures({}, published, silent))
    assert (finding.holds, finding.differences) == (False, 1)
    assert "payout's door does not answer" in str(finding.examples)
    assert await search_metrics(nowhere) == (0, [])


def test_without_a_silent_door_nothing_is_named() -> None:
    assert check_figures(Figures({}, {})).holds
