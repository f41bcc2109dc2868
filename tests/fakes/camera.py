"""A camera whose frames a test gives by hand."""

from __future__ import annotations

import numpy as np

from app.media.camera import OnFrame
from app.media.types import DeviceError, Frame


class FakeCamera:
    """Gives a frame when told to, in the test's own thread.

    Attributes:
        starts: How often it was started: stays 0 as long as nobody touched the camera.
        is_running: Between start and stop.
    """

    def __init__(self, *, failure: DeviceError | None = None) -> None:
        self.failure = failure
        self.starts = 0
        self.is_running = False
        self._on_frame: OnFrame | None = None
        self._given = 0

    def start(self, on_frame: OnFrame) -> None:
        self.starts += 1
        if self.failure:
            raise self.failure
        self.is_running = True
        self._on_frame = on_frame

    def stop(self) -> None:
        self.is_running = False

    def give(self, pixels: np.ndarray | None = None) -> Frame:
        """Hands a frame on, also after stop: a late one, as a driver might."""
        assert self._on_frame
        self._given += 1
        if pixels is None:
            pixels = np.full((360, 640, 3), self._given % 256, np.uint8)
        frame = Frame(pixels, "bgr24", float(self._given))
        self._on_frame(frame)
        return frame
