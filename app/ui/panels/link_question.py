"""Before a link leads to another server: where one goes, and that nothing has been sent there."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.state.call_intents import AnswerLink
from app.ui.bridge import Bridge
from app.ui.text import TextBlock, Words
from app.ui.widgets.buttons import Button
from app.ui.widgets.cards import Card, Glyph, column, row
from app.ui.widgets.scrim import Scrim
from app.wire.links import Link


class LinkQuestion(Scrim):
    """Shows the server of a link whole, and goes there only by its own button; Esc does not.

    Args:
        parent: The window.
        link: It leads to another server.
        bridge: Takes the answer.
    """

    def __init__(self, parent: QWidget, link: Link, bridge: Bridge) -> None:
        self.link = link
        self._bridge = bridge
        shown = TextBlock(link.server.address, widest_px=380)
        shown.setObjectName("link-server")
        go = Button("Continue", "link-question-go", kind="primary")
        stay = Button("Cancel", "link-question-cancel", kind="outline")
        go.clicked.connect(lambda: bridge.do(AnswerLink(goes=True)))
        stay.clicked.connect(self._leave)
        what = "meeting" if link.kind == "meeting" else "room"
        then = {
            "meeting": "Before you give your name, you see who invites you to what.",
            "room": "You sign in there, or create an account, to enter the room.",
        }[what]
        line = row(Glyph("server", ink="accent"), shown, gap=12, margins=(14, 12, 14, 12))
        line.setStretch(1, 1)
        box = column(
            Words(f"Join a {what}?", look="heading"),
            Words("You were invited to this address:", wraps=True), 2,
            Card(line, ground="raised"),
            Words(f"Nothing about you has been sent there yet. {then}", look="muted", wraps=True), 8,
            row(None, stay, go),
        )  # fmt: skip
        box.setContentsMargins(24, 22, 24, 20)
        super().__init__(parent, Card(box, name="link-question"), width_px=460)
        self.dismissed.connect(self._leave)
        stay.setFocus()

    def _leave(self) -> None:
        self._bridge.do(AnswerLink(goes=False))
