"""Camera frames into pictures of a tile's size: pure functions for worker threads."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from app.media.planes import empty, halve, split
from app.media.types import Frame, Part, Picture, Pixels, View, Views

#: Each thread that makes pictures keeps its own `_Canvas` for each of the sizes that it made last.
_threads = threading.local()
_MOST_CANVASES = 6


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


def to_size(frame: Frame, size_px: tuple[int, int]) -> Frame:
    """Fills a size with a frame, as video encoders take it: the middle part, nothing stretched.

    Args:
        frame: Either form.
        size_px: Width and height wanted, even.

    Returns:
        "yuv420p"; the frame itself where it is that already.
    """
    if frame.form == "bgr24":
        fitted = frame.pixels
        if (frame.width_px, frame.height_px) != size_px:
            fitted = crop_and_scale(frame, size_px=size_px)
        return to_i420(Frame(fitted, "bgr24", frame.captured_at_s))
    if (frame.width_px, frame.height_px) == size_px:
        return frame
    made = empty(size_px)
    box = cover_box(frame.width_px, frame.height_px, tile_px=size_px)
    for part, place in zip(_planes(frame, box), split(made), strict=True):
        place[:] = resize(np.asarray(part, np.uint8), (place.shape[1], place.shape[0]))
    return Frame(made, "yuv420p", frame.captured_at_s)


def resize(pixels: Pixels, size_px: tuple[int, int]) -> Pixels:
    """Scales pixels, averaging where they get fewer.

    Args:
        pixels: uint8 [h, w] or [h, w, channels].
        size_px: Width and height wanted.

    Returns:
        uint8 of the wanted size; the given array where nothing changes.
    """
    import cv2

    pixels = halve(pixels, size_px)
    height, width = pixels.shape[:2]
    if (width, height) == size_px:
        return pixels
    return np.asarray(cv2.resize(pixels, size_px, interpolation=_way(width, size_px)), np.uint8)


def part_box(width_px: int, height_px: int, part: Part) -> Box:
    """The pixels of a part of a picture, and no more than two rows or columns beyond it.

    Args:
        width_px: Width of the picture.
        height_px: Height of the picture.
        part: Which part.

    Returns:
        All four numbers are even, as halved colour planes need, but for the end of a picture of an odd size.
    """
    left, right = _even_span(part.x, part.width, width_px)
    top, bottom = _even_span(part.y, part.height, height_px)
    return Box(left, top, right - left, bottom - top)


def _even_span(start: float, share: float, whole_px: int) -> tuple[int, int]:
    first = min(max(0, int(start * whole_px)), max(0, whole_px - 2)) // 2 * 2
    # A thousandth of a pixel over is no pixel: shares are rounded.
    last = min(whole_px, max(first + 2, -(-int((start + share) * whole_px * 1000 - 1) // 1000)))
    return first, min(whole_px, last + last % 2)


def make_picture(frame: Frame, view: View, *, mirror: bool = False) -> Picture:
    """Makes what a view paints, scaled once so that painting is a copy.

    Planes are scaled before their colours are converted: half the work, and a part of a frame costs only itself.

    Args:
        frame: Either form.
        view: How large, which part, and how the picture goes into it.
        mirror: Swap left and right, as people expect of their own picture.

    Returns:
        BGRA pixels: of exactly the view's size to cover it, otherwise of the size at which the part fits into it.
    """
    import cv2

    _work_alone()
    whole = (frame.width_px, frame.height_px)
    box, size_px, part = _plan(whole, view)
    if frame.form != "yuv420p":
        pixels = _to_bgra(frame, box, size_px)
    elif view.crop == "fit" and size_px[0] < box.width_px:
        pixels = _averaged(frame, box, size_px)
    else:
        pixels = _planes_to_bgra(frame, box, size_px)
    if mirror:
        pixels = np.asarray(cv2.flip(pixels[:, : size_px[0]], 1), np.uint8)
    return Picture(pixels, size_px[0], size_px[1], frame.captured_at_s, part, whole)


@lru_cache(maxsize=64)
def _plan(whole: tuple[int, int], view: View) -> tuple[Box, tuple[int, int], Part]:
    """What of a frame of a size is made into how many pixels, and the share of the frame that this is."""
    if view.crop == "cover":
        size_px = (view.width_px, view.height_px)
        box = cover_box(*whole, tile_px=size_px)
    else:
        box = part_box(*whole, view.part)
        scale = min(view.width_px / (view.part.width * whole[0]), view.height_px / (view.part.height * whole[1]))
        size_px = max(2, round(box.width_px * scale)), max(2, round(box.height_px * scale))
    part = Part(box.left_px / whole[0], box.top_px / whole[1], box.width_px / whole[0], box.height_px / whole[1])
    return box, size_px, part


@lru_cache(maxsize=1)
def _work_alone() -> None:
    """Several threads make pictures already: those of OpenCV itself would only wait for each other."""
    import cv2

    cv2.setNumThreads(1)


def _way(width_px: int, size_px: tuple[int, int]) -> int:
    """Area averaging is only worth its price when shrinking a good deal."""
    import cv2

    return cv2.INTER_AREA if size_px[0] * 2 <= width_px else cv2.INTER_LINEAR


def _to_bgra(frame: Frame, box: Box, size_px: tuple[int, int]) -> Pixels:
    import cv2

    part = frame.pixels[box.top_px : box.top_px + box.height_px, box.left_px : box.left_px + box.width_px]
    part = resize(part, size_px)
    return np.asarray(cv2.cvtColor(part, cv2.COLOR_BGR2BGRA), np.uint8)


def _planes(frame: Frame, box: Box) -> list[Pixels]:
    """The three planes of a box of a "yuv420p" frame, not copied."""
    luma, blue, red = split(frame.pixels)
    left, top, across, down = box
    half = slice(top // 2, (top + down) // 2), slice(left // 2, (left + across) // 2)
    return [luma[top : top + down, left : left + across], blue[half], red[half]]


class _Canvas:
    """Three planes that are written again for each picture, and what makes BGRA of them, for one thread.

    swscale does that in less than half of OpenCV's time, to within three of 255 steps.

    Args:
        planes_px: Width and height of what is written into it, even.
        made_px: Width and height of what is made of it.
    """

    def __init__(self, planes_px: tuple[int, int], made_px: tuple[int, int]) -> None:
        import av

        width, height = planes_px
        # It converts eight columns at a time, and leaves out the rest of a row that has no room for eight.
        room = -(-width // 8) * 8 if planes_px == made_px else width
        self._frame = av.VideoFrame(room, height, "yuv420p")
        self._scaler = av.video.reformatter.VideoReformatter()
        # Looked up once: each costs as much by its name as a row of pixels.
        self._form, self._way = av.VideoFormat("bgra"), av.video.reformatter.Interpolation.BILINEAR.value
        self._made_px = (room, height) if planes_px == made_px else made_px
        self.planes: list[Pixels] = []
        for plane, across in zip(self._frame.planes, (width, width // 2, width // 2), strict=True):
            rows = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
            # Beyond the picture it is converted as well, and must not say what was in this memory before.
            rows[:] = 128
            self.planes.append(rows[: plane.height, :across])

    def to_bgra(self) -> Pixels:
        """What is on it now; see `Picture.pixels`."""
        made = self._scaler.reformat(
            self._frame, width=self._made_px[0], height=self._made_px[1],
            format=self._form, interpolation=self._way, threads=1,
        ).planes[0]  # fmt: skip
        return np.frombuffer(made, np.uint8).reshape(-1, made.line_size // 4, 4)


def _canvas(planes_px: tuple[int, int], made_px: tuple[int, int]) -> _Canvas:
    kept: dict[tuple[tuple[int, int], tuple[int, int]], _Canvas] = _threads.__dict__.setdefault("canvases", {})
    found = kept.pop((planes_px, made_px), None) or _Canvas(planes_px, made_px)
    kept[planes_px, made_px] = found  # the one that was used last stands last
    if len(kept) > _MOST_CANVASES:
        del kept[next(iter(kept))]
    return found


def _averaged(frame: Frame, box: Box, size_px: tuple[int, int]) -> Pixels:
    """Text that gets smaller can be read only if it is averaged; swscale does that at a fifth of INTER_AREA's price."""
    canvas = _canvas((box.width_px, box.height_px), size_px)
    for part, place in zip(_planes(frame, box), canvas.planes, strict=True):
        place[:] = part
    return canvas.to_bgra()


