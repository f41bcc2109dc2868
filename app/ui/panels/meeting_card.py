"""A meeting as its room shows it: how far it is, and what one can do about it."""

from __future__ import annotations

import time

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.state.call_intents import GoToMeeting
from app.state.intents import CancelPlanned, GetCalendarFile, OpenChatLog, OpenPlan, OpenRecapPage
from app.ui.bridge import Bridge
from app.ui.panels.dialogs import Confirm
from app.ui.panels.giving import CopyLink
from app.ui.panels.link_dialog import LinkDialog
from app.ui.panels.meeting_words import deletion_words, plan_lines, recap_words, state_words
from app.ui.text import ElidedWords, TextBlock, Words
from app.ui.widgets.buttons import Button, IconButton
from app.ui.widgets.cards import Card, Chip, Glyph, column, row
from app.ui.widgets.menu import Menu, add_action, open_below
from app.ui.widgets.scrim import Scrim
from app.wire.rooms import MeetingCard

__all__ = ["MeetingCardView", "recap_words", "state_words"]

_ELSEWHERE = (
    "This meeting is held by another service: no lobby and no recap in Parley. Its address opens in your browser, and "
    "only when you click."
)
#: After these the meeting is over, and nobody goes in any more.
_OPEN = ("joinable", "ongoing")


