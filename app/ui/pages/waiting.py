"""On the way in: joining again, or waiting in the lobby until the host lets one in."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.state.app_state import AppState
from app.state.call_intents import CancelJoin
from app.state.slices.prejoin import PreJoin
from app.ui.bridge import Bridge
from app.ui.text import ElidedWords, Words
from app.ui.widgets.buttons import Button, help_button
from app.ui.widgets.cards import Card, Glyph, Spinner, centred, column, middle, row
from app.ui.widgets.columns import Scroll
from app.ui.widgets.page import Page

#: As `panels.reconnecting` says it in a call.
CUT = "The connection was interrupted. Once it is back, Parley asks for you again."


class WaitingPage(Page):
    """Shows the phases "waiting", and "joining" when there is no page before the call."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__("waiting-page")
        self._bridge = bridge
        self._title = Words("", look="heading", wraps=True)
        self._title.setObjectName("waiting-title")
        self._meeting = ElidedWords("", look="strong")
        self._words = Words("", look="muted", wraps=True)
        self._words.setObjectName("waiting-words")
        self._back = Button("Cancel", "waiting-cancel", kind="outline")
        self._back.clicked.connect(lambda: bridge.do(CancelJoin()))
        box = column(gap=14, margins=(36, 32, 36, 28))
        for label in (self._title, self._meeting, self._words):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        box.addLayout(centred(Spinner(34)))
        for label in (self._title, self._meeting, self._words):
            box.addWidget(label)
        box.addWidget(self._make_notice())
        box.addSpacing(4)
        box.addLayout(row(None, self._back, help_button("waiting-help", "guests"), None))
        card = Card(box, name="waiting-card")
        card.setFixedWidth(440)
        inside = QWidget()
        inside.setLayout(middle(card))
        self.setLayout(column(Scroll(inside)))

    def _make_notice(self) -> Card:
        words = Words(
            "This meeting is being recorded now. If you are let in, you are asked whether you agree before anything "
            "of you is recorded.", wraps=True,
        )  # fmt: skip
        box = row(Glyph("circle-dot", ink="danger"), words, gap=10, margins=(14, 10, 14, 10))
        box.setStretch(1, 1)
        self._notice = Card(box, ground="alarm", name="waiting-notice")
        return self._notice

    def show_state(self, state: AppState) -> None:
        """Where one waits, and for what."""
        prejoin = state.prejoin
        if state.call_phase == "waiting" and prejoin is not None:
            is_there = state.connection.phase == "online"
            self._title.setText("Waiting to be let in" if is_there else "Reconnecting…")
            self._meeting.show_text(prejoin.title)
            self._words.setText(_waiting_words(prejoin) if is_there else CUT)
            self._notice.setVisible(prejoin.is_recording and not prejoin.notice_read)
        else:
            title = state.call.meeting.title if state.call else "the meeting"
            self._title.setText("Joining again…")
            self._meeting.hide()
            self._words.setText(f"Taking you back into “{title}”.")
            self._notice.hide()
        self._back.setVisible(state.prejoin is not None)


def _waiting_words(prejoin: PreJoin) -> str:
    name = prejoin.guest_name.strip()
    named = f" as “{name}”" if name else ""
    return f"You asked to join{named}. {prejoin.host or 'The host'} has been told that you are here."
