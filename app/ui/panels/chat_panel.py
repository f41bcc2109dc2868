"""The chat of a call."""

from __future__ import annotations

import secrets

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from app.state.app_state import AppState
from app.state.call_intents import DropChat, LookAtChat, RetryChat, SayInChat
from app.state.slices.call import Call
from app.ui.bridge import Bridge
from app.ui.panels.message_list import MessageList, entries
from app.ui.text import count_words
from app.ui.widgets.buttons import Button
from app.ui.widgets.cards import EmptyState, centred, column
from app.ui.widgets.composer import Composer

#: Each line is a widget: a long chat is built in pieces, so that nothing stands still meanwhile.
LINES_AT_ONCE = 100


class ChatPanel(QWidget):
    """Lines of the chat, drafts, and where one writes."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self._bridge = bridge
        self._written_in = ("", "")
        self._call: Call | None = None
        self._most, self._first = LINES_AT_ONCE, ""
        self._earlier = Button("Earlier messages", "chat-earlier", kind="link")
        self._earlier.clicked.connect(self._show_earlier)
        self._earlier.hide()
        self._lines = MessageList(bridge, is_narrow=True)
        self._lines.retried.connect(lambda key: bridge.do(RetryChat(key=key)))
        self._lines.dropped.connect(lambda key: bridge.do(DropChat(key=key)))
        self._lines.looked_at_end.connect(lambda at_end: bridge.do(LookAtChat(at_end=at_end)))
        self._new = Button("", "chat-new", kind="primary", glyph="arrow-down")
        self._new.clicked.connect(self._lines.to_end)
        self._new.hide()
        self._was_open = False
        self._empty = EmptyState(
            "messages-square",
            "No messages yet",
            "What is written here is seen by everyone in the meeting.",
            width_px=230,
        )
        self._composer = Composer("Write to everyone", "chat-composer")
        self._composer.said.connect(self._say)
        box = column(centred(self._earlier), gap=0)
        box.addWidget(self._lines, 1)
        box.addWidget(self._empty, 1)
        box.addLayout(centred(self._new))
        box.addLayout(column(self._composer, margins=(14, 4, 14, 14)))
        self.setLayout(box)

    def show_state(self, state: AppState) -> None:
        """The chat of the present call."""
        call = state.call
        if call is None:
            return
        if (now := (call.meeting.id, state.own_id)) != self._written_in:
            # What was begun in one meeting is not for the people of the next.
            self._written_in = now
            self._composer.set_text("")
            self._most = LINES_AT_ONCE
        self._show_lines(call)
        is_open = call.panel == "chat"
        if is_open and not self._was_open:
            self._lines.to_end()
        self._was_open = is_open
        self._new.setVisible(bool(call.chat.unread) and not call.chat.is_at_end)
        self._new.say(count_words(call.chat.unread, "new message"))
        has_any = bool(call.chat.lines or call.chat.drafts)
        self._lines.setVisible(has_any)
        self._empty.setVisible(not has_any)

    def _show_lines(self, call: Call) -> None:
        """The newest lines; what one reads further up stays where it is while others come."""
        lines = call.chat.lines
        first = max(0, len(lines) - self._most)
        if not call.chat.is_at_end:
            first = min(first, next((place for place, one in enumerate(lines) if one.id == self._first), first))
        self._first = lines[first].id if lines else ""
        self._earlier.setVisible(first > 0)
        self._lines.show_entries(entries(lines[first:], call.chat.drafts, call.you))
        self._call = call

    def _show_earlier(self) -> None:
        self._most += LINES_AT_ONCE
        if self._call is not None:
            bar = self._lines.verticalScrollBar()
            from_end = bar.maximum() - bar.value()
            self._show_lines(self._call)
            QTimer.singleShot(0, self._lines, lambda: bar.setValue(bar.maximum() - from_end))

    def take_focus(self) -> None:
        """When the panel opens."""
        self._composer.take_focus()

    def _say(self, text: str) -> None:
        self._lines.to_end()
        self._bridge.do(SayInChat(text=text, key=secrets.token_hex(8)))
