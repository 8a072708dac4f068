"""Where everything is written down: each service's database, the topics, the biller's book, the published gauges."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

SERVICES = ("identity", "deposit", "valuation", "wallet", "payout", "adoption")


@dataclass(frozen=True)
class Places:
    """Addresses of one running system. `sandbox_file` is absent where the biller is not our stand-in.

    `run` is the folder of its logs and other files, where there is one.
    """

    databases: Mapping[str, str]
    bootstrap_servers: str
    sandbox_file: Path | None
    doors: Mapping[str, str]
    topic_prefix: str = ""
    run: Path | None = None

    @classmethod
    def of(cls, ready: Path) -> Self:
        """Read a ready.json. `<NAME>_DATABASE_URL` and `KAFKA_BOOTSTRAP_SERVERS` win, as they do for the services.

        Raises FileNotFoundError while the system is not ready, KeyError when the file lacks a service.
        """
        facts = json.loads(ready.read_text(encoding="utf-8"))
        written = json.loads(Path(facts["databases_file"]).read_text(encoding="utf-8"))
        databases = {
            name: os.environ.get(f"{name.upper()}_DATABASE_URL") or written[name] for name in SERVICES
        }
        addresses: dict[str, str] = facts["addresses"]
        book = Path(facts.get("sandbox_file") or Path(facts["home"]) / ".run" / "sandbox.sqlite3")
        return cls(
            databases=databases,
            bootstrap_servers=os.environ.get("KAFKA_BOOTSTRAP_SERVERS") or addresses["kafka"],
            sandbox_file=book if book.exists() else None,
            doors={name: address for name, address in addresses.items() if address.startswith("http")},
            run=Path(facts["home"]) / ".run",
        )

    @classmethod
    def of_environment(cls, run: Path) -> Self:
        """The same from variables, as containers have them; `run` is where to keep scratch and what is remembered.

        `<NAME>_DATABASE_URL`, `<NAME>_URL`, `KAFKA_BOOTSTRAP_SERVERS`, and `SANDBOX_FILE` where there is a sandbox.
        Raises KeyError for one that is missing.
        """
        book = Path(os.environ.get("SANDBOX_FILE", ""))
        return cls(
            databases={name: os.environ[f"{name.upper()}_DATABASE_URL"] for name in SERVICES},
            bootstrap_servers=os.environ["KAFKA_BOOTSTRAP_SERVERS"],
            sandbox_file=book if book.is_file() else None,
            doors={name: os.environ[f"{name.upper()}_URL"] for name in SERVICES},
            topic_prefix=os.environ.get("TOPIC_PREFIX", ""),
            run=run,
        )

    def files(self) -> list[Path]:
        """What processes wrote beside the databases: logs and the JSON files of the runner."""
        if self.run is None:
            return []
        return sorted([*self.run.glob("logs/*"), *self.run.glob("*.json")])
