"""When the window is on the screen: heavy work waits for that."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget

from app.ui.qt import override


class FirstPaint(QObject):
    """Watches for a window's first paint.

    Args:
        window: What is painted.
        then: Called on the UI thread, once, when that is done and on the screen.

    Attributes:
        at_s: `time.monotonic()` of it; 0 before.
    """

    def __init__(self, window: QWidget, then: Callable[[], None]) -> None:
        super().__init__(window)
        self.at_s = 0.0
        self._then = then
        window.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notes the paint once it is done."""
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self, self._painted)
        return False

    def _painted(self) -> None:
        self.at_s = time.monotonic()
        self._then()
