"""When a microphone or a speaker counts as lost, by a clock that the test holds."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from app.media.microphone import DeviceMicrophone
from app.media.sound_device import FIRST_WITHIN_S, LOST_AFTER_S
from app.media.speaker import BLOCK_BYTES, DeviceSpeaker
from app.media.types import DeviceError, DeviceMissing, SoundKind
from tests.fakes.portaudio import FakePortAudio

LIMIT_S = 20.0


class Held:
    """A clock whose waits end when the test lets them: with a block, or when so much time has passed."""

    def __init__(self) -> None:
        self.present_s = 100.0
        self.waits: queue.SimpleQueue[float] = queue.SimpleQueue()
        self._passes: queue.SimpleQueue[float] = queue.SimpleQueue()

    def now_s(self) -> float:
        return self.present_s

    def wait_until(self, when_s: float, stopped: threading.Event) -> bool:
        self.waits.put(when_s - self.present_s)
        while not stopped.is_set():
            try:
                self.present_s += self._passes.get(timeout=0.02)
            except queue.Empty:
                continue
            return not stopped.is_set()
        return False

    def let_pass(self, passed_s: float) -> None:
        self._passes.put(passed_s)


class Bench:
    """A device that has been started."""

    def __init__(self, kind: SoundKind) -> None:
        self.clock, self.library = Held(), FakePortAudio()
        self.lost: queue.SimpleQueue[DeviceError] = queue.SimpleQueue()
        settings: dict[str, Any] = {"library": self.library, "on_lost": self.lost.put, "clock": self.clock}
        self.stop: Callable[[], None]
        if kind == "microphone":
            microphone = DeviceMicrophone(**settings)
            microphone.start(lambda samples: None)
            self.stop = microphone.stop
        else:
            speaker = DeviceSpeaker(**settings)
            speaker.start(lambda samples: np.zeros(samples, np.float32))
            self.stop = speaker.stop

    def wait_s(self) -> float:
        """For how long it is ready to wait now."""
        return self.clock.waits.get(timeout=LIMIT_S)

    def block(self) -> None:
        """One block goes in or out."""
        self.library.streams[-1].callback(bytearray(BLOCK_BYTES), BLOCK_BYTES // 4, None, None)


@pytest.fixture(params=["microphone", "speaker"])
def bench(request: pytest.FixtureRequest) -> Any:
    made = Bench(request.param)
    yield made
    made.stop()


def test_r12_one_that_wakes_late_is_waited_for_and_one_that_stops_is_told_soon(bench: Bench) -> None:
    assert bench.wait_s() == pytest.approx(FIRST_WITHIN_S)
    assert FIRST_WITHIN_S >= 8.0
    bench.block()
    for _ in range(2):
        assert bench.wait_s() == pytest.approx(LOST_AFTER_S)
        bench.block()
    assert bench.lost.empty()
    assert bench.wait_s() == pytest.approx(LOST_AFTER_S)
    assert LOST_AFTER_S <= 2.0
    bench.clock.let_pass(LOST_AFTER_S)
    assert isinstance(bench.lost.get(timeout=LIMIT_S), DeviceMissing)
    bench.stop()
    assert bench.lost.empty(), "once"
    assert bench.clock.waits.empty(), "nobody waits any more"


def test_one_that_never_gives_anything_is_told(bench: Bench) -> None:
    bench.wait_s()
    bench.clock.let_pass(FIRST_WITHIN_S)
    assert isinstance(bench.lost.get(timeout=LIMIT_S), DeviceMissing)


def test_a_computer_that_slept_has_lost_nothing(bench: Bench) -> None:
    bench.wait_s()
    bench.block()
    bench.wait_s()
    bench.clock.let_pass(3600.0)
    assert bench.wait_s() == pytest.approx(LOST_AFTER_S)
    assert bench.lost.empty()
    bench.clock.let_pass(LOST_AFTER_S)
    assert isinstance(bench.lost.get(timeout=LIMIT_S), DeviceMissing)
