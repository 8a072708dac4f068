"""An audit that could not ask says so; it never passes for one that found nothing."""

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from deploy.supply.audit import SAFE, UNKNOWN, VULNERABLE, look_for_vulnerabilities, write_sbom

FINE = {"name": "fastapi", "version": "0.141.0", "vulns": []}
SKIPPED = {"name": "fastapi", "skip_reason": "not found"}
BAD = {
    "name": "werkzeug",
    "version": "1.0",
    "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1"]}, {"id": "PYSEC-2", "fix_versions": []}],
}


class Index:
    """What pip-audit says, service after service: a report, or the last words of one that heard nothing."""

    def __init__(self, *answers: list[dict[str, Any]] | str | None) -> None:
        self.answers = list(answers)

    def __call__(self, command: Sequence[str]) -> subprocess.CompletedProcess[str]:
        answer = self.answers.pop(0)
        if answer is None:
            raise subprocess.TimeoutExpired(list(command), 300)
        if isinstance(answer, str):
            return subprocess.CompletedProcess(list(command), 1, "", f"Traceback\n{answer}\n")
        return subprocess.CompletedProcess(list(command), 0, json.dumps({"dependencies": answer}), "")


@pytest.mark.parametrize(
    ("answers", "status", "words"),
    [
        (([FINE],), SAFE, "1 packages asked about at pypi, 0 advisories"),
        (([BAD, FINE],), VULNERABLE, "werkzeug 1.0: PYSEC-1, fixed in 1.1"),
        (([BAD],), VULNERABLE, "werkzeug 1.0: PYSEC-2, fixed in no version"),
        (([FINE, SKIPPED],), UNKNOWN, "fastapi was not looked at: not found"),
        (("ConnectionError: pypi", [FINE]), SAFE, "1 packages asked about at osv, 0 advisories"),
        (([SKIPPED], [BAD]), VULNERABLE, "werkzeug 1.0: PYSEC-1, fixed in 1.1"),
        (("ConnectionError: pypi", None), UNKNOWN, "pypi: ConnectionError: pypi"),
        (("ConnectionError: pypi", None), UNKNOWN, "osv: no answer within 300 s"),
        (
            ("ConnectionError", "ConnectionError"),
            UNKNOWN,
            "No index answered: it is NOT known whether a dependency is vulnerable.",
        ),
        (
            ([SKIPPED], [SKIPPED]),
            UNKNOWN,
            "No index answered: it is NOT known whether a dependency is vulnerable.",
        ),
    ],
)
def test_what_is_known_and_what_is_not(answers: Any, status: int, words: str) -> None:
    found, said = look_for_vulnerabilities(Index(*answers))
    assert found == status
    assert words in said


def test_a_bill_of_materials_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="no such file"):
        write_sbom(Index("no such file"), tmp_path / "lock", tmp_path / "sbom.json")
