import threading
from typing import Any

import pytest

from app.media import portaudio
from app.media.types import DeviceBusy, DeviceDenied, DeviceError, DeviceMissing
from tests.fakes.portaudio import FakePortAudio, PortAudioError


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (PortAudioError("Error opening: Device unavailable", -9985), DeviceBusy),
        (PortAudioError("Error opening: Invalid device", -9996), DeviceMissing),
        (PortAudioError("Error querying device -1"), DeviceMissing),
        (ValueError("No default input device"), DeviceMissing),
        (PortAudioError("Unanticipated host error", -9999, (0, 13, "Permission denied")), DeviceDenied),
        (PortAudioError("something new"), DeviceBusy),
    ],
)
def test_faults_become_our_three(error: Exception, kind: type[DeviceError]) -> None:
    assert type(portaudio.explain("microphone", error)) is kind


def test_a_device_that_is_gone_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portaudio, "list_raw", list)
    with pytest.raises(DeviceMissing):
        portaudio.open_stream("speaker", "ALSA: gone", library=FakePortAudio())


def test_a_sound_server_that_hangs_is_busy_and_what_opens_late_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portaudio, "OPEN_LIMIT_S", 0.05)
    library, held, closed = FakePortAudio(), threading.Event(), threading.Event()
    make = library.RawInputStream

    def hang(**settings: Any) -> Any:
        assert held.wait(10)
        return make(**settings)

    monkeypatch.setattr(library, "RawInputStream", hang, raising=False)
    monkeypatch.setattr(portaudio, "close_stream", lambda stream: (close(stream), closed.set()))
    with pytest.raises(DeviceBusy):
        portaudio.open_stream("microphone", "default", library=library, **SETTINGS)
    held.set()
    assert closed.wait(10)
    assert library.streams[-1].is_closed


close = portaudio.close_stream
SETTINGS = {"samplerate": 48_000, "blocksize": 480, "channels": 1, "callback": None}
