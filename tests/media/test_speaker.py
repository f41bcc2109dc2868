import threading

import numpy as np
import pytest

from app.media import portaudio
from app.media.speaker import AHEAD_BLOCKS, BLOCK_BYTES, DeviceSpeaker
from app.media.types import DeviceBusy, DeviceMissing
from tests.fakes.portaudio import FakePortAudio, PortAudioError

LIMIT_S = 10.0


def speak(library: FakePortAudio, size: int = BLOCK_BYTES) -> np.ndarray:
    out = bytearray(b"\xff" * size)
    library.streams[-1].callback(out, size // 4, None, None)
    return np.frombuffer(bytes(out), np.float32)


def test_plays_what_is_pulled_in_order_from_its_own_thread() -> None:
    library, pulled, refilled = FakePortAudio(), [], threading.Semaphore(0)

    def pull(samples: int) -> np.ndarray:
        pulled.append(threading.current_thread().name)
        refilled.release()
        return np.full(samples, len(pulled), np.float32)

    device = DeviceSpeaker(library=library)
    device.start(pull)
    heard = []
    for number in range(8):
        for _ in range(AHEAD_BLOCKS if not number else 1):
            assert refilled.acquire(timeout=LIMIT_S)
        heard.append(float(speak(library)[0]))
    device.stop()
    assert heard == [1, 2, 3, 4, 5, 6, 7, 8]
    assert set(pulled[AHEAD_BLOCKS:]) == {"speaker"}
    assert device.underruns == 0
    assert library.streams[0].is_closed


def test_nothing_ready_is_silence_and_counted() -> None:
    library, may_pull, pulls = FakePortAudio(), threading.Event(), []

    def pull(samples: int) -> np.ndarray:
        pulls.append(samples)
        if len(pulls) > AHEAD_BLOCKS:
            may_pull.wait(LIMIT_S)
        return np.ones(samples, np.float32)

    device = DeviceSpeaker(library=library)
    device.start(pull)
    heard = [speak(library)[0] for _ in range(AHEAD_BLOCKS + 2)]
    assert heard == [1.0] * AHEAD_BLOCKS + [0.0, 0.0]
    assert device.underruns == 2
    may_pull.set()
    device.stop()


def test_errors_are_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    busy = FakePortAudio(PortAudioError("Device unavailable", -9985))
    with pytest.raises(DeviceBusy):
        DeviceSpeaker(library=busy).start(lambda samples: np.zeros(samples, np.float32))
    monkeypatch.setattr(portaudio, "load", lambda: None)
    with pytest.raises(DeviceMissing):
        DeviceSpeaker().start(lambda samples: np.zeros(samples, np.float32))
