"""What lies over the tiles while the connection is made again."""

from __future__ import annotations

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.ui.qt import override
from app.ui.text import Words
from app.ui.theme import colour
from app.ui.widgets.cards import Card, Spinner, centred, column, row

#: How much of the tiles the veil takes away, 0-255.
_VEIL = 176


class Reconnecting(QWidget):
    """A veil that takes the life out of the tiles, and words in its middle."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Reconnecting")
        words = Words("Reconnecting…", look="title")
        more = Words("The connection was interrupted. Your seat is kept.", look="muted", wraps=True)
        more.setMinimumWidth(220)
        box = row(Spinner(30), gap=16, margins=(22, 16, 24, 16))
        box.addLayout(column(words, more, gap=2), 1)
        self.setLayout(column(None, centred(Card(box, name="reconnecting")), None, gap=0))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws the veil in the colour of the ground, so that the tiles fade into it."""
        ground = colour("stage")
        ground.setAlpha(_VEIL)
        painter = QPainter(self)
        painter.fillRect(self.rect(), ground)
        painter.end()
