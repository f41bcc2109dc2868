"""One person's voice on one line of the receiving connection."""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING, Any

from app.media.types import RATE_HZ
from app.net.guard.payloads import voice_ms
from app.net.line import Line
from app.net.opus import make_opus_decoder
from app.net.repair import VOICE_PATIENCE, Missing
from app.net.voice import VoiceBuffer, VoicePacket, VoiceStatistics

if TYPE_CHECKING:
    from app.media.types import Samples

_OPUS = "opus"


class VoiceStream:
    """One person's voice on one line: the loop takes packets and repeats NACKs, whoever plays it takes sound."""

    def __init__(self, person: str, line: Line) -> None:
        self.person = person
        self.has_failed = False
        self._line = line
        self._missing = Missing(VOICE_PATIENCE)
        # deque's append and popleft are atomic: the only thing that loop and thread share.
        self._arrived: deque[tuple[int, VoicePacket | None]] = deque(maxlen=400)
        self._taken = _now()
        self._buffer = VoiceBuffer(make_opus_decoder())

    @property
    def statistics(self) -> VoiceStatistics:
        """Read from any thread."""
        return self._buffer.statistics

    def restart(self) -> None:
        """Another stream follows on this line."""
        self._missing.forget()
        self._arrived.append((_now(), None))

    async def take(self, packet: Any, codec: str) -> None:
        """Takes an RTP packet; on the loop."""
        if codec != _OPUS:
            return
        self._missing.seen(packet.sequence_number, time.monotonic())
        if voice_ms(packet.payload):
            arrived = VoicePacket(packet.sequence_number, packet.timestamp, packet.payload)
            self._arrived.append((_now(), arrived))
        await self.check()

    async def check(self) -> None:
        """Asks for what is missing; on the loop, every few milliseconds."""
        now_s = time.monotonic()
        if self._missing.is_watched(now_s):
            if due := self._missing.due(now_s, has_room=self._line.has_room(now_s)):
                await self._line.ask_again(due)
            self._missing.given_up(now_s)

    def skip(self) -> None:
        """What has come and was not heard is not to be heard any more; in the thread that plays."""
        self._arrived.clear()
        self._arrived.append((_now(), None))

    def next_block(self) -> Samples | None:
        """The next 10 ms; in the thread that plays."""
        now = _now()
        self._buffer.pass_time(now - self._taken)
        self._taken = now
        while self._arrived:
            arrived, packet = self._arrived.popleft()
            if packet is None:
                statistics = self._buffer.statistics
                self._buffer = VoiceBuffer(make_opus_decoder())
                self._buffer.statistics = statistics
            else:
                self._buffer.put(packet, now - arrived)
        return self._buffer.take()


def _now() -> int:
    """The monotonic clock, in samples."""
    return round(time.monotonic() * RATE_HZ)
