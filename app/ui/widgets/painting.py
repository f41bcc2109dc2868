"""What widgets that paint themselves have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import ceil
from typing import NamedTuple, TypeAlias

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QWidget

from app.ui.theme import colour


@contextmanager
def painting(widget: QWidget) -> Iterator[QPainter]:
    """A painter on a widget with smooth edges, for one paint event."""
    painter = QPainter(widget)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    try:
        yield painter
    finally:
        painter.end()


def paint_corners(painter: QPainter, area: QRectF, radius_px: float, ground: str) -> None:
    """Covers what lies beyond round corners with a colour of the theme, that of what lies round the area."""
    beyond, inside = QPainterPath(), QPainterPath()
    beyond.addRect(area)
    inside.addRoundedRect(area, radius_px, radius_px)
    painter.fillPath(beyond.subtracted(inside), colour(ground))


class Edges(NamedTuple):
    """How far from the edges of a widget something is painted, in logical pixels."""

    sides_px: int
    top_px: int
    bottom_px: int


Layer: TypeAlias = tuple[tuple[QPointF, QImage], ...]
"""Something drawn once, to be painted over what changes all the time: where each image belongs, and the images."""


def draw_layer(size_px: tuple[int, int], ratio: float, edges: Edges | None, paint: Callable[[QPainter], None]) -> Layer:
    """Draws what lies over a widget, and keeps the parts of it in which there may be something.

    Args:
        size_px: Of the widget, in device pixels.
        ratio: Device pixels for one logical pixel.
        edges: Where something is; None: everywhere.
        paint: Draws all of it, in logical pixels, on what is transparent.
    """
    width, height = size_px
    drawn = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
    drawn.setDevicePixelRatio(ratio)
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    paint(painter)
    painter.end()
    places = [QRect(0, 0, width, height)]
    if edges is not None:
        side, top, bottom = (ceil(depth * ratio) for depth in edges)
        between = height - top - bottom
        if between > 0 and width > 2 * side:
            places = [QRect(0, 0, width, top), QRect(0, height - bottom, width, bottom)]
            places += [QRect(x, top, side, between) for x in (0, width - side) if side]
    return tuple((QPointF(place.x() / ratio, place.y() / ratio), drawn.copy(place)) for place in places)


def cut_away(image: QImage, layer: Layer) -> QImage:
    """A copy of an image that lets through what lies below it, wherever a layer of its size is opaque."""
    cut = image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
    cut.setDevicePixelRatio(image.devicePixelRatio())
    painter = QPainter(cut)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationOut)
    for at, piece in layer:
        painter.drawImage(at, piece)
    painter.end()
    return cut


def fill_round(painter: QPainter, area: QRectF, radius_px: float, ground: str) -> None:
    """Fills a part with round corners with a colour of the theme."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour(ground))
    painter.drawRoundedRect(area, radius_px, radius_px)


def frame_round(painter: QPainter, area: QRectF, radius_px: float, *, is_on: bool) -> None:
    """The box of what is on or off: filled with the accent, or an edge round the surface."""
    painter.setPen(QPen(colour("accent_fill" if is_on else "edge"), 2))
    painter.setBrush(colour("accent_fill" if is_on else "surface"))
    painter.drawRoundedRect(area, radius_px, radius_px)


def paint_ring(painter: QPainter, inside: QRectF, radius_px: float) -> None:
    """The ring of the focus, outside of a part: on the ground it can be told from any colour that the part has."""
    painter.setPen(QPen(colour("accent"), 2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(inside.adjusted(-2, -2, 2, 2), radius_px, radius_px)
