"""Background tasks: held until they end, with their errors logged."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

log = logging.getLogger(__name__)


class Chores:
    """A set of tasks that outlive the request that began them."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def start(self, work: Coroutine[Any, Any, Any], name: str) -> asyncio.Task[Any]:
        """Runs `work`; `name` says in the log what failed."""
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("%s failed", task.get_name(), exc_info=error)

    async def settle(self) -> None:
        """Waits until nothing is left to do, what is begun meanwhile included."""
        while self._tasks:
            await asyncio.wait(tuple(self._tasks))

    async def stop(self, *, within_s: float = 5.0) -> None:
        """Gives what runs some time, then cancels it."""
        if self._tasks:
            await asyncio.wait(tuple(self._tasks), timeout=within_s)
        for task in tuple(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)
