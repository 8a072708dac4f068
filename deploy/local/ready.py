"""`ready.json` says where everything is, and exists only while all of it is ready."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from deploy.local.paths import write_whole

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deploy.local.paths import Home


def write_ready(home: Home, addresses: Mapping[str, str], pids: Mapping[str, int]) -> None:
    """Say that the system is ready.

    Shape: `started_at` (UTC) · `home` · `addresses` {name: "http://127.0.0.1:8404", postgres and kafka "host:port"} ·
    `processes` {name: process id, `runner` among them} · `logs` {name: path} · `databases_file` (JSON {service:
    address with password}, mode 0600, also `postgres` and `grafana_reader`) · `people_file` · `sandbox_file`.
    """
    write_whole(
        home.ready,
        {
            "started_at": datetime.now(UTC).isoformat(),
            "home": str(home.root),
            "addresses": dict(addresses),
            "processes": {"runner": os.getpid(), **pids},
            "logs": {name: str(home.log(name)) for name in pids},
            "databases_file": str(home.databases),
            "people_file": str(home.people),
            "sandbox_file": str(home.run / "sandbox.sqlite3"),
        },
    )


def remove_ready(home: Home) -> None:
    """Say that it is not (any more)."""
    home.ready.unlink(missing_ok=True)
