"""Watches one's own hands for gestures: MediaPipe's hand landmarks in the camera's pictures, a few times a second.

What the model finds stays inside `HandReader.read`, which gives back one word; nothing of a hand is stored, logged or
sent. The camera's own pictures are looked at: the picture behind a person may hide a hand.
"""

from __future__ import annotations

import logging
import math
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from app.media.camera import Camera, OnFrame
from app.media.clock import Clock, SystemClock
from app.media.device_thread import DeviceThread
from app.media.gestures import NOTHING, Held, Hold, Point, Sight, shape_of
from app.media.pictures import to_bgr
from app.media.priority import yield_to_voices
from app.media.types import Frame, MediaError, Pixels

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.2
#: While no hand is in view; to search for one costs more than to follow it.
SEARCH_EVERY_S = 0.4
#: Wide enough for a hand at arm's length from a laptop; more is more work and finds no more.
_WIDTH_PX = 640
#: A hand that means something is held still: in palm's lengths and in degrees a second.
_STILL_PER_S, _STILL_DEG_PER_S = 1.2, 90.0
#: Looks that are further apart say nothing of how a hand has moved.
_APART_S = 1.0


class HandsMissing(MediaError):
    """The model or the library that sees hands cannot be used."""

    def __init__(self) -> None:
        super().__init__("Gestures cannot be used on this computer: the model that sees hands did not load.")


class Reader(Protocol):
    """What reads a hand; HandReader, or a test's stand-in."""

    @property
    def has_hand(self) -> bool:
        """Whether there was a hand in the last picture."""
        ...

    def read(self, frame: Frame) -> Sight:
        """What a hand in the picture shows."""
        ...

    def close(self) -> None:
        """Frees what it holds."""
        ...


class HandReader:
    """Finds one hand, picture after picture of one camera; always from the same thread."""

    def __init__(self, model_path: Path) -> None:
        """Loads the model; takes a second or two the first time.

        Args:
            model_path: hand_full.task.

        Raises:
            HandsMissing: The model or the library does not load.
        """
        # The library's own chatter goes to the terminal otherwise.
        os.environ.setdefault("GLOG_minloglevel", "2")
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
        try:
            import mediapipe
            from mediapipe.tasks.python import BaseOptions, vision

            options = vision.HandLandmarkerOptions(
                base_options=BaseOptions(model_asset_buffer=model_path.read_bytes()),
                running_mode=vision.RunningMode.VIDEO,
                num_hands=1,
            )
            self._landmarker: Any = vision.HandLandmarker.create_from_options(options)
        except (ImportError, OSError, RuntimeError, ValueError) as error:
            raise HandsMissing() from error
        self._mediapipe: Any = mediapipe
        self._time_ms = 0
        #: Where the hand was: its middle and its size by the picture's width, its direction, and when.
        self._before: tuple[float, float, float, float, float] | None = None

    @property
    def has_hand(self) -> bool:
        """Whether there was a hand in the last picture, whatever it showed."""
        return self._before is not None

    def read(self, frame: Frame) -> Sight:
        """Finds what a hand shows in the next picture.

        Args:
            frame: Any size and form; the whole of it is looked at.
        """
        rgb = _small_rgb(frame)
        # The library insists on growing times.
        self._time_ms = max(self._time_ms + 1, int(frame.captured_at_s * 1000))
        picture = self._mediapipe.Image(image_format=self._mediapipe.ImageFormat.SRGB, data=rgb)
        found = self._landmarker.detect_for_video(picture, self._time_ms)
        if not found.hand_world_landmarks:
            self._before = None
            return NOTHING
        hand: list[Point] = [(one.x, one.y, one.z) for one in found.hand_world_landmarks[0]]
        height = rgb.shape[0] / rgb.shape[1]
        spots = [(one.x, one.y * height) for one in found.hand_landmarks[0]]
        is_still = self._is_still(spots, frame.captured_at_s)
        match shape_of(hand):
            case "fist" | "other":
                return NOTHING
            case gesture:
                return Sight(gesture, is_still)

    def _is_still(self, spots: list[tuple[float, float]], at_s: float) -> bool:
        """Whether the hand is about where it was at the last look."""
        (x, y), (knuckle_x, knuckle_y) = spots[0], spots[9]
        size = math.dist(spots[0], spots[9]) or 1.0
        turned = math.degrees(math.atan2(knuckle_x - x, y - knuckle_y))
        middle = sum(one[0] for one in spots) / len(spots), sum(one[1] for one in spots) / len(spots)
        before, self._before = self._before, (*middle, size, turned, at_s)
        if before is None or not 0.0 < at_s - before[4] < _APART_S:
            return False
        for_s = at_s - before[4]
        moved = math.dist(middle, before[:2]) + abs(size - before[2])
        by_deg = abs((turned - before[3] + 180.0) % 360.0 - 180.0)
        return moved < _STILL_PER_S * size * for_s and by_deg < _STILL_DEG_PER_S * for_s

    def close(self) -> None:
        """Frees the model; `read` must not be called again."""
        self._landmarker.close()


