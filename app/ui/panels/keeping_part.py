"""How long a recap is kept, asking for its deletion before that, and the receipts of both."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date

from PySide6.QtWidgets import QPlainTextEdit, QWidget

from app.state.intents import AskForDeletion, GetReceipt
from app.state.slices.recap import RecapView
from app.ui.bridge import Bridge
from app.ui.panels.meeting_words import deletion_words
from app.ui.panels.receipt_file import ReceiptButton
from app.ui.text import Words, full_date
from app.ui.widgets.buttons import Button
from app.ui.widgets.cards import Card, Glyph, column, row
from app.ui.widgets.scrim import Scrim
from app.wire.privacy import ReceiptKind
from app.wire.rooms import MeetingCard

#: Where a member finds the recap, an icon and words each.
PLACES = (
    ("sparkles", "On the recap page, which fills itself in"),
    ("messages-square", "In the room's messages, when it is ready"),
    ("info", "Under Meeting recaps at the side of the room"),
)
_OUTSIDE = "A file that somebody has saved elsewhere is not affected: it stays until that person deletes it."
#: A reason longer than this is not taken by the server.
REASON_MOST = 500


def kept_words(card: MeetingCard) -> str:
    """Until when a recording and its recap are there."""
    if card.expires_at is None:
        return "Kept for six months after the meeting, then deleted."
    if card.expires_at <= time.time():
        return "The six months are over: this is being deleted."
    return f"Kept until {full_date(date.fromtimestamp(card.expires_at))}, then deleted automatically."


def places_card(name: str) -> Card:
    """The three places where a recap will be; for members only."""
    lines = [row(Glyph(glyph, ink="accent", size_px=16), Words(words, wraps=True), gap=9) for glyph, words in PLACES]
    for line in lines:
        line.setStretch(1, 1)
    return Card(
        column(Words("Where you find the recap", look="label"), *lines, gap=8, margins=(14, 12, 14, 12)),
        ground="raised", name=name,
    )  # fmt: skip


class KeepingPart(Card):
    """Below the recap, and in its place once it is deleted.

    Args:
        bridge: Takes the intents.
    """

    def __init__(self, bridge: Bridge, prefix: str = "") -> None:
        self._bridge = bridge
        self._card: MeetingCard | None = None
        self._state = Words("", wraps=True)
        self._state.setObjectName(f"{prefix}deletion-state")
        self._glyph = Glyph("hourglass", ink="warning", size_px=16)
        self._told = QWidget()
        told = row(self._glyph, self._state, gap=9)
        told.setStretch(1, 1)
        self._told.setLayout(told)
        self._outside = Words(_OUTSIDE, look="small", wraps=True)
        self._error = Words("", look="bad", wraps=True)
        self._error.setObjectName(f"{prefix}keeping-words")
        self._ask = Button(
            "Request earlier deletion…", f"{prefix}request-deletion", kind="outline", glyph="trash-2"
        )  # fmt: skip
        self._ask.clicked.connect(self._open_question)
        self._consent = ReceiptButton(
            "Save my consent receipt…", f"{prefix}recap-consent-receipt", ask=lambda: self._get("consent")
        )
        self._deletion = ReceiptButton(
            "Save the receipt of the deletion…", f"{prefix}recap-deletion-receipt", ask=lambda: self._get("deletion")
        )
        super().__init__(
            column(
                self._told, self._error, row(self._ask, None), row(self._consent, None), row(self._deletion, None),
                self._outside, gap=8, margins=(14, 10, 14, 12),
            ),
            ground="raised", name=f"{prefix}keeping",
        )  # fmt: skip

    def show_view(self, view: RecapView) -> None:
        """Of this recap."""
        card = view.meeting
        if self._card is not None and self._card.id != card.id:
            self._consent.stop_waiting()
            self._deletion.stop_waiting()
        self._card = card
        is_deleted = card.recap == "deleted"
        words = deletion_words(card)
        glyph, ink = ("ban", "danger") if card.deletion == "refused" else ("hourglass", "warning")
        self._glyph.show_icon(glyph, ink)
        self._state.setText(words)
        self._told.setVisible(bool(words))
        # What is said of the recap itself stands in its place while there is none.
        self._error.show_text(view.words if view.recap is not None else "")
        self._ask.setVisible(card.recap in ("ready", "failed") and card.deletion in ("none", "refused"))
        self._ask.say("Ask again…" if card.deletion == "refused" else "Request earlier deletion…")
        self._consent.show_receipt(view.consent_receipt)
        self._consent.setVisible(not is_deleted)
        self._deletion.show_receipt(view.deletion_receipt)
        self._deletion.setVisible(is_deleted)

    def _get(self, kind: ReceiptKind) -> None:
        if self._card is not None:
            self._bridge.do(GetReceipt(recording=self._card.id, kind=kind))

    def _open_question(self) -> None:
        if self._card is not None:
            recording = self._card.id
            DeletionDialog(
                self.window(), lambda reason: self._bridge.do(AskForDeletion(recording=recording, reason=reason))
            )


class DeletionDialog(Scrim):
    """Asks for the deletion of a recording, with a reason that may be left out.

    Args:
        parent: The window.
        then: Called with the reason.
    """

    def __init__(self, parent: QWidget, then: Callable[[str], object]) -> None:
        self._then = then
        self._reason = QPlainTextEdit()
        self._reason.setObjectName("deletion-reason")
        self._reason.setAccessibleName("Reason (can be left out)")
        self._reason.setPlaceholderText("Reason (can be left out)")
        self._reason.setTabChangesFocus(True)
        self._reason.setFixedHeight(84)
        self._reason.textChanged.connect(self._cut)
        send = Button("Send the request", "deletion-ok", kind="primary")
        send.clicked.connect(self._send)
        cancel = Button("Cancel", "deletion-cancel", kind="quiet")
        cancel.clicked.connect(self.close_dialog)
        words = (
            "The request goes to whoever runs the server, and every member of the room sees that it was made. If it is "
            "granted, the video, the transcript and the recap are deleted for everyone at once and cannot be brought "
            "back; you then get a signed receipt. Files that somebody has saved elsewhere are not affected."
        )
        box = column(
            Words("Request earlier deletion", look="heading"), Words(words, wraps=True), 2, self._reason, 6,
            row(None, cancel, send), margins=(24, 22, 24, 20),
        )  # fmt: skip
        super().__init__(parent, Card(box, name="deletion-dialog"))
        self.dismissed.connect(self.close_dialog)
        self._reason.setFocus()

    def _cut(self) -> None:
        text = self._reason.toPlainText()
        if len(text) > REASON_MOST:
            self._reason.setPlainText(text[:REASON_MOST])
            cursor = self._reason.textCursor()
            cursor.movePosition(cursor.MoveOperation.End)
            self._reason.setTextCursor(cursor)

    def _send(self) -> None:
        reason = self._reason.toPlainText().strip()
        self.close_dialog()
        self._then(reason)
