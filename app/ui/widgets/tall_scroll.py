"""A scrolling part of a dialog, as tall as there is room for."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget

from app.ui.qt import override
from app.ui.widgets.columns import Scroll


class TallScroll(Scroll):
    """Asks for a height, and does with less: in a small window the buttons below it stay in sight.

    Args:
        inside: What scrolls.
        size_px: Width and height that it asks for.
        fades: As of `Scroll`.
    """

    def __init__(self, inside: QWidget, size_px: tuple[int, int], *, fades: str = "surface") -> None:
        super().__init__(inside, fades=fades)
        self._size_px = size_px
        self.setMinimumHeight(80)

    def ask_height(self, height_px: int) -> None:
        """Asks for another height."""
        self._size_px = self._size_px[0], height_px
        self.updateGeometry()

    @override
    def sizeHint(self) -> QSize:
        return QSize(*self._size_px)
