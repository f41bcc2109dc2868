"""How far something is, as a bar."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui.qt import override
from app.ui.widgets.painting import fill_round, painting


class ProgressBar(QWidget):
    """Fills from left to right."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._share = 0.0
        self.setObjectName(name)
        self.setAccessibleName("Progress")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_share(self, share: float) -> None:
        """How far it is, 0 to 1."""
        share = min(1.0, max(0.0, share))
        if round(share * 1000) != round(self._share * 1000):
            self._share = share
            self.setAccessibleDescription(f"{share:.0%}")
            self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(160, 8)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            whole = QRectF(0, 1, self.width(), self.height() - 2)
            fill_round(painter, whole, whole.height() / 2, "hover")
            if self._share:
                done = QRectF(0, 1, max(whole.height(), self.width() * self._share), whole.height())
                fill_round(painter, done, whole.height() / 2, "accent_fill")
