"""After a call: why it ended, and the way back in for who left by mistake."""

from __future__ import annotations

from PySide6.QtCore import Qt

from app.state.app_state import AppState
from app.state.events import CloseCall, Rejoin
from app.ui.bridge import Bridge
from app.ui.text import ElidedWords, Words
from app.ui.widgets.buttons import Button
from app.ui.widgets.cards import Card, Glyph, Page, centred, column, middle, row


class EndedPage(Page):
    """Shows the phase "ended". A guest is told nothing of recaps or rooms."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__("ended-page")
        self._title = Words("", look="heading", wraps=True)
        self._title.setObjectName("ended-words")
        self._meeting = ElidedWords("", look="muted")
        self._words = Words("", look="muted", wraps=True)
        self._rejoin = Button("Rejoin", "rejoin", kind="primary", glyph="door-open")
        self._rejoin.clicked.connect(lambda: bridge.do(Rejoin()))
        self._back = Button("Back to the room", "close-call", kind="outline")
        self._back.clicked.connect(lambda: bridge.do(CloseCall()))
        for label in (self._title, self._meeting, self._words):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        box = column(gap=12, margins=(36, 32, 36, 28))
        box.addLayout(centred(Glyph("phone-off", ink="muted", size_px=36)))
        for label in (self._title, self._meeting, self._words):
            box.addWidget(label)
        box.addSpacing(8)
        box.addLayout(row(None, self._back, self._rejoin, None, gap=10))
        card = Card(box, name="ended-card")
        card.setFixedWidth(440)
        self.setLayout(middle(card))

    def show_state(self, state: AppState) -> None:
        """Why, and what now."""
        call = state.call
        if call is None:
            return
        is_guest = state.me is None or bool(call.guest_token)
        self._title.setText(call.ended_words or "You left the meeting.")
        self._meeting.setText(call.meeting.title)
        self._words.show_text(
            "The meeting is still going on. Left by mistake? You can go back in." if call.can_rejoin else ""
        )
        self._rejoin.setVisible(call.can_rejoin)
        self._back.say("Close" if is_guest else "Back to the room")
