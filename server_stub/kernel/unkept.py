"""Writes that must not be lost: what fails (a full disk, perhaps only for now) is tried again until it is kept."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from server_stub.kernel.chores import Chores
from server_stub.kernel.clock import Clock, Timer
from server_stub.kernel.limits import Pauses
from server_stub.storage import Connection

log = logging.getLogger(__name__)

Work = Callable[[Connection], object]


class Unkept:
    """What could not be kept yet, by name; the oldest is tried first."""

    def __init__(self, clock: Clock, chores: Chores, do: Callable[[Work], Awaitable[Any]]) -> None:
        self._clock, self._chores, self._do = clock, chores, do
        self._works: dict[str, Work] = {}
        self._pauses = Pauses()
        self._again: Timer | None = None
        self._is_stopped = False

    async def keep(self, name: str, work: Work) -> bool:
        """Keeps something, now or as soon as that can be done.

        Args:
            name: of what is kept; another of the same name takes its place.
            work: harmless when it is done late, or twice.

        Returns:
            Whether it is kept; if not, it is tried again by itself.
        """
        self._works.pop(name, None)
        if await self._try(work):
            return True
        self._works[name] = work
        self._plan()
        return False

    async def stop(self) -> None:
        """The last try of what is left; nothing is tried by itself any more."""
        self._is_stopped = True
        if self._again is not None:
            self._again.cancel()
        await self._try_all()

    def _plan(self) -> None:
        if self._again is None and not self._is_stopped:
            self._again = self._clock.call_later(self._pauses.next_s(), self._wake)

    def _wake(self) -> None:
        self._again = None
        self._chores.start(self._try_all(), "keeping what could not be kept")

    async def _try_all(self) -> None:
        for name, work in list(self._works.items()):
            if not await self._try(work):
                self._plan()
                return
            if self._works.get(name) is work:
                del self._works[name]
        self._pauses = Pauses()

    async def _try(self, work: Work) -> bool:
        try:
            await self._do(work)
        except Exception as error:
            log.error("the database could not be written: %s", type(error).__name__)
            return False
        return True
