"""At which pace pictures are shown that came all at once, because they waited for a lost packet; pure.

A picture that comes alone is shown as it comes. Of several each is shown that still makes sense, at about twice the
pace at which they were taken, so that the newest is soon reached; what would come too late for that is only decoded,
as the next picture builds on it. Where decoding takes longer than there is time, the newest wins.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_CLOCK_HZ = 90_000
#: How far the newest picture may be behind its arrival so that those before it are seen, too.
_MOST_BEHIND_S = 0.12
#: Between two pictures that are both to be seen: a screen shows 60 a second; and what is enough of a rest.
_LEAST_REST_S, _MOST_REST_S = 0.018, 0.04
#: Pictures of one person decoded in a row: those of others have their turn in between, however large these are.
_MOST_IN_A_ROW = 8
#: Weight of the newest measurement of what a picture costs.
_WEIGHT = 0.2


@dataclass(frozen=True, slots=True)
class Turn:
    """What to do next with the pictures that wait.

    Attributes:
        wait_s: before anything is done; then ask again.
        count: how many to decode, of which the last is shown; 0 while waiting.
    """

    wait_s: float
    count: int


class Pace:
    """The pace of one person's pictures."""

    def __init__(self) -> None:
        self._began_s = float("-inf")
        self._shown_timestamp: int | None = None
        self._cost_s = 0.0

    def turn(self, waiting: Sequence[int], now_s: float) -> Turn:
        """Says what to do next.

        Args:
            waiting: RTP times (90 kHz, 32 bits) of the pictures that wait, oldest first; at least one.
            now_s: the present instant.
        """
        rest_s = self._rest_s(waiting[0])
        due_s = self._began_s + rest_s
        if now_s < due_s:
            return Turn(min(rest_s, due_s - now_s), 0)
        count = len(waiting)
        if self._cost_s < _step_s(waiting):
            # The first of those that are shown goes out now, and costs the newest no time.
            count = max(1, count - int(_MOST_BEHIND_S / _step_s(waiting)))
        return Turn(0.0, min(_MOST_IN_A_ROW, count))

    def _rest_s(self, timestamp: int) -> float:
        """How long the picture that is seen now stays before the one of this RTP time."""
        if self._shown_timestamp is None:
            return 0.0
        return _half(timestamp - self._shown_timestamp, 1)

    def begin(self, timestamp: int, now_s: float) -> None:
        """The picture of this RTP time is being decoded and shown."""
        self._began_s, self._shown_timestamp = now_s, timestamp

    def done(self, now_s: float) -> None:
        """It has been shown."""
        self._cost_s += (now_s - self._began_s - self._cost_s) * _WEIGHT


def _step_s(waiting: Sequence[int]) -> float:
    """How long each of these is seen, on average."""
    return _half(waiting[-1] - waiting[0], max(1, len(waiting) - 1))


def _half(taken: int, steps: int) -> float:
    """Half the time of one of so many steps between two pictures, within what can be seen and what is needed."""
    return min(_MOST_REST_S, max(_LEAST_REST_S, (taken & 0xFFFFFFFF) / steps / _CLOCK_HZ / 2))
