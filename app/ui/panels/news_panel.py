"""What the server wants one to know: behind the bell, newest first."""

from __future__ import annotations

import time

from PySide6.QtWidgets import QWidget

from app.state.app_state import AppState
from app.state.intents import OpenNews, SeeAllNews
from app.ui.bridge import Bridge
from app.ui.text import Words, clock_words, day_words
from app.ui.widgets.buttons import Button, IconButton, RowButton
from app.ui.widgets.cards import Card, EmptyState, Glyph, column, row
from app.ui.widgets.columns import Column, Roll
from app.ui.widgets.scrim import Scrim
from app.wire.notices import NoticeInfo

_GLYPHS = {
    "recap_ready": "sparkles",
    "meeting_soon": "clock",
    "meeting_started": "video",
    "meeting_cancelled": "calendar-x",
    "deletion": "trash-2",
    "removed": "user-minus",
}


class NewsPanel(Scrim):
    """Shows `AppState.news`; a click on one opens it.

    Args:
        parent: The window.
        bridge: Takes the intents.
    """

    def __init__(self, parent: QWidget, bridge: Bridge) -> None:
        self._bridge = bridge
        self._items = Column(self._make, gap=2)
        self._none = EmptyState(
            "bell", "Nothing new", "Recaps that are ready and meetings that begin are shown here.", width_px=280
        )
        self._none.setMinimumHeight(170)
        self._seen = Button("Mark all as read", "news-see-all", kind="link", glyph="check-check")
        self._seen.clicked.connect(self._see_all)
        close = IconButton("x", "Close the notices", "news-close")
        close.clicked.connect(self.close_dialog)
        inside = QWidget()
        inside.setLayout(column(self._items, self._none, None, margins=(12, 0, 8, 14)))
        self._roll = Roll(inside, width_px=440)
        head = row(Words("Notices", look="heading"), None, self._seen, close, margins=(24, 16, 14, 6))
        super().__init__(parent, Card(column(head, self._roll, gap=2), name="news-dialog"), width_px=440)
        self.dismissed.connect(self.close_dialog)

    def show_state(self, state: AppState) -> None:
        """What is unseen now."""
        newest = sorted(state.news, key=lambda one: one.at, reverse=True)
        self._items.show_items([(one.id, one) for one in newest])
        self._items.setVisible(bool(newest))
        self._none.setVisible(not newest)
        self._seen.setVisible(bool(newest))
        self._roll.updateGeometry()
        self.refit()

    def _make(self, news: NoticeInfo) -> QWidget:
        now = time.time()
        day = day_words(news.at, now)
        when = clock_words(news.at) if day == "Today" else f"{day}, {clock_words(news.at)}"
        button = RowButton(f"{news.words} {when}", f"news-{news.id}")
        button.clicked.connect(lambda: self._open(news.id))
        box = row(Glyph(_GLYPHS.get(news.kind, "bell"), ink="accent", size_px=20), gap=12, margins=(12, 10, 12, 10))
        box.addLayout(column(Words(news.words, wraps=True), Words(when, look="small"), gap=2), 1)
        button.fill(box)
        return button

    def _open(self, news: str) -> None:
        self.close_dialog()
        self._bridge.do(OpenNews(id=news))

    def _see_all(self) -> None:
        self.close_dialog()
        self._bridge.do(SeeAllNews())
