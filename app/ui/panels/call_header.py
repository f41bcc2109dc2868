"""The head of a call: what it is called, since when it runs, what is true of it, and its link."""

from __future__ import annotations

import time
from functools import partial

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from app.state.app_state import AppState
from app.state.call_intents import ShowCall
from app.ui import keys
from app.ui.bridge import Bridge
from app.ui.panels.giving import CopyLink
from app.ui.panels.view_button import ViewButton
from app.ui.qt import override
from app.ui.text import ElidedWords, Words, set_tip, timer_words
from app.ui.widgets.buttons import IconButton
from app.ui.widgets.cards import Chip, Glyph, row

_GAP_PX, _MARGIN_PX = 10, 14
#: So much of the title is worth more than what can be read elsewhere.
_TITLE_PX = 130


class CallHeader(QWidget):
    """In a narrow window what is said elsewhere, too, goes first: that it is recorded, locked or cut off never does.

    Args:
        bridge: Takes the intents.
        page: The page of the call: keys count there.
    """

    def __init__(self, bridge: Bridge, page: QWidget) -> None:
        super().__init__()
        self._state = AppState()
        self._is_timed = True
        self._title = ElidedWords("", look="title")
        self._title.setObjectName("call-title")
        self._timer = Words("", look="muted")
        self._timer.setAccessibleDescription("Time since the meeting began")
        self._cut = Chip("Not connected", tone="warning")
        self._cut.setObjectName("not-connected")
        self._rec = Chip("AI recording", tone="danger")
        self._rec.setObjectName("recording-pill")
        self._rec.setAccessibleName("AI recording")
        self._locked = Chip("Locked", tone="warning")
        self._locked.setObjectName("locked-mark")
        self._locked.setAccessibleDescription("Nobody else can come in")
        self._count = Words("", look="muted")
        counted = self._counted = QWidget()
        counted.setLayout(row(Glyph("users"), self._count, gap=10))
        counted.setObjectName("people-count")
        self._link = CopyLink("call-copy-link", bridge, kind="quiet", words="Copy link")
        self._view = ViewButton(bridge)
        self._to_rooms = IconButton("arrow-left", "Show the rooms; the call goes on", "show-rooms-in-call")
        self._to_rooms.clicked.connect(lambda: bridge.do(ShowCall(shows_call=False)))
        self._parts: tuple[QWidget, ...] = (
            self._to_rooms, self._title, self._timer, self._cut, self._rec, self._locked, counted, self._link,
            self._view,
        )  # fmt: skip
        self.setLayout(
            row(*self._parts[:6], None, *self._parts[6:], gap=_GAP_PX, margins=(_MARGIN_PX, 8, _MARGIN_PX, 8))
        )
        self.setFixedHeight(56)
        for key, button in (("rooms", self._to_rooms), ("link", self._link)):
            keys.bind(page, key, partial(_press, button))
            set_tip(button, keys.with_hint(button.accessibleName(), key))

    def show_state(self, state: AppState) -> None:
        """What is true of the call."""
        call = state.call
        if call is None:
            return
        self._state = state
        self._title.setText(call.meeting.title)
        self._link.show_link(call.meeting.link)
        self._to_rooms.setVisible(state.me is not None)
        self._rec.setVisible(call.recording.since is not None)
        self._locked.setVisible(call.is_locked)
        self._count.setText(f"{len(call.people)} of {call.lobby.seats}")
        self._count.setAccessibleName(f"{len(call.people)} of {call.lobby.seats} people")
        # What would look alive while nothing comes in says so instead.
        self._cut.setVisible(state.call_phase == "reconnecting")
        self._view.show_state(state)
        self.tick()
        self._fit()

    def tick(self) -> None:
        """The time goes on."""
        call = self._state.call
        if call is not None:
            self._timer.setText(timer_words(time.time() + call.clock_ahead_s - call.meeting.started_at))

    # --- room -----------------------------------------------------------------------------------------------------
    def _fit(self) -> None:
        """Gives things up one by one until the title has its room."""
        is_timed = self._state.call_phase != "reconnecting"
        shows_link = not self._link.isHidden()
        for step in range(6):
            self._counted.setVisible(step < 1)
            self._rec.setText("AI recording" if step < 2 else "AI rec")
            self._link.show_label("Copy link" if step < 3 else "Link" if step < 4 else "")
            self._timer.setVisible(is_timed and step < 5)
            self._link.setVisible(shows_link)
            if self._needs_px() <= self.width():
                return

    def _needs_px(self) -> int:
        shown = [one for one in self._parts if not one.isHidden()]
        title_px = min(self._title.sizeHint().width(), _TITLE_PX)
        widths = [title_px if one is self._title else one.sizeHint().width() for one in shown]
        return sum(widths) + _GAP_PX * len(shown) + 2 * _MARGIN_PX

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()


def _press(button: QAbstractButton) -> None:
    if button.isVisible() and button.isEnabled():
        button.click()
