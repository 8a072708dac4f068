"""A port that is taken is named together with the setting that changes it."""

from __future__ import annotations

import random
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psutil

from deploy.local.problems import StartProblemError

if TYPE_CHECKING:
    from collections.abc import Sequence

HOST = "127.0.0.1"
# Each holds a name without a file, which the kernel forgets when the process ends, however it ends.
_RESERVED: list[socket.socket] = []


@dataclass(frozen=True)
class WantedPort:
    """A port of 127.0.0.1, what it is for and the environment variable that sets it."""

    port: int
    purpose: str
    setting: str


def is_free(port: int) -> bool:
    """Tell whether a server could listen on this port of 127.0.0.1 now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def is_open(port: int) -> bool:
    """Tell whether somebody listens on this port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0


def demand_free(wanted: Sequence[WantedPort]) -> None:
    """Raise StartProblemError naming every taken or doubly wanted port, who has it and the setting to change."""
    lines = []
    seen: dict[int, WantedPort] = {}
    for entry in wanted:
        if entry.port in seen:
            other = seen[entry.port]
            lines.append(
                f"Port {entry.port} is wanted twice: for {other.purpose} ({other.setting}) "
                f"and for {entry.purpose} ({entry.setting})."
            )
        elif not is_free(entry.port):
            lines.append(
                f"Port {entry.port} for {entry.purpose} is already taken{_taker(entry.port)}. "
                f"Stop that program or choose another port with {entry.setting}."
            )
        seen[entry.port] = entry
    if lines:
        raise StartProblemError("\n".join(lines))


def _taker(port: int) -> str:
    try:
        for connection in psutil.net_connections("tcp"):
            listens = connection.status == psutil.CONN_LISTEN and [*connection.laddr][1:] == [port]
            if listens and connection.pid:
                return f" by process {connection.pid} ({psutil.Process(connection.pid).name()})"
    except psutil.Error:
        pass
    return ""


def free_ports(count: int) -> list[int]:
    """Return ports that are free now, below the range from which the kernel takes ports for outgoing connections.

    No other process is given one of them as long as this one lives: between choosing a port and listening on it lie
    the seconds in which a system starts, and several start side by side.
    """
    chosen: list[int] = []
    picker = random.SystemRandom()
    while len(chosen) < count:
        port = picker.randint(15_000, 31_999)
        if is_free(port) and _reserve(port):
            chosen.append(port)
    return chosen


def _reserve(port: int) -> bool:
    holder = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        holder.bind(f"\0timbang-port-{port}")
    except OSError:
        holder.close()
        return False
    _RESERVED.append(holder)
    return True
