"""What is behind the person: as it is, blurred, or a picture."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np

from app.media.image_size import read_size
from app.media.outline import Cut
from app.media.pictures import crop_and_scale, to_i420
from app.media.planes import Merger, Planes, Shrunk, empty, enlarge
from app.media.types import Background, BlurStrength, FileUnreadable, Frame, Pixels, Samples

log = logging.getLogger(__name__)

#: Share of the width over which a blur reaches, by eye: behind "light" a room is still a room, behind "strong" nothing
#: can be read or recognised.
BLUR_SHARES: dict[BlurStrength, float] = {"light": 0.05, "strong": 0.16}
# A pixel with less background than this around it would be divided by almost nothing.
LEAST_WEIGHT = 0.02
# The rim of the person is left out of the blur as well, or their colours would shine out behind them.
_RIM = np.ones((5, 5), np.uint8)
# The largest picture that is decoded: 8192 x 6144, more than cameras of telephones give, needs 150 MB for a moment.
MOST_PIXELS = 50_331_648
MOST_BYTES = 64_000_000
UNREADABLE = "The background picture cannot be read. Choose another one."


class BackgroundPainter:
    """Paints the chosen background behind the person; always from the same thread.

    Without an outline (model not loaded yet, or broken) nothing of the picture counts as person: the room behind
    somebody who asked to hide it is never shown, not even for one frame.
    """

    def __init__(self) -> None:
        self._choice = Background()
        self._image: Pixels | None = None
        self._size_px = (0, 0)
        self._cut: Cut | None = None
        self._merger: Merger | None = None
        self._behind = self._mask = np.empty((0, 0), np.uint8)

    @property
    def choice(self) -> Background:
        """What is painted now."""
        return self._choice

    def choose(self, choice: Background) -> None:
        """Changes what is painted from the next picture on.

        Args:
            choice: The new background.

        Raises:
            FileUnreadable: The picture file cannot be read; the choice before stays.
        """
        self._image = read_image(choice.image_path) if choice.kind == "image" else None
        self._size_px = (0, 0)
        self._choice = choice

    def paint(self, frame: Frame, shrunk: Shrunk, cut: Cut | None) -> Frame:
        """Paints one picture.

        Args:
            frame: "yuv420p"; not changed.
            shrunk: the same picture.
            cut: where the person is; None where it is not known.

        Returns:
            "yuv420p", of the same size and instant; `frame` itself for "none".
        """
        if self._choice.kind == "none":
            return frame
        self._fit((frame.width_px, frame.height_px))
        before, self._cut = self._cut, cut
        # What lies behind somebody is blurred, so nobody sees whether that is from this moment or from the last look.
        if self._choice.kind == "blur" and (cut is None or before is None or before.coarse is not cut.coarse):
            enlarge(blur(shrunk.tiny, cut.coarse if cut else None, self._choice.strength), self._behind)
        if cut is None or self._merger is None:
            return Frame(self._behind.copy(), "yuv420p", frame.captured_at_s)
        if before is not cut:
            enlarge((cut.fine, cut.fine, cut.fine), self._mask)
        return Frame(self._merger.merge(self._behind, frame.pixels, self._mask), "yuv420p", frame.captured_at_s)

    def _fit(self, size_px: tuple[int, int]) -> None:
        if size_px == self._size_px:
            return
        self._size_px, self._merger, self._cut = size_px, Merger(size_px), None
        self._behind, self._mask = empty(size_px), empty(size_px)
        if self._image is not None:
            self._behind = to_i420(
                Frame(crop_and_scale(Frame(self._image, "bgr24", 0.0), size_px=size_px), "bgr24", 0.0)
            ).pixels


def read_image(path: Path | None) -> Pixels:
    """Reads a background picture, upright as its camera noted it.

    Args:
        path: JPEG, PNG, WebP, BMP, GIF or TIFF; of several pictures the first.

    Returns:
        uint8 [h, w, 3] BGR.

    Raises:
        FileUnreadable: There is no such file, it is no picture, or one too large to be decoded.
    """
    import cv2

    # OpenCV writes its own warnings to the terminal; ours say the same in words.
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    try:
        # imread fails on paths with letters beyond ASCII on Windows; reading the bytes first does not.
        data = _read_bytes(path) if path else b""
        _check_size(data)
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)  # None where it is no picture
    except (OSError, MemoryError, cv2.error):
        pixels = None
    if pixels is None:
        raise FileUnreadable(UNREADABLE)
    return np.asarray(pixels, np.uint8)


def _read_bytes(path: Path) -> bytes:
    # A pipe or a device would never end.
    if not path.is_file():
        raise FileUnreadable(UNREADABLE)
    if path.stat().st_size > MOST_BYTES:
        raise FileUnreadable(f"The background picture is too large: at most {MOST_BYTES // 1_000_000} MB are read.")
    return path.read_bytes()


def _check_size(data: bytes) -> None:
    """Refuses by what the head says, before anything is decoded: 100 kB can claim to be 30,000 x 30,000 pixels."""
    size = read_size(data)
    if size is None:
        raise FileUnreadable(UNREADABLE)
    width, height = size
    if width * height > MOST_PIXELS:
        raise FileUnreadable(
            f"The background picture is too large: {width} x {height} pixels. Choose one of at most 8192 x 6144."
        )


def blur(planes: Planes, mask: Samples | None, strength: BlurStrength) -> Planes:
    """Blurs a small picture widely, leaving the person's colours out so that no halo surrounds them.

    Args:
        planes: luma and both colours, each uint8 [h, w].
        mask: float32 [any h, any w], 1.0 where the person is; None to blur everything.
        strength: how widely.

    Returns:
        three planes, each uint8 [h, w].

    Source: normalised convolution (Knutsson and Westin, 1993) with the room's share as certainty.
    """
    import cv2

    height, width = planes[0].shape
    kernel = (max(3, round(width * BLUR_SHARES[strength]) | 1),) * 2
    if mask is None:
        spread = [cv2.stackBlur(plane, kernel) for plane in planes]
    else:
        share = np.maximum(
            np.float32(1) - cv2.resize(cv2.dilate(mask, _RIM), (width, height)), np.float32(LEAST_WEIGHT)
        )
        weighted = cv2.merge([*(cv2.multiply(plane, share, dtype=cv2.CV_32F) for plane in planes), share])
        *summed, whole = cv2.split(cv2.stackBlur(weighted, kernel))
        spread = [cv2.divide(one, whole, dtype=cv2.CV_8U) for one in summed]
    luma, blue, red = (np.asarray(one, np.uint8) for one in spread)
    return luma, blue, red