class HandWatch:
    """Looks at the camera's newest picture again and again while it is on, in a thread of its own behind the voices."""

    def __init__(
        self,
        model_path: Path,
        *,
        held: Callable[[Held], None],
        failed: Callable[[MediaError], None],
        is_quiet: Callable[[], bool],
        load: Callable[[Path], Reader] = HandReader,
        clock: Clock | None = None,
    ) -> None:
        """Looks at nothing yet and loads nothing.

        Args:
            model_path: hand_full.task.
            held: Takes what a look has led to, where that is news; from this object's thread.
            failed: Takes HandsMissing; from this object's thread.
            is_quiet: Whether the person does not speak; asked from this object's thread.
            load: Makes the reader, for tests.
            clock: Another time than the computer's; that of the frames.
        """
        self._model_path, self._load = model_path, load
        self._held, self._failed, self._is_quiet = held, failed, is_quiet
        self._clock = clock or SystemClock()
        self._thread = DeviceThread("hands")
        self._is_on = False
        self._newest: Frame | None = None

    def watch(self, is_on: bool) -> None:
        """Begins to look, or stops and frees the model; returns at once."""
        if is_on == self._is_on:
            return
        self._is_on = is_on
        self._thread.end(limit_s=0.0)
        self._newest = None
        if is_on:
            self._thread.begin(self._run)

    def see(self, frame: Frame) -> None:
        """The camera's newest picture, from its own thread; most are never looked at."""
        if self._is_on:
            self._newest = frame

    def over(self, camera: Camera) -> Camera:
        """A camera whose pictures are seen by this one, too."""
        return _SeenCamera(camera, self.see)

    def close(self) -> None:
        """Stops, and waits for that."""
        self._is_on = False
        self._thread.end()

    def _run(self, stopped: threading.Event) -> None:
        yield_to_voices()  # before the model loads: its own threads take over the priority
        try:
            reader = self._load(self._model_path)
        except MediaError as error:
            log.warning("the model that sees hands did not load")
            self._failed(error)
            return
        hold, told = Hold(), Held()
        try:
            while not stopped.is_set():
                begun_s = self._clock.now_s()
                told = self._tell(self._look(reader, hold), told)
                took_s = self._clock.now_s() - begun_s
                # Never more than half of a core, however slow that is.
                every_s = LOOK_EVERY_S if reader.has_hand else SEARCH_EVERY_S
                self._clock.wait_until(begun_s + max(every_s, 2 * took_s), stopped)
        except (RuntimeError, ValueError):
            log.warning("the model that sees hands failed")
            self._failed(HandsMissing())
        finally:
            # By the thread that has used it: freed by another one, it crashes the process.
            reader.close()
            self._tell(hold.end(), told)

    def _look(self, reader: Reader, hold: Hold) -> Held:
        frame, self._newest = self._newest, None
        is_quiet = self._is_quiet()
        if frame is None or not (is_quiet or hold.has_raised):
            return hold.see(NOTHING, self._clock.now_s(), is_quiet=is_quiet)
        return hold.see(reader.read(frame), frame.captured_at_s, is_quiet=is_quiet)

    def _tell(self, news: Held, before: Held) -> Held:
        if news != before:
            self._held(news)
        return news


class _SeenCamera:
    """A `Camera` whose frames are shown to somebody else first."""

    def __init__(self, camera: Camera, see: OnFrame) -> None:
        self._camera, self._see = camera, see

    def start(self, on_frame: OnFrame) -> None:
        def both(frame: Frame) -> None:
            self._see(frame)
            on_frame(frame)

        self._camera.start(both)

    def stop(self) -> None:
        self._camera.stop()


def _small_rgb(frame: Frame) -> Pixels:
    """uint8 [h, at most `_WIDTH_PX`, 3]."""
    import cv2

    bgr = to_bgr(frame)
    height, width = bgr.shape[:2]
    if width > _WIDTH_PX:
        bgr = np.asarray(cv2.resize(bgr, (_WIDTH_PX, round(height * _WIDTH_PX / width)), interpolation=cv2.INTER_AREA))
    return np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), np.uint8)
