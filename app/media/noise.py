"""The noise filter: RNNoise while talking, spectral gating for a recording with a steady hum."""

from __future__ import annotations

import ctypes
import importlib.util
import sys
import threading
import warnings
from collections import deque
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from app.media.types import BLOCK, MediaError, Samples

if TYPE_CHECKING:
    # Never run: says where the package comes in, which find_spec below does without importing it.
    import pyrnnoise  # noqa: F401

# RNNoise computes on 16-bit values held in floats.
FULL_SCALE = 32768.0
# Measured with pyrnnoise 0.4.5 by correlation on speech: 960 samples.
DELAY_BLOCKS = 2
# 40 ms: too long for a click, too short to notice; with the delay a switch is through after 60 ms.
FADE_BLOCKS = 4
PAUSE_SHARE = 0.15
LIBRARY_NAMES = {"linux": "librnnoise.so", "darwin": "librnnoise.dylib", "win32": "rnnoise.dll"}


class NoiseFilterMissing(MediaError):
    """The noise filter's library is not there or does not load; the call goes on unfiltered."""

    def __init__(self) -> None:
        super().__init__("The noise filter is not available on this computer. Your microphone works without it.")


@cache
def _load_library() -> Any:
    """Loads the C library that pyrnnoise carries, not the package: its import costs 0.6 s for file handling."""
    spec = importlib.util.find_spec("pyrnnoise")
    places = list(spec.submodule_search_locations or []) if spec else []
    path = Path(places[0]) / LIBRARY_NAMES.get(sys.platform, "") if places else Path()
    if not path.is_file():
        raise NoiseFilterMissing()
    try:
        library = ctypes.CDLL(str(path))
    except OSError as error:
        raise NoiseFilterMissing() from error
    floats = ctypes.POINTER(ctypes.c_float)
    library.rnnoise_create.argtypes = [ctypes.c_void_p]
    library.rnnoise_create.restype = ctypes.c_void_p
    library.rnnoise_destroy.argtypes = [ctypes.c_void_p]
    library.rnnoise_destroy.restype = None
    library.rnnoise_process_frame.argtypes = [ctypes.c_void_p, floats, floats]
    library.rnnoise_process_frame.restype = ctypes.c_float
    library.rnnoise_get_frame_size.restype = ctypes.c_int
    if library.rnnoise_get_frame_size() != BLOCK:
        raise NoiseFilterMissing()
    return library


class NoiseFilter:
    """Takes the noise out of one microphone, block by block; can be switched while somebody talks.

    On or off, it delays the sound by DELAY_BLOCKS, so that switching moves nothing and does not click.

    Attributes:
        speech_probability: What RNNoise thinks of the last block, 0.0 to 1.0; 0.0 while off.
    """

    def __init__(self, *, is_on: bool = True) -> None:
        """Loads the library.

        Args:
            is_on: Whether it filters from the start.

        Raises:
            NoiseFilterMissing: The library is not there.
        """
        self._library = _load_library()
        self._state: int | None = self._library.rnnoise_create(None)
        self._wanted = threading.Event()
        if is_on:
            self._wanted.set()
        self._share = 1.0 if is_on else 0.0
        self._before = deque([np.zeros(BLOCK, np.float32)] * DELAY_BLOCKS)
        self._ramp = np.linspace(1 / BLOCK, 1.0, BLOCK, dtype=np.float32) / FADE_BLOCKS
        self.speech_probability = 0.0

    @property
    def is_on(self) -> bool:
        """Whether it filters, or is about to."""
        return self._wanted.is_set()

    def switch(self, is_on: bool) -> None:
        """Turns the filter on or off, from any thread; fully there within 60 ms of sound."""
        if is_on:
            self._wanted.set()
        else:
            self._wanted.clear()

    def process(self, block: Samples) -> Samples:
        """Filters the next block; always from the same thread.

        Args:
            block: float32 [BLOCK]; not changed.

        Returns:
            float32 [BLOCK], DELAY_BLOCKS later than the input.
        """
        plain = self._before.popleft()
        self._before.append(np.array(block, np.float32))
        target = 1.0 if self._wanted.is_set() else 0.0
        if self._share == target == 0.0:
            self.speech_probability = 0.0
            return plain
        clean = self._denoise(block)
        if self._share == target:
            return clean
        direction = 1.0 if target > self._share else -1.0
        shares = np.clip(self._share + direction * self._ramp, 0.0, 1.0)
        self._share = float(shares[-1]) if abs(shares[-1] - target) > 1e-3 else target
        return (clean * shares + plain * (1 - shares)).astype(np.float32)

    def close(self) -> None:
        """Frees the library's memory; `process` must not be called again."""
        if self._state is not None:
            self._library.rnnoise_destroy(self._state)
            self._state = None

    def __del__(self) -> None:
        if getattr(self, "_state", None) is not None:
            self.close()

    def _denoise(self, block: Samples) -> Samples:
        work = np.clip(block, -1.0, 1.0).astype(np.float32) * np.float32(FULL_SCALE)
        pointer = work.ctypes.data_as(ctypes.POINTER(ctypes.c_float))
        self.speech_probability = float(self._library.rnnoise_process_frame(self._state, pointer, pointer))
        return work / np.float32(FULL_SCALE)


def clean_steady_noise(samples: Samples, rate_hz: int) -> Samples:
    """Takes a steady hum or hiss out of a whole recording, where RNNoise would also thin the voice.

    The noise is learned from the quietest parts of the recording itself. For whole recordings only: on short windows
    it costs 13 times as much as RNNoise and does less.

    Args:
        samples: float32 [n], one channel; shorter than half a second comes back unchanged.
        rate_hz: Samples per second.

    Returns:
        float32 [n].
    """
    if len(samples) < rate_hz // 2:
        return samples
    with warnings.catch_warnings():
        # A silent recording divides by zero inside.
        warnings.simplefilter("ignore")
        import noisereduce

        noise = _find_pauses(samples, rate_hz)
        cleaned = noisereduce.reduce_noise(
            y=samples,
            sr=rate_hz,
            y_noise=noise,
            stationary=True,
            n_fft=2048,
            prop_decrease=0.95,
            n_std_thresh_stationary=1.5,
        )
    return np.nan_to_num(np.asarray(cleaned, np.float32))


def _find_pauses(samples: Samples, rate_hz: int) -> Samples:
    """The quietest stretches of 50 ms, joined."""
    length = rate_hz // 20
    pieces = samples[: len(samples) // length * length].reshape(-1, length)
    loudness = np.mean(np.square(pieces), axis=1)
    count = max(4, round(len(pieces) * PAUSE_SHARE))
    quietest = np.sort(np.argsort(loudness)[:count])
    return pieces[quietest].reshape(-1)