class MeetingCardView(Card):
    """The card in a room's conversation.

    Args:
        card: The meeting.
        bridge: Takes the intents.
        is_recap_news: The message that says that the recap is ready: another name for its button.
        is_planner: One planned the meeting oneself, and may change and cancel it.
        prefix: Before the names of its buttons, where the same meeting is shown a second time.
    """

    def __init__(
        self, card: MeetingCard, bridge: Bridge, *,
        is_recap_news: bool = False, is_planner: bool = False, prefix: str = "",
    ) -> None:  # fmt: skip
        self._bridge = bridge
        self._is_recap_news, self._is_planner = is_recap_news, is_planner
        self._card = card
        prefix = "news-" if is_recap_news else prefix
        box = column(gap=10, margins=(16, 14, 16, 14))
        super().__init__(box)
        self._glyph = Glyph("sparkles" if is_recap_news else "video", size_px=22)
        self._title, self._how_far = ElidedWords("", look="title"), Words("", look="muted", wraps=True)
        self._rec, self._locked = Chip("AI recording", tone="danger"), Chip("Locked", tone="warning")
        self._more = IconButton("ellipsis", "More about this meeting", f"{prefix}meeting-menu-{card.id}")
        self._more.clicked.connect(self._open_menu)
        head = row(self._glyph, gap=12)
        head.addLayout(column(self._title, self._how_far, gap=2), 1)
        for corner in (self._locked, self._rec, self._more):
            head.addWidget(corner, 0, Qt.AlignmentFlag.AlignTop)
        self._when, self._else = Words("", look="strong", wraps=True), Words("", look="small", wraps=True)
        self._words = {look: Words("", look=look, wraps=True) for look in ("", "muted", "bad", "warning")}
        self._address = TextBlock("", widest_px=420)
        self._address.setObjectName(f"{prefix}address-{card.id}")
        box.addLayout(head)
        for widget in (self._when, self._else, self._address, *self._words.values(), self._make_buttons(prefix)):
            box.addWidget(widget)
        self.setMaximumWidth(460)
        self.setMinimumWidth(240)
        self.show_card(card)

    def _make_buttons(self, prefix: str) -> QWidget:
        key = self._card.id
        self._join = Button("Join", f"{prefix}join-{key}", kind="primary", glyph="video")
        self._join.clicked.connect(lambda: self._bridge.do(GoToMeeting(meeting=key)))
        self._open = Button("Open…", f"{prefix}open-external-{key}", kind="outline", glyph="external-link")
        self._open.clicked.connect(lambda: LinkDialog(self.window(), self._card.link))
        self._link = CopyLink(f"{prefix}copy-link-{key}", self._bridge)
        self._file = Button("Add to calendar", f"{prefix}calendar-file-{key}", kind="outline", glyph="calendar-plus")
        self._file.clicked.connect(lambda: self._bridge.do(GetCalendarFile(meeting=key)))
        self._recap = Button("Open recap", f"{prefix}open-recap-{key}", kind="primary", glyph="sparkles")
        self._recap.clicked.connect(lambda: self._bridge.do(OpenRecapPage(meeting=key)))
        self._chat = Button("Chat", f"{prefix}open-chat-log-{key}", kind="outline", glyph="messages-square")
        self._chat.setAccessibleDescription("Shows what was written in this meeting")
        self._chat.clicked.connect(lambda: self._bridge.do(OpenChatLog(meeting=key)))
        self._buttons = QWidget()
        self._buttons.setLayout(row(self._join, self._open, self._link, self._file, self._recap, self._chat, None))
        return self._buttons

    def show_card(self, card: MeetingCard) -> None:
        """How the same meeting stands now; the buttons stay, so that none goes away under a click."""
        self._card = card
        now = time.time()
        is_live = card.state in _OPEN and card.provider == "parley"
        is_recording = card.state == "ongoing" and card.recap == "recording"
        self._glyph.show_icon(*self._look(is_live=is_live))
        self._title.setText(card.title)
        self._how_far.setText(state_words(card, now))
        self._rec.setVisible(is_recording)
        self._locked.setVisible(card.is_locked and card.state == "ongoing")
        is_planned = card.starts_at is not None and card.state in ("scheduled", "joinable", "cancelled")
        when, more = plan_lines(card, now) if is_planned else ("", "")
        self._when.show_text(when)
        self._else.show_text(more)
        self._say(card)
        self._show_buttons(card, is_live=is_live)

    def renew_times(self) -> None:
        """Updates how far off it is."""
        if self._card.state == "scheduled":
            self.show_card(self._card)

    def _look(self, *, is_live: bool) -> tuple[str, str]:
        card = self._card
        if self._is_recap_news:
            return "sparkles", "accent"
        if card.state == "cancelled":
            return "calendar-x", "muted"
        if card.provider == "external":
            return "globe", "muted"
        if card.state == "scheduled":
            return "calendar-clock", "accent"
        return "video", "accent" if is_live else "muted"

    def _say(self, card: MeetingCard) -> None:
        words, look = recap_words(card), "bad" if card.recap == "failed" else ""
        if card.provider == "external":
            words, look = (_ELSEWHERE, "muted") if card.state != "cancelled" else ("", "")
        elif card.state == "scheduled":
            words, look = "You can join from ten minutes before it begins.", "muted"
        elif card.state == "ongoing" and card.recap == "recording":
            words = ""
        elif card.state == "ended" and not words and card.recap == "none":
            words, look = "Not recorded, so there is no recap.", "muted"
        elif card.recap == "deleted":
            look = "muted"
        for one, label in self._words.items():
            label.show_text(words if one == look else "")
        if deletion_words(card):
            self._words["warning"].show_text(deletion_words(card))

    def _show_buttons(self, card: MeetingCard, *, is_live: bool) -> None:
        is_external = card.provider == "external" and card.state not in ("cancelled", "ended")
        can_join = is_live and not self._is_recap_news
        is_planned = card.starts_at is not None and card.state in ("scheduled", "joinable")
        has_recap = card.state == "ended" and card.recap != "none"
        self._join.setVisible(can_join)
        self._open.setVisible(is_external)
        self._address.set_text(card.link if is_external else "")
        self._address.setVisible(is_external)
        self._link.say("Copy meeting link" if not is_planned else "Copy link")
        self._link.show_link(card.link if can_join or is_external or is_planned else "")
        has_room = not (can_join or is_external)
        self._file.setVisible(is_planned and has_room)
        self._more.setVisible(is_planned and (self._is_planner or not has_room))
        self._recap.say({"ready": "Open recap", "deleted": "Details"}.get(card.recap, "See its progress"))
        self._recap.show_kind("primary" if card.recap == "ready" else "outline")
        self._recap.setVisible(has_recap)
        # Nobody came to one that ended as it began.
        has_chat = card.state == "ended" and card.provider == "parley" and card.ended_at != card.started_at
        self._chat.setVisible(has_chat and not self._is_recap_news)
        shown = (can_join, is_external, is_planned, has_recap, has_chat)
        self._buttons.setVisible(any(shown))

    # --- the planner's ----------------------------------------------------------------------------------------------
    def _open_menu(self) -> None:
        card = self._card
        menu = Menu(self)
        if self._is_planner:
            add_action(menu, "pencil", "Edit…", self._edit, name="menu-edit-meeting")
            add_action(menu, "calendar-x", "Cancel meeting…", self._ask_cancel, name="menu-cancel-meeting")
        add_action(
            menu, "calendar-plus", "Add to calendar", lambda: self._bridge.do(GetCalendarFile(meeting=card.id)),
            name="menu-calendar-file",
        )  # fmt: skip
        open_below(menu, self._more)

    def _edit(self) -> None:
        self._bridge.do(OpenPlan(room=self._card.room, meeting=self._card.id))

    def _ask_cancel(self) -> None:
        card, bridge = self._card, self._bridge
        CancelDialog(self.window(), card, bridge) if card.repeats != "never" else self._confirm_cancel(card)

    def _confirm_cancel(self, card: MeetingCard) -> None:
        asks = Confirm(
            self.window(), "Cancel this meeting?", f"“{card.title}” is cancelled, and everyone invited is told.",
            name="cancel-meeting", answers=("Cancel the meeting", "Keep it"),
        )  # fmt: skip
        asks.answered.connect(lambda yes: self._bridge.do(CancelPlanned(meeting=card.id)) if yes else None)


