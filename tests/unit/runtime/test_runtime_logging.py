"""A log that finds no place loses lines, and never the work that they speak of."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.settings import REPOSITORY
from shared.runtime.logging import Outlet

FULL = Path("/dev/full")

SAYS_AND_GOES_ON = """
import sys, structlog
from shared.runtime.logging import configure
configure("stage", "INFO")
log = structlog.get_logger()
for _ in range(3):
    log.warning("relay_interrupted")
sys.stderr.write("went on")
"""


class Disk(io.StringIO):
    """As a file on a disk that is full now and then."""

    full = False

    def write(self, text: str, /) -> int:
        if self.full:
            raise OSError(28, "No space left on device")
        return super().write(text)


def test_lines_without_a_place_are_counted() -> None:
    disk = Disk()
    outlet = Outlet(disk)
    outlet.write('{"event": "before"}\n')
    disk.full = True
    for _ in range(3):
        outlet.write('{"event": "lost"}\n')
        outlet.flush()
    disk.full = False
    outlet.write('{"event": "after"}\n')
    outlet.write('{"event": "later"}\n')
    lines = [json.loads(line) for line in disk.getvalue().splitlines() if line]
    assert [line["event"] for line in lines] == ["before", "log_lines_lost", "after", "later"]
    assert lines[1]["lines"] == 3


@pytest.mark.skipif(not FULL.exists(), reason="this system has no file that is always full")
def test_whoever_logs_on_a_full_disk_goes_on() -> None:
    with FULL.open("w") as full:
        ended = subprocess.run(
            [sys.executable, "-u", "-c", SAYS_AND_GOES_ON],
            cwd=REPOSITORY,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=60,
        )
    assert (ended.returncode, ended.stderr) == (0, "went on")
