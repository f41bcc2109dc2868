"""The speaker: PortAudio asks for sound, a thread of our own has it ready."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol, TypeAlias

import numpy as np

from app.media import portaudio
from app.media.types import BLOCK, RATE_HZ, DeviceError, DeviceMissing, Samples

Pull: TypeAlias = Callable[[int], Samples]
# 30 ms ahead: what a busy interpreter may hold our thread up, and no more delay than that.
AHEAD_BLOCKS = 3
BLOCK_BYTES = BLOCK * 4
JOIN_LIMIT_S = 5.0
LOST_AFTER_S = 2.0


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


class DeviceSpeaker:
    """A speaker of this computer.

    Attributes:
        underruns: Blocks of silence played because nothing was ready.
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
            device_id: As `devices.list_speakers` names it, or "default".
            on_lost: Told from the speaker's thread when it no longer takes sound, once.
            library: What stands for sounddevice in tests.
        """
        self._device_id = device_id
        self._on_lost = on_lost
        self._library = library
        self._stream: Any | None = None
        self._thread: threading.Thread | None = None
        self._stopped = threading.Event()
        self._wanted = threading.Event()
        self.underruns = 0

    def start(self, pull: Pull) -> None:
        """Begins; see `Speaker.start`."""
        self.stop()
        library = self._library or portaudio.load()
        if library is None:
            raise DeviceMissing("speaker")
        ring: deque[bytes] = deque()
        wanted = self._wanted = threading.Event()
        stopped = self._stopped = threading.Event()
        _fill(ring, pull)

        def speak(out: Any, frames: int, time_info: Any, status: Any) -> None:
            # PortAudio's real-time thread: hand over what is ready, never wait, never compute.
            if ring and len(out) == BLOCK_BYTES:
                out[:] = ring.popleft()
            else:
                self.underruns += 1
                out[:] = bytes(len(out))
            wanted.set()

        self._stream = portaudio.open_stream(
            "speaker",
            self._device_id,
            library=library,
            samplerate=RATE_HZ,
            blocksize=BLOCK,
            channels=1,
            dtype="float32",
            latency="low",
            callback=speak,
        )
        run = (ring, wanted, stopped, pull)
        self._thread = threading.Thread(target=self._run, args=run, name="speaker", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends; see `Speaker.stop`."""
        self._stopped.set()
        self._wanted.set()
        if self._thread and self._thread is not threading.current_thread():
            self._thread.join(JOIN_LIMIT_S)
        self._thread = None
        if self._stream:
            portaudio.close_stream(self._stream)
            self._stream = None

    def _run(self, ring: deque[bytes], wanted: threading.Event, stopped: threading.Event, pull: Pull) -> None:
        while not stopped.is_set():
            if not wanted.wait(LOST_AFTER_S):
                if self._on_lost:
                    self._on_lost(DeviceMissing("speaker"))
                return
            wanted.clear()
            if not stopped.is_set():
                _fill(ring, pull)


def _fill(ring: deque[bytes], pull: Pull) -> None:
    while len(ring) < AHEAD_BLOCKS:
        ring.append(np.asarray(pull(BLOCK), np.float32).tobytes())
