"""Which packets should have come and have not, before a later one tells that they are missing; pure.

Of a burst of losses nothing is known until the next packet is through, and what is asked for then takes a round trip
more. Where a stream has lost packets lately and then is quiet for longer than its pace lets expect, its next ones are
asked for at once: what was sent before the request came is answered, and of that comes what is through first. TCP's
sender does the like. Source: RFC 8985 section 7, tail loss probe.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

#: Quiet is that nothing came for so long, for so many packets' time, and for so many times the usual pause.
_QUIET_S, _QUIET_PACKETS, _QUIET_PAUSES = 0.045, 2.0, 1.3
#: Packets that come closer together than this are of one picture.
_TOGETHER_S = 0.005
#: So many packets are asked for at most at once, and so often in a row: after that it is no burst.
_MOST_AT_ONCE, _MOST_OFTEN = 8, 6
#: The pace of the packets and their pauses are taken over about so long, where it is looked at least so often and the
#: numbers go on.
_PACE_S, _LOOKED_S, _MOST_STEP = 0.5, 0.1, 100
#: So long after a request its answer may come.
_ANSWER_S = 0.6


class Asked(NamedTuple):
    """When something was asked for last since the newest packet came, and how often."""

    last_s: float
    often: int


class Quiet:
    """How fast the packets of one stream come, and for how long none has.

    It is not told of each packet, but shown the newest number every few milliseconds while that is of interest.
    """

    __slots__ = ("_asked", "_looked_s", "_most", "_newest", "_pace_hz", "_pause_s", "_since_s")

    def __init__(self) -> None:
        self._newest = 0
        self._since_s = 0.0
        self._looked_s = -math.inf
        self._pace_hz = 0.0
        #: The pause between two packets, or two pictures; each counts for as long as it takes.
        self._pause_s = 0.0
        #: How many after the newest were asked for at most, and when.
        self._most, self._asked = 0, Asked(0.0, 0)

    def look(self, newest: int, now_s: float) -> None:
        """Notes which number is the newest.

        Args:
            newest: 0-65535.
            now_s: the present instant.
        """
        knows_pause = now_s - self._looked_s < _LOOKED_S
        self._looked_s = now_s
        if newest == self._newest and knows_pause:
            return
        took_s, step = max(now_s - self._since_s, 0.001), newest - self._newest & 0xFFFF
        if knows_pause and step <= _MOST_STEP:
            weight = 1 - math.exp(-took_s / _PACE_S)
            self._pace_hz += (step / took_s - self._pace_hz) * weight
            if took_s > _TOGETHER_S:
                self._pause_s += (took_s - self._pause_s) * weight
        self._newest, self._since_s = newest, now_s
        self._most, self._asked = 0, Asked(0.0, 0)

    def overdue(self, now_s: float, pause_s: float, most: int = _MOST_AT_ONCE) -> int:
        """How many of the packets after the newest are to be asked for now; they are noted as asked for.

        Args:
            now_s: the present instant.
            pause_s: between two requests. It may be less than an answer takes: whatever comes ends the quiet.
            most: of them; 0 or more.
        """
        quiet_s, asked = now_s - self._since_s, self._asked
        if quiet_s < max(_QUIET_S, _QUIET_PAUSES * self._pause_s) or asked.often >= _MOST_OFTEN:
            return 0
        if asked.often and now_s - asked.last_s < pause_s:
            return 0
        count = min(most, _MOST_AT_ONCE, int(quiet_s * self._pace_hz))
        if count < _QUIET_PACKETS:
            return 0
        self._most = max(self._most, count)
        self._asked = Asked(now_s, asked.often + 1)
        return count

    def asked(self, newest: int, step: int) -> Asked | None:
        """Whether and when a packet was asked for before anything told that it was missing.

        Args:
            newest: the number that was the newest then.
            step: how many after that.
        """
        return self._asked if self._asked.often and newest == self._newest and step <= self._most else None


class Early:
    """What was asked for on a link before anything told that it was missing: answers come in their turn.

    An answer bears the instant at which it was sent first, which says nothing of its way.

    Attributes:
        until_s: after that nothing is such an answer.
    """

    __slots__ = ("_until", "until_s")

    def __init__(self) -> None:
        self.until_s = -math.inf
        #: The last number that was asked for so, and until when its answer may come, by SSRC.
        self._until: dict[int, tuple[int, float]] = {}

    def note(self, ssrc: int, newest: int, seqs: Sequence[int], now_s: float) -> None:
        """Packets are asked for.

        Args:
            ssrc: their stream.
            newest: the newest number that came of it, 0-65535.
            seqs: their numbers; those that are not ahead of the newest are none of ours.
            now_s: the present instant.
        """
        furthest = max((seq - newest & 0xFFFF for seq in seqs if seq - newest & 0xFFFF < 0x8000), default=0)
        if furthest:
            self.until_s = now_s + _ANSWER_S
            self._until = {one: entry for one, entry in self._until.items() if now_s < entry[1]}
            self._until[ssrc] = (newest + furthest & 0xFFFF, self.until_s)

    def has(self, ssrc: int, seq: int, now_s: float) -> bool:
        """Whether a packet that is the newest now may be such an answer."""
        last, until_s = self._until.get(ssrc, (seq, -math.inf))
        return now_s < until_s and (last - seq & 0xFFFF) < 0x8000
