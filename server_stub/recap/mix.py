"""Mixes everyone's sound into one, second by second, so that an hour never lies in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from server_stub.recap.sound import SoundError, read_sound
from server_stub.recap.voice import Samples

RATE_HZ = 48_000
BLOCK = RATE_HZ
PACKET = RATE_HZ // 50
SOUND_BITS = 48_000
#: With half the care libopus takes a third of the time; speech at this rate sounds the same.
SOUND_OPTIONS = {"frame_duration": "20", "compression_level": "5"}
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


def mix_files(files: Iterable[Path], *, from_s: float = 0.0) -> Iterator[Samples]:
    """The sum of all files, in blocks of one second.

    Args:
        files: each person's file; one without sound is silent.
        from_s: seconds from their common zero, where to begin.

    Yields:
        float32 mono at 48 kHz, held within -1 to 1 by a soft limit.
    """
    lines = [_Line(path, from_s=from_s) for path in files]
    while lines:
        block = np.asarray(np.sum([line.take(BLOCK) for line in lines], axis=0), dtype=np.float32)
        if all(line.is_empty for line in lines) and not np.any(block):
            return
        yield limit(block)


class SoundEncoder:
    """Encodes a mix second by second: Opus, mono, in packets of 20 ms, each of which can be copied into a film."""

    def __init__(self) -> None:
        self._encoder: Any = av.CodecContext.create("libopus", "w")
        self._encoder.sample_rate, self._encoder.layout, self._encoder.format = RATE_HZ, "mono", "s16"
        self._encoder.bit_rate = SOUND_BITS
        self._encoder.options = SOUND_OPTIONS
        self._at = 0

    def encode(self, block: Samples) -> list[bytes]:
        """The packets of one second: float32 mono at 48 kHz."""
        whole = (np.clip(block, -1, 1) * 32767).astype(np.int16)
        packets: list[bytes] = []
        for start in range(0, BLOCK, PACKET):
            frame = av.AudioFrame.from_ndarray(whole[None, start : start + PACKET], format="s16", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = RATE_HZ, self._at, Fraction(1, RATE_HZ)
            self._at += PACKET
            packets += [bytes(packet) for packet in self._encoder.encode(frame)]
        return packets


def limit(block: Samples) -> Samples:
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
    return [_faded(limit(_clip(paths, start_s, end_s))) for start_s, end_s in spans]


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
