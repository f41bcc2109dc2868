import errno
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.media import camera
from app.media.camera import DeviceCamera, probe_node, why_closed
from app.media.types import Device, DeviceBusy, DeviceDenied, DeviceError, DeviceMissing, Frame

LIMIT_S = 10.0


class FakeCapture:
    """As cv2.VideoCapture: gives so many pictures, then none."""

    def __init__(self, pictures: int) -> None:
        self.left = pictures
        self.is_released = False

    def read(self) -> tuple[bool, np.ndarray | None]:
        self.left -= 1
        return (True, np.zeros((360, 640, 3), np.uint8)) if self.left >= 0 else (False, None)

    def release(self) -> None:
        self.is_released = True


@pytest.fixture(autouse=True)
def short_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(camera, "LOST_AFTER_S", 0.05)
    monkeypatch.setattr(camera, "FIRST_WITHIN_S", 0.05)
    monkeypatch.setattr(camera, "EMPTY_READ_PAUSE_S", 0.01)


def test_frames_come_and_the_device_is_let_go() -> None:
    capture = FakeCapture(10**9)
    frames: list[Frame] = []
    enough = threading.Event()

    def take(frame: Frame) -> None:
        frames.append(frame)
        if len(frames) >= 3:
            enough.set()

    device = DeviceCamera(open_capture=lambda *asked: capture)
    device.start(take)
    assert enough.wait(LIMIT_S)
    device.stop()
    count = len(frames)
    assert capture.is_released
    assert frames[0].form == "bgr24"
    assert frames[0].captured_at_s <= frames[-1].captured_at_s
    device.stop()
    assert len(frames) == count


@pytest.mark.parametrize("kind", [DeviceMissing, DeviceDenied, DeviceBusy])
def test_start_says_why_it_did_not_open(kind: type[DeviceError]) -> None:
    def refuse(*asked: Any) -> Any:
        raise kind("camera")

    with pytest.raises(kind):
        DeviceCamera(open_capture=refuse).start(lambda frame: None)


def test_a_camera_that_gives_no_picture_is_busy() -> None:
    capture = FakeCapture(0)
    with pytest.raises(DeviceBusy):
        DeviceCamera(open_capture=lambda *asked: capture).start(lambda frame: None)
    assert capture.is_released


@pytest.mark.logs_warnings
def test_a_camera_that_fails_at_reading_is_lost_as_one_that_gives_nothing() -> None:
    capture = FakeCapture(1)
    lost: list[DeviceError] = []
    told = threading.Event()
    read = capture.read

    def fails() -> tuple[bool, np.ndarray | None]:
        if capture.left < 1:
            raise ValueError("no picture of that shape")
        return read()

    capture.read = fails  # type: ignore[method-assign]
    device = DeviceCamera(open_capture=lambda *asked: capture, on_lost=lambda error: (lost.append(error), told.set()))
    device.start(lambda frame: None)
    assert told.wait(LIMIT_S)
    assert [type(one) for one in lost] == [DeviceMissing]
    device.stop()
    assert capture.is_released


def test_a_camera_that_takes_its_time_to_the_first_picture_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(camera, "FIRST_WITHIN_S", LIMIT_S)
    begun_s = time.monotonic()

    class SlowCapture(FakeCapture):
        def read(self) -> tuple[bool, np.ndarray | None]:
            is_awake = time.monotonic() - begun_s > 3 * camera.LOST_AFTER_S
            return super().read() if is_awake else (False, None)

    device = DeviceCamera(open_capture=lambda *asked: SlowCapture(10**9))
    device.start(lambda frame: None)
    device.stop()


def test_a_driver_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(camera, "OPEN_LIMIT_S", 0.05)
    released = threading.Event()

    def hang(*asked: Any) -> Any:
        released.wait(LIMIT_S)
        raise DeviceBusy("camera")

    with pytest.raises(DeviceBusy):
        DeviceCamera(open_capture=hang).start(lambda frame: None)
    released.set()


@pytest.mark.logs_warnings
def test_pulling_the_plug_is_told_once() -> None:
    told: list[DeviceError] = []
    lost = threading.Event()

    def note(error: DeviceError) -> None:
        told.append(error)
        lost.set()

    device = DeviceCamera(open_capture=lambda *asked: FakeCapture(5), on_lost=note)
    device.start(lambda frame: None)
    assert lost.wait(LIMIT_S)
    device.stop()
    assert [type(error) for error in told] == [DeviceMissing]


def test_no_more_than_720p_is_asked_for() -> None:
    asked: list[tuple[int, int]] = []

    def open_it(device_id: str, size_px: tuple[int, int]) -> FakeCapture:
        asked.append(size_px)
        return FakeCapture(1)

    device = DeviceCamera(size_px=(4000, 3000), open_capture=open_it)
    device.start(lambda frame: None)
    device.stop()
    assert asked == [(1280, 720)]


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.EACCES, DeviceDenied),
        (errno.EPERM, DeviceDenied),
        (errno.EBUSY, DeviceBusy),
        (errno.ENODEV, DeviceMissing),
    ],
)
def test_what_linux_says(tmp_path: Path, number: int, kind: type[DeviceError]) -> None:
    node = tmp_path / "video0"
    node.touch()

    def refuse(path: str, flags: int) -> int:
        raise OSError(number, "told by the test")

    with pytest.raises(kind):
        probe_node(str(node), open_node=refuse)
    probe_node(str(node))


def test_the_default_is_the_first_camera_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(camera, "list_cameras", lambda: (Device("/dev/video4", "Webcam", "camera"),))
    assert camera.first_node() == "/dev/video4"
    monkeypatch.setattr(camera, "list_cameras", lambda: ())
    assert camera.first_node() == "/dev/video0"


def test_no_node_is_no_camera(tmp_path: Path) -> None:
    with pytest.raises(DeviceMissing):
        probe_node(str(tmp_path / "video7"))


@pytest.mark.skipif(sys.platform != "linux", reason="device files are Linux's")
def test_the_real_library_refuses_what_is_no_camera(tmp_path: Path) -> None:
    node = tmp_path / "video0"
    node.touch()
    with pytest.raises(DeviceBusy):
        DeviceCamera(str(node)).start(lambda frame: None)


@pytest.mark.parametrize(("platform", "kind"), [("darwin", DeviceDenied), ("win32", DeviceBusy), ("linux", DeviceBusy)])
def test_where_the_system_does_not_say(platform: str, kind: type[DeviceError]) -> None:
    assert type(why_closed(platform)) is kind
