"""A meeting as its room shows it: how far it is, and what one can do about it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from app.state.events import GoToMeeting, OpenRecapPage
from app.ui.bridge import Bridge
from app.ui.text import ElidedWords, Words, clock_words, length_words, people_words
from app.ui.widgets.buttons import Button
from app.ui.widgets.cards import Card, Chip, Glyph, column, row
from app.wire.rooms import MeetingCard


def state_words(card: MeetingCard) -> str:
    """How far a meeting is, in a line."""
    if card.state == "ongoing":
        return f"Ongoing, {people_words(card.people)}" if card.people else "Ongoing, nobody is in it right now"
    if card.ended_at is None:
        return "Ended"
    return f"Ended at {clock_words(card.ended_at)}, lasted {length_words(card.ended_at - card.started_at)}"


def recap_words(card: MeetingCard) -> str:
    """How far its recap is, in a line; empty where the meeting left none."""
    words = {
        "none": "",
        "recording": "AI recording is on." if card.state == "ongoing" else "The recap is being prepared.",
        "generating": "The recap is being prepared.",
        "ready": "The recap is ready.",
        "failed": "The recap could not be made.",
    }[card.recap]
    return card.recap_words or words


def copy_link(card: MeetingCard) -> None:
    """Puts a meeting's link into the clipboard."""
    QGuiApplication.clipboard().setText(card.link)


class CopyLink(Button):
    """Copies a meeting's link, and says for a moment that it did."""

    def __init__(self, name: str, *, kind: str = "outline", words: str = "Copy meeting link") -> None:
        from PySide6.QtCore import QTimer

        super().__init__(words, name, kind=kind, glyph="copy")
        self._words = words
        self._link = ""
        self._timer = QTimer(self, interval=2000, singleShot=True)
        self._timer.timeout.connect(lambda: self.say(self._words, glyph="copy"))
        self.clicked.connect(self._copy)

    def show_link(self, link: str) -> None:
        """The link; the button is hidden where there is none."""
        self._link = link
        self.setVisible(bool(link))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._link)
        self.say("Copied", glyph="check")
        self._timer.start()


class MeetingCardView(Card):
    """The card in a room's conversation.

    Args:
        card: The meeting.
        bridge: Takes the intents.
        is_recap_news: The message that says that the recap is ready: another name for its button.
    """

    def __init__(self, card: MeetingCard, bridge: Bridge, *, is_recap_news: bool = False) -> None:
        self._is_recap_news = is_recap_news
        self._glyph = Glyph("sparkles" if is_recap_news else "video", size_px=22)
        self._title, self._how_far = ElidedWords("", look="title"), Words("", look="muted")
        self._rec = Chip("AI recording", tone="danger")
        head = row(self._glyph, gap=12)
        head.addLayout(column(self._title, self._how_far, gap=2), 1)
        head.addWidget(self._rec, 0, Qt.AlignmentFlag.AlignTop)
        self._words = {look: Words("", look=look, wraps=True) for look in ("", "muted", "bad")}
        self._join = Button("Join", f"join-{card.id}", kind="primary", glyph="video")
        self._join.clicked.connect(lambda: bridge.do(GoToMeeting(meeting=card.id)))
        self._link = CopyLink(f"copy-link-{card.id}")
        prefix = "news-" if is_recap_news else ""
        self._recap = Button("Open recap", f"{prefix}open-recap-{card.id}", kind="primary", glyph="sparkles")
        self._recap.clicked.connect(lambda: bridge.do(OpenRecapPage(meeting=card.id)))
        self._buttons = QWidget()
        self._buttons.setLayout(row(self._join, self._link, self._recap, None))
        super().__init__(column(head, *self._words.values(), self._buttons, gap=10, margins=(16, 14, 16, 14)))
        self.setMaximumWidth(460)
        self.setMinimumWidth(260)
        self.show_card(card)

    def show_card(self, card: MeetingCard) -> None:
        """How the same meeting stands now; the buttons stay, so that none goes away under a click."""
        is_ongoing = card.state == "ongoing"
        is_recording = is_ongoing and card.recap == "recording"
        glyph = "sparkles" if self._is_recap_news else "video"
        self._glyph.show_icon(glyph, "accent" if is_ongoing or self._is_recap_news else "muted")
        self._title.setText(card.title)
        self._how_far.setText(state_words(card))
        self._rec.setVisible(is_recording)
        words, look = recap_words(card), "bad" if card.recap == "failed" else ""
        if is_recording:
            words = ""
        elif not words and not is_ongoing and card.recap == "none":
            words, look = "Not recorded, so there is no recap.", "muted"
        for one, label in self._words.items():
            label.show_text(words if one == look else "")
        can_join = is_ongoing and not self._is_recap_news
        has_recap = not is_ongoing and card.recap != "none"
        self._join.setVisible(can_join)
        self._link.show_link(card.link if can_join else "")
        self._recap.say("Open recap" if card.recap == "ready" else "See how far it is")
        self._recap.show_kind("primary" if card.recap == "ready" else "outline")
        self._recap.setVisible(has_recap)
        self._buttons.setVisible(can_join or has_recap)
