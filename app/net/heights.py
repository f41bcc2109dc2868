"""Heights in which faces are sent, and what a face of each may cost at most; pure.

A face is sent in one of a few heights: each change costs a key frame, and a window that is being resized goes through
all heights there are.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from app.net.rate import Budget
from app.wire.media import MOST_HEIGHT_PX

if TYPE_CHECKING:
    from app.media.types import View, Views

#: Pixels, and bits a second more of which would not be seen in a face. Source: own measurements with a portrait, see
#: `rate`: what it looks clean with, and some more for one who moves.
_STEPS = ((180, 150_000), (270, 450_000), (360, 900_000), (540, 1_600_000), (720, 2_500_000), (1080, 4_500_000))
#: A view may be so much higher than its picture. From the step that is said already another one is taken only beyond
#: these shares: a tile that lies between two does not go to and fro.
_STRETCH = 1.1
_LARGER, _SMALLER = 1.2, 0.95
_WIDE = 16 / 9


def height_for(views: Views) -> int:
    """The height in pixels that a picture needs for its largest view, were it 16:9; 0 without views."""
    return max((_needed(view) for view in views.values()), default=0)


def _needed(view: View) -> int:
    heights = (view.height_px, view.width_px / _WIDE)
    return max(1, math.ceil(max(heights) if view.crop == "cover" else min(heights)))


def step_for(height: int, before: int = 0) -> int:
    """The height in which a face is sent for a view of that height, in pixels; `MOST_HEIGHT_PX`: as high as it is.

    Args:
        height: pixels, above 0.
        before: what this was until now; it stays unless it fits badly. 0: nothing.
    """
    step = _least(height / _STRETCH)
    if step > before > 0 and height <= before * _LARGER:
        return before
    if step < before and height > step * _STRETCH * _SMALLER:
        return before
    return step


def _least(height: float) -> int:
    return next((step for step, _ in _STEPS if step >= height), MOST_HEIGHT_PX)


def most_bps(height: int | None) -> float:
    """Bits a second beyond which a face shown that high, in pixels, looks no better; None: as high as it is."""
    step = MOST_HEIGHT_PX if height is None else _least(height / _STRETCH)
    return dict(_STEPS).get(step, math.inf)


def within(budget: Budget | None, height: int | None, start_rate: int) -> Budget | None:
    """What a face may cost where nobody shows it higher than that.

    Args:
        budget: what it may cost otherwise; None: nobody has said.
        height: pixels of the largest view, above 0; None: as high as it is.
        start_rate: bits a second where nobody has said.
    """
    step = MOST_HEIGHT_PX if height is None else _least(height)
    if step == MOST_HEIGHT_PX:
        return budget
    given = budget or Budget(start_rate)
    return replace(given, rate=min(given.rate, dict(_STEPS)[step]), height=min(given.height or step, step))
