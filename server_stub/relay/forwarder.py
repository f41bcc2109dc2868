"""The embedded relay: forwards RTP in the server's own process without decoding it; see `engine.RelayEngine`.

Measured by tests/bench/relay.py with ten people (10,400 packets out per second, two cores): 14.1 CPU microseconds per
forwarded packet, and Debian's Janus 1.1.2 28.0 in the same run. Where it saves against another relay: one header and
one plaintext per packet for all subscribers, no queue or task on the way, and one system call that sends a packet to
all of them.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from app.net.guard import LOOPBACK
from server_stub.relay.checks import Checks
from server_stub.relay.engine import RelayError, RelayEvents, RelayStatistics
from server_stub.relay.meeting import MeetingRelay
from server_stub.relay.recorder import Recording, RecordingHooks, free_bytes
from server_stub.relay.settings import RelaySettings
from server_stub.relay.source import StreamCounts
from server_stub.relay.stream import Stream

_log = logging.getLogger(__name__)

#: While recording, faces get a key frame this often, so that clips can be cut without encoding again.
RECORDING_KEY_FRAME_S = 3.0
#: How often the recorder looks for packets that waited too long for a lost one.
_TICK_S = 0.25


class Forwarder:
    """A `RelayEngine` in this process, on the running event loop.

    Args to the constructor: the events; the addresses to offer as ICE candidates (127.0.0.1 alone by default, which is
    right for a server embedded in a client; None: all of the machine's addresses and 127.0.0.1, for a team's server);
    the UDP ports to use (None: any); and, for tests, how to ask for the free bytes of a folder's disk.
    """

    def __init__(
        self,
        events: RelayEvents,
        *,
        addresses: Sequence[str] | None = (LOOPBACK,),
        ports: range | None = None,
        free: Callable[[Path], int] = free_bytes,
    ) -> None:
        self._counts = StreamCounts()
        self._settings = RelaySettings(addresses, events, self._counts, ports)
        self._events = events
        self._free = free
        self._checks = Checks(self._settings)
        self._meetings: dict[str, MeetingRelay] = {}
        self._recordings: dict[str, Recording] = {}
        self._starting: set[str] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._ticks = 0
        self._past = RelayStatistics()

    def prepare(self) -> None:
        """See `RelayEngine.prepare`; everything is here."""

    async def check(self, account: str, sdp: str) -> str:
        """See `RelayEngine.check`."""
        return await self._checks.answer(account, sdp)

    def offer_addresses(self, addresses: Sequence[str] | None) -> None:
        """See `RelayEngine.offer_addresses`."""
        self._settings.addresses = addresses

    async def join(self, meeting: str, person: str) -> None:
        """See `RelayEngine.join`."""
        await self._relay_of(meeting).join(person)

    def _relay_of(self, meeting: str) -> MeetingRelay:
        relay = self._meetings.get(meeting)
        if relay is None:
            relay = self._meetings[meeting] = MeetingRelay(
                meeting, self._settings, lambda stream: self._listen(meeting, stream)
            )
        return relay

    async def publish(self, meeting: str, person: str, sdp: str, sources: Mapping[str, str]) -> str:
        """See `RelayEngine.publish`."""
        relay = self._meetings.get(meeting)
        if relay is None:
            raise RelayError("You are not in this meeting.")
        return await relay.publish(person, sdp, sources)

    async def answer(self, meeting: str, person: str, revision: int, sdp: str) -> None:
        """See `RelayEngine.answer`."""
        relay = self._meetings.get(meeting)
        if relay:
            await relay.answer(person, revision, sdp)

    def allow(self, meeting: str, person: str, sources: frozenset[str]) -> None:
        """See `RelayEngine.allow`."""
        self._relay_of(meeting).allow(person, sources)

    def want(self, meeting: str, person: str, pictures: Mapping[tuple[str, str], int] | None) -> None:
        """See `RelayEngine.want`."""
        self._relay_of(meeting).want(person, pictures)

    async def leave(self, meeting: str, person: str) -> None:
        """See `RelayEngine.leave`."""
        relay = self._meetings.get(meeting)
        if relay:
            await relay.leave(person)

    async def close(self, meeting: str) -> None:
        """See `RelayEngine.close`."""
        relay = self._meetings.pop(meeting, None)
        if relay:
            await relay.close()
        await self.stop_recording(meeting)
        if not self._meetings:
            self._settings.beat.end()

    async def start_recording(self, meeting: str, folder: Path, people: Mapping[str, str]) -> None:
        """See `RelayEngine.start_recording`."""
        if meeting in self._recordings or meeting in self._starting:
            return

        def stopped(reason: str) -> None:
            if self._recordings.get(meeting) is recording:
                self._recording_ended(meeting, recording)
                self._past = recording.add_counts_to(self._past)
                self._events.recording_stopped(meeting, reason)

        def heard(person: str, start_s: float, opus: bytes) -> None:
            self._events.voice_heard(meeting, person, start_s, opus)

        self._starting.add(meeting)
        try:
            recording = Recording(meeting, folder, RecordingHooks(heard, stopped, self._free))
            await recording.start(people)
        finally:
            self._starting.discard(meeting)
        self._recordings[meeting] = recording
        if self._timer is None:
            self._tick()
        self._listen_to_all(meeting)

    async def record_person(self, meeting: str, person: str, name: str) -> None:
        """See `RelayEngine.record_person`."""
        recording = self._recordings.get(meeting)
        if recording:
            await recording.add_person(person, name)
            self._listen_to_all(meeting)

    async def stop_recording(self, meeting: str) -> None:
        """See `RelayEngine.stop_recording`."""
        recording = self._recordings.get(meeting)
        if recording:
            self._recording_ended(meeting, recording)
            await recording.stop()
            self._past = recording.add_counts_to(self._past)

    def statistics(self) -> RelayStatistics:
        """See `RelayEngine.statistics`."""
        recorded = self._past
        for recording in self._recordings.values():
            recorded = recording.add_counts_to(recorded)
        counts = {name: getattr(self._counts, name) for name in _COUNTED}
        return RelayStatistics(
            **counts,
            frames_recorded=recorded.frames_recorded,
            frames_lost=recorded.frames_lost,
            frames_overrun=recorded.frames_overrun,
        )

    async def shutdown(self) -> None:
        """See `RelayEngine.shutdown`."""
        await self._checks.shutdown()
        for meeting in {*self._meetings, *self._recordings}:
            await self.close(meeting)

    def _listen(self, meeting: str, stream: Stream) -> None:
        """Lets the recording take part in a stream of a person who consented."""
        recording = self._recordings.get(meeting)
        if recording and stream.source:
            stream.tap = recording.tap_for(stream.source.person, stream.source.source, stream.want_key_frame)
            if stream.tap:
                stream.want_key_frame()

    def _listen_to_all(self, meeting: str) -> None:
        relay = self._meetings.get(meeting)
        for stream in relay.streams() if relay else ():
            if stream.tap is None:
                self._listen(meeting, stream)
        if relay:
            relay.tell_wanted()

    def _recording_ended(self, meeting: str, recording: Recording) -> None:
        if self._recordings.get(meeting) is recording:
            del self._recordings[meeting]
        if not self._recordings and self._timer:
            self._timer.cancel()
            self._timer = None
        relay = self._meetings.get(meeting)
        for stream in relay.streams() if relay else ():
            stream.tap = None

    def _tick(self) -> None:
        """The clock of recordings: late packets, and key frames."""
        self._timer = asyncio.get_running_loop().call_later(_TICK_S, self._tick)
        self._ticks += 1
        for recording in list(self._recordings.values()):
            recording.pass_time(time.monotonic())
        if self._ticks % round(RECORDING_KEY_FRAME_S / _TICK_S) == 0:
            for meeting in self._recordings:
                for stream in self._meetings[meeting].streams() if meeting in self._meetings else ():
                    if stream.tap and stream.source and stream.source.source == "camera":
                        stream.want_key_frame()


_COUNTED = (
    "packets_in",
    "packets_out",
    "bytes_out",
    "packets_dropped",
    "packets_refused",
    "packets_held",
    "packets_beyond",
    "pictures_refused",
    "naks_sent",
    "naks_answered",
    "naks_missed",
    "losses",
    "plis_sent",
    "plis_heard",
    "reports_forwarded",
)
