"""The trial of one's voice before a call: some seconds are kept in memory, then played as others would hear them.

The microphone's own blocks are its clock; nothing is written anywhere.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Literal

import numpy as np

from app.media.types import BLOCK_S, Samples

KEPT_S = 5.0
_KEPT_BLOCKS = round(KEPT_S / BLOCK_S)
Phase = Literal["", "recording", "playing"]


class VoiceTrial:
    """Keeps what is said, then plays it; `take` from the microphone's thread, the rest from any."""

    def __init__(self, play: Callable[[Samples], Callable[[], None]], tell: Callable[[Phase], None]) -> None:
        """Nothing is kept yet.

        Args:
            play: Plays a sound once, float32 [n]; what it returns ends that.
            tell: Takes each new phase; must return at once.
        """
        self._play, self._tell = play, tell
        self._lock = threading.Lock()
        self._phase: Phase = ""
        self._blocks: list[Samples] = []
        self._left = 0
        self._fall_silent: Callable[[], None] = lambda: None

    def start(self) -> None:
        """Keeps what is said from now on."""
        with self._lock:
            self._enter("recording")

    def stop(self) -> None:
        """Forgets what was kept, and plays it no longer; harmless when nothing is."""
        with self._lock:
            if self._phase:
                self._enter("")

    def take(self, block: Samples) -> None:
        """Takes 10 ms of the voice, as it would go out."""
        if not self._phase:
            return
        with self._lock:
            if self._phase == "recording":
                self._blocks.append(block.copy())
                if len(self._blocks) == _KEPT_BLOCKS:
                    kept = np.concatenate(self._blocks)
                    self._enter("playing")
                    self._fall_silent = self._play(kept)
            elif self._phase == "playing":
                self._left -= 1
                if self._left == 0:
                    self._enter("")

    def _enter(self, phase: Phase) -> None:
        self._fall_silent()
        self._fall_silent = lambda: None
        self._phase, self._blocks, self._left = phase, [], _KEPT_BLOCKS
        self._tell(phase)
