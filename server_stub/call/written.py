"""Keeps what a running meeting consists of, whenever that has changed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from server_stub.call import kept, marks
from server_stub.kernel.clock import Timer
from server_stub.kernel.context import Context
from server_stub.kernel.limits import Pauses
from server_stub.storage import running
from server_stub.storage.running import RunningRow

log = logging.getLogger(__name__)


class Written:
    """Of one meeting. One write is under way at most: changes during it are kept together by the next.

    What could not be written is tried again by itself, and at once where something changes.
    """

    def __init__(self, context: Context, meeting: str, look: Callable[[], bytes | None]) -> None:
        """Writes nothing yet.

        Args:
            context: of the server.
            meeting: its id.
            look: gives what is to be kept now; None: nothing any more.
        """
        self._context = context
        self._meeting = meeting
        self._look = look
        self._kept = b""
        self._is_writing = False
        self._pauses = Pauses()
        self._again: Timer | None = None
        self._is_marked = False

    def stop(self) -> None:
        """What it consists of at this moment is the last that is kept."""
        last = self._look()
        self._look = lambda: last
        self.wake()

    def rest(self) -> None:
        """Nothing is tried again by itself any more."""
        if self._again is not None:
            self._again.cancel()
            self._again = None

    async def last_try(self) -> None:
        """Keeps what is not kept yet, if that can be done; nothing is tried by itself any more."""
        self.rest()
        if not self._is_writing:
            self._is_writing = True
            await self._write()
        self.rest()

    def wake(self) -> None:
        """Something may have changed; what belongs to the same change may still follow at once."""
        if not self._is_writing:
            self.rest()
            self._is_writing = True
            self._context.chores.start(self._write(), "keeping a meeting that runs")

    async def _write(self) -> None:
        state = None
        try:
            while (state := self._look()) is not None and state != self._kept:
                await self._keep(RunningRow(self._meeting, self._context.now(), state))
                await self._kept_now(state)
        except Exception as error:  # a full disk, perhaps only for now
            log.error("a meeting that runs could not be kept: %s", type(error).__name__)
            if state is not None and kept.takes_away(self._kept, state):
                await self._mark()
            self._again = self._context.clock.call_later(self._pauses.next_s(), self.wake)
        finally:
            self._is_writing = False

    async def _keep(self, row: RunningRow) -> None:
        await self._context.store.do(lambda connection: running.keep(connection, row))

    async def _kept_now(self, state: bytes) -> None:
        self._kept, self._pauses = state, Pauses()
        if self._is_marked:
            self._is_marked = False
            await asyncio.to_thread(marks.take, self._context.settings.data, self._meeting)

    async def _mark(self) -> None:
        """What is kept is not to be taken up: somebody removed would be back, or what was stopped would go on."""
        self._is_marked = True
        await asyncio.to_thread(marks.put, self._context.settings.data, self._meeting, self._context.now())