def _planes_to_bgra(frame: Frame, box: Box, size_px: tuple[int, int]) -> Pixels:
    import cv2

    # Halved colour planes want even sizes: one column and row more, which are cut off again.
    even_px = size_px[0] + size_px[0] % 2, size_px[1] + size_px[1] % 2
    canvas = _canvas(even_px, even_px)
    # For single planes Intel's own code takes two thirds of the time, to within one of 255 steps; it counts by thread.
    cv2.ipp.setUseIPP_NotExact(True)
    for whole, place in zip(_planes(frame, box), canvas.planes, strict=True):
        place_px = (place.shape[1], place.shape[0])
        part = halve(whole, place_px)
        if part.shape == place.shape:
            place[:] = part
        else:
            cv2.resize(part, place_px, dst=place, interpolation=_way(part.shape[1], place_px))
    cv2.ipp.setUseIPP_NotExact(False)
    return canvas.to_bgra()[: size_px[1]]


def make_pictures(frame: Frame, views: Views, *, mirror: bool = False) -> Iterator[tuple[int, Picture]]:
    """Makes a picture for each view; views that want the same share one.

    Args:
        frame: Either form.
        views: By their numbers.
        mirror: See `make_picture`.
    """
    made: dict[View, Picture] = {}
    for number, view in views.items():
        picture = made.get(view)
        if picture is None:
            picture = made[view] = make_picture(frame, view, mirror=mirror)
        yield number, picture
