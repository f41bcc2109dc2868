"""In which format, size and rate a camera gives its pictures, and those formats turned into ours."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from app.media.types import PixelForm, Pixels

FPS = 30
#: What a camera says may be a little under what was asked for (29.97, 25 in Europe).
LEAST_FPS = 24
RAW, PACKED = "YUYV", "MJPG"


class Capture:
    """An open `cv2.VideoCapture` that gives frames in one of our forms.

    Attributes:
        form: Of its frames.
    """

    def __init__(self, device: Any, form: PixelForm) -> None:
        """Takes the device over.

        Args:
            device: The open `cv2.VideoCapture`; with "yuv420p" it gives raw YUYV.
            form: See the class.
        """
        self._device = device
        self.form: PixelForm = form

    def read(self) -> tuple[bool, Pixels | None]:
        """Waits for the next picture: whether there is one, and its pixels."""
        got, pixels = self._take()
        if not got or pixels is None or self.form == "bgr24":
            return got, None if pixels is None else bgr_of(pixels)
        if pixels.ndim != 3 or pixels.shape[2] != 2:
            # A driver that does not give what it promised: OpenCV is to do it from now on.
            self._device.set(_cv2().CAP_PROP_CONVERT_RGB, 1)
            self.form = "bgr24"
            return self.read()
        return got, planes_of_yuyv(pixels)

    def _take(self) -> tuple[bool, Pixels | None]:
        got, pixels = self._device.read()
        is_there = bool(got) and pixels is not None and pixels.size > 0
        return is_there, pixels if is_there else None

    def release(self) -> None:
        """Lets the device go."""
        self._device.release()


def prepare(device: Any, size_px: tuple[int, int], platform: str = sys.platform) -> Capture:
    """Asks an open camera for a size at `FPS`.

    On Linux the format is chosen, too. Raw pictures (YUYV) cost nothing to unpack, but a USB 2 cable carries only so
    many: cameras give 640x360 at 30 a second and 1280x720 at 10. Where the camera says that it would be slower than
    `LEAST_FPS` it is asked for packed ones (MJPEG), which cost 4.7 ms each at 1280x720 on one core. Other systems
    choose well by themselves.

    Args:
        device: An open `cv2.VideoCapture`.
        size_px: Width and height; the camera may give another.
        platform: As `sys.platform`.
    """
    cv2 = _cv2()
    # One frame in the driver: an old picture is worth nothing.
    device.set(cv2.CAP_PROP_BUFFERSIZE, 1)
    if platform != "linux":
        _ask(device, size_px)
        return Capture(device, "bgr24")
    for code in (RAW, PACKED):
        device.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*code))
        _ask(device, size_px)
        if _code(device) == code and _suits(device, size_px):
            break
    # OpenCV would make BGR of raw pictures, and the encoder planes of that: 1.5 ms instead of 0.6 at 1280x720. Of
    # packed ones it makes BGR, and planes after that, faster than FFmpeg makes planes alone: 4.7 ms instead of 6.2.
    is_raw = _code(device) == RAW and bool(device.set(cv2.CAP_PROP_CONVERT_RGB, 0))
    return Capture(device, "yuv420p" if is_raw else "bgr24")


def _ask(device: Any, size_px: tuple[int, int]) -> None:
    cv2 = _cv2()
    device.set(cv2.CAP_PROP_FRAME_WIDTH, size_px[0])
    device.set(cv2.CAP_PROP_FRAME_HEIGHT, size_px[1])
    device.set(cv2.CAP_PROP_FPS, FPS)


def _suits(device: Any, size_px: tuple[int, int]) -> bool:
    """Whether it is as large and as fast as asked for; a driver that does not say how fast is believed to be."""
    cv2 = _cv2()
    fps = device.get(cv2.CAP_PROP_FPS)
    return bool(device.get(cv2.CAP_PROP_FRAME_WIDTH) >= size_px[0] and (fps <= 0 or fps >= LEAST_FPS))


def _code(device: Any) -> str:
    number = int(device.get(_cv2().CAP_PROP_FOURCC))
    return number.to_bytes(4, "little", signed=False).decode("latin-1") if 0 <= number < 2**32 else ""


def planes_of_yuyv(pixels: Pixels) -> Pixels:
    """Planes of a raw picture; of two rows the colour of the upper one stays, as OpenCV has it.

    Args:
        pixels: uint8 [h, w, 2]; an odd last row or column is left out.

    Returns:
        uint8 [h * 3 / 2, w], "yuv420p".
    """
    height, width = pixels.shape[0] // 2 * 2, pixels.shape[1] // 2 * 2
    pixels = pixels[:height, :width]
    out = np.empty((height * 3 // 2, width), np.uint8)
    out[:height] = pixels[:, :, 0]
    colours = out[height:].reshape(2, height // 2, width // 2)
    pairs = np.ascontiguousarray(pixels).reshape(height, width // 2, 4)
    colours[0], colours[1] = pairs[::2, :, 1], pairs[::2, :, 3]
    return out


def bgr_of(pixels: Pixels) -> Pixels:
    """Colours of what OpenCV gives: cameras for faces in the dark have none, others a fourth channel or more bits.

    Args:
        pixels: uint8 or uint16, [h, w] or [h, w, 1 to 4]; two channels are YUYV.

    Returns:
        uint8 [h, w, 3]; the given array where it is that already.
    """
    cv2 = _cv2()
    if pixels.dtype != np.uint8:
        pixels = (pixels >> 8).astype(np.uint8)
    ways = {1: cv2.COLOR_GRAY2BGR, 2: cv2.COLOR_YUV2BGR_YUYV, 4: cv2.COLOR_BGRA2BGR}
    way = ways.get(1 if pixels.ndim == 2 else pixels.shape[2])
    return pixels if way is None else np.asarray(cv2.cvtColor(pixels, way), np.uint8)


def _cv2() -> Any:
    import cv2

    return cv2
