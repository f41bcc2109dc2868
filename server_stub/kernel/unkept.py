"""Writes that must not be lost: what fails (a full disk, perhaps only for now) is tried again until it is kept."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from server_stub.kernel.chores import Chores
from server_stub.kernel.clock import Clock, Timer
from server_stub.kernel.limits import Pauses
from server_stub.storage import Connection
from server_stub.storage.sqlite import what_was_in_the_way

log = logging.getLogger(__name__)

Work = Callable[[Connection], object]


@dataclass(slots=True, eq=False)
class _Write:
    """One that is not kept yet.

    Attributes:
        name: of what is kept.
        work: keeps it.
        again: it failed by itself, and waits for its own next try.
        pauses: between these.
        is_under_way: it is being tried.
        said: kinds of errors that the log has of it.
    """

    name: str
    work: Work
    again: Timer | None = None
    pauses: Pauses = field(default_factory=Pauses)
    is_under_way: bool = False
    said: set[str] = field(default_factory=set)


class Unkept:
    """What could not be kept yet, by name; the oldest is tried first.

    While the disk refuses one, the others wait with it. One that fails for another reason is in nobody's way: it has
    its own, growing pauses.
    """

    def __init__(self, clock: Clock, chores: Chores, do: Callable[[Work], Awaitable[Any]]) -> None:
        self._clock, self._chores, self._do = clock, chores, do
        self._writes: dict[str, _Write] = {}
        self._pauses = Pauses()
        self._again: Timer | None = None
        self._is_stopped = False

    async def keep(self, name: str, work: Work) -> bool:
        """Keeps something, now or as soon as that can be done.

        Args:
            name: of what is kept; another of the same name takes its place, and it is not tried after that.
            work: harmless when it is done late, or twice.

        Returns:
            Whether it is kept; if not, it is tried again by itself.
        """
        before = self._writes.pop(name, None)
        if before is not None and before.again is not None:
            before.again.cancel()
        # Known before it is tried: what is asked for meanwhile under its name is newer.
        write = self._writes[name] = _Write(name, work)
        return await self._try(write) is None

    async def stop(self) -> None:
        """The last try of what is left; nothing is tried by itself any more."""
        self._is_stopped = True
        for timer in (self._again, *(write.again for write in self._writes.values())):
            if timer is not None:
                timer.cancel()
        for write in list(self._writes.values()):
            if self._is_next(write):
                await self._try(write)

    def _plan(self) -> None:
        if self._again is None and not self._is_stopped:
            self._again = self._clock.call_later(self._pauses.next_s(), self._wake)

    def _wake(self) -> None:
        self._again = None
        self._chores.start(self._try_all(), "keeping what could not be kept")

    async def _try_all(self) -> None:
        for write in list(self._writes.values()):
            if write.again is None and self._is_next(write):
                error = await self._try(write)
                if error is not None and _is_of_all(error):
                    return
        self._pauses = Pauses()

    def _is_next(self, write: _Write) -> bool:
        """Whether a write is still to be tried: it is not kept, no newer one has taken its place."""
        return self._writes.get(write.name) is write and not write.is_under_way

    async def _try(self, write: _Write) -> Exception | None:
        """Tries a write and sees to its next try; what was wrong, None: it is kept."""
        write.is_under_way = True
        try:
            await self._do(write.work)
        except Exception as error:
            self._failed(write, error)
            return error
        finally:
            write.is_under_way = False
        if self._writes.get(write.name) is write:
            del self._writes[write.name]
        return None

    def _failed(self, write: _Write, error: Exception) -> None:
        kind = type(error).__name__
        if kind not in write.said:
            write.said.add(kind)
            log.error("the database could not be written: %s", kind)
        if self._writes.get(write.name) is not write:
            return
        if _is_of_all(error):
            self._plan()
        elif not self._is_stopped:
            write.again = self._clock.call_later(write.pauses.next_s(), lambda: self._wake_one(write))

    def _wake_one(self, write: _Write) -> None:
        write.again = None
        if self._is_next(write):
            self._chores.start(self._try_one(write), "keeping what could not be kept")

    async def _try_one(self, write: _Write) -> None:
        if self._is_next(write):
            await self._try(write)


def _is_of_all(error: Exception) -> bool:
    """Whether the disk, or another process, refuses every write for now."""
    return isinstance(error, OSError) or bool(what_was_in_the_way(error))
