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

    def __init__(self, play: Callable[[Samples], None], tell: Callable[[Phase], None]) -> None:
        """Nothing is kept yet.

        Args:
            play: Plays a sound once, float32 [n].
            tell: Takes each new phase.
        """
        self._play, self._tell = play, tell
        self._lock = threading.Lock()
        self._phase: Phase = ""
        self._blocks: list[Samples] = []
        self._left = 0

    def start(self) -> None:
        """Keeps what is said from now on."""
        self._enter("recording")

    def stop(self) -> None:
        """Forgets what was kept; harmless when nothing is."""
        if self._phase:
            self._enter("")

    def take(self, block: Samples) -> None:
        """Takes 10 ms of the voice, as it would go out."""
        if not self._phase:
            return
        with self._lock:
            phase = self._phase
            if phase == "recording":
                self._blocks.append(block.copy())
                if len(self._blocks) < _KEPT_BLOCKS:
                    return
                kept = np.concatenate(self._blocks)
            else:
                self._left -= 1
                if self._left > 0:
                    return
        if phase == "recording":
            self._play(kept)
        self._enter("playing" if phase == "recording" else "")

    def _enter(self, phase: Phase) -> None:
        with self._lock:
            self._phase, self._blocks, self._left = phase, [], _KEPT_BLOCKS
        self._tell(phase)
