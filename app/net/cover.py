"""Covers a gap in a voice with the voice itself: its last pitch period, softer and softer; pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from app.media.types import RATE_HZ

if TYPE_CHECKING:
    from app.media.types import Samples

#: Pitch periods looked for: 75 to 400 Hz.
SHORTEST, LONGEST = RATE_HZ // 400, RATE_HZ // 75
_FADE_PER_SAMPLE = 1 / (RATE_HZ * 60 / 1000)
_HISTORY = 1920
_JOIN = 240


class Cover:
    """Conceals a gap in a voice: repeats its last pitch period, softer and softer.

    Attributes:
        history: the last 40 ms that were played.
        is_on: what was given last was made up.
    """

    def __init__(self) -> None:
        self.history = np.zeros(_HISTORY, np.float32)
        self._period = LONGEST
        self._at = 0
        self._gain = 1.0
        self.is_on = False

    def remember(self, block: Samples) -> None:
        """Takes what was played, float32 [n], at most 40 ms."""
        self.history = np.concatenate([self.history[len(block) :], block[-_HISTORY:]])

    def go_on(self, samples: int) -> Samples:
        """So much more that is made up; float32 [samples]."""
        if not self.is_on:
            self.is_on, self._at, self._gain = True, 0, 1.0
            self._period, _ = pitch_of(self.history)
        cycle = self.history[-self._period :]
        places = (self._at + np.arange(samples)) % self._period
        gains = np.maximum(0.0, self._gain - _FADE_PER_SAMPLE * np.arange(1, samples + 1))
        self._at = int(self._at + samples) % self._period
        self._gain = float(gains[-1])
        return np.asarray(cycle[places] * gains, np.float32)

    def join(self, sound: Samples) -> Samples:
        """Leads back from what was made up to what was said."""
        self.is_on = False
        edge = min(_JOIN, len(sound))
        made_up = self.go_on(edge)
        self.is_on = False
        rise = np.linspace(0.0, 1.0, edge, dtype=np.float32)
        sound = np.array(sound, np.float32)
        sound[:edge] = sound[:edge] * rise + made_up * (1 - rise)
        return sound


def pitch_of(history: Samples) -> tuple[int, float]:
    """The lag, in samples, at which the newest 20 ms resemble themselves most, and how much: 1.0 is a pure tone."""
    window = RATE_HZ // 50
    newest = history[-window:]
    power = float(np.dot(newest, newest))
    if power < 1e-6:
        return LONGEST, 0.0
    likeness = np.correlate(history[-window - LONGEST : -SHORTEST], newest)[::-1]
    lag = int(np.argmax(likeness))
    return lag + SHORTEST, float(likeness[lag]) / power
