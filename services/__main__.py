"""`python -m services <name>`: run one service, migrate its database, or replay its dead letters."""

import argparse
import asyncio
import importlib
import sys
from pathlib import Path
from types import ModuleType

from shared.runtime.service import ALL_ROLES, PlainService, Service, run


def names() -> list[str]:
    """The services of this repository: the folders with a main.py."""
    return sorted(main.parent.name for main in Path(__file__).parent.glob("*/main.py"))


def main() -> int:
    """Read the command line and do it; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m services", description=__doc__)
    parser.add_argument("name", choices=names())
    parser.add_argument(
        "command",
        nargs="?",
        default="run",
        help="run (default), migrate, replay, or a command of the service's own",
    )
    parser.add_argument("--only", choices=sorted(ALL_ROLES), help="run one part in this process")
    parser.add_argument("--id", type=int, help="replay: this dead letter only; without it, all that wait")
    parser.add_argument("--out", type=Path, help="where a command of the service's own writes what it made")
    given = parser.parse_args()
    module = importlib.import_module(f"services.{given.name}.main")
    if given.command == "run":
        if hasattr(module, "run"):
            module.run()
        else:
            run(module.create(), frozenset({given.only}) if given.only else ALL_ROLES)
        return 0
    if given.command == "migrate":
        if isinstance(service := _built(module), Service):
            _migrate(given.name, service)
        return 0
    if given.command == "replay":
        if not isinstance(service := _built(module), Service):
            parser.error(f"{given.name} keeps nothing, and so no dead letters")
        return asyncio.run(_replay(service, given.id))
    own = getattr(module, "COMMANDS", {}).get(given.command)
    if own is None:
        parser.error(f"{given.name} has no command {given.command!r}")
    return int(own(given) or 0)


def _built(module: ModuleType) -> PlainService | None:
    return module.create() if hasattr(module, "create") else None


def _migrate(name: str, service: Service) -> None:
    # Alembic and SQLAlchemy take a third of a second to import, and a service that runs needs neither.
    from shared.runtime.migrate import migrate  # noqa: PLC0415

    migrate(name, service.settings.database_url)


async def _replay(service: Service, letter_id: int | None) -> int:
    await service.database.open()
    try:
        done, refused = await service.hearer().replay(letter_id)
    finally:
        await service.database.close()
    sys.stdout.write(f"{done} replayed, {refused} still refused\n")
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
