import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest

from app.media import device_names, devices, portaudio
from app.media.types import Device
from tests.fakes.portaudio import FakeStream

FAULTS = Path(__file__).parents[1] / "data" / "faults"
CAMERA = Device("/dev/video0", "Webcam", "camera")


def add_node(folder: Path, node: str, *, index: int, name: str) -> None:
    (folder / node).mkdir(parents=True)
    (folder / node / "index").write_text(f"{index}\n")
    (folder / node / "name").write_text(f"{name}\n")


def test_linux_cameras_once_each_with_lasting_ids(tmp_path: Path) -> None:
    kernel, by_id, nodes = tmp_path / "class", tmp_path / "by-id", tmp_path / "dev"
    add_node(kernel, "video0", index=0, name="Webcam")
    add_node(kernel, "video1", index=1, name="Webcam")
    add_node(kernel, "video10", index=0, name="Capture card")
    (kernel / "video11").mkdir()
    nodes.mkdir()
    by_id.mkdir()
    (nodes / "video10").touch()
    (by_id / "usb-card").symlink_to(nodes / "video10")
    assert devices.list_v4l2(kernel, by_id) == (CAMERA, Device(str(by_id / "usb-card"), "Capture card", "camera"))


def test_a_computer_without_anything_has_empty_lists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portaudio, "load", lambda: None)
    monkeypatch.setattr(devices, "list_cameras", lambda: ())
    assert devices.list_devices() == devices.list_microphones() == devices.list_speakers() == ()
    assert devices.list_v4l2(tmp_path / "none", tmp_path / "none") == ()


def test_the_real_library_lists_without_failing() -> None:
    assert {device.kind for device in devices.list_devices(refresh=True)} <= {"camera", "microphone", "speaker"}


class Library:
    """As sounddevice, with two cards of the same name."""

    PortAudioError = RuntimeError

    def query_hostapis(self) -> list[dict[str, str]]:
        return [{"name": "ALSA"}]

    def query_devices(self) -> list[dict[str, object]]:
        card = {"name": "USB", "hostapi": 0, "max_input_channels": 1, "max_output_channels": 0}
        return [card, dict(card), {**card, "name": "Out", "max_input_channels": 0, "max_output_channels": 2}]


def test_sound_devices_have_ids_that_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portaudio, "load", Library)
    assert [device.id for device in devices.list_microphones()] == ["ALSA: USB", "ALSA: USB #2"]
    assert devices.list_speakers() == (Device("ALSA: Out", "Out", "speaker"),)


def test_changes_tell_what_was_plugged_and_pulled(monkeypatch: pytest.MonkeyPatch) -> None:
    other = Device("/dev/video2", "Other", "camera")
    monkeypatch.setattr(devices, "list_devices", lambda *, refresh: (other,))
    changed = devices.changes((CAMERA,))
    assert (changed.added, changed.removed, changed.present) == ((other,), (CAMERA,), (other,))
    assert devices.changes(changed.present).added == ()


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ((FAULTS / "b08-v4l2-name-latin1.bin").read_bytes(), "Microsoft\ufffd LifeCam HD-3000"),
        ((FAULTS / "b08-v4l2-name-cut-in-a-letter.bin").read_bytes(), "Kamera f\ufffd"),
        ((FAULTS / "b08-powershell-cp850.bin").read_bytes(), "Kamera f\ufffdr B\ufffdro"),
        ("Kamera f\u00fcr B\u00fcro\r\n".encode(), "Kamera f\u00fcr B\u00fcro"),
        ("Kamera \u00fc\n".encode("utf-16"), "Kamera \u00fc"),
        ("Kamera \u00fc\n".encode("utf-16-le"), "Kamera \u00fc"),
        ("Kamera \u00fc\n".encode("utf-16-be"), "Kamera \u00fc"),
        ("Kamera \u00fc".encode("utf-16-le")[:-1], "Kamera \ufffd"),
        ("Kamera\n".encode("utf-8-sig"), "Kamera"),
        ("\u6444\u50cf\u5934".encode(), "\u6444\u50cf\u5934"),
        ("\u6444\u50cf\u5934".encode("gb18030"), "\ufffd\ufffd\ufffd\ufffd\u0377"),
        (b"\x1b[2JWeb\x00cam\t2\r\n", "[2JWeb cam 2"),
        ("gpj.\u202egnp \u200bcam".encode(), "gpj.gnp cam"),
        (b"", ""),
        (b"\x00", ""),
        (b"\xff\xfe", ""),
        (b"\xff", "\ufffd"),
    ],
)
def test_names_are_read_whatever_their_bytes_are(told: bytes, name: str) -> None:
    assert device_names.read(told) == name


def test_halves_of_letters_do_not_reach_the_screen() -> None:
    assert device_names.clean("a\udce4b\ud800") == "a\ufffdb\ufffd"
    assert device_names.clean("\U0001f468\u200d\U0001f469 cam") == "\U0001f468\u200d\U0001f469 cam"


