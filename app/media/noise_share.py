"""Tells noise from voice in what a noise filter takes out, so that the voice can be given back."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from app.media.types import BLOCK, RATE_HZ, Samples

# One band for rumble, five for the voice, one for what lies above it.
EDGES_HZ = (0, 90, 300, 600, 1200, 2400, 4800)
SMOOTH = 0.7
# A noise is what is still there in the quietest fifth of the last 1.2 s; its power swings above that floor.
FLOOR_BLOCKS = 120
FLOOR_QUANTILE = 0.2
FLOOR_BIAS = 1.6
# A voice hides what is 13 dB below it in its own band: taking that out only thins the voice.
HIDDEN = 0.05
RUMBLE_HIDDEN = 0.02
VOICE_FALL = 0.8
# How loud the voice is overall: rises in 50 ms, falls in 20 s.
LEVEL_RISE = 0.2
LEVEL_FALL = 0.9995
# 18 dB below the voice a noise goes as far as it can; 28 dB below it is the room's own, and only softened.
NEED_DB = (-28.0, -18.0)
LEAST_DEPTH = 0.35
# What is left to chance by the estimates above.
REACH = 1.15
SETTLE = 0.8
# A click is told within 2.5 ms by how much of it lies above the voice.
STEP = BLOCK // 4
CLICK_SHARE = (0.3, 0.6)
LEAST_POWER = 1e-9

Powers: TypeAlias = NDArray[np.float64]


class NoiseShare:
    """Follows one voice, block by block.

    What is steady, rumble, or a click is noise. What moves as a voice does is a voice: the filter has taken it for
    noise because others talk behind it, or it has thinned the only voice there is.
    """

    def __init__(self) -> None:
        count = len(EDGES_HZ)
        self._window = np.hanning(2 * BLOCK).astype(np.float32)
        self._starts = np.searchsorted(np.fft.rfftfreq(2 * BLOCK, 1 / RATE_HZ), EDGES_HZ)
        self._step_window = np.hanning(2 * STEP).astype(np.float32)
        self._step_start = int(np.searchsorted(np.fft.rfftfreq(2 * STEP, 1 / RATE_HZ), EDGES_HZ[-1]))
        self._hidden = np.full(count, HIDDEN)
        self._hidden[0] = RUMBLE_HIDDEN
        self._hidden[-1] = 0.0
        self._removed = np.zeros(2 * BLOCK, np.float32)
        self._kept = np.zeros(2 * BLOCK, np.float32)
        self._smooth = np.zeros(count)
        self._past = np.zeros((FLOOR_BLOCKS, count))
        self._voice = np.full(count, LEAST_POWER)
        self._level = LEAST_POWER
        self._seen = 0
        self._share = self._click = 0.0

    def follow(self, removed: Samples, kept: Samples) -> Samples:
        """Takes the next block.

        Args:
            removed: What the filter takes out, float32 [BLOCK].
            kept: What it leaves, float32 [BLOCK].

        Returns:
            How much of `removed` is noise, for each of its samples: float32 [BLOCK], 0.0 to 1.0, without steps.
        """
        self._removed = np.concatenate((self._removed[BLOCK:], removed))
        self._kept = np.concatenate((self._kept[BLOCK:], kept))
        before = self._share
        self._share += SETTLE * (self._steady_share() - before)
        slow = np.linspace(before, self._share, BLOCK + 1, dtype=np.float32)[1:]
        shares: Samples = np.maximum(slow, self._clicks())
        return shares

    def _steady_share(self) -> float:
        powers, voice = self._powers(self._removed), self._powers(self._kept)
        self._smooth = SMOOTH * self._smooth + (1 - SMOOTH) * powers if self._seen else powers
        self._past[self._seen % FLOOR_BLOCKS] = self._smooth
        self._seen += 1
        past = np.sort(self._past[: self._seen], axis=0)
        floor = past[int(FLOOR_QUANTILE * (len(past) - 1))] * FLOOR_BIAS
        self._voice = np.maximum(voice, self._voice * VOICE_FALL)
        now = float(voice.sum())
        self._level = max(self._level * LEVEL_FALL, self._level + LEVEL_RISE * (now - self._level))
        need_db = 10 * np.log10(floor.sum() / self._level)
        depth = np.interp(need_db, NEED_DB, (LEAST_DEPTH, 1.0))
        noise = np.minimum(floor, powers)
        # No voice is as low or as high as these.
        noise[0], noise[-1] = powers[0], powers[-1]
        over = noise / self._voice
        over[0] = noise[0] / self._voice.sum()
        heard = over**2 / (over**2 + self._hidden**2)
        return float(min(1.0, REACH * (noise * heard).sum() / powers.sum()) * depth)

    def _powers(self, samples: Samples) -> Powers:
        spectrum = np.fft.rfft(samples * self._window)
        powers: Powers = np.add.reduceat(np.abs(spectrum) ** 2, self._starts) + LEAST_POWER
        return powers

    def _clicks(self) -> Samples:
        """For each sample, whether it belongs to a click: one value every STEP samples, and lines between them."""
        tail = self._removed[BLOCK - STEP :]
        pieces = np.lib.stride_tricks.sliding_window_view(tail, 2 * STEP)[::STEP] * self._step_window
        powers = np.abs(np.fft.rfft(pieces, axis=1)) ** 2 + LEAST_POWER
        above = powers[:, self._step_start :].sum(axis=1) / powers.sum(axis=1)
        found = np.interp(above, CLICK_SHARE, (0.0, 1.0))
        # The piece round a point begins a step before it; the last point has nothing after it yet.
        points = np.concatenate((found, found[-1:]))
        points[1:-1] = np.maximum(points[1:-1], points[2:])
        points[0], self._click = self._click, float(points[-1])
        shares: Samples = np.interp(np.arange(1, BLOCK + 1), np.arange(len(points)) * STEP, points).astype(np.float32)
        return shares
