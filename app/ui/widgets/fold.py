"""Rows that are put away until somebody looks for them."""

from __future__ import annotations

from PySide6.QtWidgets import QLayout, QWidget

from app.ui.widgets.buttons import Button
from app.ui.widgets.cards import column, row


class Fold(QWidget):
    """A line that opens and closes what is below it; closed at first.

    Args:
        words: Of the line.
        name: The object name of the line.
        inside: What is put away.
    """

    def __init__(self, words: str, name: str, inside: QLayout) -> None:
        super().__init__()
        self._inside = QWidget()
        self._inside.setLayout(inside)
        self._inside.hide()
        self._line = Button(words, name, kind="link", glyph="chevron-right")
        self._line.clicked.connect(lambda: self.open(not self._inside.isVisibleTo(self)))
        self._line.setAccessibleDescription("Closed")
        self.setLayout(column(row(self._line, None), self._inside, gap=6))

    def say(self, words: str) -> None:
        """What the line says."""
        self._line.say(words, glyph="chevron-down" if self._inside.isVisibleTo(self) else "chevron-right")

    def open(self, is_open: bool = True) -> None:
        """Shows what is below the line, or puts it away."""
        self._inside.setVisible(is_open)
        self._line.setAccessibleDescription("Open" if is_open else "Closed")
        self._line.say(self._line.accessibleName(), glyph="chevron-down" if is_open else "chevron-right")
