"""After a call: why it ended, the way back in, where a recap will be. A guest is told nothing of recaps or rooms."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.state.app_state import AppState
from app.state.call_intents import CloseCall, Rejoin
from app.state.slices.call import Call
from app.ui.bridge import Bridge
from app.ui.panels.keeping_part import places_card
from app.ui.panels.receipt_file import ReceiptButton
from app.ui.text import ElidedWords, Words
from app.ui.widgets.buttons import Button
from app.ui.widgets.cards import Card, Glyph, centred, column, middle, row
from app.ui.widgets.columns import Scroll
from app.ui.widgets.page import Page

_RECEIPT_WORDS = (
    "You agreed to be recorded. The receipt says what was recorded, when you were told, and how to have it deleted."
)
_NOW = " Save it now: it is gone when you close this page."


class EndedPage(Page):
    """Shows `AppState.call` in the phase "ended"."""

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
        self._places = places_card("recap-places")
        box = column(gap=12, margins=(36, 32, 36, 28))
        box.addLayout(centred(Glyph("phone-off", ink="muted", size_px=36)))
        for widget in (self._title, self._meeting, self._words, self._places, self._make_receipt()):
            box.addWidget(widget)
        box.addSpacing(8)
        box.addLayout(row(None, self._back, self._rejoin, None, gap=10))
        card = Card(box, name="ended-card")
        card.setFixedWidth(440)
        inside = QWidget()
        inside.setLayout(middle(card))
        self.setLayout(column(Scroll(inside)))

    def _make_receipt(self) -> QWidget:
        self._receipt = ReceiptButton("Save receipt…", "ended-receipt")
        self._receipt_words = Words("", look="small", wraps=True)
        self._receipt_box = Card(
            column(self._receipt_words, row(self._receipt, None), gap=8, margins=(14, 12, 14, 12)),
            ground="raised",
            name="receipt-box",
        )
        return self._receipt_box

    def show_state(self, state: AppState) -> None:
        """Why, and what now."""
        call = state.call
        if call is None:
            return
        is_guest = state.me is None or bool(call.guest_token)
        self._title.setText(call.ended_words or "You left the meeting.")
        self._meeting.setText(call.meeting.title)
        self._words.show_text("You can go back in as long as the meeting goes on." if call.can_rejoin else "")
        self._places.setVisible(not is_guest and _was_recorded(call))
        self._receipt.show_receipt(call.recording.receipt)
        self._receipt_words.setText(_RECEIPT_WORDS + (_NOW if is_guest else ""))
        self._receipt_box.setVisible(call.recording.receipt is not None)
        self._rejoin.setVisible(call.can_rejoin)
        self._back.say("Close" if is_guest or state.is_passing else "Back to the room")


def _was_recorded(call: Call) -> bool:
    return call.recording.since is not None or call.meeting.recap not in ("none", "deleted")
