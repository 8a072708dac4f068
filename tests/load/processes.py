"""What each process has used: CPU-seconds since it began and the most memory it ever held."""

import contextlib
import re
from pathlib import Path

import psutil

UPKEEP = "postgres_upkeep"
# "postgres: wallet wallet 127.0.0.1(59516) idle": only what serves a client names an address and its port.
_SERVES_A_CLIENT = re.compile(r"^postgres: \S+ \S+ \S+\(\d+\)")


class Meter:
    """CPU-seconds (user and system) by name, since each process began; PostgreSQL's in two parts.

    `postgres` is what its backends used for clients, those that are gone too. `postgres_upkeep` is all else below the
    postmaster: autovacuum above all, checkpoints, the writers. It comes in bursts that have little to do with what is
    done at that moment, so it says something over long stretches only.
    """

    def __init__(self, pids: dict[str, int]) -> None:
        self._pids = pids
        self._backends: dict[int, float] = {}
        self._gone_backends = 0.0

    def read(self) -> dict[str, float]:
        """CPU-seconds until now, by name."""
        used = {name: _own(pid) for name, pid in self._pids.items() if name != "postgres"}
        if "postgres" in self._pids:
            used["postgres"], used[UPKEEP] = self._postgres(self._pids["postgres"])
        return used

    def _postgres(self, postmaster: int) -> tuple[float, float]:
        backends: dict[int, float] = {}
        others = _own(postmaster)
        for pid in _family(postmaster)[1:]:
            if _serves_a_client(pid):
                backends[pid] = _own(pid)
            else:
                others += _own(pid)
        # The postmaster counts all children that are gone; what those of clients had used when last seen is known.
        self._gone_backends += sum(used for pid, used in self._backends.items() if pid not in backends)
        self._backends = backends
        with contextlib.suppress(psutil.NoSuchProcess):
            times = psutil.Process(postmaster).cpu_times()
            others += times.children_user + times.children_system
        return sum(backends.values()) + self._gone_backends, others - self._gone_backends


def peak_memory_mib(pids: dict[str, int]) -> dict[str, float]:
    """The high-water mark of resident memory by name; for PostgreSQL the sum over its living processes."""
    return {
        name: sum(_peak_mib(one) for one in (_family(pid) if name == "postgres" else [pid]))
        for name, pid in pids.items()
    }


def difference(after: dict[str, float], before: dict[str, float]) -> dict[str, float]:
    """What was used between two readings, by name."""
    return {name: after[name] - before.get(name, 0.0) for name in after}


def _own(pid: int) -> float:
    with contextlib.suppress(psutil.NoSuchProcess):
        times = psutil.Process(pid).cpu_times()
        return float(times.user + times.system)
    return 0.0


def _serves_a_client(pid: int) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        return _SERVES_A_CLIENT.match(" ".join(psutil.Process(pid).cmdline())) is not None
    return False


def _family(pid: int) -> list[int]:
    try:
        process = psutil.Process(pid)
        return [pid, *[child.pid for child in process.children(recursive=True)]]
    except psutil.NoSuchProcess:
        return []


def _peak_mib(pid: int) -> float:
    try:
        for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    except OSError:
        return 0.0
    return 0.0
