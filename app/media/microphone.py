"""The microphone: 10 ms blocks of sound from PortAudio, handed on from a thread of our own."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol, TypeAlias

import numpy as np

from app.media import portaudio
from app.media.sounds import only_numbers
from app.media.types import BLOCK, RATE_HZ, DeviceError, DeviceMissing, Samples

OnBlock: TypeAlias = Callable[[Samples], None]
# 0.5 s: a consumer held up longer than that loses the oldest sound rather than lagging behind.
RING_BLOCKS = 50
LOST_AFTER_S = 2.0
JOIN_LIMIT_S = 5.0


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


class DeviceMicrophone:
    """A microphone of this computer.

    Attributes:
        overruns: Blocks lost because nobody took them in time.
    """

    def __init__(
        self,
        device_id: str = "default",
        *,
        on_lost: Callable[[DeviceError], None] | None = None,
        library: Any | None = None,
    ) -> None:
        """Remembers what to open; touches nothing.

        Args:
            device_id: As `devices.list_microphones` names it, or "default".
            on_lost: Told from the microphone's thread when sound stops coming, once.
            library: What stands for sounddevice in tests.
        """
        self._device_id = device_id
        self._on_lost = on_lost
        self._library = library
        self._stream: Any | None = None
        self._thread: threading.Thread | None = None
        self._stopped = threading.Event()
        self._arrived = threading.Event()
        self.overruns = 0

    def start(self, on_block: OnBlock) -> None:
        """Begins; see `Microphone.start`."""
        self.stop()
        library = self._library or portaudio.load()
        if library is None:
            raise DeviceMissing("microphone")
        ring: deque[bytes] = deque(maxlen=RING_BLOCKS)
        arrived = self._arrived = threading.Event()
        stopped = self._stopped = threading.Event()

        def hear(data: Any, frames: int, time_info: Any, status: Any) -> None:
            # PortAudio's real-time thread: copy and leave. deque and Event are all that is touched.
            self.overruns += len(ring) == RING_BLOCKS
            ring.append(bytes(data))
            arrived.set()

        self._stream = portaudio.open_stream(
            "microphone",
            self._device_id,
            library=library,
            samplerate=RATE_HZ,
            blocksize=BLOCK,
            channels=1,
            dtype="float32",
            latency="low",
            callback=hear,
        )
        run = (ring, arrived, stopped, on_block)
        self._thread = threading.Thread(target=self._run, args=run, name="microphone", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends; see `Microphone.stop`."""
        self._stopped.set()
        self._arrived.set()
        if self._thread and self._thread is not threading.current_thread():
            self._thread.join(JOIN_LIMIT_S)
        self._thread = None
        if self._stream:
            portaudio.close_stream(self._stream)
            self._stream = None

    def _run(self, ring: deque[bytes], arrived: threading.Event, stopped: threading.Event, on_block: OnBlock) -> None:
        while not stopped.is_set():
            if not arrived.wait(LOST_AFTER_S):
                if not stopped.is_set() and self._on_lost:
                    self._on_lost(DeviceMissing("microphone"))
                return
            arrived.clear()
            while ring and not stopped.is_set():
                on_block(only_numbers(np.frombuffer(ring.popleft(), np.float32)))
