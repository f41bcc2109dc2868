"""The chat of a meeting, read in its room after the meeting."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.state.app_state import AppState
from app.state.intents import CloseChatLog
from app.ui.bridge import Bridge
from app.ui.panels.chat_lines import ChatLines
from app.ui.text import ElidedWords, Words
from app.ui.widgets.buttons import IconButton
from app.ui.widgets.cards import Card, column, row
from app.ui.widgets.scrim import Scrim

_HEIGHT_PX = 420


class ChatLogDialog(Scrim):
    """Shows `AppState.chat_log` over the rooms.

    Args:
        parent: The window.
        bridge: Takes the intents.
    """

    def __init__(self, parent: QWidget, bridge: Bridge) -> None:
        self._title = ElidedWords("", look="heading")
        self._words = Words("", look="muted", wraps=True)
        self._words.setObjectName("chat-log-words")
        self._lines = ChatLines(bridge, "chat-log")
        self._lines.setFixedHeight(min(_HEIGHT_PX, max(160, parent.height() - 180)))
        close = IconButton("x", "Close the chat", "chat-log-close")
        close.clicked.connect(lambda: bridge.do(CloseChatLog()))
        head = row(self._title, close, gap=8)
        head.setStretch(0, 1)
        box = column(head, self._words, self._lines, gap=8, margins=(22, 16, 14, 18))
        super().__init__(parent, Card(box, name="chat-log"), width_px=560)
        self.dismissed.connect(lambda: bridge.do(CloseChatLog()))

    def show_state(self, state: AppState) -> None:
        """The lines, or why there are none."""
        log = state.chat_log
        if log is None:
            return
        self._title.setText(f"Chat of “{log.title}”")
        if log.words:
            words = log.words
        elif log.lines is None:
            words = "Fetching the messages…"
        else:
            words = "" if log.lines else "Nothing was written in this meeting."
        self._words.show_text(words)
        self._lines.setVisible(bool(log.lines))
        self._lines.show_lines(log.lines or (), (), state.own_id)
        self._place()
