"""What each process has used: CPU-seconds since it began and the most memory it ever held."""

import contextlib
from pathlib import Path

import psutil


def cpu_seconds(pids: dict[str, int]) -> dict[str, float]:
    """CPU-seconds (user and system) by name; PostgreSQL works in its children, which count for it."""
    used = {}
    for name, pid in pids.items():
        total = 0.0
        with contextlib.suppress(psutil.NoSuchProcess):
            process = psutil.Process(pid)
            times = process.cpu_times()
            total = times.user + times.system
            if name != "postgres":
                used[name] = total
                continue
            total += times.children_user + times.children_system
            for child in process.children(recursive=True):
                with contextlib.suppress(psutil.NoSuchProcess):
                    of_child = child.cpu_times()
                    total += of_child.user + of_child.system
        used[name] = total
    return used


def peak_memory_mib(pids: dict[str, int]) -> dict[str, float]:
    """The high-water mark of resident memory by name; for PostgreSQL the sum over its living processes."""
    return {
        name: sum(_peak_mib(one) for one in (_family(pid) if name == "postgres" else [pid]))
        for name, pid in pids.items()
    }


def difference(after: dict[str, float], before: dict[str, float]) -> dict[str, float]:
    """What was used between two readings, by name."""
    return {name: after[name] - before.get(name, 0.0) for name in after}


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
