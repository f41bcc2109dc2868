"""The right side of a room: its members, its upcoming meetings, and the recaps of past ones."""

from __future__ import annotations

import time

from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.state.intents import OpenRecapPage
from app.state.slices.rooms import RoomView
from app.ui.bridge import Bridge
from app.ui.panels.meeting_card import MeetingDialog
from app.ui.panels.meeting_words import plan_lines, recap_words
from app.ui.panels.room_list import MemberRow, RoomsHost
from app.ui.text import ElidedWords, Words, clock_words, day_words
from app.ui.widgets.buttons import Button, IconButton, RowButton
from app.ui.widgets.cards import Card, Chip, Glyph, column, row
from app.ui.widgets.columns import Column, Scroll
from app.ui.widgets.frame import frame_of
from app.ui.widgets.scrim import is_open
from app.wire.rooms import MeetingCard, RoomInfo
from app.wire.text import fold


class RoomAside(Card):
    """Members, upcoming meetings and meeting recaps.

    Args:
        bridge: Takes the intents.
        page: The page that it is on.
    """

    def __init__(self, bridge: Bridge, page: RoomsHost) -> None:
        self._bridge = bridge
        self._room = self._own_id = ""
        self._meeting: MeetingDialog | None = None
        self._members = Column(MemberRow, gap=12, margins=(0, 0, 0, 0))
        self._coming = Column(self._make_coming, renew=_renew_coming, gap=4)
        self._recaps = Column(self._make_recap, renew=_renew, gap=4)
        self._none_coming = Words("Nothing is planned. The calendar button plans a meeting.", look="muted", wraps=True)
        self._no_recaps = Words(
            "A recap is what a meeting leaves when it was held with AI recording on: its summary, action items, "
            "transcript and highlights appear here.", look="muted", wraps=True,
        )  # fmt: skip
        self._no_recaps.setObjectName("no-recaps")
        learn = Button("What is the recap?", "recap-help", kind="link")
        learn.clicked.connect(lambda: frame_of(self).open_help("recap"))
        self._what = QWidget()
        self._what.setLayout(row(learn, None))
        settings = IconButton("settings", "Room settings: name, members, leaving", "room-settings")
        settings.clicked.connect(page.open_settings)
        self._close = IconButton("x", "Back to the room", "close-info")
        self._close.clicked.connect(page.toggle_aside)
        self._count = Words("", look="label")
        inside = QWidget()
        inside.setLayout(
            column(
                row(self._count, None, settings, self._close, gap=2), self._members, 16,
                _title("calendar-clock", "Upcoming meetings"), self._none_coming, self._coming, 16,
                _title("sparkles", "Meeting recap"), self._no_recaps, self._what, self._recaps,
                None, gap=10, margins=(18, 16, 18, 16),
            )
        )  # fmt: skip
        super().__init__(column(Scroll(inside)), ground="aside", name="room-aside")

    def show_room(self, info: RoomInfo, view: RoomView, own_id: str) -> None:
        """The open room's."""
        self._room, self._own_id = info.id, own_id
        self._count.setText(f"Members ({len(info.members)})")
        ordered = sorted(info.members, key=lambda one: (one.id != own_id, not one.is_online, fold(one.name)))
        self._members.show_items(
            [(one.id, (one.name, one.is_online, one.id == own_id, one.id == info.owner)) for one in ordered]
        )
        now = time.time()
        self._coming.show_items([(card.id, (card, plan_lines(card, now)[0])) for card in info.scheduled])
        self._none_coming.setVisible(not info.scheduled)
        self._recaps.show_items([(card.id, card) for card in view.recaps])
        self._no_recaps.setVisible(not view.recaps)
        self._what.setVisible(not view.recaps)
        self._show_meeting(info, view)

    def _show_meeting(self, info: RoomInfo, view: RoomView) -> None:
        if self._meeting is None or not is_open(self._meeting):
            self._meeting = None
            return
        told = (one.meeting for one in view.messages if one.meeting is not None)
        found = next((one for one in (*info.scheduled, *told) if one.id == self._meeting.meeting), None)
        if found is None:
            self._meeting.close_dialog()
            self._meeting = None
        else:
            self._meeting.show_card(found)

    def close_meeting(self) -> None:
        """Puts the card of a meeting away: another dialog is about it now."""
        if self._meeting is not None and is_open(self._meeting):
            self._meeting.close_dialog()
        self._meeting = None

    def _make_coming(self, data: tuple[MeetingCard, str]) -> QWidget:
        button = RowButton("", f"coming-{data[0].id}")
        button.clicked.connect(lambda: self._open_meeting(button))
        _renew_coming(button, data)
        return button

    def _open_meeting(self, button: RowButton) -> None:
        card: MeetingCard = button.property("card")
        is_mine = bool(self._own_id) and card.starter == self._own_id
        self._meeting = MeetingDialog(self.window(), card, self._bridge, is_planner=is_mine)

    def show_close(self, is_needed: bool) -> None:
        """The way back where this covers the room."""
        self._close.setVisible(is_needed)

    def _make_recap(self, card: MeetingCard) -> QWidget:
        button = RowButton("", f"recap-{card.id}")
        button.clicked.connect(lambda: self._bridge.do(OpenRecapPage(meeting=card.id)))
        _renew(button, card)
        return button


def _title(glyph: str, words: str) -> QHBoxLayout:
    return row(Glyph(glyph, ink="accent", size_px=16), Words(words, look="label"), None)


def _renew_coming(button: RowButton, data: tuple[MeetingCard, str]) -> bool:
    card, when = data
    button.setProperty("card", card)
    open_now = "open now" if card.state == "joinable" else ""
    button.setAccessibleName(", ".join(one for one in (card.title, when, open_now) if one))
    text = column(ElidedWords(card.title, look="strong"), ElidedWords(when, look="small"), gap=2)
    box = row(Glyph("globe" if card.provider == "external" else "calendar"), gap=10, margins=(10, 8, 10, 8))
    box.addLayout(text, 1)
    if open_now:
        box.addWidget(Chip("Open", tone="accent"))
    button.fill(box)
    return True


def _renew(button: RowButton, card: MeetingCard) -> bool:
    button.setAccessibleName(f"Recap of {card.title}, {recap_words(card)}")
    when = f"{day_words(card.started_at, time.time())}, {clock_words(card.started_at)}"
    glyph, ink = {
        "ready": ("circle-check", "accent"),
        "deleted": ("trash-2", "muted"),
        "failed": ("triangle-alert", "danger"),
        "recording": ("circle-dot", "danger"),
    }.get(card.recap, ("hourglass", "muted"))
    state = {"ready": "Ready", "failed": "Failed", "recording": "Being recorded", "deleted": "Deleted"}.get(
        card.recap, "Being prepared"
    )
    text = column(ElidedWords(card.title, look="strong"), ElidedWords(f"{when}, {state.lower()}", look="small"), gap=2)
    box = row(Glyph(glyph, ink=ink), gap=10, margins=(10, 8, 10, 8))
    box.addLayout(text, 1)
    button.fill(box)
    return True
