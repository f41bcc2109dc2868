"""The microphone: 10 ms blocks of sound from PortAudio, handed on from a thread of our own."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol, TypeAlias

import numpy as np

from app.media.sound_device import SoundDevice
from app.media.sounds import only_numbers
from app.media.types import DeviceSilent, Samples

OnBlock: TypeAlias = Callable[[Samples], None]
# 0.5 s: a consumer held up longer than that loses the oldest sound rather than lagging behind.
RING_BLOCKS = 50
#: Of 10 ms, all zeros, since it was opened: a real microphone in the quietest room gives some noise.
SILENT_BLOCKS = 800


class Microphone(Protocol):
    """Anything that gives sound: a device, a file, a fake."""

    def start(self, on_block: OnBlock) -> None:
        """Begins. Call it from a worker: opening may take seconds.

        Args:
            on_block: Called from the microphone's own thread 100 times a second with float32 [BLOCK].

        Raises:
            DeviceMissing: There is no such microphone.
            DeviceDenied: The system does not allow it.
            DeviceBusy: Another program holds it.
            FileUnreadable: A file that should play cannot be read.
        """
        ...

    def stop(self) -> None:
        """Ends; no block comes after it returns. Harmless when not started."""
        ...


class DeviceMicrophone(SoundDevice):
    """A microphone of this computer.

    Attributes:
        overruns: Blocks lost because nobody took them in time.
    """

    kind = "microphone"
    overruns = 0

    def start(self, on_block: OnBlock) -> None:
        """Begins; see `Microphone.start`."""
        self.stop()
        ring: deque[bytes] = deque(maxlen=RING_BLOCKS)
        silence = _Silence()

        def hear(data: Any) -> None:
            self.overruns += len(ring) == RING_BLOCKS
            ring.append(bytes(data))

        def hand_on(stopped: threading.Event) -> None:
            while ring and not stopped.is_set():
                block = only_numbers(np.frombuffer(ring.popleft(), np.float32))
                if silence.lasts(block) and self._on_lost:
                    self._on_lost(DeviceSilent("microphone"))
                on_block(block)

        self._begin(hear, hand_on)


class _Silence:
    """Notices once that there has been nothing but silence since the beginning."""

    def __init__(self) -> None:
        self._count = 0

    def lasts(self, block: Samples) -> bool:
        """Takes the next block; True with the one that makes it too long."""
        if self._count >= SILENT_BLOCKS:
            return False
        self._count = SILENT_BLOCKS if block.any() else self._count + 1
        return self._count == SILENT_BLOCKS and not block.any()
