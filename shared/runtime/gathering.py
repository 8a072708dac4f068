"""Many small requests share one transaction: what arrives while one commits goes into the next, with no timer."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from shared.runtime.database import Database, DatabaseUnavailableError, Tx

ItemT = TypeVar("ItemT")
AnswerT = TypeVar("AnswerT")

GATHERED_MAX = 200


class Gathering(Generic[ItemT, AnswerT]):
    """Hands items to a workflow over lists, as many at a time as have arrived; each waits for its own answer.

    An answer is given after the commit. If the workflow fails over a list, each item is tried alone, so that one bad
    item never fails its neighbours.
    """

    def __init__(
        self, database: Database, work: Callable[[Tx, Sequence[ItemT]], Awaitable[Sequence[AnswerT]]]
    ) -> None:
        self._database = database
        self._work = work
        self._waiting: list[tuple[ItemT, asyncio.Future[AnswerT]]] = []
        self._task: asyncio.Task[None] | None = None

    async def add(self, item: ItemT) -> AnswerT:
        """The workflow's answer for this item, once it is committed. Raises what the workflow raised for it."""
        future: asyncio.Future[AnswerT] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if self._task is None:
            self._task = asyncio.create_task(self._drain())
        return await future

    async def _drain(self) -> None:
        try:
            while self._waiting:
                gathered, self._waiting = self._waiting[:GATHERED_MAX], self._waiting[GATHERED_MAX:]
                await self._answer(gathered)
        finally:
            self._task = None
            for _, future in self._waiting:
                future.cancel()
            self._waiting = []

    async def _answer(self, gathered: Sequence[tuple[ItemT, asyncio.Future[AnswerT]]]) -> None:
        try:
            async with self._database.transaction() as tx:
                answers = await self._work(tx, [item for item, _ in gathered])
        except asyncio.CancelledError:
            for _, future in gathered:
                future.cancel()
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, it belongs to the one who asked
            if len(gathered) > 1 and not isinstance(error, DatabaseUnavailableError):
                for one in gathered:
                    await self._answer([one])
                return
            for _, future in gathered:
                if not future.done():
                    future.set_exception(error)
            return
        for (_, future), answer in zip(gathered, answers, strict=True):
            if not future.done():
                future.set_result(answer)
