"""The chat of a call."""

from __future__ import annotations

import secrets

from PySide6.QtWidgets import QWidget

from app.state.app_state import AppState
from app.state.call_intents import DropChat, LookAtChat, RetryChat, SayInChat
from app.ui.bridge import Bridge
from app.ui.panels.chat_lines import ChatLines
from app.ui.text import count_words
from app.ui.widgets.buttons import Button
from app.ui.widgets.cards import EmptyState, centred, column
from app.ui.widgets.composer import Composer


class ChatPanel(QWidget):
    """Lines of the chat, drafts, and where one writes."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self._bridge = bridge
        self._written_in = ("", "")
        self._shown = ChatLines(bridge, "chat")
        self._lines = self._shown.list
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
        box = column(gap=0)
        box.addWidget(self._shown, 1)
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
            self._shown.begin()
        self._shown.show_lines(call.chat.lines, call.chat.drafts, call.you)
        is_open = call.panel == "chat"
        if is_open and not self._was_open:
            self._lines.to_end()
        self._was_open = is_open
        self._new.setVisible(bool(call.chat.unread) and not call.chat.is_at_end)
        self._new.say(count_words(call.chat.unread, "new message"))
        has_any = bool(call.chat.lines or call.chat.drafts)
        self._shown.setVisible(has_any)
        self._empty.setVisible(not has_any)

    def take_focus(self) -> None:
        """When the panel opens."""
        self._composer.take_focus()

    def _say(self, text: str) -> None:
        self._lines.to_end()
        self._bridge.do(SayInChat(text=text, key=secrets.token_hex(8)))
