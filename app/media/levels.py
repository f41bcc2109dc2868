"""How loud somebody is, and whether that is speech: for meters and for the ring round a tile."""

from __future__ import annotations

import math

import numpy as np

from app.media.types import RATE_HZ, Level, Samples

SILENCE_DB = -100.0
REPORT_EVERY = RATE_HZ // 10
# Own measurement on read speech at normal gain: words lie at -35 to -15 dBFS, a quiet room below -55.
LOWEST_SPEECH_DB = -48.0
ABOVE_NOISE_DB = 9.0
HYSTERESIS_DB = 5.0
# A speaker is still speaking in the gap between two words; 0.4 s covers nearly all of those.
HANG_S = 0.4
NOISE_RISE_DB_PER_S = 2.0


def measure_level_db(samples: Samples) -> float:
    """Measures loudness.

    Args:
        samples: float32 [n], full scale at 1.0.

    Returns:
        Root mean square in dBFS, not below SILENCE_DB.
    """
    power = float(np.mean(np.square(samples, dtype=np.float64))) if len(samples) else 0.0
    return max(SILENCE_DB, 10 * math.log10(power + 1e-12))


class LevelMeter:
    """Follows one voice: loudness ten times a second, speaking or not with hysteresis.

    A steady noise (fan, hum) becomes the floor within seconds and no longer counts as speech.
    """

    def __init__(self) -> None:
        self._power_sum = 0.0
        self._count = 0
        self._noise_db = LOWEST_SPEECH_DB - ABOVE_NOISE_DB
        self._hang_left_s = 0.0
        self.level = Level(SILENCE_DB, False)

    def add(self, block: Samples) -> Level:
        """Takes the next sound.

        Args:
            block: float32 [n]; any length, in order.

        Returns:
            The newest level; it changes once per 100 ms of sound.
        """
        self._power_sum += float(np.sum(np.square(block, dtype=np.float64)))
        self._count += len(block)
        if self._count >= REPORT_EVERY:
            level_db = max(SILENCE_DB, 10 * math.log10(self._power_sum / self._count + 1e-12))
            self.level = Level(level_db, self._decide(level_db, self._count / RATE_HZ))
            self._power_sum, self._count = 0.0, 0
        return self.level

    def _decide(self, level_db: float, passed_s: float) -> bool:
        was_speaking = self.level.is_speaking
        threshold_db = max(LOWEST_SPEECH_DB, self._noise_db + ABOVE_NOISE_DB)
        self._noise_db = min(level_db, self._noise_db + NOISE_RISE_DB_PER_S * passed_s)
        if level_db >= threshold_db - (HYSTERESIS_DB if was_speaking else 0.0):
            self._hang_left_s = HANG_S
            return True
        self._hang_left_s = max(0.0, self._hang_left_s - passed_s)
        return was_speaking and self._hang_left_s > 0.0
