"""Pictures as three planes (I420), the layout that encoders take: taken apart, shrunk, fitted, merged.

Planes have half the samples of BGR, and nothing is converted before the encoder.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from app.media.types import Frame, Pixels

#: What the model that finds the person looks at.
MODEL_SIZE_PX = (256, 144)
#: Edges are found in a picture of at most this width: finer than what an encoder leaves of them.
GUIDE_WIDTH_PX = 640
#: Blurring a small picture and enlarging it costs 1/60 of a wide Gaussian at full size and looks the same.
BLUR_WIDTH_PX = 160
_TIME_BASE = Fraction(1, 90_000)

Planes = tuple[Pixels, Pixels, Pixels]
"""Luma [h, w], then blue and red difference, each [h / 2, w / 2] unless told otherwise."""


def split(pixels: Pixels) -> Planes:
    """The planes of a "yuv420p" frame's pixels, not copied; even width and height."""
    height, width = pixels.shape[0] * 2 // 3, pixels.shape[1]
    colours = pixels[height:].reshape(2, height // 2, width // 2)
    return pixels[:height], colours[0], colours[1]


def empty(size_px: tuple[int, int]) -> Pixels:
    """Room for a "yuv420p" picture of an even width and height."""
    return np.empty((size_px[1] * 3 // 2, size_px[0]), np.uint8)


class Shrunk:
    """A "yuv420p" frame in the sizes in which it is looked at; each is made when it is first asked for.

    By halves, which costs a tenth of one step of another ratio and averages as well. All are uint8.

    Attributes:
        guide: luma, at most GUIDE_WIDTH_PX wide.
        glance: luma, about BLUR_WIDTH_PX wide.
    """

    def __init__(self, frame: Frame) -> None:
        luma, *self._colours = split(frame.pixels)
        self._steps = _halves(luma)
        self.guide = next((one for one in self._steps if one.shape[1] <= GUIDE_WIDTH_PX), self._steps[-1])
        self.glance = self._steps[-1]

    @cached_property
    def _coloured(self) -> list[list[Pixels]]:
        return [_halves(one) for one in self._colours]

    @cached_property
    def model(self) -> Pixels:
        """A "yuv420p" picture of MODEL_SIZE_PX."""
        made = empty(MODEL_SIZE_PX)
        for steps, place in zip((self._steps, *self._coloured), split(made), strict=True):
            place[:] = _resized(_nearest(steps, place.shape[1]), (place.shape[1], place.shape[0]))
        return made

    @cached_property
    def tiny(self) -> Planes:
        """Luma and both colours, all three of the size of `glance`."""
        height, width = self.glance.shape
        blue, red = (_resized(steps[-1], (width, height)) for steps in self._coloured)
        return self.glance, blue, red


def _halves(plane: Pixels) -> list[Pixels]:
    steps = [plane]
    while steps[-1].shape[1] >= 2 * BLUR_WIDTH_PX and steps[-1].shape[0] >= 2:
        steps.append(_half(steps[-1]))
    return steps


def _half(pixels: Pixels) -> Pixels:
    import cv2

    height, width = pixels.shape[:2]
    return np.asarray(cv2.resize(pixels, (width // 2, height // 2), interpolation=cv2.INTER_AREA), np.uint8)


def halve(pixels: Pixels, size_px: tuple[int, int]) -> Pixels:
    """Halves pixels as often as they stay no smaller than a size; see `Shrunk` for why.

    Args:
        pixels: uint8 [h, w] or [h, w, channels].
        size_px: width and height.

    Returns:
        the same array where nothing is halved; sides that are odd are not.
    """
    width_px, height_px = size_px
    while True:
        height, width = pixels.shape[:2]
        if width % 2 or height % 2 or width < 2 * width_px or height < 2 * height_px:
            return pixels
        pixels = _half(pixels)


def _nearest(steps: list[Pixels], width_px: int) -> Pixels:
    """The smallest that is no narrower than what is wanted; the largest where none is."""
    return next((one for one in reversed(steps) if one.shape[1] >= width_px), steps[0])


def _resized(plane: Pixels, size_px: tuple[int, int]) -> Pixels:
    import cv2

    if plane.shape == size_px[::-1]:
        return plane
    return np.asarray(cv2.resize(plane, size_px), np.uint8)


def to_rgb(pixels: Pixels) -> Pixels:
    """Colours of a "yuv420p" picture: uint8 [h, w, 3] RGB."""
    import cv2

    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_YUV2RGB_I420), np.uint8)


def enlarge(planes: Planes, into: Pixels) -> None:
    """Fills a "yuv420p" picture with three planes of any size.

    Args:
        planes: luma and both colours.
        into: written.
    """
    import cv2

    # For single planes Intel's own code takes two thirds of the time, to within one of 255 steps; it counts by thread.
    cv2.ipp.setUseIPP_NotExact(True)
    for plane, place in zip(planes, split(into), strict=True):
        if plane.shape == place.shape:
            place[:] = plane
        else:
            cv2.resize(plane, (place.shape[1], place.shape[0]), dst=place)
    cv2.ipp.setUseIPP_NotExact(False)


class Merger:
    """Lays one picture over another as a mask says: FFmpeg's `maskedmerge`, a tenth of OpenCV's `blendLinear`.

    Args:
        size_px: width and height of all its pictures, even.
    """

    def __init__(self, size_px: tuple[int, int]) -> None:
        import av

        self._graph = av.filter.Graph()
        self._graph.threads = 1
        self._count = 0
        form = av.VideoFormat("yuv420p")
        merge, self._sink = self._graph.add("maskedmerge"), self._graph.add("buffersink")
        self._sources: list[Any] = []
        for place in range(3):
            source = self._graph.add_buffer(width=size_px[0], height=size_px[1], format=form, time_base=_TIME_BASE)
            source.link_to(merge, 0, place)
            self._sources.append(source)
        merge.link_to(self._sink)
        self._graph.configure()

    def merge(self, behind: Pixels, front: Pixels, mask: Pixels) -> Pixels:
        """Merges one picture; all are "yuv420p" and may be written again afterwards.

        Args:
            behind: shown where the mask is 0.
            front: shown where it is 255.
            mask: its planes hold the share of each of their samples.

        Returns:
            a new array.
        """
        import av

        self._count += 1
        for source, pixels in zip(self._sources, (behind, front, mask), strict=True):
            picture = av.VideoFrame.from_numpy_buffer(pixels, format="yuv420p")
            picture.pts, picture.time_base = self._count, _TIME_BASE
            source.push(picture)
        return np.asarray(self._sink.pull().to_ndarray(), np.uint8)
