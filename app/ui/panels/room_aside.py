"""The right side of a room: its members and the recaps of its meetings."""

from __future__ import annotations

import time

from PySide6.QtWidgets import QWidget

from app.state.app_state import RoomView
from app.state.events import OpenRecapPage
from app.ui.bridge import Bridge
from app.ui.panels.meeting_card import recap_words
from app.ui.panels.room_list import MemberRow
from app.ui.text import ElidedWords, Words, clock_words, day_words
from app.ui.widgets.buttons import IconButton, RowButton
from app.ui.widgets.cards import Card, Glyph, column, row
from app.ui.widgets.columns import Column, Scroll
from app.wire.rooms import MeetingCard, RoomInfo


class RoomAside(Card):
    """Members and meeting recaps.

    Args:
        bridge: Takes the intents.
    """

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge
        self._members = Column(MemberRow, gap=12, margins=(0, 0, 0, 0))
        self._recaps = Column(self._make_recap, renew=_renew, gap=4)
        self._no_recaps = Words(
            "When a meeting is held with AI recording on, its summary, action items, transcript and highlights "
            "appear here.", look="muted", wraps=True,
        )  # fmt: skip
        self._close = IconButton("x", "Back to the room", "close-info")
        self._close.clicked.connect(self._go_back)
        self._count = Words("", look="label")
        inside = QWidget()
        recaps_title = row(Glyph("sparkles", ink="accent", size_px=16), Words("Meeting recaps", look="label"), None)
        inside.setLayout(
            column(
                row(self._count, None, self._close), self._members, 18, recaps_title, self._no_recaps, self._recaps,
                None, gap=10, margins=(18, 16, 18, 16),
            )
        )  # fmt: skip
        scroll = Scroll(inside)
        super().__init__(column(scroll), ground="aside", name="room-aside")

    def show_room(self, info: RoomInfo, view: RoomView, own_id: str) -> None:
        """The open room's."""
        self._count.setText(f"Members ({len(info.members)})")
        ordered = sorted(info.members, key=lambda one: (one.id != own_id, not one.is_online, one.name.casefold()))
        self._members.show_items([(one.id, (one.name, one.is_online, one.id == own_id)) for one in ordered])
        self._recaps.show_items([(card.id, card) for card in view.recaps])
        self._no_recaps.setVisible(not view.recaps)

    def show_close(self, is_needed: bool) -> None:
        """The way back where this covers the room."""
        self._close.setVisible(is_needed)

    def _go_back(self) -> None:
        page = self.parentWidget()
        page.toggle_aside()  # type: ignore[attr-defined]

    def _make_recap(self, card: MeetingCard) -> QWidget:
        button = RowButton("", f"recap-{card.id}")
        button.clicked.connect(lambda: self._bridge.do(OpenRecapPage(meeting=card.id)))
        _renew(button, card)
        return button


def _renew(button: RowButton, card: MeetingCard) -> bool:
    button.setAccessibleName(f"Recap of {card.title}, {recap_words(card)}")
    when = f"{day_words(card.started_at, time.time())}, {clock_words(card.started_at)}"
    glyph, ink = {
        "ready": ("circle-check", "accent"),
        "failed": ("triangle-alert", "danger"),
        "recording": ("circle-dot", "danger"),
    }.get(card.recap, ("hourglass", "muted"))
    state = {"ready": "Ready", "failed": "Failed", "recording": "Being recorded"}.get(card.recap, "Being prepared")
    text = column(ElidedWords(card.title, look="strong"), ElidedWords(f"{when}, {state.lower()}", look="small"), gap=2)
    box = row(Glyph(glyph, ink=ink), gap=10, margins=(10, 8, 10, 8))
    box.addLayout(text, 1)
    button.fill(box)
    return True
