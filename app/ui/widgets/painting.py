"""What widgets that paint themselves have in common."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPixmap
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


@lru_cache(maxsize=16)
def _corners(radius_px: int, ground: str, ratio: float) -> QPixmap:
    """A square of a colour with a round hole that touches its sides."""
    side = 2 * round(radius_px * ratio)
    # A picture, since the X server gives a pixmap that begins opaque no transparency later.
    drawn = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    drawn.fill(QColor(ground))
    painter = QPainter(drawn)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationOut)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor("#000000"))
    painter.drawEllipse(QRectF(0, 0, side, side))
    painter.end()
    return QPixmap.fromImage(drawn)


def paint_corners(painter: QPainter, area: QRect, radius_px: int, ground: str, ratio: float) -> None:
    """Rounds the corners of what was painted already, with the colour of what lies round it.

    Args:
        painter: Of the widget.
        area: What gets round corners.
        radius_px: Of the corners, in logical pixels.
        ground: A colour of the theme.
        ratio: Device pixels for one logical pixel.
    """
    square = _corners(radius_px, colour(ground).name(), ratio)
    half = square.width() // 2
    right, bottom = area.width() - radius_px, area.height() - radius_px
    for x, y, from_x, from_y in ((0, 0, 0, 0), (right, 0, half, 0), (0, bottom, 0, half), (right, bottom, half, half)):
        painter.drawPixmap(QRectF(x, y, radius_px, radius_px), square, QRectF(from_x, from_y, half, half))


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
