"""A relay in memory that keeps the rules of the engine (offers, revisions, refusals) and moves no media."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from server_stub.relay.engine import BadSdp, NoSpace, Offer, RelayError, RelayEvents, RelayStatistics, Track


@dataclass
class _Person:
    sources: dict[str, str] = field(default_factory=dict)
    outstanding: Offer | None = None
    offered: tuple[tuple[str, str], ...] = ()
    is_stale: bool = False
    is_due: bool = False


class SpokenRelay:
    """A `RelayEngine`; any text that begins with "v=0" and has no data channel is a good session description.

    Attributes:
        has_space: False lets recordings be refused.
        recording: meeting to the people recorded (id to name).
    """

    def __init__(self, events: RelayEvents) -> None:
        self.has_space = True
        self.recording: dict[str, dict[str, str]] = {}
        self._events = events
        self._meetings: dict[str, dict[str, _Person]] = {}
        self._revisions = itertools.count(1)

    async def join(self, meeting: str, person: str) -> None:
        await self.leave(meeting, person)
        self._meetings.setdefault(meeting, {})[person] = _Person()
        self._refresh(meeting)

    async def publish(self, meeting: str, person: str, sdp: str, sources: Mapping[str, str]) -> str:
        someone = self._meetings.get(meeting, {}).get(person)
        if someone is None:
            raise RelayError("You are not in this meeting.")
        self._check(sdp)
        someone.sources = dict(sources)
        self._refresh(meeting)
        return "v=0\r\na=fake answer\r\n"

    async def answer(self, meeting: str, person: str, revision: int, sdp: str) -> None:
        someone = self._meetings.get(meeting, {}).get(person)
        if someone is None or someone.outstanding is None or someone.outstanding.revision != revision:
            return
        self._check(sdp)
        someone.outstanding = None
        if someone.is_stale:
            self._refresh(meeting)

    async def leave(self, meeting: str, person: str) -> None:
        if self._meetings.get(meeting, {}).pop(person, None):
            self._refresh(meeting)

    async def close(self, meeting: str) -> None:
        self._meetings.pop(meeting, None)
        self.recording.pop(meeting, None)

    async def start_recording(self, meeting: str, folder: Path, people: Mapping[str, str]) -> None:
        if not self.has_space:
            raise NoSpace("There is less than 500 MB of free space on the server's disk.")
        self.recording.setdefault(meeting, dict(people))

    async def record_person(self, meeting: str, person: str, name: str) -> None:
        if meeting in self.recording:
            self.recording[meeting].setdefault(person, name)

    async def stop_recording(self, meeting: str) -> None:
        self.recording.pop(meeting, None)

    def statistics(self) -> RelayStatistics:
        return RelayStatistics()

    async def shutdown(self) -> None:
        for meeting in list(self._meetings):
            await self.close(meeting)

    def _check(self, sdp: str) -> None:
        if not sdp.startswith("v=0") or "m=application" in sdp:
            raise BadSdp("this is not a session description")

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
        someone.outstanding = Offer(next(self._revisions), "v=0\r\na=fake offer\r\n", tracks)
        self._events.offer_made(meeting, person, someone.outstanding)
