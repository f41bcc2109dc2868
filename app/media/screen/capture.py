"""Watches what is shared, in a thread of its own: looks often, hands on only what has changed."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.media.device_thread import DeviceThread
from app.media.priority import yield_to_voices
from app.media.screen.changes import Change, Changes
from app.media.screen.looks import LookTimes
from app.media.screen.modes import LARGEST_TEXT_PX, Mode, ModeChooser, MotionSize, Wish, fitted
from app.media.screen.types import Grab, Place, ScreenError
from app.media.types import Frame

if TYPE_CHECKING:
    from app.media.types import Pixels

_log = logging.getLogger(__name__)

_BROKEN = "Your screen cannot be seen any more, so your share has ended."


@dataclass(frozen=True, slots=True)
class CaptureEvents:
    """What a capture tells; called from its thread.

    Attributes:
        shown: the next picture, "yuv420p", and the mode it is meant for.
        moved: where on the desktop what is shared lies now, and whether it is paused because its window is minimised.
        ended: it ended by itself; why, in words.
    """

    shown: Callable[[Frame, Mode], None]
    moved: Callable[[Place | None, bool], None]
    ended: Callable[[str], None]


class ScreenCapture:
    """One share: from the moment it is opened until it is stopped or ends by itself."""

    def __init__(self, open_grab: Callable[[], Grab], events: CaptureEvents, *, wish: Wish = "automatic") -> None:
        """Opens nothing.

        Args:
            open_grab: opens what is shared; called in the capture's thread, where it may wait for the user.
            events: what is told.
            wish: the mode that was chosen.
        """
        self._open_grab = open_grab
        self._events = events
        self._chooser = ModeChooser(wish)
        self._size = MotionSize()
        self._changes = Changes()
        self._shown: tuple[Mode, tuple[int, int]] | None = None
        self._told: tuple[Place | None, bool] | None = None
        self._thread = DeviceThread("screen")

    def start(self) -> None:
        """Begins; returns at once."""
        self._thread.begin(self._run)

    def stop(self) -> None:
        """Ends; nothing is told after it returned, except where its thread hangs in the system for seconds."""
        self._thread.end()

    def choose(self, wish: Wish) -> None:
        """Changes the mode from the next picture on; from any thread."""
        self._chooser.wish = wish

    def spent(self, encode_s: float) -> None:
        """Takes into account how long a picture took to encode, of late; from any thread."""
        self._size.spent(time.monotonic(), encode_s)

    def _run(self, stopped: threading.Event) -> None:
        yield_to_voices()
        words = ""
        grab: Grab | None = None
        try:
            grab = self._open_grab()
            self._watch(grab, stopped)
        except ScreenError as error:
            words = error.words
        except Exception:
            _log.exception("the capture of a screen failed")
            words = _BROKEN
        finally:
            if grab is not None:
                grab.close()
        if words and not stopped.is_set():
            self._events.ended(words)

    def _watch(self, grab: Grab, stopped: threading.Event) -> None:
        due_s = time.monotonic()
        times = LookTimes(due_s)
        while not stopped.wait(max(0.0, due_s - time.monotonic())):
            now_s = time.monotonic()
            pixels = grab.picture()
            self._tell_place((grab.place(), grab.is_paused()))
            change = Change()
            if pixels is not None:
                change = self._changes.look(pixels, grab.own_windows())
                if change.share or not times.is_extra:
                    self._look(pixels, change, now_s)
            mode = self._shown[0] if self._shown else "text"
            due_s = times.after(now_s, mode, is_new=change.share > 0)

    def _look(self, pixels: Pixels, change: Change, now_s: float) -> None:
        mode = self._chooser.look(now_s, change)
        height, width = pixels.shape[:2]
        size = fitted(width, height, self._size.most_px if mode == "motion" else LARGEST_TEXT_PX)
        if change.share or self._shown != (mode, size):
            self._shown = (mode, size)
            self._events.shown(_frame_of(pixels, size, now_s), mode)

    def _tell_place(self, now: tuple[Place | None, bool]) -> None:
        if now != self._told:
            self._told = now
            self._events.moved(*now)


def _frame_of(pixels: Pixels, size: tuple[int, int], at_s: float) -> Frame:
    import cv2
    import numpy as np

    height, width = pixels.shape[:2]
    if size == (width // 2 * 2, height // 2 * 2):
        pixels = pixels[: size[1], : size[0]]
    else:
        way = cv2.INTER_AREA if size[0] * 2 <= width else cv2.INTER_LINEAR
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=way), np.uint8)
    return Frame(np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGRA2YUV_I420), np.uint8), "yuv420p", at_s)
