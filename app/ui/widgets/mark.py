"""The product's own mark: two speech shapes that meet, and the name."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPainterPath, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui.qt import override
from app.ui.theme import colour, face
from app.ui.widgets.painting import painting


def paint_mark(painter: QPainter, spot: QRectF) -> None:
    """Draws the mark without the name into a square."""
    unit = spot.width() / 32
    painter.setPen(Qt.PenStyle.NoPen)
    back = QPainterPath()
    back.addRoundedRect(QRectF(11 * unit, 2 * unit, 20 * unit, 17 * unit), 7 * unit, 7 * unit)
    back.addPolygon([QPointF(23 * unit, 17 * unit), QPointF(29 * unit, 17 * unit), QPointF(28 * unit, 24 * unit)])
    front = QPainterPath()
    front.addRoundedRect(QRectF(1 * unit, 9 * unit, 20 * unit, 17 * unit), 7 * unit, 7 * unit)
    front.addPolygon([QPointF(4 * unit, 24 * unit), QPointF(10 * unit, 24 * unit), QPointF(4.5 * unit, 31 * unit)])
    painter.save()
    painter.translate(spot.topLeft())
    soft = colour("accent_fill")
    soft.setAlpha(110)
    painter.setBrush(soft)
    painter.drawPath(back.simplified())
    painter.setBrush(colour("accent_fill"))
    painter.drawPath(front.simplified())
    painter.setBrush(colour("on_accent"))
    for place, half in ((7, 1.6), (11, 3.4), (15, 2.2)):
        painter.drawRoundedRect(
            QRectF((place - 0.9) * unit, (17.5 - half) * unit, 1.8 * unit, 2 * half * unit), 0.9 * unit, 0.9 * unit
        )
    painter.restore()


def mark_pixmap(size_px: int = 64) -> QPixmap:
    """The mark for the window's icon."""
    pixels = QPixmap(size_px, size_px)
    pixels.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixels)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    paint_mark(painter, QRectF(0, 0, size_px, size_px))
    painter.end()
    return pixels


class Mark(QWidget):
    """Mark and name."""

    def __init__(self, size_px: int = 40) -> None:
        super().__init__()
        self._size_px = size_px
        self.setAccessibleName("Parley")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    @override
    def sizeHint(self) -> QSize:
        return QSize(round(self._size_px * 3.5), self._size_px + 4)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            paint_mark(painter, QRectF(0, 2, self._size_px, self._size_px))
            painter.setPen(colour("text"))
            painter.setFont(face(round(self._size_px * 0.68), QFont.Weight.DemiBold))
            spot = QRectF(self._size_px * 1.28, 0, self.width(), self.height())
            painter.drawText(spot, int(Qt.AlignmentFlag.AlignVCenter), "Parley")
