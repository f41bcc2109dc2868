"""How long packets wait on their way, judged by when each was sent and when it came; pure."""

from __future__ import annotations

from collections import deque

#: So far back lies the quickest packet that the others are compared with: clocks drift, and ways change.
_BASE_INTERVALS = 80
#: A way that has become longer looks like a queue, but it tells itself where packets wait that much longer from one
#: interval to the next, so many of them, none is lost, and all wait the same: a queue would grow or shrink meanwhile.
_JUMP_S, _SAME_S, _JUMP_PACKETS = 0.06, 0.015, 3


class Way:
    """Compares with the quickest packet of the last seconds.

    Attributes:
        queue_s: seconds.
    """

    def __init__(self) -> None:
        """Knows nothing yet."""
        self.queue_s = 0.0
        self._base: deque[float] = deque(maxlen=_BASE_INTERVALS)

    def take(self, quickest: float, least: float, slowest: float, packets: int, *, has_lost: bool) -> None:
        """Takes an interval into account, with seconds by two clocks that do not agree.

        Args:
            quickest: how long its quickest packet was on its way.
            least: the same without what it may have waited for our own loop.
            slowest: as `quickest`, of its slowest.
            packets: how many told their time.
            has_lost: whether some did not come.
        """
        is_steady = packets >= _JUMP_PACKETS and not has_lost and slowest - quickest < _SAME_S
        if is_steady and self._base and quickest - min(self._base) > self.queue_s + _JUMP_S:
            self.begin_anew(quickest)
        self._base.append(quickest)
        # How long it really waited for us is not known: to compare with, only what it was on its way for sure will do.
        self.queue_s = max(0.0, least - min(self._base))

    def begin_anew(self, *quickest: float) -> None:
        """Nothing of before counts, but these; without any, what waits is not known."""
        self._base.clear()
        self._base.extend(quickest)
        self.queue_s = 0.0
