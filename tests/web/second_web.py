"""A second web process on the same doors that serves a newer version of the operator's app."""

import asyncio
import contextlib
import re
import shutil
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import psutil

from deploy.local.ports import free_ports
from deploy.local.settings import REPOSITORY
from tests.demo.waiting import until
from tests.web.conftest import Running

STATIC = REPOSITORY / "services" / "web" / "static"
START_SECONDS = 90


def version_of(static: Path) -> str:
    """The version that the built app carries, as `sizes.json` and the worker's cache name it."""
    worker = (static / "sw.js").read_bytes()
    app = b"".join(each.read_bytes() for each in sorted(static.glob("operator.*.js")))
    app += b"".join(each.read_bytes() for each in sorted(static.glob("chunk.*.js")))
    both = [found.decode() for found in set(re.findall(rb"[0-9a-f]{12}", worker)) if found in app]
    assert len(both) == 1, both
    return str(both[0])


def newer_build(folder: Path, old: str, new: str) -> Path:
    """A copy of the build in which only the version is another one, as after `make web` with a changed source."""
    copy = folder / "static"
    shutil.copytree(STATIC, copy)
    for packed in (*copy.glob("*.br"), *copy.glob("*.gz")):
        packed.unlink()
    for file in copy.glob("*.js"):
        file.write_bytes(file.read_bytes().replace(old.encode(), new.encode()))
    return copy


@contextlib.asynccontextmanager
async def second_web(system: Running, static: Path) -> AsyncIterator[str]:
    """Serve that build beside the first one, with its keys; gives the address."""
    (port,) = free_ports(1)
    address = f"http://127.0.0.1:{port}"
    first = psutil.Process(system.processes["web"]).environ()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "services",
        "web",
        cwd=REPOSITORY,
        env={**first, "WEB_PORT": str(port), "WEB_STATIC_FOLDER": str(static)},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with httpx.AsyncClient(trust_env=False) as client:

            async def ready() -> bool:
                with contextlib.suppress(httpx.HTTPError):
                    return (await client.get(f"{address}/healthz/ready")).status_code == 200
                return False

            await until(ready, "the second web process answers", START_SECONDS)
        yield address
    finally:
        process.terminate()
        await asyncio.wait_for(process.wait(), 20)