@pytest.mark.parametrize("fault", ["b08-v4l2-name-latin1.bin", "b08-v4l2-name-cut-in-a-letter.bin"])
def test_a_camera_whose_name_is_no_utf_8_hides_no_other(tmp_path: Path, fault: str) -> None:
    add_node(tmp_path, "video0", index=0, name="Webcam")
    add_node(tmp_path, "video2", index=0, name="")
    (tmp_path / "video2" / "name").write_bytes((FAULTS / fault).read_bytes())
    add_node(tmp_path, "video4", index=0, name="Webcam")
    add_node(tmp_path, "video6", index=0, name="\x00\x01")
    add_node(tmp_path, "video8", index=0, name="odd")
    (tmp_path / "video8" / "index").write_bytes(b"\xff\n")
    found = devices.list_v4l2(tmp_path, tmp_path / "none")
    assert [device.id for device in found] == ["/dev/video0", "/dev/video2", "/dev/video4", "/dev/video6"]
    assert found[1].name == device_names.read((FAULTS / fault).read_bytes())
    assert [device.name for device in found[2:]] == ["Webcam", "video6"]


def told_by(monkeypatch: pytest.MonkeyPatch, platform: str, output: bytes) -> tuple[Device, ...]:
    def run(command: tuple[str, ...], **settings: object) -> subprocess.CompletedProcess[bytes]:
        assert "text" not in settings
        return subprocess.CompletedProcess(command, 0, output, b"")

    monkeypatch.setattr(devices, "sys", SimpleNamespace(platform=platform))
    monkeypatch.setattr(devices.subprocess, "run", run)
    return devices.list_cameras()


@pytest.mark.parametrize(
    ("output", "names"),
    [
        ((FAULTS / "b08-powershell-cp850.bin").read_bytes() + b"Webcam\r\n", ["Kamera f\ufffdr B\ufffdro", "Webcam"]),
        ("\ufeffKamera \u00fc\r\nWebcam\r\n".encode(), ["Kamera \u00fc", "Webcam"]),
        ("Kamera \u00fc\r\nWebcam\r\n".encode("utf-16"), ["Kamera \u00fc", "Webcam"]),
        (b"Webcam\r\nWebcam\r\n", ["Webcam", "Webcam"]),
        (b"Webcam\r\n\r\nOther\r\n", ["Webcam", "Camera", "Other"]),
        (b"", []),
    ],
)
def test_cameras_of_windows_keep_their_places(monkeypatch: pytest.MonkeyPatch, output: bytes, names: list[str]) -> None:
    found = told_by(monkeypatch, "win32", output)
    assert [device.name for device in found] == names
    assert [device.id for device in found] == [str(number) for number in range(len(names))]


@pytest.mark.parametrize(
    ("output", "names"),
    [
        (b'{"SPCameraDataType": [{"_name": "Face\xffTime"}, {"_name": "iPhone"}]}', ["Face\ufffdTime", "iPhone"]),
        (b'{"SPCameraDataType": [{"_name": "\\ud800x"}, {}, {"_name": "iPhone"}]}', ["\ufffdx", "Camera", "iPhone"]),
        (b'{"SPCameraDataType": [3]}', []),
        (b"[]", []),
        (b"\xff\xfe", []),
    ],
)
def test_cameras_of_a_mac_keep_their_places(monkeypatch: pytest.MonkeyPatch, output: bytes, names: list[str]) -> None:
    assert [device.name for device in told_by(monkeypatch, "darwin", output)] == names


class OddLibrary(Library):
    """As sounddevice, where the second of three cards has a name in Latin-1."""

    names = (b"USB", b"B\xfcro", b"USB")
    _lib = SimpleNamespace(
        Pa_GetDeviceCount=lambda: 3,
        Pa_GetDeviceInfo=lambda number: SimpleNamespace(
            hostApi=0,
            maxInputChannels=1,
            maxOutputChannels=number % 2,
            defaultSampleRate=48_000.0,
            defaultLowInputLatency=0.01,
            defaultLowOutputLatency=0.01,
            defaultHighInputLatency=0.1,
            defaultHighOutputLatency=0.1,
        ),
    )

    def query_devices(self, number: int | None = None) -> object:
        if number is None:
            return [self.query_devices(one) for one in range(3)]
        name = self.names[number].decode("utf-8")
        return {"name": name, "hostapi": 0, "max_input_channels": 1, "max_output_channels": 0}


def test_a_sound_device_whose_name_is_no_utf_8_hides_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portaudio, "load", OddLibrary)
    assert [device.name for device in devices.list_microphones()] == ["USB", "B\ufffdro", "USB"]
    assert [device.id for device in devices.list_microphones()] == ["ALSA: USB", "ALSA: B\ufffdro", "ALSA: USB #2"]
    assert devices.list_speakers() == (Device("ALSA: B\ufffdro", "B\ufffdro", "speaker"),)


def test_a_sound_device_whose_name_is_no_utf_8_can_be_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    library = OddLibrary()
    opened = []

    def make(device: int, **settings: object) -> FakeStream:
        # As sounddevice does: by the name that stands in its module.
        opened.append(library.query_devices(device)["default_low_input_latency"])
        return FakeStream(lambda *called: None)

    library.RawInputStream = make
    monkeypatch.setattr(portaudio, "load", lambda: library)
    portaudio.close_stream(portaudio.open_stream("microphone", "ALSA: B\ufffdro", library=library))
    assert opened == [0.01]


def test_what_is_asked_of_sounddevice_beyond_its_front_door_is_there() -> None:
    library = portaudio.load()
    assert library is None or library._get_stream_parameters.__globals__["query_devices"] is library.query_devices
    assert library is None or (library._lib.Pa_GetDeviceCount() >= 0 and library._lib.Pa_GetDeviceInfo)
