"""What lies over the window until it is answered."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QWidget

from app.ui.qt import override
from app.ui.widgets import reading


class Scrim(QWidget):
    """Shades the window and holds one card in its middle; the focus stays inside.

    Signals:
        dismissed(): Esc was pressed.
    """

    dismissed = Signal()

    def __init__(self, parent: QWidget, card: QWidget, *, width_px: int = 460) -> None:
        super().__init__(parent)
        self._under = parent
        self._focus_before: QWidget | None = parent.window().focusWidget()
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._card = card
        card.setParent(self)
        self._width_px = width_px
        parent.installEventFilter(self)
        self._place()
        self.show()
        self.raise_()
        self.setFocus()

    @override
    def parentWidget(self) -> QWidget:
        """What it lies over; it never is without."""
        return self._under

    def _place(self) -> None:
        parent = self.parentWidget()
        self.setGeometry(parent.rect())
        width = min(self._width_px, parent.width() - 32)
        layout = self._card.layout()
        height = layout.totalHeightForWidth(width) if layout and layout.hasHeightForWidth() else -1
        height = min(height if height > 0 else self._card.sizeHint().height(), parent.height() - 32)
        self._card.setGeometry((parent.width() - width) // 2, (parent.height() - height) // 2, width, height)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.parent() and event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def close_dialog(self) -> None:
        """Puts it away for good."""
        self.hide()
        self.deleteLater()

    def refit(self) -> None:
        """After the card's content changed."""
        self._place()

    @override
    def focusNextPrevChild(self, is_next: bool) -> bool:
        """Keeps the focus inside."""
        reading.step(self, is_next=is_next)
        return True

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc puts it away."""
        if event.key() == Qt.Key.Key_Escape:
            self.dismissed.emit()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        """Gives the focus back to what had it before, so that keys go on where they were."""
        super().hideEvent(event)
        before, self._focus_before = self._focus_before, None
        if before is not None and shiboken6.isValid(before) and before.isVisible():
            before.setFocus()

    @override
    def sizeHint(self) -> QSize:
        return self.parentWidget().size()


def is_open(scrim: Scrim | None) -> bool:
    """Whether it is there and seen; one that was put away may be gone for Qt while Python still knows it."""
    return scrim is not None and shiboken6.isValid(scrim) and not scrim.isHidden()
