"""Keeps what a running meeting consists of, whenever that has changed."""

from __future__ import annotations

import logging
from collections.abc import Callable

from server_stub.kernel.context import Context
from server_stub.storage import running
from server_stub.storage.running import RunningRow

log = logging.getLogger(__name__)


class Written:
    """Of one meeting. One write is under way at most: changes during it are kept together by the next."""

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

    def stop(self) -> None:
        """What it consists of at this moment is the last that is kept."""
        last = self._look()
        self._look = lambda: last
        self.wake()

    def wake(self) -> None:
        """Something may have changed; what belongs to the same change may still follow at once."""
        if not self._is_writing:
            self._is_writing = True
            self._context.chores.start(self._write(), "keeping a meeting that runs")

    async def _write(self) -> None:
        try:
            while (state := self._look()) is not None and state != self._kept:
                await self._keep(RunningRow(self._meeting, self._context.now(), state))
                self._kept = state
        except Exception as error:  # a full disk, perhaps only for now: the next change tries again
            log.error("a meeting that runs could not be kept: %s", type(error).__name__)
        finally:
            self._is_writing = False

    async def _keep(self, row: RunningRow) -> None:
        await self._context.store.do(lambda connection: running.keep(connection, row))
