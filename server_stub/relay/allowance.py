"""How much one source may send: packets and bytes, over time and at once; pure, time is given.

A member who sends more is not cut off: what is too much goes to nobody, and what follows is taken again as soon as
half of what may come at once is free. So a flood of any size costs the others no more than the allowance.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.wire.media import LOW


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a source may send.

    Attributes:
        packets_per_s: packets in a second, in the long run; sender reports count.
        bytes_per_s: their bytes.
        at_once_s: so many seconds' worth may come in one moment, after a pause.
    """

    packets_per_s: float
    bytes_per_s: float
    at_once_s: float


#: Voice: Opus in its finest packets (10 ms) at 240 kbit/s, and three seconds that a network held back and lets go at
#: once. Camera: 720p at 4 Mbit/s, four times what a client of ours sends; a key frame of it has some 200 kB. The
#: same face small: twice what it costs at most. Screen:
#: 2560 x 1440 at 8 Mbit/s, whose key frame full of small letters has up to 1.5 MB. What is sent again counts, too.
ALLOWED: Mapping[str, Allowance] = {
    "microphone": Allowance(packets_per_s=120, bytes_per_s=30_000, at_once_s=3.0),
    "camera": Allowance(packets_per_s=600, bytes_per_s=500_000, at_once_s=2.0),
    LOW: Allowance(packets_per_s=200, bytes_per_s=125_000, at_once_s=2.0),
    "screen": Allowance(packets_per_s=1_200, bytes_per_s=1_000_000, at_once_s=2.0),
}


class Meter:
    """Measures one source against its allowance: a bucket of packets and one of bytes, full at first."""

    def __init__(self, allowance: Allowance) -> None:
        self._allowance = allowance
        self._most_packets = allowance.packets_per_s * allowance.at_once_s
        self._most_bytes = allowance.bytes_per_s * allowance.at_once_s
        self._packets, self._bytes = self._most_packets, self._most_bytes
        self._at_s: float | None = None

    def admits(self, size: int, now_s: float) -> bool:
        """Takes one packet of so many bytes into account; False when it is too much, and then it does not count."""
        self._fill(now_s)
        if self._packets < 1 or self._bytes < size:
            return False
        self._packets -= 1
        self._bytes -= size
        return True

    def has_room(self, now_s: float) -> bool:
        """Whether half of what may come at once is free: a source that had too much may begin again."""
        self._fill(now_s)
        return self._packets * 2 >= self._most_packets and self._bytes * 2 >= self._most_bytes

    def _fill(self, now_s: float) -> None:
        # Without calls of max and min, as this is done for every packet.
        at_s, self._at_s = self._at_s, now_s
        if at_s is None or now_s <= at_s:
            return
        past_s, allowance = now_s - at_s, self._allowance
        packets = self._packets + past_s * allowance.packets_per_s
        self._packets = packets if packets < self._most_packets else self._most_packets
        size = self._bytes + past_s * allowance.bytes_per_s
        self._bytes = size if size < self._most_bytes else self._most_bytes
