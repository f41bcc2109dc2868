"""What a publisher is told of its stream: that a key frame is wanted, and how its packets arrive."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from server_stub.relay import rtcp
from server_stub.relay.rtp import begins_key_frame

#: At most two key frames a second are asked for. Source: each costs about ten pictures' bits.
KEY_FRAME_PAUSE_S = 0.5
#: A key frame that does not come is asked for again this often, this many times.
_KEY_FRAME_ASKS = 4


class KeyFrames:
    """Merges wishes for key frames, and repeats one that was not granted.

    Attributes:
        asks_left: how often it is asked once more for an open wish at most; 0: none is open.
    """

    __slots__ = ("_ask", "_timer", "asks_left")

    def __init__(self, ask: Callable[[], None]) -> None:
        self.asks_left = 0
        self._ask = ask
        self._timer: asyncio.TimerHandle | None = None

    def want(self) -> None:
        """Asks now, or as soon as half a second has passed since the last time."""
        self.asks_left = _KEY_FRAME_ASKS
        if self._timer is None:
            self._send()

    def came(self) -> None:
        """A key frame has come, which grants every wish before it."""
        self.asks_left = 0

    def stop(self) -> None:
        """Forgets all wishes."""
        self.asks_left = 0
        if self._timer:
            self._timer.cancel()
            self._timer = None

    def _send(self) -> None:
        self._timer = None
        if self.asks_left > 0:
            self.asks_left -= 1
            self._timer = asyncio.get_running_loop().call_later(KEY_FRAME_PAUSE_S, self._send)
            self._ask()


class KeySize:
    """How many packets a publisher's key frames have, by what comes; lost packets do not count.

    Attributes:
        packets: of the last one; 0 before the first.
    """

    __slots__ = ("_count", "_is_next_first", "packets")

    def __init__(self) -> None:
        self.packets = self._count = 0
        self._is_next_first = True

    def came(self, payload: bytes, is_last: bool) -> None:
        """A packet of a picture came, the last one of it or not. The hot path."""
        if self._count:
            self._count += 1
        elif self._is_next_first and begins_key_frame(payload):
            self._count = 1
        self._is_next_first = is_last
        if is_last and self._count:
            self.packets, self._count = self._count, 0


class Reception:
    """What a receiver report says of one owner's stream. Source: RFC 3550 section 6.4.1 and appendix A.3.

    Attributes:
        received: packets that came.
        highest: the highest sequence number, counted on past its wrap.
    """

    __slots__ = ("_expected_before", "_first", "_lost_before", "_ntp_middle", "_reported_s", "highest", "received")

    def __init__(self) -> None:
        self.received = 0
        self.highest = 0
        self._first = 0
        self._lost_before = self._expected_before = 0
        self._ntp_middle = 0
        self._reported_s = 0.0

    def begin(self, seq: int) -> None:
        """The owner's first sequence number, as the owner counts."""
        self._first = seq
        self.highest = seq - 1

    def skip_to(self, seq: int) -> None:
        """What was held until this number is not lost."""
        held = seq - 1 - self.highest & 0xFFFF
        self.received += held
        self.highest += held

    def note_report(self, ntp: int, now_s: float) -> None:
        """A sender report came."""
        self._ntp_middle = ntp >> 16 & 0xFFFFFFFF
        self._reported_s = now_s

    def report(self, ssrc: int, now_s: float) -> rtcp.ReceptionReport:
        """The next report; the fraction lost counts from the one before."""
        expected = self.highest - self._first + 1
        lost = max(expected - self.received, 0)
        expected_now, lost_now = expected - self._expected_before, lost - self._lost_before
        self._expected_before, self._lost_before = expected, lost
        fraction = min(255, 256 * lost_now // expected_now) if expected_now > 0 and lost_now > 0 else 0
        delay = int((now_s - self._reported_s) * 65_536) if self._ntp_middle else 0
        return rtcp.ReceptionReport(ssrc, fraction, lost, self.highest, 0, self._ntp_middle, delay)
