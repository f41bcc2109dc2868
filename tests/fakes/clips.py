"""Tiny real files for file devices: each video frame's grey tells its number."""

from __future__ import annotations

import wave
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

GREY_STEP = 8


def write_video(path: Path, *, frames: int, fps: int, size_px: tuple[int, int] = (64, 36)) -> Path:
    """Writes a video; frame n is of grey 16 + n * GREY_STEP."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mjpeg", rate=fps)
        stream.width, stream.height = size_px
        stream.pix_fmt = "yuvj420p"
        stream.options = {"qscale": "2"}
        for number in range(frames):
            grey = np.full((size_px[1], size_px[0], 3), 16 + number * GREY_STEP, np.uint8)
            picture = av.VideoFrame.from_ndarray(grey, format="bgr24")
            picture.pts, picture.time_base = number, Fraction(1, fps)
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
    return path


def write_wav(path: Path, samples: np.ndarray, rate_hz: int = 48_000) -> Path:
    """Writes float samples as a 16-bit WAV file of one channel."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return path
