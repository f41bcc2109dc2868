"""On the way in: joining again, or waiting in the lobby until the host lets one in."""

from __future__ import annotations

from PySide6.QtCore import Qt

from app.state.app_state import AppState
from app.state.events import CancelJoin
from app.ui.bridge import Bridge
from app.ui.text import Words
from app.ui.widgets.buttons import Button
from app.ui.widgets.cards import Card, Page, Spinner, centred, column, middle


class WaitingPage(Page):
    """Shows the phases "waiting", and "joining" when there is no page before the call."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__("waiting-page")
        self._bridge = bridge
        self._title = Words("", look="heading", wraps=True)
        self._words = Words("", look="muted", wraps=True)
        self._notice = Words(
            "This meeting is being recorded now. If you are let in, you are asked whether you agree before anything "
            "of you is recorded.", look="warning", wraps=True,
        )  # fmt: skip
        self._back = Button("Cancel", "waiting-cancel", kind="outline")
        self._back.clicked.connect(lambda: bridge.do(CancelJoin()))
        box = column(gap=14, margins=(36, 32, 36, 28))
        for label in (self._title, self._words, self._notice):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        box.addLayout(centred(Spinner(34)))
        for label in (self._title, self._words, self._notice):
            box.addWidget(label)
        box.addSpacing(6)
        box.addLayout(centred(self._back))
        card = Card(box, name="waiting-card")
        card.setFixedWidth(440)
        self.setLayout(middle(card))

    def show_state(self, state: AppState) -> None:
        """Where one waits, and for what."""
        prejoin = state.prejoin
        if state.call_phase == "waiting" and prejoin is not None:
            self._title.setText("Waiting for the host")
            self._words.setText(
                f"You asked to join “{prejoin.title}”. The host sees that you are here and will let you in soon."
            )
            self._notice.setVisible(prejoin.is_recording and not prejoin.notice_read)
        else:
            title = state.call.meeting.title if state.call else "the meeting"
            self._title.setText("Joining again…")
            self._words.setText(f"Taking you back into “{title}”.")
            self._notice.hide()
        self._back.setVisible(state.prejoin is not None)
