"""A relay that is loaded when the first meeting needs it: a server in which nobody meets is 34 MB smaller."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from server_stub.relay.engine import RelayEngine, RelayStatistics


class LateRelay:
    """A `RelayEngine` in front of one that does not exist yet.

    Args to the constructor: `load` imports what the engine needs and makes nothing; it is called in a thread, and what
    it returns makes the engine, on the loop.
    """

    def __init__(self, load: Callable[[], Callable[[], RelayEngine]]) -> None:
        self._load = load
        self._engine: RelayEngine | None = None
        self._loading = asyncio.Lock()
        #: What was said of the addresses to offer, if anything was.
        self._offered: tuple[Sequence[str] | None, ...] = ()
        self._allowed: dict[tuple[str, str], frozenset[str]] = {}
        self._wants: dict[tuple[str, str], Mapping[tuple[str, str], int]] = {}
        self._preparing: asyncio.Task[RelayEngine] | None = None

    def prepare(self) -> None:
        """See `RelayEngine.prepare`."""
        if self._engine is None and self._preparing is None:
            self._preparing = asyncio.get_running_loop().create_task(self._loaded(), name="loading the relay")

    async def _loaded(self) -> RelayEngine:
        async with self._loading:
            if self._engine is None:
                make = await asyncio.to_thread(self._load)
                self._engine = make()
                for addresses in self._offered:
                    self._engine.offer_addresses(addresses)
                for (meeting, person), sources in self._allowed.items():
                    self._engine.allow(meeting, person, sources)
                for (meeting, person), pictures in self._wants.items():
                    self._engine.want(meeting, person, pictures)
                self._allowed.clear()
                self._wants.clear()
            return self._engine

    async def join(self, meeting: str, person: str) -> None:
        """See `RelayEngine.join`."""
        await (await self._loaded()).join(meeting, person)

    async def publish(self, meeting: str, person: str, sdp: str, sources: Mapping[str, str]) -> str:
        """See `RelayEngine.publish`."""
        return await (await self._loaded()).publish(meeting, person, sdp, sources)

    async def answer(self, meeting: str, person: str, revision: int, sdp: str) -> None:
        """See `RelayEngine.answer`."""
        await (await self._loaded()).answer(meeting, person, revision, sdp)

    async def check(self, account: str, sdp: str) -> str:
        """See `RelayEngine.check`."""
        return await (await self._loaded()).check(account, sdp)

    def offer_addresses(self, addresses: Sequence[str] | None) -> None:
        """See `RelayEngine.offer_addresses`."""
        self._offered = (addresses,)
        if self._engine is not None:
            self._engine.offer_addresses(addresses)

    def allow(self, meeting: str, person: str, sources: frozenset[str]) -> None:
        """See `RelayEngine.allow`."""
        if self._engine is None:
            self._allowed[meeting, person] = sources
        else:
            self._engine.allow(meeting, person, sources)

    def want(self, meeting: str, person: str, pictures: Mapping[tuple[str, str], int] | None) -> None:
        """See `RelayEngine.want`."""
        if self._engine is not None:
            self._engine.want(meeting, person, pictures)
        elif pictures is not None:
            self._wants[meeting, person] = pictures
        else:
            self._wants.pop((meeting, person), None)

    async def leave(self, meeting: str, person: str) -> None:
        """See `RelayEngine.leave`."""
        self._allowed.pop((meeting, person), None)
        self._wants.pop((meeting, person), None)
        if self._engine is not None:
            await self._engine.leave(meeting, person)

    async def close(self, meeting: str) -> None:
        """See `RelayEngine.close`."""
        self._allowed = {key: sources for key, sources in self._allowed.items() if key[0] != meeting}
        self._wants = {key: pictures for key, pictures in self._wants.items() if key[0] != meeting}
        if self._engine is not None:
            await self._engine.close(meeting)

    async def start_recording(self, meeting: str, folder: Path, people: Mapping[str, str]) -> None:
        """See `RelayEngine.start_recording`."""
        await (await self._loaded()).start_recording(meeting, folder, people)

    async def record_person(self, meeting: str, person: str, name: str) -> None:
        """See `RelayEngine.record_person`."""
        if self._engine is not None:
            await self._engine.record_person(meeting, person, name)

    async def stop_recording(self, meeting: str) -> None:
        """See `RelayEngine.stop_recording`."""
        if self._engine is not None:
            await self._engine.stop_recording(meeting)

    def statistics(self) -> RelayStatistics:
        """See `RelayEngine.statistics`."""
        return self._engine.statistics() if self._engine is not None else RelayStatistics()

    async def shutdown(self) -> None:
        """See `RelayEngine.shutdown`."""
        if self._preparing is not None:
            # A thread cannot be cut short in the middle of an import.
            await asyncio.wait({self._preparing})
        async with self._loading:
            if self._engine is not None:
                await self._engine.shutdown()
