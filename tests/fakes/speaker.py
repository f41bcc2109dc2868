"""A speaker that plays only when a test says so."""

from __future__ import annotations

import numpy as np

from app.media.speaker import Pull
from app.media.types import BLOCK, DeviceError


class FakeSpeaker:
    """Pulls when told to, in the test's own thread.

    Attributes:
        starts: How often it was started.
        is_running: Between start and stop.
    """

    def __init__(self, *, failure: DeviceError | None = None) -> None:
        self.failure = failure
        self.starts = 0
        self.is_running = False
        self._pull: Pull | None = None

    def start(self, pull: Pull) -> None:
        self.starts += 1
        if self.failure:
            raise self.failure
        self.is_running = True
        self._pull = pull

    def stop(self) -> None:
        self.is_running = False

    def play(self, blocks: int = 1) -> np.ndarray:
        """Returns what would be heard."""
        assert self._pull
        return np.concatenate([self._pull(BLOCK) for _ in range(blocks)])
