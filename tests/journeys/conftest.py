"""One whole system that has lived through a demo day, shared by the journeys that look at it afterwards."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from deploy.local.settings import REPOSITORY
from tests import homes
from tests.system import System

DEMO_SECONDS = 240
# The biller that answers too late is waited for: here a few seconds instead of half a minute.
IMPATIENT = {"PAYOUT_BILLER_READ_SECONDS": "4", "SANDBOX_SLOW_SECONDS": "8"}


@dataclass
class Lived:
    """A system after its first demo. `system` is None when it is somebody else's and may not be restarted."""

    ready: Path
    system: System | None
    first_demo: Path

    def demo(self, out: Path, *more: str) -> subprocess.CompletedProcess[str]:
        """Live through another day; the completed process holds what it printed."""
        return subprocess.run(
            [sys.executable, "-m", "tests.demo", "--ready", str(self.ready), "--out", str(out), *more],
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            timeout=DEMO_SECONDS,
            check=False,
        )

    def verify(self, *more: str) -> subprocess.CompletedProcess[str]:
        """`make verify` on it."""
        return subprocess.run(
            [sys.executable, "-m", "tests.verify", "--ready", str(self.ready), *more],
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            timeout=DEMO_SECONDS,
            check=False,
        )


@pytest.fixture(scope="package")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    """TIMBANG_TEST_SYSTEM=<path to a ready.json> uses a running system instead of starting one."""
    out: Path = tmp_path_factory.mktemp("demo") / "demo.json"
    running = os.environ.get("TIMBANG_TEST_SYSTEM")
    if running:
        attached = Lived(Path(running), None, out)
        _live(attached, out)
        yield attached
        return
    home = homes.home("lived")
    with System(home, IMPATIENT) as system:
        own = Lived(home / ".run" / "ready.json", system, out)
        _live(own, out)
        yield own
    shutil.rmtree(home, ignore_errors=True)


def _live(lived: Lived, out: Path) -> None:
    done = lived.demo(out)
    if done.returncode != 0:
        pytest.fail(f"the demo did not come out as expected:\n{done.stdout}\n{done.stderr}", pytrace=False)
