"""The ring round what has the focus, where a widget paints itself."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from app.ui.theme import colour


def paint_ring(painter: QPainter, inside: QRectF, radius_px: float) -> None:
    """Draws it outside of a part, on the ground, where it can be told from any colour that the part has."""
    painter.setPen(QPen(colour("accent"), 2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(inside.adjusted(-2, -2, 2, 2), radius_px, radius_px)
