"""A microphone or a speaker of this computer: a stream of PortAudio, and a thread of our own on this side of it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from app.media import portaudio
from app.media.clock import Clock, SystemClock
from app.media.device_thread import DeviceThread
from app.media.types import BLOCK, RATE_HZ, DeviceError, DeviceMissing, SoundKind

#: A sound server that slept, or a Bluetooth headset, opens at once and takes some seconds to its first block.
FIRST_WITHIN_S = 8.0
LOST_AFTER_S = 2.0
#: Who waited so much longer than was asked did not run, and nor did whoever brings the blocks: the computer slept.
_SLEPT_S = 1.0


class SoundDevice:
    """What both have in common; each gives its `kind`, and a `start` that calls `_begin`."""

    kind: SoundKind

    def __init__(
        self,
        device_id: str = "default",
        *,
        on_lost: Callable[[DeviceError], None] | None = None,
        library: Any | None = None,
        clock: Clock | None = None,
    ) -> None:
        """Remembers what to open; touches nothing.

        Args:
            device_id: As `devices.list_devices` names it, or "default".
            on_lost: Told from the device's thread when no sound goes in or out any more, once: after LOST_AFTER_S, or
                FIRST_WITHIN_S where there has not been any yet.
            library: What stands for sounddevice in tests.
            clock: By which that is waited for; None: the computer's own.
        """
        self._device_id = device_id
        self._on_lost = on_lost
        self._library = library
        self._clock = clock or SystemClock()
        self._stream: Any | None = None
        self._moved = threading.Event()
        self._thread = DeviceThread(self.kind)

    def _begin(self, exchange: Callable[[Any], None], serve: Callable[[threading.Event], None]) -> None:
        """Opens the stream.

        Args:
            exchange: Called in PortAudio's real-time thread with the bytes of each block, to read or to fill: it must
                not wait or compute.
            serve: Called in the device's own thread after one or more blocks, with the event that asks it to end.

        Raises:
            DeviceMissing: There is no such device.
            DeviceDenied: The system does not allow it.
            DeviceBusy: Another program holds it.
        """
        library = self._library or portaudio.load()
        if library is None:
            raise DeviceMissing(self.kind)
        moved = self._moved = threading.Event()

        def called(data: Any, frames: int, time_info: Any, status: Any) -> None:
            exchange(data)
            moved.set()

        self._stream = portaudio.open_stream(
            self.kind,
            self._device_id,
            library=library,
            samplerate=RATE_HZ,
            blocksize=BLOCK,
            channels=1,
            dtype="float32",
            latency="low",
            callback=called,
        )
        self._thread.begin(lambda stopped: self._run(moved, stopped, serve))

    def stop(self) -> None:
        """Ends; `serve` is not called after it returns. Harmless when not started."""
        self._thread.end(wake=self._moved)
        if self._stream:
            portaudio.close_stream(self._stream)
            self._stream = None

    def _run(self, moved: threading.Event, stopped: threading.Event, serve: Callable[[threading.Event], None]) -> None:
        limit_s = FIRST_WITHIN_S
        while not stopped.is_set():
            begun_s = self._clock.now_s()
            is_over = self._clock.wait_until(begun_s + limit_s, moved)
            if stopped.is_set():
                return
            if not is_over:
                moved.clear()
                limit_s = LOST_AFTER_S
                serve(stopped)
            elif self._clock.now_s() - begun_s < limit_s + _SLEPT_S:
                if self._on_lost:
                    self._on_lost(DeviceMissing(self.kind))
                return
