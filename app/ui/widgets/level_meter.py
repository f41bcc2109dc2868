"""How loud the microphone is."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui.qt import override
from app.ui.widgets.painting import fill_round, painting

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

    @override
    def sizeHint(self) -> QSize:
        return QSize(160, 10)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            step = self.width() / _STEPS
            lit = round(self._share * _STEPS)
            for place in range(_STEPS):
                bar = QRectF(place * step, 1, step - 3, self.height() - 2)
                fill_round(painter, bar, 2, "accent_fill" if place < lit else "hover")
