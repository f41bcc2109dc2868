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

_INTERRUPTED = "The connection was interrupted. Your seat is kept."


class Reconnecting(QWidget):
    """A veil that takes the life out of the tiles, and words in its middle."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Reconnecting")
        words = Words("Reconnecting…", look="title")
        self._more = more = Words(_INTERRUPTED, look="muted", wraps=True)
        more.setObjectName("reconnecting-words")
        more.setMinimumWidth(220)
        more.setMaximumWidth(440)
        box = row(Spinner(30), gap=16, margins=(22, 16, 24, 16))
        box.addLayout(column(words, more, gap=2), 1)
        self.setLayout(column(None, centred(Card(box, name="reconnecting")), None, gap=0))

    def show_why(self, words: str) -> None:
        """What is known of the reason; empty: nothing yet."""
        self._more.show_text(f"{words} Your seat is kept." if words else _INTERRUPTED)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws the veil in the colour of the ground, so that the tiles fade into it."""
        ground = colour("stage")
        ground.setAlpha(_VEIL)
        painter = QPainter(self)
        painter.fillRect(self.rect(), ground)
        painter.end()
