"""Ports are chosen long before somebody listens on them, and several systems start side by side."""

import random
import subprocess
import sys

import pytest

from deploy.local import ports

CHOOSE_AND_STAY = "from deploy.local.ports import free_ports; print(free_ports(1)[0], flush=True); input()"


def test_a_port_that_another_process_chose_is_not_chosen_until_that_one_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", CHOOSE_AND_STAY], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        theirs = int(other.stdout.readline())
        (spare,) = ports.free_ports(1)
        drawn = iter([theirs, spare, spare + 1, spare + 2, spare + 3, spare + 4])
        monkeypatch.setattr(random.SystemRandom, "randint", lambda *_: next(drawn))
        (ours,) = ports.free_ports(1)
        assert ours > spare  # theirs is kept for them, and the spare one for us
        other.communicate("\n")
    drawn = iter([theirs])
    assert ports.free_ports(1) == [theirs]
