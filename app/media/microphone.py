"""The microphone: 10 ms blocks of sound from PortAudio, handed on from a thread of our own."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol, TypeAlias

import numpy as np

from app.media.sound_device import SoundDevice
from app.media.sounds import only_numbers
from app.media.types import Samples

OnBlock: TypeAlias = Callable[[Samples], None]
# 0.5 s: a consumer held up longer than that loses the oldest sound rather than lagging behind.
RING_BLOCKS = 50


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

        def hear(data: Any) -> None:
            self.overruns += len(ring) == RING_BLOCKS
            ring.append(bytes(data))

        def hand_on(stopped: threading.Event) -> None:
            while ring and not stopped.is_set():
                on_block(only_numbers(np.frombuffer(ring.popleft(), np.float32)))

        self._begin(hear, hand_on)
