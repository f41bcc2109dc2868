"""Where a picture lies in its view when it is zoomed: pure geometry, in pixels of the view."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

from app.media.types import WHOLE, Part

LEAST, MOST = 1.0, 4.0
#: What the buttons go through.
STEPS = (1.0, 1.25, 1.5, 2.0, 3.0, 4.0)


class Place(NamedTuple):
    """A rectangle in the view."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Zoom:
    """How far a picture is zoomed, and which point of it is in the middle of its view.

    Attributes:
        scale: 1.0 (all of it fits) to 4.0.
        x: Of the point in the middle, as a share of the picture's width.
        y: The same of its height.
    """

    scale: float = 1.0
    x: float = 0.5
    y: float = 0.5

    def step(self, up: bool) -> float:
        """The next scale of the buttons."""
        if up:
            return next((one for one in STEPS if one > self.scale + 0.01), MOST)
        return next((one for one in reversed(STEPS) if one < self.scale - 0.01), LEAST)


@dataclass(frozen=True, slots=True)
class Space:
    """A view and the picture in it.

    Attributes:
        view: Width and height of the view.
        picture: Width and height of the picture; only their proportion counts.
    """

    view: tuple[float, float]
    picture: tuple[float, float]

    def place(self, zoom: Zoom) -> Place:
        """Where the whole picture lies; it may reach beyond the view, which it fills as far as it can."""
        width, height = (one * zoom.scale for one in self._fitted())
        return Place(_start(zoom.x, width, self.view[0]), _start(zoom.y, height, self.view[1]), width, height)

    def part(self, zoom: Zoom) -> Part:
        """Which part of the picture is seen."""
        if zoom.scale <= LEAST:
            return WHOLE
        place = self.place(zoom)
        x, width = _seen(place.x, place.width, self.view[0])
        y, height = _seen(place.y, place.height, self.view[1])
        return Part(x, y, width, height)

    def at(self, zoom: Zoom, point: tuple[float, float]) -> tuple[float, float]:
        """The point of the picture under one of the view, in shares; outside of it below 0 or above 1."""
        place = self.place(zoom)
        return (point[0] - place.x) / place.width, (point[1] - place.y) / place.height

    def zoomed(self, zoom: Zoom, scale: float, point: tuple[float, float] | None = None) -> Zoom:
        """Another scale; what is under a point of the view stays there, or else what is in its middle."""
        scale = min(max(scale, LEAST), MOST)
        about = point or (self.view[0] / 2, self.view[1] / 2)
        x, y = self.at(zoom, about)
        width, height = (one * scale for one in self._fitted())
        wanted = Zoom(scale, x + (self.view[0] / 2 - about[0]) / width, y + (self.view[1] / 2 - about[1]) / height)
        return self._bounded(wanted)

    def moved(self, zoom: Zoom, across: float, down: float) -> Zoom:
        """The picture pushed by so many pixels, as far as it goes."""
        place = self.place(zoom)
        return self._bounded(replace(zoom, x=zoom.x - across / place.width, y=zoom.y - down / place.height))

    def _fitted(self) -> tuple[float, float]:
        fit = min(self.view[0] / self.picture[0], self.view[1] / self.picture[1])
        return self.picture[0] * fit, self.picture[1] * fit

    def _bounded(self, zoom: Zoom) -> Zoom:
        place = self.place(zoom)
        x = (self.view[0] / 2 - place.x) / place.width
        return replace(zoom, x=x, y=(self.view[1] / 2 - place.y) / place.height)


def _start(middle: float, size: float, view: float) -> float:
    """Where a side begins: in the middle while it is shorter than the view, else with no gap at either end."""
    if size <= view:
        return (view - size) / 2
    return min(0.0, max(view - size, view / 2 - middle * size))


def _seen(start: float, size: float, view: float) -> tuple[float, float]:
    first, last = max(0.0, -start), min(size, view - start)
    return first / size, (last - first) / size
