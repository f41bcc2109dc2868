"""The part of an echo that a room adds linearly: estimated by a Kalman filter per frequency, and subtracted.

It leaves the voice of who speaks at the same time as it is, which a suppressor cannot. After G. Enzner and P. Vary,
"Frequency-domain adaptive Kalman filter for acoustic echo control in hands-free telephones", 2006, in partitions.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from app.media.types import BLOCK, Samples

# 320 ms of echo: 200 ms on the way through two sound cards, and the room.
PARTITIONS = 32
# Up to 12 kHz: what a small loudspeaker plays above that is faint, and twice the work.
BINS = 240
# How much of the room is still the same after 10 ms.
KEPT = 0.999**2
# How wrong an echo path that is not known yet may be, in power.
DOUBT = 0.1
ERROR_SMOOTH = 0.8
# The error holds the voice of who is near, for which nothing may be learned: it counts more than it is.
CAUTION = 2.0
# The filter is cut back to its length in so many partitions each time.
CUT_EACH = 4
LEAST_POWER = 1e-9
# Two sound cards have two clocks: the echo comes earlier or later all the time, by 0.024 samples a block at 50 ppm.
LOOK_EVERY = 25
BELIEVED = 0.8
MOST_TURN = 0.1
MOST_CHANGE = 0.03


class LinearEcho:
    """One echo path, learned while somebody far away speaks."""

    def __init__(self) -> None:
        shape = (PARTITIONS, BINS)
        self._far = np.zeros(2 * BLOCK, np.float32)
        self._heard = np.zeros(shape, np.complex64)
        self._powers = np.zeros(shape, np.float32)
        self._path = np.zeros(shape, np.complex64)
        self._doubt = np.full(shape, DOUBT, np.float32)
        self._error = np.zeros(BINS, np.float32)
        self._next_cut = 0
        self._angles = 2 * np.pi * np.arange(BINS) / (2 * BLOCK)
        self._earlier = self._path.copy()
        self._turn = np.ones(BINS, np.complex64)
        self._turned = 0.0
        self._looked = self._spoke = 0

    def take_out(self, far: Samples, near: Samples) -> Samples:
        """Subtracts the echo of what was played.

        Args:
            far: The next block of what the loudspeaker plays, float32 [BLOCK].
            near: The next block of the microphone, float32 [BLOCK].

        Returns:
            float32 [BLOCK], without delay.
        """
        self._push(far)
        self._path *= self._turn
        echo = np.fft.irfft((self._path * self._heard).sum(axis=0), 2 * BLOCK)[BLOCK:]
        left: Samples = (near - echo).astype(np.float32)
        self._learn(left)
        self._spoke += float(np.dot(far, far)) > LEAST_POWER * BLOCK
        self._looked += 1
        if self._looked == LOOK_EVERY:
            self._follow_clocks()
        return left

    def skip(self, far: Samples) -> None:
        """Takes a block of the loudspeaker that comes a block late from now on: its echo is as far behind it."""
        self._push(far)
        for values in (self._path, self._doubt, self._earlier):
            values[1:] = values[:-1].copy()

    def forget(self) -> None:
        """Trusts what it has learned less: the loudspeaker's sound may come earlier or later now."""
        self._doubt[:] = DOUBT

    def _push(self, far: Samples) -> None:
        self._far = np.concatenate((self._far[BLOCK:], far))
        for values in (self._heard, self._powers):
            values[1:] = values[:-1].copy()
        self._heard[0] = np.fft.rfft(self._far)[:BINS]
        self._powers[0] = np.abs(self._heard[0]) ** 2

    def _follow_clocks(self) -> None:
        """Turns the path on each block by the part of what was learned lately that is a plain delay."""
        if self._spoke > 0.7 * LOOK_EVERY:
            expected = self._earlier * np.exp(-1j * self._angles * self._turned * LOOK_EVERY)
            moved = (self._path * expected.conj()).sum(axis=0)
            weight = np.abs(moved) * self._angles
            angle = float((weight * np.angle(moved)).sum() / ((weight * self._angles).sum() + LEAST_POWER))
            change = np.clip(-angle / LOOK_EVERY, -MOST_CHANGE, MOST_CHANGE)
            self._turned = float(np.clip(self._turned + BELIEVED * change, -MOST_TURN, MOST_TURN))
            self._turn = np.exp(-1j * self._angles * self._turned).astype(np.complex64)
        self._earlier = self._path.copy()
        self._looked = self._spoke = 0

    def _learn(self, left: Samples) -> None:
        error: NDArray[np.complex64] = np.fft.rfft(np.concatenate((np.zeros(BLOCK, np.float32), left)))[:BINS].astype(
            np.complex64
        )
        self._error *= ERROR_SMOOTH
        self._error += (1 - ERROR_SMOOTH) * np.abs(error) ** 2
        unsure = 0.5 * (self._doubt * self._powers).sum(axis=0)
        step = self._doubt / (unsure + CAUTION * self._error + np.float32(LEAST_POWER))
        self._doubt *= KEPT * (1 - 0.5 * step * self._powers)
        self._doubt += (1 - KEPT) * np.abs(self._path) ** 2
        self._path += step * self._heard.conj() * error
        cut = [(self._next_cut + number) % PARTITIONS for number in range(CUT_EACH)]
        self._next_cut = (self._next_cut + CUT_EACH) % PARTITIONS
        in_time = np.fft.irfft(self._path[cut], 2 * BLOCK, axis=1)
        in_time[:, BLOCK:] = 0
        self._path[cut] = np.fft.rfft(in_time, axis=1)[:, :BINS]
