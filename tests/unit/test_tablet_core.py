"""The rules of the tablet's app, run by Node's test runner, with the vectors of rounding that Python runs too."""

import subprocess
import sys
from pathlib import Path

import pytest

ASSETS = Path(__file__).parents[2] / "services/web/assets"
NODE = Path(sys.prefix) / "bin/node"
TESTS = sorted(ASSETS.glob("operator/test/*.test.ts"))


def test_every_rule_of_the_tablet_holds() -> None:
    assert TESTS
    ran = _node("--test", *[str(each) for each in TESTS])
    assert ran.returncode == 0, ran.stdout[-6_000:]
    assert "# fail 0" in ran.stdout or "fail 0" in ran.stdout


@pytest.mark.parametrize("project", ["tsconfig.json", "tsconfig.sw.json", "tsconfig.test.json"])
def test_the_types_of_the_tablet_hold(project: str) -> None:
    """Also the generated types of the doors: a drift of a service's schema shows here."""
    assert (ASSETS / "operator/src/types").is_dir(), "not built: make web"
    checked = _node("node_modules/typescript/bin/tsc", "-p", project)
    assert checked.returncode == 0, checked.stdout[-6_000:]


def _node(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [NODE, *arguments], cwd=ASSETS, capture_output=True, text=True, timeout=300, check=False
    )
