"""A file in place of the screens of this computer."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np

from app.media.pictures import to_bgr
from app.media.screen.types import Grab, Place, ScreenGone, ScreenSource
from app.media.types import FileUnreadable, Frame, Pixels
from app.rehearsal.devices import FileScreen

_FIRST_S = 5.0


class FileScreens:
    """One screen that shows a video or a picture; see `app.media.screen.types.Screens`.

    Args:
        path: the file; deleted while it is shared, it counts as unplugged.
        start_at_s: when the file begins, `time.monotonic()`; None: when it is opened.
    """

    shows_own_windows = False
    is_cheap = True

    def __init__(self, path: Path, start_at_s: float | None = None) -> None:
        self._path, self._start_at_s = path, start_at_s

    def sources(self) -> tuple[ScreenSource, ...]:
        """The file alone."""
        return (ScreenSource("screen:0", self._path.name, "screen"),) if self._path.exists() else ()

    def open(self, id: str) -> Grab:
        """See `Screens.open`."""
        if id != "screen:0" or not self._path.exists():
            raise ScreenGone
        return _FileGrab(self._path, self._start_at_s)


class _FileGrab:
    """The file's newest picture."""

    def __init__(self, path: Path, start_at_s: float | None) -> None:
        self._path = path
        self._came = threading.Event()
        self._newest: Frame | None = None
        self._screen = FileScreen(path, start_at_s=start_at_s)
        try:
            self._screen.start(self._take)
        except FileUnreadable as error:
            raise ScreenGone(error.words) from error

    def _take(self, frame: Frame) -> None:
        self._newest = frame
        self._came.set()

    def picture(self) -> Pixels | None:
        if not self._path.exists():
            raise ScreenGone
        if not self._came.wait(_FIRST_S) or self._newest is None:
            return None
        bgr = to_bgr(self._newest)
        pixels = np.zeros((*bgr.shape[:2], 4), np.uint8)
        pixels[:, :, :3] = bgr
        return pixels

    def place(self) -> Place | None:
        return None

    def own_windows(self) -> tuple[Place, ...]:
        return ()

    def is_paused(self) -> bool:
        return False

    def close(self) -> None:
        self._screen.stop()
