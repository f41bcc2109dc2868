"""When the other side is told of an estimate; pure."""

from __future__ import annotations

_SAID_AGAIN_S = 1.0


class Told:
    """When an estimate is worth a message: where it changed, and once a second.

    One that fell is told again and again for a moment: the queues that made it fall lose messages, too.
    """

    def __init__(self) -> None:
        self._bps = 0.0
        self._at_s = self._fell_s = float("-inf")

    def is_due(self, bps: float, now_s: float) -> bool:
        """Whether to tell it now; it is taken as told then."""
        if bps < self._bps * 0.97:
            self._fell_s = now_s
        is_changed = abs(bps - self._bps) > 0.03 * self._bps
        is_due = is_changed or now_s - self._fell_s < _SAID_AGAIN_S or now_s - self._at_s >= 1.0
        if is_due:
            self._bps, self._at_s = bps, now_s
        return is_due
