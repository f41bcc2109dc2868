"""Whether the loudspeaker's sound comes back through the microphone, and does not only sound at the same time."""

from __future__ import annotations

from collections import deque

import numpy as np

from app.media.types import BLOCK, Samples

# Both at 16 kHz. What was heard in half a second is looked for in what was played up to 0.32 s before it.
_SPARE = 3
_STEP = BLOCK // _SPARE
_HEARD = 50 * _STEP
_LAGS = 32 * _STEP
_SIZE = 1 << 14
_LOOK_EVERY = 10
# 300 Hz to 6 kHz: below it rooms hum, above it small loudspeakers are silent.
_LOWEST, _HIGHEST = round(300 * _SIZE / 16_000), round(6_000 * _SIZE / 16_000)
# Quieter than that nobody hears an echo, -60 dBFS.
_SILENCE = 1e-6
# How far the highest peak stands above the others, in their standard deviations: between two voices that do not know of
# each other 3 to 6. Where both begin at once it is more, at that one delay, until both are out of the half second.
_CLEAR, _NEAR = 8.0, 8
# So many of the looks of the last 3 s have to find the same delay, and they must not all hold the same sound.
_LOOKS, _AGREEING, _APART = 30, 4, 6


class EchoSearch:
    """Looks ten times a second for one delay between the two sounds (generalized cross-correlation, phase transform).

    After C. Knapp and G. Carter, "The generalized correlation method for estimation of time delay", 1976.
    """

    def __init__(self) -> None:
        self._far = np.zeros(_HEARD + _LAGS, np.float32)
        self._near = np.zeros(_HEARD, np.float32)
        self._blocks = 0
        self._found = deque([-_LAGS] * _LOOKS, maxlen=_LOOKS)

    def finds(self, far: Samples, near: Samples) -> bool:
        """Takes the next block of both; whether there is an echo, as far as is known just now.

        Args:
            far: What the loudspeaker plays, float32 [BLOCK].
            near: What the microphone hears, float32 [BLOCK].
        """
        for kept, block in ((self._far, far), (self._near, near)):
            kept[:-_STEP] = kept[_STEP:]
            kept[-_STEP:] = block.reshape(_STEP, _SPARE).mean(axis=1)
        self._blocks += 1
        if self._blocks % _LOOK_EVERY:
            return False
        at = self._look()
        self._found.append(at)
        agreeing = [number for number, found in enumerate(self._found) if abs(found - at) <= _NEAR]
        return at >= 0 and len(agreeing) >= _AGREEING and agreeing[-1] - agreeing[0] >= _APART

    def _look(self) -> int:
        """The delay in samples; below zero: none stands out."""
        if min(float(np.dot(one, one)) / len(one) for one in (self._far, self._near)) < _SILENCE:
            return -_LAGS
        cross = np.fft.rfft(self._near, _SIZE) * np.fft.rfft(self._far, _SIZE).conj()
        cross[:_LOWEST] = cross[_HIGHEST:] = 0
        alike = np.fft.irfft(cross / (np.abs(cross) + 1e-12))
        # The far sound begins 0.32 s earlier: what stands at its end has no delay.
        alike = np.roll(alike, _LAGS)[: _LAGS + 1][::-1]
        at = int(np.argmax(alike))
        others = np.delete(alike, slice(max(0, at - _NEAR), at + _NEAR))
        return at if alike[at] > _CLEAR * float(others.std()) else -_LAGS
