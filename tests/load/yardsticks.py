"""The limits of this machine, measured in the same run: PostgreSQL's own benchmark and Kafka's own producer."""

import asyncio
import os
import re
import statistics
import sys
from pathlib import Path

from deploy.local.stack import Stack

# What services do all day, a fixed amount of it: about a second of one core. Shared cores and caches make it dearer.
_FIXED_WORK = """
import hashlib, json, time
line = {"item": "P05", "grade": "bersih", "quantity": 12500, "ids": ["01a1f3c0-3812-7c24-8af9-a1802e376b8b"] * 8}
for _ in range(60_000):
    hashlib.sha256(json.dumps(json.loads(json.dumps(line))).encode()).digest()
print(time.process_time())
"""
PGBENCH_SCALE = 20
PGBENCH_CLIENTS = 8


class Pgbench:
    """TPC-B-like transactions on the same server with the same durable settings, in a database of its own."""

    def __init__(self, program: Path, admin_url: str) -> None:
        self._program = program
        self._admin_url = admin_url
        self._url = admin_url.rsplit("/", 1)[0] + "/pgbench"

    async def prepare(self) -> None:
        """Fill the tables."""
        import asyncpg  # noqa: PLC0415 - only here

        admin = await asyncpg.connect(self._admin_url)
        try:
            await admin.execute("drop database if exists pgbench")
            await admin.execute("create database pgbench")
        finally:
            await admin.close()
        await self._run("-q", "-i", "-s", str(PGBENCH_SCALE))

    async def tps(self, seconds: int) -> float:
        """Transactions a second."""
        words = await self._run("-n", "-c", str(PGBENCH_CLIENTS), "-j", "2", "-T", str(seconds))
        found = re.search(r"tps = ([\d.]+)", words)
        if found is None:
            message = f"pgbench said nothing of tps: {words[-500:]}"
            raise RuntimeError(message)
        return float(found[1])

    async def _run(self, *arguments: str) -> str:
        return await run(str(self._program), *arguments, self._url)


async def kafka_records_per_second(stack: Stack, topic: str, records: int = 300_000) -> float:
    """Kafka's own ProducerPerformance: records of 300 bytes, acks=all, a linger of 5 ms."""
    command = stack.java_tool(
        "org.apache.kafka.tools.ProducerPerformance",
        *("--bootstrap-server", stack.bootstrap_servers, "--topic", topic, "--num-records", str(records)),
        *("--record-size", "300", "--throughput", "-1", "--command-property", "acks=all", "linger.ms=5"),
    )
    words = await run(*command)
    found = re.findall(r"([\d.]+) records/sec", words)
    if not found:
        message = f"ProducerPerformance said nothing of records/sec: {words[-500:]}"
        raise RuntimeError(message)
    return float(found[-1])


async def run(*command: str) -> str:
    """Run a program to its end; returns what it printed. RuntimeError if it fails."""
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    words = (await process.communicate())[0].decode(errors="replace")
    if process.returncode:
        message = f"{command[0]} failed: {words[-1000:]}"
        raise RuntimeError(message)
    return words


async def fixed_work_seconds() -> float:
    """CPU-seconds of a fixed piece of work with every core busy: dearer when others use this machine too."""

    async def one() -> float:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", _FIXED_WORK, stdout=asyncio.subprocess.PIPE
        )
        printed, _ = await process.communicate()
        return float(printed)

    return statistics.mean(await asyncio.gather(*[one() for _ in range(os.cpu_count() or 1)]))
