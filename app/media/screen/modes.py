"""How a screen is sent: sharp and slow for text, smooth and smaller for what moves; pure, time is given."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Literal, TypeAlias

from app.media.screen.changes import Change

Mode: TypeAlias = Literal["text", "motion"]
Wish: TypeAlias = Literal["automatic", "text", "motion"]

#: The largest picture of each mode. 30 pictures a second of more than that cannot be encoded on two cores.
LARGEST_TEXT_PX = (2560, 1440)
#: A step each for when the encoder cannot keep up.
MOTION_STEPS_PX: Sequence[tuple[int, int]] = ((1280, 720), (960, 540), (640, 360))
TEXT_FPS, MOTION_FPS = 10.0, 30.0

#: A film moves in each picture, typing and dialogs do not: looks at the last seconds decide.
_WINDOW_S = 3.0
_MOVING_SHARE = 0.04
_TO_MOTION, _TO_TEXT = 0.8, 0.3
#: Where the encoder needs more of the time between two pictures it falls behind; far less, and it may try a step more.
_TOO_SLOW, _EASY = 0.75, 0.25
_SLOW_S, _EASY_S = 1.0, 10.0


class ModeChooser:
    """Chooses by what moves, unless somebody chose by hand."""

    def __init__(self, wish: Wish = "automatic") -> None:
        self.wish: Wish = wish
        self._mode: Mode = "text"
        self._looks: deque[tuple[float, bool]] = deque()

    def look(self, now_s: float, change: Change) -> Mode:
        """Takes a look at the screen into account.

        Args:
            now_s: when it was.
            change: what it found. Text that is scrolled is no film, however long that goes on.
        """
        moves = change.moving >= _MOVING_SHARE and not change.is_scrolled
        self._looks.append((now_s, moves))
        while now_s - self._looks[0][0] > _WINDOW_S:
            self._looks.popleft()
        if self.wish != "automatic":
            self._mode = self.wish
        elif now_s - self._looks[0][0] > 0.8 * _WINDOW_S:
            share = sum(moved for _, moved in self._looks) / len(self._looks)
            if share > _TO_MOTION:
                self._mode = "motion"
            elif share < _TO_TEXT:
                self._mode = "text"
        return self._mode


class MotionSize:
    """How large moving pictures are: as large as the encoder can keep up with."""

    def __init__(self) -> None:
        self._step = 0
        self._since_s: float | None = None
        self._tendency = 0

    @property
    def most_px(self) -> tuple[int, int]:
        """The largest width and height for now."""
        return MOTION_STEPS_PX[self._step]

    def spent(self, now_s: float, encode_s: float) -> None:
        """Takes into account how long the encoder needs for a picture of late, seconds."""
        load = encode_s * MOTION_FPS
        tendency = 1 if load > _TOO_SLOW else -1 if load < _EASY else 0
        if tendency != self._tendency:
            self._tendency, self._since_s = tendency, now_s
        since_s = now_s if self._since_s is None else self._since_s
        if tendency > 0 and now_s - since_s > _SLOW_S:
            self._step, self._since_s = min(self._step + 1, len(MOTION_STEPS_PX) - 1), now_s
        elif tendency < 0 and now_s - since_s > _EASY_S:
            self._step, self._since_s = max(self._step - 1, 0), now_s


def fitted(width_px: int, height_px: int, most_px: tuple[int, int]) -> tuple[int, int]:
    """The size at which a screen is sent: its own where that is not too large, else fitted; both even.

    Args:
        width_px: of the screen.
        height_px: of the screen.
        most_px: the largest width and height; turned for a screen that stands upright.
    """
    if width_px < height_px:
        most_px = (most_px[1], most_px[0])
    scale = min(1.0, most_px[0] / width_px, most_px[1] / height_px)
    return max(2, int(width_px * scale) // 2 * 2), max(2, int(height_px * scale) // 2 * 2)
