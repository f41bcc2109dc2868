"""The camera: frames from the system's video device, in a thread of its own."""

from __future__ import annotations

import errno
import logging
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from app.media import camera_format
from app.media.device_thread import DeviceThread
from app.media.devices import list_cameras
from app.media.types import DeviceBusy, DeviceDenied, DeviceError, DeviceMissing, Frame

log = logging.getLogger(__name__)

OnFrame: TypeAlias = Callable[[Frame], None]
DEFAULT_SIZE_PX = (640, 360)
LARGEST_SIZE_PX = (1280, 720)
# Slow USB cameras take 2-3 s to their first picture.
OPEN_LIMIT_S = 8.0
FIRST_WITHIN_S = 7.0
LOST_AFTER_S = 3.0
EMPTY_READ_PAUSE_S = 0.05


class Camera(Protocol):
    """Anything that gives frames: a device, a file, a fake."""

    def start(self, on_frame: OnFrame) -> None:
        """Begins; returns when the first frame has come. Call it from a worker: it may take seconds.

        Args:
            on_frame: Called from the camera's own thread with each frame.

        Raises:
            DeviceMissing: There is no such camera.
            DeviceDenied: The system does not allow it.
            DeviceBusy: Another program holds it, or no picture came in time.
            FileUnreadable: A file that should play cannot be read.
        """
        ...

    def stop(self) -> None:
        """Ends; no frame comes after it returns. Harmless when not started."""
        ...


class DeviceCamera:
    """A camera of this computer through OpenCV: V4L2, AVFoundation or Media Foundation."""

    def __init__(
        self,
        device_id: str = "default",
        *,
        size_px: tuple[int, int] = DEFAULT_SIZE_PX,
        on_lost: Callable[[DeviceError], None] | None = None,
        open_capture: Callable[[str, tuple[int, int]], Any] | None = None,
    ) -> None:
        """Remembers what to open; touches nothing.

        Args:
            device_id: As `devices.list_cameras` names it, or "default".
            size_px: Width and height to ask for, LARGEST_SIZE_PX at most; the camera may give another.
            on_lost: Told from the camera's thread when frames stop coming, once.
            open_capture: Opens a device, for tests: returns an object with `read` and `release` as
                `cv2.VideoCapture` has, or raises DeviceError.
        """
        self._device_id = device_id
        self._size_px = (min(size_px[0], LARGEST_SIZE_PX[0]), min(size_px[1], LARGEST_SIZE_PX[1]))
        self._on_lost = on_lost
        self._open_capture = open_capture or open_device
        self._failure: DeviceError | None = None
        self._thread = DeviceThread("camera")

    def start(self, on_frame: OnFrame) -> None:
        """Begins; see `Camera.start`."""
        self.stop()
        self._failure = None
        settled = threading.Event()
        self._thread.begin(lambda stopped: self._run(on_frame, stopped, settled))
        if not settled.wait(OPEN_LIMIT_S):
            # A driver may hang in its open call for ever: the thread is left to end by itself.
            self._thread.end(limit_s=0)
            raise DeviceBusy("camera")
        # Set by the thread meanwhile.
        failure: DeviceError | None = getattr(self, "_failure", None)
        if failure:
            self.stop()
            raise failure

    def stop(self) -> None:
        """Ends; see `Camera.stop`."""
        self._thread.end(limit_s=OPEN_LIMIT_S)

    def _run(self, on_frame: OnFrame, stopped: threading.Event, settled: threading.Event) -> None:
        try:
            capture = self._open_capture(self._device_id, self._size_px)
        except DeviceError as error:
            self._fail(error, settled)
            return
        try:
            self._read(capture, on_frame, stopped=stopped, settled=settled)
        finally:
            capture.release()

    def _read(self, capture: Any, on_frame: OnFrame, *, stopped: threading.Event, settled: threading.Event) -> None:
        last_s = time.monotonic()
        while not stopped.is_set():
            got, pixels = _next_of(capture)
            if stopped.is_set():
                return
            if got and pixels is not None:
                last_s = time.monotonic()
                settled.set()
                on_frame(Frame(pixels, getattr(capture, "form", "bgr24"), last_s))
            elif time.monotonic() - last_s > (LOST_AFTER_S if settled.is_set() else FIRST_WITHIN_S):
                was_running = settled.is_set()
                self._fail(DeviceMissing("camera") if was_running else DeviceBusy("camera"), settled)
                if was_running and self._on_lost:
                    log.warning("the camera stopped giving pictures")
                    self._on_lost(DeviceMissing("camera"))
                return
            else:
                stopped.wait(EMPTY_READ_PAUSE_S)

    def _fail(self, error: DeviceError, settled: threading.Event) -> None:
        self._failure = error
        settled.set()


def _next_of(capture: Any) -> tuple[bool, Any]:
    """Its next picture; none where reading fails, as it may when a camera is pulled out."""
    try:
        got, pixels = capture.read()
    except Exception as error:  # OpenCV's own, and whatever a strange picture leads to
        log.info("a picture of the camera could not be read: %s", type(error).__name__)
        return False, None
    return got, pixels


def open_device(device_id: str, size_px: tuple[int, int]) -> Any:
    """Opens a camera and asks for a size; see `camera_format.prepare`.

    Args:
        device_id: As for DeviceCamera.
        size_px: Width and height to ask for.

    Returns:
        An open camera with `read`, `release` and the `form` of its frames.

    Raises:
        DeviceMissing: There is no such camera.
        DeviceDenied: The system does not allow it.
        DeviceBusy: Another program holds it.
    """
    if sys.platform == "linux":
        node = first_node() if device_id == "default" else device_id
        probe_node(node)
        source: int | str = os.path.realpath(node)
    else:
        source = int(device_id) if device_id.isdecimal() else 0
    import cv2

    # OpenCV writes its own warnings to the terminal; ours say the same in words.
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    backend = {"linux": cv2.CAP_V4L2, "darwin": cv2.CAP_AVFOUNDATION, "win32": cv2.CAP_MSMF}.get(
        sys.platform, cv2.CAP_ANY
    )
    capture = cv2.VideoCapture(source, backend)
    if not capture.isOpened():
        capture.release()
        raise why_closed(sys.platform)
    return camera_format.prepare(capture, size_px)


def first_node() -> str:
    """Returns the device file of Linux's first camera; /dev/video0, which may not exist, where there is none."""
    cameras = list_cameras()
    return cameras[0].id if cameras else "/dev/video0"


def probe_node(node: str, *, open_node: Callable[[str, int], int] = os.open) -> None:
    """Asks Linux why a camera would not open, which OpenCV does not tell.

    Args:
        node: Device file, for example /dev/video0.
        open_node: `os.open`, or a test's.

    Raises:
        DeviceMissing: No such node, or no camera behind it.
        DeviceDenied: Not in the group that may use cameras.
        DeviceBusy: Somebody else has it.
    """
    if not Path(node).exists():
        raise DeviceMissing("camera")
    try:
        os.close(open_node(node, os.O_RDWR | os.O_NONBLOCK))
    except OSError as error:
        kinds = {errno.EACCES: DeviceDenied, errno.EPERM: DeviceDenied, errno.EBUSY: DeviceBusy}
        raise kinds.get(error.errno or 0, DeviceMissing)("camera") from error


def why_closed(platform: str) -> DeviceError:
    """Guesses why a camera did not open where the system does not say.

    Args:
        platform: `sys.platform`.

    Returns:
        On macOS "denied" (cameras are shared there, so only the permission is left); elsewhere "busy".
    """
    return DeviceDenied("camera") if platform == "darwin" else DeviceBusy("camera")
