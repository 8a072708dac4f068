"""`python -m tests.matrix.observing [--write] <service>...`: what every caller meets now, for whoever judges new lines.

Prints the lines that differ from docs/api/areas.csv; with --write also puts them there in place of `?`, and only there.
What it wrote is to be read line by line before it is committed: it is what the doors do, not what they should do.
"""

import argparse
import asyncio
import importlib
import os
import sys
import tempfile
from pathlib import Path

from deploy.docs.areas import FILE, UNJUDGED, WHO, Line, judged, matrix
from deploy.local.settings import REPOSITORY
from deploy.local.stack import Stack
from deploy.local.testing import Clones
from tests.matrix.scene import opened
from tests.matrix.test_areas import allowed_in
from tests.matrix.walking import walk


async def observe(service: str, url: str) -> dict[Line, Line]:
    """The outcomes of each line as they are now."""
    plants = importlib.import_module(f"tests.matrix.plants.{service}")
    met: dict[Line, dict[str, str]] = {}
    with tempfile.TemporaryDirectory() as folder:
        async with opened(service, url, Path(folder)) as scene:
            app = scene.service.application(frozenset({"door"}))
            async for answer in walk(scene, app, plants.plant, plants.RECIPES, allowed_in(app)):
                met.setdefault(answer.line, {})[answer.who] = answer.kind
    return {
        line: tuple(outcomes[who] for who in WHO)
        for line, outcomes in met.items()
        if len(outcomes) == len(WHO)
    }


def main() -> int:
    """On a stack of its own, or on TIMBANG_TEST_STACK's."""
    parser = argparse.ArgumentParser(prog="python -m tests.matrix.observing", description=__doc__)
    parser.add_argument("--write", action="store_true", help="put what is met in place of `?`")
    parser.add_argument("services", nargs="+")
    given = parser.parse_args()
    running = os.environ.get("TIMBANG_TEST_STACK")
    if running:
        return _all(Clones(Stack.attached(Path(running))), given.services, write=given.write)
    with Stack(REPOSITORY / ".state" / "matrix", say=print) as stack:
        return _all(Clones(stack), given.services, write=given.write)


def _all(clones: Clones, services: list[str], *, write: bool) -> int:
    for service in services:
        met, known = asyncio.run(observe(service, clones.fresh(service))), judged()
        for line, outcomes in met.items():
            if known.get(line) != outcomes:
                sys.stdout.write(",".join([*line, *outcomes]) + "\n")
        if write:
            unjudged = {line for line, outcomes in known.items() if UNJUDGED in outcomes}
            new = {line: outcomes for line, outcomes in met.items() if line in unjudged or line not in known}
            FILE.write_text(matrix({**known, **new}), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
