"""What widgets that paint themselves have in common."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPen
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
