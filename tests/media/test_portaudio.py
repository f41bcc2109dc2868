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