class CancelDialog(Scrim):
    """A meeting that repeats: this one, or all upcoming ones?"""

    def __init__(self, parent: QWidget, card: MeetingCard, bridge: Bridge) -> None:
        self._meeting, self._bridge = card.id, bridge
        one = Button("Only this one", "cancel-one", kind="outline")
        all_of_them = Button("All upcoming meetings", "cancel-series", kind="danger")
        keep = Button("Keep it", "cancel-keep", kind="quiet")
        one.clicked.connect(lambda: self._cancel(whole_series=False))
        all_of_them.clicked.connect(lambda: self._cancel(whole_series=True))
        keep.clicked.connect(self.close_dialog)
        when, _ = plan_lines(card, time.time())
        words = f"“{card.title}” repeats. This one: {when[:1].lower()}{when[1:]}. Everyone invited is told."
        box = column(Words("Cancel which meeting?", look="heading"), Words(words, wraps=True), 8)
        box.addLayout(row(keep, None, one, all_of_them))
        box.setContentsMargins(24, 22, 24, 20)
        super().__init__(parent, Card(box, name="cancel-dialog"), width_px=480)
        self.dismissed.connect(self.close_dialog)
        keep.setFocus()

    def _cancel(self, *, whole_series: bool) -> None:
        self.close_dialog()
        self._bridge.do(CancelPlanned(meeting=self._meeting, whole_series=whole_series))


class MeetingDialog(Scrim):
    """One meeting's card over the room, from the list of upcoming meetings."""

    def __init__(self, parent: QWidget, card: MeetingCard, bridge: Bridge, *, is_planner: bool) -> None:
        self.meeting = card.id
        self._view = MeetingCardView(card, bridge, is_planner=is_planner, prefix="upcoming-")
        self._view.setMaximumWidth(480)
        self._view.setProperty("ground", "bare")
        close = Button("Close", "meeting-close", kind="quiet")
        close.clicked.connect(self.close_dialog)
        box = column(self._view, row(None, close), gap=4, margins=(8, 8, 12, 12))
        super().__init__(parent, Card(box, name="meeting-dialog"), width_px=480)
        self.dismissed.connect(self.close_dialog)
        close.setFocus()

    def show_card(self, card: MeetingCard) -> None:
        """How it stands now."""
        self._view.show_card(card)
        self.refit()
