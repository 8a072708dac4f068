"""`python -m tests.matrix.observing <service>`: what every caller meets now, for whoever judges new lines."""

import asyncio
import importlib
import sys
import tempfile
from pathlib import Path

from deploy.docs.areas import KEY, WHO, judged
from deploy.local.settings import REPOSITORY
from deploy.local.stack import Stack
from deploy.local.testing import Clones
from tests.matrix.scene import opened
from tests.matrix.test_areas import allowed_in
from tests.matrix.walking import walk


async def observe(service: str, url: str) -> int:
    """Print each line as it would stand in the file, those first that say something else than the file."""
    plants = importlib.import_module(f"tests.matrix.plants.{service}")
    met: dict[tuple[str, ...], dict[str, str]] = {}
    with tempfile.TemporaryDirectory() as folder:
        async with opened(service, url, Path(folder)) as scene:
            app = scene.service.application(frozenset({"door"}))
            async for answer in walk(scene, app, plants.plant, plants.RECIPES, allowed_in(app)):
                met.setdefault(answer.line, {})[answer.who] = answer.kind
    known = judged()
    for line, outcomes in met.items():
        now = tuple(outcomes.get(who, "") for who in WHO)
        if len(line) == len(KEY) and known.get(line) != now and "" not in now:
            sys.stdout.write(",".join([*line, *now]) + "\n")
    return 0


def main() -> int:
    """On a stack of its own, or on TIMBANG_TEST_STACK's."""
    (service,) = sys.argv[1:]
    with Stack(REPOSITORY / ".state" / "matrix", say=print) as stack:
        clones = Clones(stack)
        url = clones.fresh(service)
        return asyncio.run(observe(service, url))


if __name__ == "__main__":
    sys.exit(main())
