"""Brings a voice to one level, however near its microphone is; what is not a voice changes nothing."""

from __future__ import annotations

import math

import numpy as np

from app.media.types import Samples

WANTED_DB = -25.0
# Down to a whisper at arm's length, and a little for who shouts.
MOST_DB, LEAST_DB = 30.0, -12.0
# A call begins as loud as the voice is; then this much a second, only while somebody speaks.
UP_DB, DOWN_DB = 12.0, 24.0
BLOCKS_A_SECOND = 100
# How fast a voice's level is followed: a louder syllable counts at once, a softer one over a second or two.
RISE, FALL = 0.1, 0.01
# A voice stands this much above what has been there in the last seconds, and is no whisper of the wires.
ABOVE_DB, FLOOR_DB = 9.0, -70.0
FLOOR_UP_DB = 0.02
# Nothing goes beyond it: a block that would is turned down as a whole, from its first sample on.
PEAK = 0.9
TINY = 1e-10


class Gain:
    """The level of one microphone's voice, block by block."""

    def __init__(self) -> None:
        self._voice_db: float | None = None
        self._floor_db = 0.0
        self._gain_db = 0.0
        self._before = 1.0

    def process(self, block: Samples, speech: float | None = None) -> Samples:
        """Takes the next block; always from the same thread.

        Args:
            block: float32 [BLOCK]; not changed.
            speech: How likely it is a voice, 0.0 to 1.0; None: not known, its level has to tell.

        Returns:
            float32 [BLOCK], without delay, -PEAK to PEAK.
        """
        level_db = 10 * math.log10(float(np.dot(block, block)) / len(block) + TINY)
        self._floor_db = min(level_db, self._floor_db + FLOOR_UP_DB)
        is_loud = level_db > max(FLOOR_DB, self._floor_db + ABOVE_DB)
        if is_loud and (speech is None or speech > 0.5):
            self._follow(level_db)
        peak = float(np.abs(block).max())
        gain = 10 ** (self._gain_db / 20)
        gain = min(gain, PEAK / peak) if peak * max(gain, self._before) > PEAK else gain
        before = min(self._before, PEAK / peak) if peak else self._before
        self._before = gain
        return (block * np.linspace(before, gain, len(block), dtype=np.float32)).astype(np.float32)

    def pass_by(self, block: Samples) -> Samples:
        """Takes the next block while it is off: as it is, but for the way back from the gain before.

        Args:
            block: float32 [BLOCK]; not changed.
        """
        before, self._before = self._before, 1.0
        if before == 1.0:
            return block
        return (block * np.linspace(before, 1.0, len(block), dtype=np.float32)).astype(np.float32)

    def _follow(self, level_db: float) -> None:
        if self._voice_db is None:
            self._voice_db = level_db
        self._voice_db += (RISE if level_db > self._voice_db else FALL) * (level_db - self._voice_db)
        wanted_db = min(MOST_DB, max(LEAST_DB, WANTED_DB - self._voice_db))
        step_db = wanted_db - self._gain_db
        self._gain_db += min(UP_DB / BLOCKS_A_SECOND, max(-DOWN_DB / BLOCKS_A_SECOND, step_db))
