"""Camera frames into pictures of a tile's size: pure functions for worker threads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from app.media.types import Frame, Picture, Pixels, View, Views


class Box(NamedTuple):
    """A rectangle in pixels."""

    left_px: int
    top_px: int
    width_px: int
    height_px: int


def cover_box(width_px: int, height_px: int, *, tile_px: tuple[int, int]) -> Box:
    """Finds the largest middle part of a picture that has a tile's shape.

    Args:
        width_px: Width of the picture.
        height_px: Height of the picture.
        tile_px: Width and height of the tile.

    Returns:
        The part to keep; all four numbers are even, as halved colour planes need, where the picture has two pixels.
    """
    tile_width, tile_height = tile_px
    width = min(width_px, round(height_px * tile_width / tile_height))
    height = min(height_px, round(width_px * tile_height / tile_width))
    width, height = min(width_px, max(2, width // 2 * 2)), min(height_px, max(2, height // 2 * 2))
    return Box((width_px - width) // 4 * 2, (height_px - height) // 4 * 2, width, height)


def fit_size(width_px: int, height_px: int, *, tile_px: tuple[int, int]) -> tuple[int, int]:
    """Finds the size at which a whole picture fits into a tile.

    Args:
        width_px: Width of the picture.
        height_px: Height of the picture.
        tile_px: Width and height of the tile.

    Returns:
        Width and height, even, at least 2; one of them is the tile's.
    """
    scale = min(tile_px[0] / width_px, tile_px[1] / height_px)
    return max(2, round(width_px * scale) // 2 * 2), max(2, round(height_px * scale) // 2 * 2)


def to_bgr(frame: Frame) -> Pixels:
    """Returns a frame's pixels as [h, w, 3] BGR; the frame's own array where it is that already."""
    import cv2

    if frame.form == "bgr24":
        return frame.pixels
    return np.asarray(cv2.cvtColor(frame.pixels, cv2.COLOR_YUV2BGR_I420), np.uint8)


def to_i420(frame: Frame) -> Frame:
    """Turns a frame into the layout that video encoders take.

    Args:
        frame: Either form. An odd last row or column is left out.

    Returns:
        The same picture as "yuv420p".
    """
    import cv2

    if frame.form == "yuv420p":
        return frame
    even = frame.pixels[: frame.height_px // 2 * 2, : frame.width_px // 2 * 2]
    planar = np.asarray(cv2.cvtColor(even, cv2.COLOR_BGR2YUV_I420), np.uint8)
    return Frame(planar, "yuv420p", frame.captured_at_s)


def crop_and_scale(frame: Frame, *, size_px: tuple[int, int]) -> Pixels:
    """Fills a size with a frame: the middle part, nothing stretched.

    Args:
        frame: Either form.
        size_px: Width and height wanted.

    Returns:
        uint8 [height, width, 3] BGR, C-contiguous.
    """
    pixels = to_bgr(frame)
    box = cover_box(frame.width_px, frame.height_px, tile_px=size_px)
    part = pixels[box.top_px : box.top_px + box.height_px, box.left_px : box.left_px + box.width_px]
    return np.ascontiguousarray(resize(part, size_px))


def resize(pixels: Pixels, size_px: tuple[int, int]) -> Pixels:
    """Scales pixels, averaging where they get fewer.

    Args:
        pixels: uint8 [h, w] or [h, w, channels].
        size_px: Width and height wanted.

    Returns:
        uint8 of the wanted size; the given array where nothing changes.
    """
    import cv2

    height, width = pixels.shape[:2]
    if (width, height) == size_px:
        return pixels
    # Area averaging is only worth its price when shrinking a good deal.
    way = cv2.INTER_AREA if size_px[0] * 2 <= width else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(pixels, size_px, interpolation=way), np.uint8)


def make_picture(frame: Frame, view: View, *, mirror: bool = False) -> Picture:
    """Makes what a view paints, scaled once so that painting is a copy.

    Args:
        frame: Either form.
        view: How large, and how the picture goes into it.
        mirror: Swap left and right, as people expect of their own picture.

    Returns:
        BGRA pixels: of exactly the view's size to cover it, otherwise of the size that fits into it.
    """
    import cv2

    size_px = (view.width_px, view.height_px)
    if view.crop == "cover":
        small = crop_and_scale(frame, size_px=size_px)
    else:
        small = resize(to_bgr(frame), fit_size(frame.width_px, frame.height_px, tile_px=size_px))
    if mirror:
        small = np.asarray(cv2.flip(small, 1), np.uint8)
    pixels = np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2BGRA), np.uint8)
    return Picture(pixels, pixels.shape[1], pixels.shape[0], frame.captured_at_s)


def make_pictures(frame: Frame, views: Views, *, mirror: bool = False) -> Iterator[tuple[int, Picture]]:
    """Makes a picture for each view; views that want the same share one.

    Args:
        frame: Either form; its colours are converted once.
        views: By their numbers.
        mirror: See `make_picture`.
    """
    if len(views) > 1:
        frame = Frame(to_bgr(frame), "bgr24", frame.captured_at_s)
    made: dict[View, Picture] = {}
    for number, view in views.items():
        if view not in made:
            made[view] = make_picture(frame, view, mirror=mirror)
        yield number, made[view]
