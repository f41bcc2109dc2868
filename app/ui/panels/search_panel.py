"""What was found in the messages of all rooms, in place of the room list."""

from __future__ import annotations

import time

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.state.app_state import AppState
from app.state.intents import OpenRoom
from app.state.slices.rooms import SearchView
from app.ui.bridge import Bridge
from app.ui.text import ElidedWords, Words, clock_words, count_words, day_words
from app.ui.widgets.buttons import RowButton
from app.ui.widgets.cards import EmptyState, Spinner, column, row
from app.ui.widgets.columns import Column, Scroll
from app.wire.rooms import Message
from app.wire.text import cut, find, one_line

#: How much of a long message is shown before the words that were found.
_BEFORE = 24


def excerpt(text: str, words: str) -> str:
    """The part of a message round the first of the words that were looked for, in one line."""
    line = one_line(text)
    places = [found[0] for word in words.split() if (found := find(line, word)) is not None]
    first = min(places, default=0)
    return line if first <= _BEFORE else f"…{line[len(cut(line, first - _BEFORE)) :].lstrip()}"


class SearchPanel(QWidget):
    """Shows `AppState.search`.

    Signals:
        opened(): a result was clicked and its room is wanted.

    Args:
        bridge: Takes the intents.
    """

    opened = Signal()

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self.setObjectName("search-results")
        self._bridge = bridge
        self._words = ""
        self._count = Words("", look="small", wraps=True)
        self._count.setObjectName("search-count")
        self._items = Column(self._make, gap=2, margins=(10, 0, 10, 8))
        self._wait = Spinner()
        self._none = EmptyState(
            "search", "Nothing found", "No message in your rooms contains these words.", width_px=200
        )
        self._scroll = Scroll(self._items)
        box = column(column(self._count, margins=(20, 4, 16, 6)), gap=0)
        box.addWidget(self._scroll, 1)
        box.addWidget(self._none, 1)
        box.addLayout(row(None, self._wait, None))
        self.setLayout(box)

    def show_search(self, search: SearchView, state: AppState) -> None:
        """What was found."""
        self._words = search.words
        names = {one.id: one.name for one in state.rooms.known}
        items = [(one.id, (one, names.get(one.room, ""), search.words)) for one in search.messages]
        self._items.show_items(items)
        self._wait.setVisible(search.is_asking)
        is_none = not (items or search.is_asking or search.trouble)
        self._scroll.setVisible(not is_none)
        self._none.setVisible(is_none)
        found = count_words(len(items), "message") + (" and more, older ones" if search.has_more else "")
        said = "Searching…" if search.is_asking else (f"Found {found}" if items else "")
        self._count.show_text(search.trouble or said)

    def _make(self, data: tuple[Message, str, str]) -> QWidget:
        message, room, words = data
        day = day_words(message.at, time.time())
        when = clock_words(message.at) if day == "Today" else day
        who = one_line(message.author_name)
        text = excerpt(message.text, words)
        button = RowButton(f"{room}, {who}: {text}", f"found-{message.id}")
        button.clicked.connect(lambda: self._open(message.room))
        top = row(ElidedWords(room, look="strong"), Words(when, look="small"))
        top.setStretch(0, 1)
        line = ElidedWords(f"{who}: {text}" if who else text, look="muted")
        button.fill(column(top, line, gap=3, margins=(12, 9, 12, 9)))
        return button

    def _open(self, room: str) -> None:
        self._bridge.do(OpenRoom(room=room))
        self.opened.emit()
