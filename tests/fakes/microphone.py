"""A microphone whose blocks a test gives by hand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from app.media.microphone import OnBlock
from app.media.types import BLOCK, DeviceError


class FakeMicrophone:
    """Gives a block when told to, in the test's own thread.

    Args:
        failure: What its start raises.
        started: Called when it runs.

    Attributes:
        starts: How often it was started: stays 0 as long as nobody touched the microphone.
        is_running: Between start and stop.
    """

    def __init__(self, *, failure: DeviceError | None = None, started: Callable[[], object] = lambda: None) -> None:
        self.failure, self._started = failure, started
        self.starts = 0
        self.is_running = False
        self._on_block: OnBlock | None = None

    def start(self, on_block: OnBlock) -> None:
        self.starts += 1
        if self.failure:
            raise self.failure
        self._on_block = on_block
        self.is_running = True
        self._started()

    def stop(self) -> None:
        self.is_running = False

    def give(self, block: np.ndarray | None = None) -> None:
        assert self._on_block
        if self.is_running:
            self._on_block(np.zeros(BLOCK, np.float32) if block is None else block)
