"""From packets in any order to whole frames in theirs: what the recorder does before the disk; pure, time is given."""

from __future__ import annotations

from dataclasses import dataclass

from app.net.guard.payloads import is_key_picture, may_be_decoded, vp8_descriptor
from server_stub.relay.rtp import HEADER, payload_of, unwrap

#: A lost packet is waited for this long. Source: publishers are asked for 0.4 s (history.py), and a round trip on top.
MAX_WAIT_S = 0.5
_MAX_WAITING = 512
#: A frame of more bytes is none that a client of ours sends: it would only fill whoever decodes it.
MAX_FRAME_BYTES = 4_000_000


@dataclass(frozen=True, slots=True)
class Arrival:
    """One packet in its turn.

    Attributes:
        packet: with its header.
        arrived_s: when it came, on the caller's clock.
        follows_loss: packets before it never came.
    """

    packet: bytes
    arrived_s: float
    follows_loss: bool

    @property
    def timestamp(self) -> int:
        """RTP timestamp, 32 bits."""
        return int.from_bytes(self.packet[4:8], "big")

    @property
    def is_last_of_frame(self) -> bool:
        """The marker bit."""
        return bool(self.packet[1] & 0x80)


class Reorder:
    """Puts one stream's packets in order, waiting at most half a second for one that is missing."""

    def __init__(self) -> None:
        self._next: int | None = None
        self._follows_loss = False
        self._waiting: dict[int, tuple[bytes, float]] = {}

    def push(self, packet: bytes, now_s: float) -> list[Arrival]:
        """Takes a packet; returns those whose turn has come. Ones that come too late are dropped."""
        wire_seq = HEADER.unpack_from(packet)[2]
        seq = wire_seq if self._next is None else unwrap(wire_seq, self._next, 16)
        if self._next is None:
            self._next = seq
        if seq < self._next:
            return []
        self._waiting[seq] = (packet, now_s)
        return self.pass_time(now_s)

    def pass_time(self, now_s: float) -> list[Arrival]:
        """Returns those whose turn has come because the ones before them are given up."""
        ready: list[Arrival] = []
        while self._waiting and self._next is not None:
            if self._next not in self._waiting:
                # The one put in first has waited longest.
                _, oldest_s = next(iter(self._waiting.values()))
                if now_s - oldest_s < MAX_WAIT_S and len(self._waiting) < _MAX_WAITING:
                    break
                self._next = min(self._waiting)
                self._follows_loss = True
            packet, arrived_s = self._waiting.pop(self._next)
            ready.append(Arrival(packet, arrived_s, self._follows_loss))
            self._follows_loss = False
            self._next += 1
        return ready


@dataclass(frozen=True, slots=True)
class Picture:
    """One whole VP8 frame."""

    timestamp: int
    arrived_s: float
    data: bytes
    is_key: bool


class Vp8Frames:
    """Joins VP8 payloads to frames; after a loss nothing is handed on until the next key frame.

    Attributes:
        lost: frames left out for that reason, so far.
    """

    def __init__(self) -> None:
        self.lost = 0
        self._parts: list[bytes] = []
        self._bytes = 0
        self._timestamp = -1
        self._is_broken = True
        self._needs_key = True
        self._has_begun = False

    @property
    def needs_key(self) -> bool:
        """Whether only a key frame can go on from here."""
        return self._needs_key

    def push(self, arrival: Arrival) -> Picture | None:
        """Takes the next packet in order; returns a frame when it is the last of a whole one."""
        payload = payload_of(arrival.packet)
        length, starts = vp8_descriptor(payload)
        if arrival.follows_loss:
            self._break()
        if length == 0:
            return None
        if starts:
            if self._parts:
                self._break()
            self._parts, self._bytes, self._timestamp, self._is_broken = [], 0, arrival.timestamp, False
        elif arrival.timestamp != self._timestamp:
            self._break()
        if not self._is_broken:
            self._parts.append(payload[length:])
            self._bytes += len(payload) - length
        if self._bytes > MAX_FRAME_BYTES:
            self._break()
        return self._finish(arrival) if arrival.is_last_of_frame else None

    def skip(self) -> None:
        """A frame that was handed on got lost further down: the next must be a key frame."""
        self._needs_key = True

    def _break(self) -> None:
        self._is_broken = self._needs_key = True
        self._parts, self._bytes = [], 0

    def _finish(self, arrival: Arrival) -> Picture | None:
        data = b"".join(self._parts)
        if data and not may_be_decoded(data):
            self._break()
        self._parts = []
        was_broken, self._is_broken = self._is_broken, True
        is_key = not was_broken and is_key_picture(data)
        if was_broken or (self._needs_key and not is_key):
            self.lost += self._has_begun
            return None
        self._needs_key, self._has_begun = False, True
        return Picture(arrival.timestamp, arrival.arrived_s, data, is_key)
