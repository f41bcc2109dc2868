"""How much one source may send: packets and bytes, over time and at once; pure, time is given.

A member who sends more is not cut off: what is too much goes to nobody, and what follows is taken again as soon as
half of what may come at once is free. So a flood of any size costs the others no more than the allowance.
"""

from __future__ import annotations

import math
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
    """Measures one source against its allowance: a bucket of packets and one of bytes, full at first.

    What is kept is when each bucket will be full again: that says everything, and takes less for each packet than to
    fill it. Source: the generic cell rate algorithm, ITU-T I.371.
    """

    __slots__ = ("_at_once_s", "_byte_s", "_bytes_full_s", "_packet_s", "_packets_full_s")

    def __init__(self, allowance: Allowance) -> None:
        self._packet_s, self._byte_s = 1 / allowance.packets_per_s, 1 / allowance.bytes_per_s
        # No packet is refused because of rounding, on any computer that has run for less than a year.
        self._at_once_s = allowance.at_once_s + self._byte_s / 2
        self._packets_full_s = self._bytes_full_s = -math.inf

    def admits(self, size: int, now_s: float) -> bool:
        """Takes one packet of so many bytes into account; False when it is too much, and then it does not count."""
        # Without calls of max and min, as this is done for every packet.
        packets_s, bytes_s, most_s = self._packets_full_s, self._bytes_full_s, now_s + self._at_once_s
        packets_s = (packets_s if packets_s > now_s else now_s) + self._packet_s
        bytes_s = (bytes_s if bytes_s > now_s else now_s) + size * self._byte_s
        if packets_s > most_s or bytes_s > most_s:
            return False
        self._packets_full_s, self._bytes_full_s = packets_s, bytes_s
        return True

    def has_room(self, now_s: float) -> bool:
        """Whether half of what may come at once is free: a source that had too much may begin again."""
        return max(self._packets_full_s, self._bytes_full_s) - now_s <= self._at_once_s / 2
