"""The picture of the reel: everyone side by side, or a shared screen with everyone small in a strip beside it."""

from __future__ import annotations

import math
from collections.abc import Collection
from fractions import Fraction
from typing import Any

import av
import numpy as np
from av.video.reformatter import VideoReformatter
from numpy.typing import NDArray

from server_stub.recap.lettering import Stamp

#: A quiet dark blue-grey behind the tiles, and a little lighter where a camera is off: Y, U, V.
GROUND = (26, 132, 126)
TILE = (40, 134, 125)
#: The strip's part of the width: as little as lets a face be known, for letters of 11 pixels must stay readable.
_STRIP = 8
#: Round whoever speaks: Y, U, V of a light blue, and its part of the picture's height.
RING, _RING = (160, 172, 92), 180

Plane = NDArray[np.uint8]
Rect = tuple[int, int, int, int]
Size = tuple[int, int]
#: A stamp with the place of its upper left corner.
Over = tuple[Stamp, int, int]


def tile_rects(count: int, size: Size) -> list[Rect]:
    """Where each of `count` tiles lies, as (x, y, width, height) with even numbers: rows as full as they go.

    Args:
        count: of the tiles.
        size: width and height of the picture.
    """
    if count == 0:
        return []
    columns = math.ceil(math.sqrt(count))
    rows = math.ceil(count / columns)
    width, height = size[0] // columns // 4 * 4, size[1] // rows // 4 * 4
    height = min(height, width * 9 // 16 // 2 * 2)
    top = (size[1] - rows * height) // 4 * 2
    rects = []
    for place in range(count):
        row, column = divmod(place, columns)
        in_row = min(columns, count - row * columns)
        left = (size[0] - in_row * width) // 4 * 2
        rects.append((left + column * width, top + row * height, width, height))
    return rects


def strip_rects(count: int, size: Size) -> list[Rect]:
    """Where the screen and then each of `count` faces lies: these at the right edge, one below the other."""
    if count == 0:
        return [(0, 0, *size)]
    strip = size[0] // _STRIP // 4 * 4
    width = min(strip, size[1] // count * 16 // 9 // 4 * 4)
    height = width * 9 // 16 // 2 * 2
    top = (size[1] - count * height) // 4 * 2
    left = size[0] - strip + (strip - width) // 4 * 2
    faces = [(left, top + place * height, width, height) for place in range(count)]
    return [(0, 0, size[0] - strip, size[1]), *faces]


class Canvas:
    """The three planes of the picture that is being put together."""

    def __init__(self, size: Size, people: int) -> None:
        """Begins with the grid of everyone.

        Args:
            size: width and height, divisible by 4.
            people: how many have a tile.
        """
        width, height = self._size = size
        self._planes: list[Plane] = [
            np.full((height, width), GROUND[0], np.uint8),
            np.full((height // 2, width // 2), GROUND[1], np.uint8),
            np.full((height // 2, width // 2), GROUND[2], np.uint8),
        ]
        self._grid, self._strip = tile_rects(people, size), strip_rects(people, size)
        # One a place: each keeps its tables from picture to picture, which takes a third off the whole reel.
        self._scalers = {rect: VideoReformatter() for rect in (*self._grid, *self._strip)}
        self._has_screen = False
        self._shown: list[Any] = []
        self._lay_out()

    def draw(self, faces: list[Any], screen: Any = None) -> None:
        """Puts frames into their places, whole and undistorted.

        Args:
            faces: each person's; None leaves the tile plain.
            screen: the shared screen's; None shows the grid.
        """
        if (screen is not None) != self._has_screen:
            self._has_screen = screen is not None
            self._lay_out()
        rects, frames = (self._strip, [screen, *faces]) if self._has_screen else (self._grid, faces)
        for place, frame in enumerate(frames):
            if frame is not self._shown[place]:
                self._shown[place] = frame
                self._put(rects[place], frame, is_sharp=self._has_screen and place == 0)

    @property
    def faces(self) -> list[Rect]:
        """Where each person is now."""
        return self._strip[1:] if self._has_screen else self._grid

    @property
    def free(self) -> Rect:
        """Where subtitles may stand: beside the strip of faces while a screen is shown."""
        return (0, 0, self._strip[1][0] if self._has_screen and len(self._strip) > 1 else self._size[0], self._size[1])

    def frame(self, number: int, fps: int, over: Collection[Over] = (), ringed: Collection[int] = ()) -> Any:
        """The picture as a frame for the encoder.

        Args:
            number: of the picture, from 0.
            fps: pictures a second.
            over: what is put over it, and where.
            ringed: which persons have a ring round them, by their place.
        """
        width, height = self._size
        stacked = np.concatenate([plane.reshape(-1) for plane in self._planes])
        parts = np.split(stacked, [width * height, width * height * 5 // 4])
        planes = [part.reshape(plane.shape) for part, plane in zip(parts, self._planes, strict=True)]
        for place in ringed:
            _draw_ring(planes, self.faces[place], max(2, height // _RING // 2 * 2))
        for stamp, x, y in over:
            stamp.put(planes, x, y)
        made = av.VideoFrame.from_ndarray(stacked.reshape(-1, width), format="yuv420p")
        made.pts, made.time_base = number, Fraction(1, fps)
        return made

    def _lay_out(self) -> None:
        self._fill((0, 0, *self._size), GROUND)
        # Nothing that a person could show is the canvas itself, so all is drawn.
        self._shown = [self] * (max(len(self._grid), len(self._strip)))

    def _put(self, rect: Rect, frame: Any, *, is_sharp: bool) -> None:
        x, y, width, height = rect
        if frame is None:
            self._fill((x + 2, y + 2, width - 4, height - 4), TILE)
            return
        scale = min(width / frame.width, height / frame.height)
        shown_w, shown_h = (max(16, round(side * scale) // 2 * 2) for side in (frame.width, frame.height))
        shown_w, shown_h = min(shown_w, width), min(shown_h, height)
        how = "BICUBIC" if is_sharp else "BILINEAR"
        small: Any = self._scalers[rect].reformat(
            frame, width=shown_w, height=shown_h, format="yuv420p", interpolation=how
        )
        if (shown_w, shown_h) != (width, height):
            self._fill(rect, GROUND)
        # A screen lies at the top: below it there is room for subtitles.
        left, top = x + (width - shown_w) // 4 * 2, y + (0 if is_sharp else (height - shown_h) // 4 * 2)
        for plane, source, half in zip(self._planes, small.planes, (1, 2, 2), strict=True):
            rows = np.frombuffer(source, np.uint8).reshape(-1, source.line_size)
            part = rows[: shown_h // half, : shown_w // half]
            plane[top // half : (top + shown_h) // half, left // half : (left + shown_w) // half] = part

    def _fill(self, rect: Rect, colour: tuple[int, int, int]) -> None:
        _fill(self._planes, rect, colour)


def _fill(planes: list[Plane], rect: Rect, colour: tuple[int, int, int]) -> None:
    x, y, width, height = rect
    for plane, value, half in zip(planes, colour, (1, 2, 2), strict=True):
        plane[y // half : (y + height) // half, x // half : (x + width) // half] = value


def _draw_ring(planes: list[Plane], rect: Rect, thick: int) -> None:
    x, y, width, height = rect
    for side in (
        (x, y, width, thick),
        (x, y + height - thick, width, thick),
        (x, y, thick, height),
        (x + width - thick, y, thick, height),
    ):
        _fill(planes, side, RING)
