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


class Listing(FakePortAudio):
    """One that also lists, and remembers when it was begun anew."""

    def __init__(self) -> None:
        super().__init__()
        self._initialized, self.begun, self.fails = 1, 0, False

    def _terminate(self) -> None:
        if not self._initialized:
            raise PortAudioError("PortAudio not initialized", -10000)
        self._initialized = 0

    def _initialize(self) -> None:
        if self.fails:
            raise PortAudioError("Unanticipated host error", -9999)
        self._initialized, self.begun = 1, self.begun + 1

    def query_hostapis(self) -> list[dict[str, str]]:
        return [{"name": "ALSA"}]

    def query_devices(self) -> list[dict[str, object]]:
        return [{"name": "Out", "hostapi": 0, "max_input_channels": 0, "max_output_channels": 2}]


def test_nobody_looks_again_while_a_stream_is_still_closing(monkeypatch: pytest.MonkeyPatch) -> None:
    library = Listing()
    monkeypatch.setattr(portaudio, "load", lambda: library)
    stream = portaudio.open_stream("microphone", "default", library=library, **SETTINGS)
    begun = []
    monkeypatch.setattr(
        stream, "close", lambda ignore_errors: begun.append((portaudio.list_raw(refresh=True), library.begun))
    )
    close(stream)
    assert [count for _, count in begun] == [0]
    portaudio.list_raw(refresh=True)
    assert library.begun == 1


def test_a_stream_that_opens_and_does_not_start_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    library = FakePortAudio()
    make = library.RawInputStream

    def broken(**settings: Any) -> Any:
        stream = make(**settings)

        def start() -> None:
            raise PortAudioError("Device unavailable", -9985)

        monkeypatch.setattr(stream, "start", start)
        return stream

    monkeypatch.setattr(library, "RawInputStream", broken, raising=False)
    with pytest.raises(DeviceBusy):
        portaudio.open_stream("microphone", "default", library=library, **SETTINGS)
    assert library.streams[-1].is_closed


def test_sound_that_was_away_for_a_moment_is_there_again(monkeypatch: pytest.MonkeyPatch) -> None:
    library = Listing()
    monkeypatch.setattr(portaudio, "load", lambda: library)
    library.fails = True
    assert portaudio.list_raw(refresh=True) == []
    library.fails = False
    assert [row["id"] for row in portaudio.list_raw(refresh=True)] == ["ALSA: Out"]
