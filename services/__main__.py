"""`python -m services <name>`: run one service, migrate its database, replay dead letters, send again what was sent."""

import argparse
import asyncio
import importlib
import sys
from datetime import datetime
from pathlib import Path
from types import ModuleType

from shared.runtime.sent import send_again
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
        help="run (default), migrate, replay, relay (with --again-from), or a command of the service's own",
    )
    parser.add_argument("--only", choices=sorted(ALL_ROLES), help="run one part in this process")
    parser.add_argument("--id", type=int, help="replay: this dead letter only; without it, all that wait")
    parser.add_argument(
        "--again-from",
        type=_instant,
        help="relay: what was sent to Kafka since this time, such as 2026-11-20T06:00+07:00, is sent again",
    )
    parser.add_argument("--out", type=Path, help="where a command of the service's own writes what it made")
    return _do(parser, parser.parse_args())


def _do(parser: argparse.ArgumentParser, given: argparse.Namespace) -> int:
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
    if given.command == "relay":
        if given.again_from is None:
            parser.error("relay needs --again-from (to run the relay alone: --only relay)")
        return asyncio.run(_send_again(_who_says(parser, given.name, module), given.again_from))
    own = getattr(module, "COMMANDS", {}).get(given.command)
    if own is None:
        parser.error(f"{given.name} has no command {given.command!r}")
    return int(own(given) or 0)


def _built(module: ModuleType) -> PlainService | None:
    return module.create() if hasattr(module, "create") else None


def _who_says(parser: argparse.ArgumentParser, name: str, module: ModuleType) -> Service:
    service = _built(module)
    if not isinstance(service, Service) or not service.says:
        parser.error(f"{name} says nothing, and so has nothing to send again")
    return service


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


def _instant(words: str) -> datetime:
    instant = datetime.fromisoformat(words)
    if instant.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{words} has no time zone; write for example {words}+07:00")
    return instant


async def _send_again(service: Service, since: datetime) -> int:
    await service.database.open()
    try:
        async with service.database.transaction() as tx:
            events = sum([step async for step in send_again(tx, since)])
    finally:
        await service.database.close()
    sys.stdout.write(f"{events} events stand in the outbox again; the relay of {service.name} sends them\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
