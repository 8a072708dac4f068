"""One process migrates and seeds every service, because importing the libraries costs more than the work.

    echo '[{"name": "wallet", "environment": {...}, "out": "..."}]' | python -m deploy.local.preparing

It does for each of them what `python -m services <name> migrate` and `... seed --out <file>` do, and prints a line
after each: `migrated wallet`, `seeded identity`.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import json
import os
import sys
from pathlib import Path
from typing import Any

from shared.runtime.migrate import migrate


def prepare(name: str, environment: dict[str, str], out: Path) -> None:
    """Migrate one service's database to head and seed it, if it has a database and a seed."""
    before = dict(os.environ)
    os.environ.update(environment)
    try:
        module: Any = importlib.import_module(f"services.{name}.main")
        if hasattr(module, "create"):
            migrate(name, module.create().settings.database_url)
            _tell(f"migrated {name}")
        seed = getattr(module, "COMMANDS", {}).get("seed")
        if seed is not None:
            status = seed(argparse.Namespace(name=name, command="seed", out=out, only=None, id=None))
            if status:
                raise SystemExit(f"seeding {name} ended with status {status}")
            _tell(f"seeded {name}")
    finally:
        os.environ.clear()
        os.environ.update(before)


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    # It imports for most of its life and then ends: nothing that the cyclic collector walks would be worth freeing.
    gc.disable()
    for entry in json.load(sys.stdin):
        prepare(entry["name"], entry["environment"], Path(entry["out"]))
