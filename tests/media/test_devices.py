from pathlib import Path

import pytest

from app.media import devices, portaudio
from app.media.types import Device

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
