"""What has changed on a screen since the last look, found at the price of a quarter of its rows; pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from app.media.screen.types import Place
    from app.media.types import Pixels

#: Only every fourth row is compared, other ones each time: what is missed is found three looks later at most.
ROW_STEP = 4
#: Width of a block in pixels, and its height in compared rows.
_BLOCK_PX, _BLOCK_ROWS = 32, 8
#: Rows are told by so many strips of theirs, of so many pixels each: whole rows would cost ten times as much to read.
_STRIPS, _STRIP_PX = 5, 40
#: So many rows of what changed stood elsewhere before: then it was scrolled.
_SCROLLED_SHARE = 0.4


class Change(NamedTuple):
    """What is new since the last look.

    Attributes:
        share: of the screen's blocks that changed, 0.0 to 1.0.
        moving: the same without those that do not count.
        is_scrolled: most of what changed and counts has only moved up or down.
    """

    share: float = 0.0
    moving: float = 0.0
    is_scrolled: bool = False


class Changes:
    """Compares each picture with the one before."""

    def __init__(self) -> None:
        """The first look finds that everything is new."""
        self._before: NDArray[np.uint32] | None = None
        self._turn = 0

    def look(self, pixels: Pixels, apart: Sequence[Place] = ()) -> Change:
        """What is new.

        Args:
            pixels: uint8 [height, width, 4], C-contiguous; kept until the next look.
            apart: parts of it that count as changed, but not as moving.
        """
        now = pixels.view(np.uint32)[:, :, 0]
        before, self._before = self._before, now
        if before is None or before.shape != now.shape:
            return Change(1.0, 1.0)
        self._turn = (self._turn + 1) % ROW_STEP
        differs = before[self._turn :: ROW_STEP] != now[self._turn :: ROW_STEP]
        if not differs.any():
            # What the other rows may tell is compared with what was sent, not with this.
            self._before = before
            return Change()
        blocks = np.logical_or.reduceat(differs, np.arange(0, differs.shape[1], _BLOCK_PX), axis=1)
        blocks = np.logical_or.reduceat(blocks, np.arange(0, blocks.shape[0], _BLOCK_ROWS), axis=0)
        share = float(blocks.mean())
        for part in apart:
            _leave_out(blocks, part)
        if not blocks.any():
            return Change(share)
        moving = float(blocks.mean())
        columns = np.flatnonzero(blocks.any(axis=0))
        rows = np.flatnonzero(blocks.any(axis=1))
        lines = slice(rows[0] * _BLOCK_ROWS * ROW_STEP, (rows[-1] + 1) * _BLOCK_ROWS * ROW_STEP)
        left, right = int(columns[0]) * _BLOCK_PX, min((int(columns[-1]) + 1) * _BLOCK_PX, now.shape[1])
        strips = [
            slice(at, at + _STRIP_PX) for at in np.linspace(left, max(left, right - _STRIP_PX), _STRIPS, dtype=int)
        ]
        found = [_moved_rows(before[lines, strip], now[lines, strip]) for strip in strips]
        changed, moved = (sum(counts) for counts in zip(*found, strict=True))
        return Change(share, moving, changed > 0 and moved > _SCROLLED_SHARE * changed)


def _leave_out(blocks: NDArray[np.bool_], part: Place) -> None:
    """Takes the blocks away that a part touches."""
    high = _BLOCK_ROWS * ROW_STEP
    rows = slice(max(0, part.y // high), max(0, -(-(part.y + part.height) // high)))
    columns = slice(max(0, part.x // _BLOCK_PX), max(0, -(-(part.x + part.width) // _BLOCK_PX)))
    blocks[rows, columns] = False


def _moved_rows(before: NDArray[np.uint32], now: NDArray[np.uint32]) -> tuple[int, int]:
    """How many rows of a strip are new where they are, and how many of these stood elsewhere in it before."""
    weights = np.arange(1, before.shape[1] + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    old, new = (part.astype(np.uint64) @ weights for part in (before, now))
    # Rows of one colour are alike wherever they stand: they tell nothing.
    is_plain = (now == now[:, :1]).all(axis=1)
    changed = new[(old != new) & ~is_plain]
    return int(changed.size), int(np.isin(changed, old).sum())
