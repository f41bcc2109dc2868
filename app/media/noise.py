"""The noise filter: RNNoise while talking."""

from __future__ import annotations

import ctypes
import importlib.util
import sys
from collections import deque
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from app.media.noise_share import NoiseShare
from app.media.types import BLOCK, MediaError, NoiseMode, Samples

if TYPE_CHECKING:
    # Never run: says where the package comes in, which find_spec below does without importing it.
    import pyrnnoise  # noqa: F401

# RNNoise computes on 16-bit values held in floats.
FULL_SCALE = 32768.0
# Measured with pyrnnoise 0.4.5 by correlation on speech: 960 samples.
DELAY_BLOCKS = 2
# 40 ms: too long for a click, too short to notice; with the delay a switch is through after 60 ms.
FADE_BLOCKS = 4
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

    "strong" is what RNNoise makes of it; it thins the voice a little, and mutes it when others talk behind it.
    "standard" takes out only what `NoiseShare` finds to be noise in what RNNoise would take. Whatever the mode, the
    sound is delayed by DELAY_BLOCKS, so that switching moves nothing and does not click.

    Attributes:
        speech_probability: What RNNoise thinks of the last block, 0.0 to 1.0; 0.0 while off.
        mode: What it does, or is about to do; may be set from any thread, and is fully there within 60 ms of sound.
    """

    def __init__(self, mode: NoiseMode = "standard") -> None:
        """Loads the library.

        Args:
            mode: What it does from the start.

        Raises:
            NoiseFilterMissing: The library is not there.
        """
        self._library = _load_library()
        self._state: int | None = self._library.rnnoise_create(None)
        self.mode = mode
        self._on = 0.0 if mode == "off" else 1.0
        self._full = 1.0 if mode == "strong" else 0.0
        self._before = deque([np.zeros(BLOCK, np.float32)] * DELAY_BLOCKS)
        self._ramp = np.linspace(1 / BLOCK, 1.0, BLOCK, dtype=np.float32) / FADE_BLOCKS
        self._noise = NoiseShare()
        self.speech_probability = 0.0

    def process(self, block: Samples) -> Samples:
        """Filters the next block; always from the same thread.

        Args:
            block: float32 [BLOCK]; not changed.

        Returns:
            float32 [BLOCK], DELAY_BLOCKS later than the input.
        """
        mode = self.mode
        is_idle = self._on == 0.0
        if is_idle and mode != "off":
            self._begin_anew()
        plain = self._before.popleft()
        self._before.append(np.array(block, np.float32))
        if is_idle and mode == "off":
            self.speech_probability = 0.0
            return plain
        clean = self._denoise(block)
        full = self._fade("_full", 1.0 if mode == "strong" else 0.0)
        on = self._fade("_on", 0.0 if mode == "off" else 1.0)
        removed = plain - clean
        if isinstance(full, np.ndarray) or full < 1.0:
            full = full + (1 - full) * self._noise.follow(removed, clean)
        return plain - removed * (on * full)

    def _fade(self, name: str, target: float) -> Samples | float:
        """The next block of a share that moves to its target in FADE_BLOCKS."""
        now: float = getattr(self, name)
        if now == target:
            return now
        shares: Samples = np.clip(now + (self._ramp if target > now else -self._ramp), 0.0, 1.0, dtype=np.float32)
        end = float(shares[-1])
        setattr(self, name, target if abs(end - target) < 1e-3 else end)
        return shares

    def _begin_anew(self) -> None:
        """Forgets what was heard before a pause, which would come out again, and hears what is about to come out."""
        self.close()
        self._state = self._library.rnnoise_create(None)
        self._noise = NoiseShare()
        for block in self._before:
            self._denoise(block)

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
