"""When somebody is told which pictures are held back from them; pure."""

from __future__ import annotations

#: Whose picture, and of what: "camera" or "screen".
Pictures = frozenset[tuple[str, str]]
#: Links that are just too narrow let a picture go and come; words for each of these would flicker.
_PAUSE_S = 1.0


class HeldNews:
    """What one receiving connection was told last."""

    def __init__(self) -> None:
        """Nothing was told yet: the first look is news, whatever it finds."""
        self._told: Pictures | None = None
        self._at_s = float("-inf")

    def is_due(self, held: Pictures, now_s: float) -> bool:
        """Whether to tell it now; it is taken as told then.

        Args:
            held: all that are held back.
            now_s: monotonic.
        """
        is_due = held != self._told and now_s - self._at_s >= _PAUSE_S
        if is_due:
            self._told, self._at_s = held, now_s
        return is_due
