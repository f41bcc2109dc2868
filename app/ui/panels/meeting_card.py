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
        is_ongoing = card.state == "ongoing"
        glyph = "sparkles" if is_recap_news else "video"
        head = row(Glyph(glyph, ink="accent" if is_ongoing or is_recap_news else "muted", size_px=22), gap=12)
        head.addLayout(column(ElidedWords(card.title, look="title"), Words(state_words(card), look="muted"), gap=2), 1)
        if is_ongoing and card.recap == "recording":
            head.addWidget(Chip("AI recording", tone="danger"), 0, Qt.AlignmentFlag.AlignTop)
        box = column(head, gap=10, margins=(16, 14, 16, 14))
        words = recap_words(card)
        if words and not (is_ongoing and card.recap == "recording"):
            box.addWidget(Words(words, look="bad" if card.recap == "failed" else "", wraps=True))
        elif not is_ongoing and card.recap == "none":
            box.addWidget(Words("Not recorded, so there is no recap.", look="muted", wraps=True))
        buttons = self._buttons(card, bridge, is_recap_news)
        if buttons:
            box.addLayout(row(*buttons, None))
        super().__init__(box)
        self.setMaximumWidth(460)
        self.setMinimumWidth(260)

    def _buttons(self, card: MeetingCard, bridge: Bridge, is_recap_news: bool) -> list[QWidget]:
        prefix = "news-" if is_recap_news else ""
        if card.state == "ongoing":
            if is_recap_news:
                return []
            join = Button("Join", f"join-{card.id}", kind="primary", glyph="video")
            join.clicked.connect(lambda: bridge.do(GoToMeeting(meeting=card.id)))
            link = CopyLink(f"copy-link-{card.id}")
            link.show_link(card.link)
            return [join, link]
        if card.recap == "none":
            return []
        is_ready = card.recap == "ready"
        words = "Open recap" if is_ready else "See how far it is"
        kind = "primary" if is_ready else "outline"
        recap = Button(words, f"{prefix}open-recap-{card.id}", kind=kind, glyph="sparkles")
        recap.clicked.connect(lambda: bridge.do(OpenRecapPage(meeting=card.id)))
        return [recap]
