"""How loud the microphone is."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui.theme import colour

#: The meter's ends in dBFS: a quiet room and a shout.
_QUIET_DB, _LOUD_DB = -60.0, -6.0
_STEPS = 24


class LevelMeter(QWidget):
    """A row of small bars that fill with the voice."""

    def __init__(self) -> None:
        super().__init__()
        self._share = 0.0
        self.setAccessibleName("Microphone level")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_level(self, level_db: float) -> None:
        """Another level, in dBFS."""
        share = min(1.0, max(0.0, (level_db - _QUIET_DB) / (_LOUD_DB - _QUIET_DB)))
        if round(share * _STEPS) != round(self._share * _STEPS):
            self._share = share
            self.update()

    def sizeHint(self) -> QSize:
        """The size it asks for."""
        return QSize(160, 10)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        step = self.width() / _STEPS
        lit = round(self._share * _STEPS)
        for place in range(_STEPS):
            painter.setBrush(colour("accent_fill" if place < lit else "hover"))
            painter.drawRoundedRect(QRectF(place * step, 1, step - 3, self.height() - 2), 2, 2)
        painter.end()
