"""A relay in memory that keeps the rules of the engine (offers, revisions, refusals) and moves no media."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from server_stub.relay.engine import (
    ALLOWED_AT_FIRST,
    BadSdp,
    NoSpace,
    Offer,
    RelayError,
    RelayEvents,
    RelayStatistics,
    Track,
)

#: What this relay takes for a session description.
SDP = "v=0\r\n"


@dataclass
class _Person:
    sources: dict[str, str] = field(default_factory=dict)
    outstanding: Offer | None = None
    offered: tuple[tuple[str, str], ...] = ()
    is_stale: bool = False
    is_due: bool = False


class FakeRelay:
    """A `RelayEngine`; any text that begins with "v=0" and has no data channel is a good session description.

    Attributes:
        events: whom it tells.
        calls: what it was asked, oldest first.
        has_space: False lets recordings be refused.
        recorded: meeting to the people recorded (id to name).
        folders: where recordings were begun.
        allowed: (meeting, person) to what that person may send now.
        wants: (meeting, person) to the pictures that person shows, with their heights; None: they have not said.
        starts: set when a recording is about to start; it starts when `may_start` is set.
        stops: the same of one that is about to stop, and `may_stop`.
        joins: the same of a person who is about to join, and `may_join`.
    """

    def __init__(self, events: RelayEvents) -> None:
        self.events = events
        self.calls: list[tuple[str, ...]] = []
        self.has_space = True
        self.recorded: dict[str, dict[str, str]] = {}
        self.folders: list[Path] = []
        self.allowed: dict[tuple[str, str], frozenset[str]] = {}
        self.wants: dict[tuple[str, str], dict[tuple[str, str], int] | None] = {}
        self.starts, self.may_start = asyncio.Event(), asyncio.Event()
        self.stops, self.may_stop = asyncio.Event(), asyncio.Event()
        self.joins, self.may_join = asyncio.Event(), asyncio.Event()
        for gate in (self.may_start, self.may_stop, self.may_join):
            gate.set()
        self._meetings: dict[str, dict[str, _Person]] = {}
        self._revisions = itertools.count(1)

    @property
    def joined(self) -> set[tuple[str, str]]:
        """Who is in which meeting."""
        return {(meeting, person) for meeting, people in self._meetings.items() for person in people}

    def prepare(self) -> None:
        """Nothing is to be loaded."""

    async def join(self, meeting: str, person: str) -> None:
        self.joins.set()
        await self.may_join.wait()
        self.calls.append(("join", person))
        self._drop(meeting, person)
        self._meetings.setdefault(meeting, {})[person] = _Person()
        self._refresh(meeting)

    async def publish(self, meeting: str, person: str, sdp: str, sources: Mapping[str, str]) -> str:
        someone = self._meetings.get(meeting, {}).get(person)
        if someone is None:
            raise RelayError("You are not in this meeting.")
        self._check(sdp)
        self.calls.append(("publish", person))
        someone.sources = dict(sources)
        self._refresh(meeting)
        return f"{SDP}a=fake answer\r\n"

    async def answer(self, meeting: str, person: str, revision: int, sdp: str) -> None:
        self.calls.append(("answer", person))
        someone = self._meetings.get(meeting, {}).get(person)
        if someone is None or someone.outstanding is None or someone.outstanding.revision != revision:
            return
        self._check(sdp)
        someone.outstanding = None
        if someone.is_stale:
            self._refresh(meeting)

    async def check(self, account: str, sdp: str) -> str:
        self._check(sdp)
        self.calls.append(("check", ""))
        return f"{SDP}a=fake answer\r\n"

    def offer_addresses(self, addresses) -> None:
        self.calls.append(("offer_addresses", "all" if addresses is None else ",".join(addresses)))

    def allow(self, meeting: str, person: str, sources: frozenset[str]) -> None:
        self.allowed[meeting, person] = sources

    def want(self, meeting: str, person: str, pictures: Mapping[tuple[str, str], int] | None) -> None:
        self.wants[meeting, person] = None if pictures is None else dict(pictures)

    def may_send(self, meeting: str, person: str, source: str) -> bool:
        """Whether a packet of this source would be sent on now."""
        return source in self.allowed.get((meeting, person), ALLOWED_AT_FIRST)

    async def leave(self, meeting: str, person: str) -> None:
        self.calls.append(("leave", person))
        self.allowed.pop((meeting, person), None)
        self.wants.pop((meeting, person), None)
        self._drop(meeting, person)

    async def close(self, meeting: str) -> None:
        self.calls.append(("close", meeting))
        self._meetings.pop(meeting, None)
        self.allowed = {key: sources for key, sources in self.allowed.items() if key[0] != meeting}
        await self.stop_recording(meeting)

    async def start_recording(self, meeting: str, folder: Path, people: Mapping[str, str]) -> None:
        self.starts.set()
        await self.may_start.wait()
        if not self.has_space:
            raise NoSpace("There is less than 500 MB of free space on the server's disk.")
        if meeting not in self.recorded:
            self.recorded[meeting] = dict(people)
            self.folders.append(folder)
            _write_index(folder)

    async def record_person(self, meeting: str, person: str, name: str) -> None:
        if meeting in self.recorded:
            self.recorded[meeting].setdefault(person, name)

    async def stop_recording(self, meeting: str) -> None:
        self.stops.set()
        await asyncio.sleep(0)
        await self.may_stop.wait()
        if self.recorded.pop(meeting, None) is not None:
            self.calls.append(("stop_recording", meeting))

    def statistics(self) -> RelayStatistics:
        return RelayStatistics()

    async def shutdown(self) -> None:
        for meeting in {*self._meetings, *self.recorded}:
            await self.close(meeting)

    def _check(self, sdp: str) -> None:
        if not sdp.startswith("v=0") or "m=application" in sdp:
            raise BadSdp("this is not a session description")

    def _drop(self, meeting: str, person: str) -> None:
        if self._meetings.get(meeting, {}).pop(person, None):
            self._refresh(meeting)

    def _refresh(self, meeting: str) -> None:
        for person, someone in self._meetings[meeting].items():
            someone.is_stale = True
            if not someone.outstanding and not someone.is_due:
                someone.is_due = True
                asyncio.get_running_loop().call_soon(self._offer, meeting, person, someone)

    def _offer(self, meeting: str, person: str, someone: _Person) -> None:
        someone.is_due = False
        people = self._meetings.get(meeting, {})
        if people.get(person) is not someone:
            return
        someone.is_stale = False
        wanted = tuple(
            (other, source) for other, one in people.items() if other != person for source in one.sources.values()
        )
        if wanted == someone.offered:
            return
        someone.offered = wanted
        tracks = tuple(Track(str(mid), other, source) for mid, (other, source) in enumerate(wanted))
        someone.outstanding = Offer(next(self._revisions), f"{SDP}a=fake offer\r\n", tracks)
        self.events.offer_made(meeting, person, someone.outstanding)


def _write_index(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "recording.json").write_text("{}")
