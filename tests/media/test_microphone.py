import threading

import numpy as np
import pytest

from app.media import portaudio
from app.media.gain import Gain
from app.media.microphone import RING_BLOCKS, SILENT_BLOCKS, DeviceMicrophone
from app.media.types import BLOCK, DeviceBusy, DeviceMissing, DeviceSilent
from tests.fakes.portaudio import FakePortAudio, PortAudioError

LIMIT_S = 10.0


def block(value: float) -> bytes:
    return np.full(BLOCK, value, np.float32).tobytes()


def hear(library: FakePortAudio, value: float) -> None:
    library.streams[-1].callback(block(value), BLOCK, None, None)


def test_blocks_are_handed_on_in_order_and_off_portaudios_thread() -> None:
    library, heard, names, enough = FakePortAudio(), [], set(), threading.Event()

    def take(samples: np.ndarray) -> None:
        names.add(threading.current_thread().name)
        heard.append(float(samples[0]))
        if len(heard) == 5:
            enough.set()

    device = DeviceMicrophone(library=library)
    device.start(take)
    for number in range(5):
        hear(library, number)
    assert enough.wait(LIMIT_S)
    device.stop()
    assert heard == [0, 1, 2, 3, 4]
    assert names == {"microphone"}
    assert library.streams[0].is_closed


def test_a_held_up_consumer_loses_the_oldest_and_counts_it() -> None:
    library, heard = FakePortAudio(), []
    entered, go_on, done = threading.Event(), threading.Event(), threading.Event()

    def take(samples: np.ndarray) -> None:
        entered.set()
        go_on.wait(LIMIT_S)
        heard.append(int(samples[0]))
        if heard[-1] == RING_BLOCKS + 7:
            done.set()

    device = DeviceMicrophone(library=library)
    device.start(take)
    hear(library, 0)
    assert entered.wait(LIMIT_S)
    for number in range(1, RING_BLOCKS + 8):
        hear(library, number)
    go_on.set()
    assert done.wait(LIMIT_S)
    device.stop()
    assert device.overruns == 7
    assert heard == [0, *range(8, RING_BLOCKS + 8)]


def test_no_portaudio_is_no_microphone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portaudio, "load", lambda: None)
    with pytest.raises(DeviceMissing):
        DeviceMicrophone().start(lambda samples: None)


def test_a_held_microphone_is_busy() -> None:
    library = FakePortAudio(PortAudioError("Device unavailable", -9985))
    with pytest.raises(DeviceBusy):
        DeviceMicrophone(library=library).start(lambda samples: None)


def test_what_is_no_number_is_silence() -> None:
    """A driver's one NaN would stay in every filter behind the microphone."""
    library, heard, done = FakePortAudio(), [], threading.Event()
    device = DeviceMicrophone(library=library)
    device.start(lambda samples: (heard.append(samples), done.set()))
    samples = np.full(BLOCK, 0.5, np.float32)
    samples[3:6] = np.nan, np.inf, -np.inf
    library.streams[-1].callback(samples.tobytes(), BLOCK, None, None)
    assert done.wait(LIMIT_S)
    device.stop()
    assert list(heard[0][2:7]) == [0.5, 0.0, 0.0, 0.0, 0.5]


def test_what_no_microphone_gives_leaves_the_filters_as_they_were() -> None:
    library, heard, done = FakePortAudio(), [], threading.Event()
    device = DeviceMicrophone(library=library)
    device.start(lambda samples: (heard.append(samples), done.set()))
    samples = np.full(BLOCK, 0.5, np.float32)
    samples[3:5] = 1e30, -1e20
    library.streams[-1].callback(samples.tobytes(), BLOCK, None, None)
    assert done.wait(LIMIT_S)
    device.stop()
    gain = Gain()
    assert all(np.isfinite(gain.process(block)).all() for block in (heard[0], *[heard[0] / 2] * 20))


@pytest.mark.parametrize(("first", "is_told"), [(0.0, True), (0.001, False)])
def test_r29_silence_from_the_beginning_is_told_once(first: float, is_told: bool) -> None:
    library, lost, heard = FakePortAudio(), [], threading.Semaphore(0)
    device = DeviceMicrophone(library=library, on_lost=lost.append)
    device.start(lambda samples: heard.release())
    for number in range(SILENT_BLOCKS * 2 + 10):
        hear(library, 0.0 if number else first)
        assert heard.acquire(timeout=LIMIT_S)
    device.stop()
    assert [type(one) for one in lost] == [DeviceSilent] * is_told
