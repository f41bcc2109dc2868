"""When a screen is looked at; pure, time is given."""

from __future__ import annotations

from app.media.screen.modes import MOTION_FPS, TEXT_FPS, Mode

#: So long after a change the next one is awaited.
_AWAITED_S = 1.0


class LookTimes:
    """At the pace of the mode; but where text moved just now and a look finds nothing new, it looks again soon.

    What is scrolled, or typed, moves at a pace of its own. Looks at that same pace would now come just before a step
    and now just after it: one finds nothing, the next finds two steps at once, and one picture fewer is sent. Looking
    again soon, they come after each step, and a little sooner after it.

    Attributes:
        is_extra: the next look is one that comes soon: finding nothing then says nothing about how much moves.
    """

    def __init__(self, now_s: float) -> None:
        """The first look is due at once.

        Args:
            now_s: the time.
        """
        self._due_s = now_s
        self._moved_s = now_s - _AWAITED_S
        self.is_extra = False

    def after(self, now_s: float, mode: Mode, *, is_new: bool) -> float:
        """When the next look is due.

        Args:
            now_s: when this one was.
            mode: in which the screen is sent.
            is_new: this one found a change.
        """
        if is_new:
            self._moved_s = now_s
        self.is_extra = mode == "text" and not is_new and now_s - self._moved_s < _AWAITED_S
        pace = TEXT_FPS if mode == "text" and not self.is_extra else MOTION_FPS
        # A look that came late is not made up for.
        self._due_s = max(self._due_s, now_s - 0.5 / MOTION_FPS) + 1 / pace
        return self._due_s
