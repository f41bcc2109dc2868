"""A widget and what lies over it."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from app.ui.qt import override


class Layers(QWidget):
    """Holds a widget and lays others over the whole of it.

    What lies over it is no child of it: whatever the lowest widget raises, adds or moves inside itself stays below.

    Args:
        lowest: What is covered; gives this its size.
        over: From the lower to the upper; each is shown and hidden by whoever made it.
    """

    def __init__(self, lowest: QWidget, *over: QWidget) -> None:
        super().__init__()
        self._layers = (lowest, *over)
        self.setMinimumSize(lowest.minimumSize())
        self.setSizePolicy(lowest.sizePolicy())
        for layer in self._layers:
            is_shown = layer is lowest
            layer.setParent(self)
            layer.setVisible(is_shown)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """All are as large as this."""
        for layer in self._layers:
            layer.setGeometry(self.rect())

    @override
    def sizeHint(self) -> QSize:
        return self._layers[0].sizeHint()
