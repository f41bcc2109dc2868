"""The recordings of a meeting, and what has to come one after the other while they begin and stop."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from server_stub.storage.meetings import RecordingRow

T = TypeVar("T")


class Recordings:
    """Those of one meeting.

    Attributes:
        rows: those that began, oldest first; how far the recap of each is, `note` says.
        consented: recording and person, where the consent is kept and the person recorded.
        is_cut_off: the server stopped while the last one ran; another part begins with the first who is back of those
            who consent. All under `switching`.
        switching: held while one begins or stops: the relay and the workers take one after the other.
    """

    def __init__(self) -> None:
        self.rows: list[RecordingRow] = []
        self.consented: set[tuple[str, str]] = set()
        self.is_cut_off = False
        self.switching = asyncio.Lock()
        self._begin = 0
        self._settled = asyncio.Event()
        self._settled.set()

    @contextmanager
    def beginning(self) -> Iterator[None]:
        """Holds up who comes in, from now until it is known whether they will be recorded."""
        self._begin += 1
        self._settled.clear()
        try:
            yield
        finally:
            self._begin -= 1
            if not self._begin:
                self._settled.set()

    async def settled(self, read: Callable[[], Awaitable[T]]) -> T:
        """What `read` returns while no recording is beginning; it is asked again after each wait.

        Nothing is awaited after the last time: who goes on without waiting knows both what was read and whether the
        meeting is recorded.

        Raises:
            Exception: whatever `read` raises.
        """
        found = await read()
        while not self._settled.is_set():
            await self._settled.wait()
            found = await read()
        return found

    def begun(self, row: RecordingRow, consented: Iterable[str]) -> None:
        """Another one runs, with the consent of these people."""
        self.rows.append(row)
        self.consented.update((row.id, person) for person in consented)
        self.is_cut_off = False

    def take_up(self, rows: Iterable[RecordingRow], *, is_cut_off: bool) -> None:
        """Those that a server that stopped has left."""
        self.rows, self.is_cut_off = list(rows), is_cut_off

    def note(self, row: RecordingRow) -> None:
        """The recap of one of them is further."""
        self.rows = [row if other.id == row.id else other for other in self.rows]

    @property
    def ids(self) -> frozenset[str]:
        """Those that began: whatever else is kept as one of this meeting did not."""
        return frozenset(row.id for row in self.rows)
