"""The reactions, side by side over the button that opens them."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QIcon, QKeyEvent
from PySide6.QtWidgets import QWidget

from app.state.call_intents import React
from app.ui.bridge import Bridge
from app.ui.qt import override
from app.ui.reactions import NAMES, drawing
from app.ui.widgets.buttons import IconButton
from app.ui.widgets.cards import Card, row
from app.ui.widgets.menu import round_off
from app.wire.reactions import Reaction

_SIZE_PX = 28
_GAP_PX, _RADIUS_PX = 10, 26


class ReactionPicker(QWidget):
    """Sends the one that is clicked, or the one of a number key; then it goes. Arrows move, Esc puts it away.

    Args:
        bridge: Takes the intent.
        anchor: The button over which it opens.
    """

    def __init__(self, bridge: Bridge, anchor: QWidget) -> None:
        super().__init__(anchor.window(), Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setObjectName("reaction-picker")
        self._bridge = bridge
        self._buttons: list[IconButton] = []
        for number, (reaction, words) in enumerate(NAMES.items(), start=1):
            button = IconButton("", f"{words} ({number})", f"react-{reaction}")
            button.setIcon(QIcon(drawing(reaction, _SIZE_PX)))
            button.setIconSize(QSize(_SIZE_PX, _SIZE_PX))
            button.clicked.connect(lambda _=False, reaction=reaction: self._send(reaction))
            self._buttons.append(button)
        self.setLayout(row(Card(row(*self._buttons, gap=4, margins=(8, 6, 8, 6)), ground="pill"), gap=0))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Reactions")
        self._place(anchor)
        self.show()
        self._buttons[0].setFocus(Qt.FocusReason.PopupFocusReason)

    def _place(self, anchor: QWidget) -> None:
        self.adjustSize()
        round_off(self, _RADIUS_PX)
        over = anchor.mapToGlobal(QPoint(anchor.width() // 2, 0))
        # Inside of the window, which may lie beyond the edge of a screen.
        left = anchor.window().mapToGlobal(QPoint(_GAP_PX, 0)).x()
        right = left + anchor.window().width() - 2 * _GAP_PX - self.width()
        x = max(left, min(over.x() - self.width() // 2, right))
        self.move(x, over.y() - self.height() - _GAP_PX)

    def _send(self, reaction: Reaction) -> None:
        self._bridge.do(React(reaction=reaction))
        self.close()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """1 to 9 send, arrows move."""
        number = event.key() - Qt.Key.Key_1
        if 0 <= number < len(self._buttons):
            self._buttons[number].click()
        elif event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            focus = next((place for place, one in enumerate(self._buttons) if one.hasFocus()), 0)
            step = 1 if event.key() == Qt.Key.Key_Right else -1
            self._buttons[(focus + step) % len(self._buttons)].setFocus(Qt.FocusReason.TabFocusReason)
        elif event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_R):
            self.close()
        else:
            super().keyPressEvent(event)
