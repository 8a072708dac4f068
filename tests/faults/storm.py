"""A storm of tablets: batches in parallel, each sent again until it is acknowledged, whatever happens to the system."""

import asyncio
import json
from collections.abc import Sequence

from tests.load.tablets import Tablet

RECORDED = frozenset({"recorded", "repeated"})
RETRY_SECONDS = 0.3


class Storm:
    """Remembers, outside the system, every deposit that was acknowledged."""

    def __init__(self, tablets: Sequence[Tablet]) -> None:
        self._tablets = tablets
        self.acknowledged: dict[str, int] = {}
        self.resent = 0

    async def send(self, batches: int, size: int) -> None:
        """Send that many batches, spread over the tablets; returns when the last one is acknowledged."""
        shares = [batches // len(self._tablets)] * len(self._tablets)
        for extra in range(batches % len(self._tablets)):
            shares[extra] += 1
        await asyncio.gather(
            *[self._send(tablet, share, size) for tablet, share in zip(self._tablets, shares, strict=True)]
        )

    async def _send(self, tablet: Tablet, batches: int, size: int) -> None:
        for _ in range(batches):
            body, shown = tablet.batch(size)
            while not await self._acknowledged(tablet, body, shown):
                self.resent += 1
                await asyncio.sleep(RETRY_SECONDS)

    async def _acknowledged(self, tablet: Tablet, body: bytes, shown: dict[str, int]) -> bool:
        try:
            async with asyncio.timeout(20):
                status, answer = await tablet.connection.post("/v1/deposits:batch", body)
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            tablet.connection.close()
            return False
        if status == 503:
            return False
        assert status == 200, (status, answer[:500])
        results = json.loads(answer).get("results")
        assert results is not None, answer[:500]
        for item in results:
            assert item["status"] in RECORDED, item
            self.acknowledged[item["deposit_id"]] = shown[item["deposit_id"]]
        return True
