"""Sharing a link: the buttons that do it, and the question asked when it would work on this computer only."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from app.state.app_state import AppState
from app.state.intents import AnswerGiving, GiveLink, TakeHandout
from app.state.scope import REACHES, is_for_nobody, own_scope
from app.state.slices.reach import Gift, Handout
from app.ui.bridge import Bridge
from app.ui.panels import outside
from app.ui.text import Words
from app.ui.widgets.buttons import Button
from app.ui.widgets.cards import Card, Glyph, Spinner, column, row
from app.ui.widgets.scrim import Scrim

_ASKS = "The link works on this computer only; letting others in opens Parley to them, over an encrypted connection."
_NOT_OURS = (
    "The link works on this computer only: the server that holds the meeting is set up for this computer alone, and "
    "whoever runs it can change that."
)
_HERE = {
    "copy": "Copy just for me",
    "calendar": "Add just for me",
}


class CopyLink(Button):
    """Copies a link, and says for a moment that it did; for one that works on this computer only it asks first.

    Args:
        name: The object name.
        bridge: Takes the intent.
        kind: The look.
        words: On the button.
        glyph: Beside the words.
    """

    def __init__(
        self, name: str, bridge: Bridge, *, kind: str = "outline", words: str = "Copy meeting link", glyph: str = "copy"
    ) -> None:
        super().__init__(words, name, kind=kind, glyph=glyph)
        self._words, self._plain_glyph, self._label = words, glyph, words
        self._bridge = bridge
        self._link = ""
        self._timer = QTimer(self, interval=2000, singleShot=True)
        self._timer.timeout.connect(self._show_label)
        self.clicked.connect(self._copy)

    def show_link(self, link: str) -> None:
        """The link; the button is hidden where there is none."""
        self._link = link
        self.setVisible(bool(link))

    def show_label(self, label: str) -> None:
        """Fewer words on it, or none: the icon says what it does, and after a click that it did."""
        if label != self._label:
            self._label = label
            if not self._timer.isActive():
                self._show_label()

    def _show_label(self) -> None:
        self.say(self._words, glyph=self._plain_glyph)
        self.show_text(self._label)

    def _copy(self) -> None:
        if is_for_nobody(self._link):
            self._bridge.do(GiveLink(way="copy", link=self._link))
            return
        QGuiApplication.clipboard().setText(self._link)
        self.say("Copied", glyph="check")
        self.show_text("Copied" if self._label else "")
        self._timer.start()


class MailInvitation(Button):
    """Opens the mail program with an invitation in it; nothing is sent by Parley."""

    def __init__(self, name: str, bridge: Bridge, *, kind: str = "quiet") -> None:
        super().__init__("Email invitation", name, kind=kind, glyph="mail")
        self._bridge = bridge
        self._title = self._link = ""
        self.clicked.connect(self._mail)

    def show_meeting(self, title: str, link: str) -> None:
        """What is invited to; the button is hidden where there is no link."""
        self._title, self._link = title, link
        self.setVisible(bool(link))

    def _mail(self) -> None:
        if is_for_nobody(self._link):
            self._bridge.do(GiveLink(way="mail", link=self._link, title=self._title))
        else:
            outside.open_outside(outside.mail_url(self._title, self._link))


def hand_out(handout: Handout, bridge: Bridge) -> None:
    """Does with a link what was wanted, now that it is as it should be."""
    if handout.way == "mail":
        outside.open_outside(outside.mail_url(handout.title, handout.link))
    else:
        QGuiApplication.clipboard().setText(handout.link)
    bridge.do(TakeHandout(number=handout.number))


class GiveQuestion(Scrim):
    """“Let others in?”, before sharing a link that nobody else could follow. Esc shares nothing.

    Args:
        parent: The window.
        giving: What is to be done with the link.
        bridge: Takes the answer.
    """

    def __init__(self, parent: QWidget, giving: Gift, bridge: Bridge) -> None:
        self._bridge = bridge
        self._yes = Button("Let others in", "give-open", kind="primary")
        self._here = Button(_HERE.get(giving.way, ""), "give-here", kind="quiet")
        self._no = Button("Not now" if giving.can_open else "Cancel", "give-no", kind="outline")
        self._yes.clicked.connect(lambda: self._answer("open"))
        self._here.clicked.connect(lambda: self._answer("here"))
        self._no.clicked.connect(lambda: self._answer("no"))
        self._reaches = Words("", look="muted", wraps=True)
        self._reaches.setObjectName("give-reaches")
        self._bad = Words("", look="bad", wraps=True)
        self._bad.setObjectName("give-words")
        self._opening = QWidget()
        self._opening.setLayout(row(Spinner(), Words("Letting others in…", look="muted"), None, gap=10))
        head = row(Glyph("users", ink="accent"), gap=10)
        title = "Let others in?" if giving.can_open else "This link is for this computer"
        head.addWidget(Words(title, look="heading"), 1)
        box = column(head, Words(_ASKS if giving.can_open else _NOT_OURS, wraps=True), self._reaches, gap=10)
        for widget in (self._opening, self._bad):
            box.addWidget(widget)
        box.addSpacing(6)
        box.addLayout(row(self._here, None, self._no, self._yes))
        box.setContentsMargins(24, 22, 24, 20)
        super().__init__(parent, Card(box, name="give-question"), width_px=480)
        self._here.setVisible(giving.way in _HERE)
        self._yes.setVisible(giving.can_open)
        self.dismissed.connect(lambda: self._answer("no"))
        (self._yes if giving.can_open else self._no).setFocus()

    def show_state(self, state: AppState) -> None:
        """How far it is."""
        giving = state.giving.gift
        if giving is None:
            return
        self._opening.setVisible(giving.is_opening)
        for button in (self._yes, self._here):
            button.setEnabled(not giving.is_opening)
        self._bad.show_text(giving.words)
        self._reaches.show_text(REACHES[own_scope(state)] if giving.can_open and not giving.words else "")
        self.refit()

    def _answer(self, answer: Literal["open", "here", "no"]) -> None:
        self._bridge.do(AnswerGiving(answer=answer))
