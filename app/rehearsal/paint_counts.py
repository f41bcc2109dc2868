"""How many pictures each tile has painted, and when it painted the first."""

from __future__ import annotations

import time
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from app.ui.widgets.video_tile import VideoTile


@dataclass(frozen=True, slots=True)
class Painted:
    """What a tile has painted.

    Attributes:
        frames: How many different pictures.
        first_s: `time.monotonic()` of the first; None before.
        first_at: The same on the wall clock, seconds since 1970.
    """

    frames: int = 0
    first_s: float | None = None
    first_at: float | None = None


class PaintCounts:
    """Counts from its creation on, for all tiles of the process; only the newest counter is told."""

    def __init__(self) -> None:
        self._by_tile: WeakKeyDictionary[VideoTile, Painted] = WeakKeyDictionary()
        VideoTile.tell_painted = self._count

    def of(self, tile: VideoTile) -> Painted:
        """What a tile has painted so far."""
        return self._by_tile.get(tile, Painted())

    def _count(self, tile: VideoTile) -> None:
        before = self._by_tile.get(tile) or Painted(0, time.monotonic(), time.time())
        self._by_tile[tile] = Painted(before.frames + 1, before.first_s, before.first_at)
