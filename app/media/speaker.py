"""The speaker: PortAudio asks for sound, a thread of our own has it ready."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any, Protocol, TypeAlias

import numpy as np

from app.media.sound_device import SoundDevice
from app.media.types import BLOCK, Samples

Pull: TypeAlias = Callable[[int], Samples]
# 30 ms ahead: what a busy interpreter may hold our thread up, and no more delay than that.
AHEAD_BLOCKS = 3
BLOCK_BYTES = BLOCK * 4


class Speaker(Protocol):
    """Anything that takes sound: a device, a file, nothing."""

    def start(self, pull: Pull) -> None:
        """Begins. Call it from a worker: opening may take seconds.

        Args:
            pull: `pull(n)` returns the next n samples, float32 [n]; called from the speaker's own thread.

        Raises:
            DeviceMissing: There is no such speaker.
            DeviceDenied: The system does not allow it.
            DeviceBusy: Another program holds it.
        """
        ...

    def stop(self) -> None:
        """Ends; `pull` is not called after it returns. Harmless when not started."""
        ...


class DeviceSpeaker(SoundDevice):
    """A speaker of this computer.

    Attributes:
        underruns: Blocks of silence played because nothing was ready.
    """

    kind = "speaker"
    underruns = 0

    def start(self, pull: Pull) -> None:
        """Begins; see `Speaker.start`."""
        self.stop()
        ring: deque[bytes] = deque()

        def fill() -> None:
            while len(ring) < AHEAD_BLOCKS:
                ring.append(np.asarray(pull(BLOCK), np.float32).tobytes())

        def speak(out: Any) -> None:
            if ring and len(out) == BLOCK_BYTES:
                out[:] = ring.popleft()
            else:
                self.underruns += 1
                out[:] = bytes(len(out))

        fill()
        self._begin(speak, lambda _: fill())
