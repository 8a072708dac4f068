"""Where servers that live as long as a test run keep their files: in memory if there is room, else in .state.

A database is three hundred files. Made and removed by the thousand on a disk, most of the time goes into looking for
a place that was not used lately (ext4 keeps those of the last minutes back).
"""

import os
import shutil
from pathlib import Path

import psutil

from deploy.local.settings import REPOSITORY

STATE = REPOSITORY / ".state"
MEMORY = Path("/dev/shm")
PREFIX = "timbang-test-"
# A system holds under a gigabyte; five parts of the tests run side by side, beside a browser.
ROOM_BYTES = 8_000_000_000


def home(name: str) -> Path:
    """A folder of this process's own, which is not made yet."""
    if _has_room():
        return MEMORY / f"{PREFIX}{os.getpid()}-{name}"
    return STATE / f"test-{os.getpid()}-{name}"


def remove_homes_of_the_dead() -> None:
    """Remove what a killed process of tests left behind."""
    for folder, prefix in ((STATE, "test-"), (MEMORY, PREFIX)):
        for left in folder.glob(f"{prefix}*"):
            owner = left.name.removeprefix(prefix).split("-")[0]
            if owner.isdigit() and not psutil.pid_exists(int(owner)):
                shutil.rmtree(left, ignore_errors=True)


def _has_room() -> bool:
    try:
        free = shutil.disk_usage(MEMORY).free
    except OSError:  # there is no such place on this machine
        return False
    return os.access(MEMORY, os.W_OK) and min(free, psutil.virtual_memory().available) > ROOM_BYTES
