"""What one says of the pictures that one shows, and when; pure: the clock is given.

A picture that appears is asked for at once, as somebody waits for it. What goes or changes its size may wait: it is
said at most about twice a second, and sizes in steps, so that a window that is resized does not flood the server.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

from app.media.types import PictureKey
from app.net.heights import height_for, step_for
from app.wire.media import MOST_HEIGHT_PX, MOST_WISHES

if TYPE_CHECKING:
    from app.media.types import Wanted

Shown: TypeAlias = Mapping[PictureKey, int]
"""Whose pictures, and of what, are shown, and how high, in pixels."""

_EVERY_S = 0.5
#: So many that appear are asked for at once within a second; then it is as with all else.
_AT_ONCE, _AT_ONCE_S = 4, 1.0
#: That nothing is shown is said only so long after one has taken a seat: until its page is there, pictures may come.
_PAGE_S = 2.0
_SOURCES = ("camera", "screen")


class Wanting:
    """What is shown and what the server knows of it."""

    def __init__(self) -> None:
        self._shown: Shown | None = None
        self._said: Shown | None = None
        self._begun_s = 0.0
        self._said_s: deque[float] = deque(maxlen=_AT_ONCE)

    def show(self, wanted: Wanted) -> None:
        """These pictures are on the screen now, and no others."""
        before = self._said or {}
        shown: dict[PictureKey, int] = {}
        for key, views in wanted.items():
            person, source = key
            height = height_for(views)
            if person and source in _SOURCES and height and len(shown) < MOST_WISHES:
                # A screen comes as it is: how large it is shown makes no difference.
                shown[key] = MOST_HEIGHT_PX if source == "screen" else step_for(height, before.get(key, 0))
        self._shown = shown

    def begin(self, now_s: float) -> None:
        """The server knows nothing: one has just taken a seat."""
        self._said, self._begun_s = None, now_s

    def due_in_s(self, now_s: float) -> float | None:
        """In how many seconds something is to be said; None: nothing has to be."""
        if self._shown is None or self._shown == self._said:
            return None
        if self._said is None and not self._shown:
            return max(0.0, self._begun_s + _PAGE_S - now_s)
        if self._said is None or any(key not in self._said for key in self._shown):
            has_had_many = len(self._said_s) == _AT_ONCE
            return max(0.0, self._said_s[0] + _AT_ONCE_S - now_s) if has_had_many else 0.0
        return max(0.0, self._said_s[-1] + _EVERY_S - now_s)

    def say(self, now_s: float) -> Shown:
        """What is to be said now."""
        self._said = self._shown or {}
        self._said_s.append(now_s)
        return self._said
