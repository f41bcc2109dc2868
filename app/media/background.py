"""What is behind the person: as it is, blurred, or a picture."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Protocol

import numpy as np

from app.media.image_size import read_size
from app.media.pictures import crop_and_scale, resize
from app.media.types import Background, FileUnreadable, Frame, Pixels, Samples

log = logging.getLogger(__name__)

# Blurring a quarter-size picture and enlarging it costs 1/30 of a wide Gaussian at full size and looks the same.
BLUR_SHRINK = 4
# Share of the width: wide enough that nothing can be read or recognised, by eye.
BLUR_SHARE = 0.16
# A pixel with less background than this around it would be divided by almost nothing.
LEAST_WEIGHT = 0.02
# The largest picture that is decoded: 8192 x 6144, more than cameras of telephones give, needs 150 MB for a moment.
MOST_PIXELS = 50_331_648
MOST_BYTES = 64_000_000
UNREADABLE = "The background picture cannot be read. Choose another one."


class MaskFinder(Protocol):
    """What finds the person; PersonMask, or a test's stand-in."""

    def find(self, bgr: Pixels) -> Samples:
        """Returns float32 [any h, any w], 0.0 background to 1.0 person."""
        ...


class BackgroundPainter:
    """Paints the chosen background behind the person; always from the same thread.

    Without a mask (model not loaded yet, or broken) nothing of the picture counts as person: the room behind somebody
    who asked to hide it is never shown, not even for one frame.
    """

    def __init__(self) -> None:
        self._choice = Background()
        self._image: Pixels | None = None
        self._scaled: Pixels | None = None

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
        self._scaled = None
        self._choice = choice

    def paint(self, bgr: Pixels, mask: Samples | None) -> Pixels:
        """Paints one picture.

        Args:
            bgr: uint8 [h, w, 3]; not changed.
            mask: float32 [any h, any w], 1.0 where the person is; None where it is not known.

        Returns:
            uint8 [h, w, 3]; `bgr` itself for "none".
        """
        if self._choice.kind == "none":
            return bgr
        behind = blur(bgr, mask) if self._image is None else self._scale_image(bgr)
        return behind if mask is None else blend(bgr, behind, mask)

    def _scale_image(self, bgr: Pixels) -> Pixels:
        height, width = bgr.shape[:2]
        if self._scaled is None or self._scaled.shape[:2] != (height, width):
            assert self._image is not None
            self._scaled = crop_and_scale(Frame(self._image, "bgr24", 0.0), size_px=(width, height))
        return self._scaled


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


def blur(bgr: Pixels, mask: Samples | None) -> Pixels:
    """Blurs a picture widely and cheaply, leaving the person's colours out so that no halo surrounds them.

    Args:
        bgr: uint8 [h, w, 3].
        mask: float32 [any h, any w], 1.0 where the person is; None to blur everything.

    Returns:
        uint8 [h, w, 3].

    Source: normalised convolution (Knutsson and Westin, 1993) with the background's share as certainty.
    """
    import cv2

    height, width = bgr.shape[:2]
    size = (max(1, width // BLUR_SHRINK), max(1, height // BLUR_SHRINK))
    small = resize(bgr, size)
    kernel = (max(3, round(size[0] * BLUR_SHARE) | 1),) * 2
    if mask is None:
        spread = np.asarray(cv2.stackBlur(small, kernel), np.uint8)
    else:
        share = np.maximum(1.0 - cv2.resize(mask, size, interpolation=cv2.INTER_AREA), LEAST_WEIGHT)
        summed = cv2.stackBlur(np.dstack([small * share[..., None], share]), kernel)
        spread = np.clip(summed[..., :3] / summed[..., 3:], 0, 255).astype(np.uint8)
    return np.asarray(cv2.resize(spread, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


def blend(front: Pixels, behind: Pixels, mask: Samples) -> Pixels:
    """Lays one picture over another.

    Args:
        front: uint8 [h, w, 3].
        behind: uint8 [h, w, 3].
        mask: float32 [any h, any w]; 1.0 shows `front`.

    Returns:
        uint8 [h, w, 3].
    """
    import cv2

    height, width = front.shape[:2]
    full = cv2.resize(mask, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.blendLinear(front, behind, full, 1.0 - full), np.uint8)
