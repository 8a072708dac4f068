"""`python -m tests.verify`: are the invariants true on the running system? Exit status 1 if one is not."""

import argparse
import asyncio
import json
import sys
from pathlib import Path
from uuid import UUID

import asyncpg
from aiokafka.errors import KafkaError

from tests.verify.figures import RECOUNT_SECONDS
from tests.verify.places import Places
from tests.verify.running import OnPurpose, Report, verify

READY = Path(".run/ready.json")


def main() -> int:
    """Read the command line, verify, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.verify", description=__doc__)
    parser.add_argument("--ready", type=Path, default=READY, help="the running system's ready.json")
    parser.add_argument(
        "--environment", type=Path, metavar="FOLDER", help="addresses from variables instead; keep notes here"
    )
    parser.add_argument(
        "--quiet-seconds", type=float, default=60, help="how long to wait for nothing to move"
    )
    parser.add_argument(
        "--recount-seconds",
        type=float,
        default=RECOUNT_SECONDS,
        help="how long to wait for services to count figures again that differ",
    )
    parser.add_argument(
        "--acknowledged", type=Path, help="a file of deposit ids that doors said they took, one a line"
    )
    parser.add_argument(
        "--strays", type=int, default=0, help="events that a test put into topics without an outbox"
    )
    parser.add_argument(
        "--refused", type=int, default=0, help="contradictory events that a test put into topics"
    )
    parser.add_argument("--out", type=Path, help="write the figures as JSON as well")
    given = parser.parse_args()
    try:
        report = asyncio.run(_verify(given))
    except (OSError, KeyError, asyncpg.PostgresError, KafkaError) as error:
        sys.stderr.write(f"Nothing could be verified: {type(error).__name__}: {error}\n")
        if given.environment is None:
            sys.stderr.write(f"Is the system running? `make run` starts it and writes {given.ready}.\n")
        return 2
    sys.stdout.write("\n".join(report.lines()) + "\n")
    if given.out is not None:
        given.out.parent.mkdir(parents=True, exist_ok=True)
        given.out.write_text(json.dumps(as_json(report), indent=2) + "\n", encoding="utf-8")
    return 0 if report.holds else 1


def as_json(report: Report) -> dict[str, object]:
    """The report for machines."""
    return {
        "holds": report.holds,
        "restless": report.restless,
        "seconds": round(report.seconds, 1),
        "invariants": {
            finding.name: {
                "differences": finding.differences,
                "sentence": finding.sentence,
                "compared": finding.compared,
                "examples": list(finding.examples),
            }
            for finding in report.findings
        },
    }


async def _verify(given: argparse.Namespace) -> Report:
    ids = given.acknowledged.read_text(encoding="utf-8").split() if given.acknowledged else []
    return await verify(
        Places.of(given.ready) if given.environment is None else Places.of_environment(given.environment),
        acknowledged=[UUID(each) for each in ids],
        on_purpose=OnPurpose(given.strays, given.refused),
        quiet_seconds=given.quiet_seconds,
        recount_seconds=given.recount_seconds,
    )


if __name__ == "__main__":
    sys.exit(main())
