"""Sound files into samples: chimes whole, long recordings block by block."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from app.media.types import BLOCK, RATE_HZ, FileUnreadable, Samples

#: Full scale is 1.0; sound servers that count in floats go beyond it, but not by 40 dB.
MOST_LEVEL = 100.0


def stream_blocks(path: Path, *, from_s: float = 0.0) -> Iterator[Samples]:
    """Decodes any sound file or the sound of a video, a little at a time.

    Args:
        path: WAV, Ogg Opus, Matroska, MP4 or whatever else FFmpeg reads.
        from_s: Where to begin, in seconds of the file.

    Yields:
        float32 [BLOCK], 48 kHz mono; the last one is filled up with silence.

    Raises:
        FileUnreadable: No such file, no sound in it, or it is damaged.
    """
    # Whole seconds from one growing list cost less than joining at each block.
    rest = np.zeros(0, np.float32)
    to_skip = round(from_s * RATE_HZ)
    for piece in _decode(path):
        if to_skip >= len(piece):
            to_skip -= len(piece)
            continue
        rest = np.concatenate([rest, piece[to_skip:]])
        to_skip = 0
        whole = len(rest) // BLOCK * BLOCK
        yield from rest[:whole].reshape(-1, BLOCK)
        rest = rest[whole:]
    if len(rest):
        yield np.pad(rest, (0, BLOCK - len(rest)))


def read_sound(path: Path) -> Samples:
    """Reads a short sound whole.

    Args:
        path: A file as for `stream_blocks`.

    Returns:
        float32 [n], 48 kHz mono.

    Raises:
        FileUnreadable: No such file, no sound in it, or it is damaged.
    """
    pieces = list(_decode(path))
    return np.concatenate(pieces) if pieces else np.zeros(0, np.float32)


def within_scale(samples: Samples) -> Samples:
    """Cuts what is beyond full scale."""
    return np.clip(only_numbers(samples), -1.0, 1.0)


def only_numbers(samples: Samples) -> Samples:
    """Takes silence for what is no number, and cuts what no microphone gives.

    A single NaN of a driver would stay in every filter behind it, and so would the square of a value beyond reason.
    """
    if not len(samples) or float(np.abs(samples).max()) <= MOST_LEVEL:
        return samples
    return np.clip(np.nan_to_num(samples, nan=0.0, posinf=0.0, neginf=0.0), -MOST_LEVEL, MOST_LEVEL)


def _decode(path: Path) -> Iterator[Samples]:
    import av

    try:
        with av.open(str(path)) as container:
            if not container.streams.audio:
                raise FileUnreadable(f"The file {path.name} has no sound in it.")
            resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE_HZ)
            for frame in container.decode(audio=0):
                for part in resampler.resample(frame):
                    yield within_scale(part.to_ndarray().reshape(-1))
            for part in resampler.resample(None):
                yield within_scale(part.to_ndarray().reshape(-1))
    except (OSError, av.FFmpegError) as error:
        raise FileUnreadable(f"The sound file {path.name} cannot be read.") from error
