"""The camera button's menu: a meeting here, or one of another service; and why an entry is missing."""

from __future__ import annotations

import re
import secrets

from PySide6.QtWidgets import QMenu, QWidget, QWidgetAction

from app.state.app_state import AppState
from app.state.call_intents import BeginMeeting, GoToMeeting
from app.state.intents import PostOtherMeeting
from app.ui.bridge import Bridge
from app.ui.panels.dialogs import line_field
from app.ui.text import Words
from app.ui.widgets.buttons import Button
from app.ui.widgets.cards import Card, Glyph, column, row
from app.ui.widgets.frame import frame_of
from app.ui.widgets.menu import Menu, add_action, open_below
from app.ui.widgets.scrim import Scrim

#: What the server takes as an address of another service.
_ADDRESS = re.compile(r"https?://[^\s/]+\S*")
_MOST = 2000


def is_web_address(text: str) -> bool:
    """Whether a text can be the address of another service's meeting."""
    return len(text) <= _MOST and bool(_ADDRESS.fullmatch(text))


def open_camera_menu(button: QWidget, state: AppState, bridge: Bridge) -> None:
    """Opens the menu for the open room.

    Args:
        button: The camera button, in the window.
        state: What is true now.
        bridge: Takes the intents.
    """
    room, info = state.rooms.open, state.room_info(state.rooms.open)
    why = state.why_not_start(room)
    menu = Menu(button, "camera-menu")
    if not why:
        begin = BeginMeeting(room=room, key=secrets.token_hex(8))
        add_action(menu, "video", "Video meeting", lambda: bridge.do(begin), name="menu-video-meeting")
    elif info is not None and info.meeting is not None:
        go = GoToMeeting(meeting=info.meeting.id)
        add_action(menu, "video", "Join the running meeting", lambda: bridge.do(go), name="menu-join-running")
    if state.access.offers_external:
        add_action(
            menu, "globe", "Meeting elsewhere…", lambda: OtherMeetingDialog(button.window(), room, bridge),
            name="menu-meeting-elsewhere",
        )  # fmt: skip
    if why:
        menu.addSeparator()
        _add_reason(menu, why)
        help_on = frame_of(button).open_help
        add_action(menu, "info", "Why is that?", lambda: help_on("access"), name="menu-why-not")
    open_below(menu, button)


def _add_reason(menu: QMenu, why: str) -> None:
    words = Words(why, look="small", wraps=True)
    words.setObjectName("menu-why-words")
    words.setAccessibleName(why)
    words.setFixedWidth(250)
    words.setContentsMargins(10, 6, 10, 4)
    action = QWidgetAction(menu)
    action.setDefaultWidget(words)
    action.setEnabled(False)
    menu.addAction(action)


class OtherMeetingDialog(Scrim):
    """Asks for the address of another service's meeting, and says what that one does not have.

    Args:
        parent: The window.
        room: Where the address will be posted.
        bridge: Takes the intent.
    """

    def __init__(self, parent: QWidget, room: str, bridge: Bridge) -> None:
        self._room, self._bridge = room, bridge
        self._field = line_field("https://", "other-meeting-url", most=_MOST)
        self._field.setAccessibleName("Address of the meeting")
        self._bad = Words("", look="bad", wraps=True)
        self._bad.setObjectName("other-meeting-words")
        self._bad.hide()
        ok = Button("Post the link", "other-meeting-ok", kind="primary")
        cancel = Button("Cancel", "other-meeting-cancel", kind="quiet")
        more = Button("More about this", "other-meeting-help", kind="link")
        ok.clicked.connect(self._post)
        cancel.clicked.connect(self.close_dialog)
        more.clicked.connect(lambda: frame_of(self).open_help("own-link"))
        self._field.returnPressed.connect(self._post)
        note = Words(
            "Parley only posts the link. Such a meeting has no Join button, no lobby and no recap here: the other "
            "service decides who gets in and what is recorded.", wraps=True,
        )  # fmt: skip
        note.setObjectName("other-meeting-note")
        line = row(Glyph("info", ink="accent"), note, gap=10, margins=(14, 10, 14, 10))
        line.setStretch(1, 1)
        box = column(
            Words("Meeting elsewhere", look="heading"),
            Words("Paste the address of a meeting that is held by another service.", look="muted", wraps=True),
            4, self._field, self._bad, Card(line, ground="raised"), 8, row(more, None, cancel, ok),
        )  # fmt: skip
        box.setContentsMargins(24, 22, 24, 20)
        super().__init__(parent, Card(box, name="other-meeting-dialog"))
        self.dismissed.connect(self.close_dialog)
        self._field.setFocus()

    def _post(self) -> None:
        url = self._field.text().strip()
        if not is_web_address(url):
            self._bad.show_text("Please paste the whole address; it begins with https://.")
            self.refit()
            return
        self.close_dialog()
        self._bridge.do(PostOtherMeeting(room=self._room, url=url, key=secrets.token_hex(8)))
