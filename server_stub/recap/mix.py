"""Mixes everyone's sound into one, second by second, so that an hour never lies in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from server_stub.recap.sound import SoundError, read_sound
from server_stub.recap.voice import Samples

RATE_HZ = 48_000
BLOCK = RATE_HZ
#: Clips begin and end within this, so that no cut clicks.
FADE = RATE_HZ // 100


class _Line:
    """One person's sound on the meeting's clock, gaps filled with silence."""

    def __init__(self, path: Path, *, from_s: float = 0.0) -> None:
        self._pieces = read_sound(path, RATE_HZ, from_s=from_s)
        self._buffer: Samples = np.zeros(0, np.float32)
        self._at = round(from_s * RATE_HZ)
        self._next: tuple[int, Samples] | None = None
        self._has_begun = False
        self.ended = False

    def take(self, count: int) -> Samples:
        while not self.ended and self._buffer.size < count:
            if self._next is None:
                try:
                    start_s, samples = next(self._pieces)
                except (StopIteration, SoundError):
                    self.ended = True
                    break
                self._next = round(start_s * RATE_HZ), samples
            start, samples = self._next
            gap = start - self._at - self._buffer.size
            if gap > RATE_HZ // 25:
                # No more silence than is wanted now: a gap may be hours long.
                silence = np.zeros(min(gap, count - self._buffer.size), np.float32)
                self._buffer = np.concatenate([self._buffer, silence])
                if silence.size < gap:
                    continue
            elif gap < -RATE_HZ // 25 or (gap < 0 and not self._has_begun):
                samples = samples[-gap:]
            self._next, self._has_begun = None, True
            self._buffer = np.concatenate([self._buffer, samples])
        out, self._buffer = self._buffer[:count], self._buffer[count:]
        self._at += count
        return out if out.size == count else np.concatenate([out, np.zeros(count - out.size, np.float32)])

    @property
    def is_empty(self) -> bool:
        return self.ended and not self._buffer.size


def mix_files(files: Iterable[Path]) -> Iterator[Samples]:
    """The sum of all files from their common zero on, in blocks of one second.

    Args:
        files: each person's file; one without sound is silent.

    Yields:
        float32 mono at 48 kHz, held within -1 to 1 by a soft limit.
    """
    lines = [_Line(path) for path in files]
    while lines:
        block = np.asarray(np.sum([line.take(BLOCK) for line in lines], axis=0), dtype=np.float32)
        if all(line.is_empty for line in lines) and not np.any(block):
            return
        yield _limit(block)


def _limit(block: Samples) -> Samples:
    """Two loud voices at once are bent, not broken: straight up to 0.7, then towards 1."""
    loud = np.abs(block) > 0.7
    if loud.any():
        over = np.abs(block[loud]) - 0.7
        block[loud] = np.sign(block[loud]) * (0.7 + 0.3 * np.tanh(over / 0.3))
    return block


def mix_clips(files: Iterable[Path], spans: Sequence[tuple[float, float]]) -> list[Samples]:
    """The sound of some spans alone, each faded at both ends; what lies between them is not read.

    Args:
        files: each person's file; one without sound is silent.
        spans: (start_s, end_s) of each clip.

    Returns:
        float32 mono at 48 kHz of each span, held within -1 to 1 by a soft limit.
    """
    paths = list(files)
    return [_faded(_limit(_clip(paths, start_s, end_s))) for start_s, end_s in spans]


def _clip(paths: Sequence[Path], start_s: float, end_s: float) -> Samples:
    count = round(end_s * RATE_HZ) - round(start_s * RATE_HZ)
    mixed = np.zeros(count, np.float32)
    for path in paths:
        line = _Line(path, from_s=start_s)
        mixed += line.take(count)
    return mixed


def _faded(clip: Samples) -> Samples:
    if clip.size > 2 * FADE:
        ramp = np.linspace(0, 1, FADE, dtype=np.float32)
        clip[:FADE] *= ramp
        clip[-FADE:] *= ramp[::-1]
    return clip
