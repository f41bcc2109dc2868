"""The rooms on the left: which there are, what is new in them, where a meeting runs."""

from __future__ import annotations

import time
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QWidget

from app.state.app_state import AppState
from app.state.events import LeaveAccount, OpenRoom
from app.ui.bridge import Bridge
from app.ui.text import ElidedWords, Words, clock_words, day_words, one_line, set_tip
from app.ui.widgets.buttons import Button, IconButton, RowButton, add_action, open_below
from app.ui.widgets.cards import Avatar, Card, Chip, EmptyState, column, row
from app.ui.widgets.columns import Column, Scroll


@dataclass(frozen=True, slots=True)
class _Room:
    id: str
    name: str
    preview: str
    when: str
    unread: int
    has_meeting: bool
    is_open: bool


class RoomList(Card):
    """The left side of the rooms page.

    Args:
        bridge: Takes the intents.
        page: The page; its `ask_room_name` and `ask_code` open the dialogs, `show_room` leaves the list.
    """

    def __init__(self, bridge: Bridge, page: QWidget) -> None:
        self._bridge = bridge
        self._page = page
        self._column = Column(self._make, renew=_renew, gap=2, margins=(10, 4, 10, 8))
        self._empty = EmptyState(
            "messages-square",
            "No rooms yet",
            "Make a room for each project, or enter one with an invitation code that you were given.",
            width_px=200,
        )
        new = IconButton("plus", "New room", "new-room")
        new.clicked.connect(page.ask_room_name)  # type: ignore[attr-defined]
        code = Button("Enter a code or link", "enter-code", kind="outline", glyph="key-round")
        code.clicked.connect(page.ask_code)  # type: ignore[attr-defined]
        self._me = ElidedWords("", look="label")
        self._kind = ElidedWords("", look="small")
        self._face = row()
        self._account = IconButton("ellipsis", "Your account", "account-menu")
        self._account.clicked.connect(self._open_account)
        self._state: AppState | None = None
        foot = row(self._face, gap=10, margins=(16, 10, 10, 12))
        foot.addLayout(column(self._me, self._kind, gap=0), 1)
        foot.addWidget(self._account)
        head = row(Words("Rooms", look="heading"), None, new, margins=(20, 14, 12, 8))
        box = column(head, gap=0)
        box.addWidget(Scroll(self._column), 1)
        box.addWidget(self._empty, 1)
        box.addLayout(column(code, margins=(14, 6, 14, 8)))
        box.addWidget(Card(foot, ground="foot"))
        super().__init__(box, ground="side")

    def show_state(self, state: AppState) -> None:
        """The rooms, newest talk first."""
        self._state = state
        now = time.time()
        rooms = sorted(state.rooms, key=lambda one: one.last_message.at if one.last_message else 0.0, reverse=True)
        items = []
        for one in rooms:
            last = one.last_message
            view = state.view(one.id)
            preview = ""
            if last:
                name = "You" if last.author == state.own_id else one_line(last.author_name).split(" ")[0]
                words = {"meeting": "started a meeting", "recap": "The recap is ready"}.get(last.kind, last.text)
                preview = words if last.kind == "recap" or not name else f"{name}: {words}"
                preview = f"{name} started a meeting" if last.kind == "meeting" and name else preview
            day = day_words(last.at, now) if last else ""
            when = clock_words(last.at) if last and day == "Today" else day
            data = _Room(
                one.id, one.name, one_line(preview), when, view.unread, one.meeting is not None, one.id == state.room
            )
            items.append((one.id, data))
        self._column.show_items(items)
        self._column.parentWidget().parentWidget().setVisible(bool(items))
        self._empty.setVisible(not items)
        self._show_me(state)

    def _show_me(self, state: AppState) -> None:
        name = state.me.name if state.me else ""
        if self._me.text() == name and self._face.count():
            return
        self._me.setText(name)
        where = "On this computer" if state.connection.is_embedded else state.connection.address
        self._kind.setText(where)
        while (item := self._face.takeAt(0)) is not None:
            if item.widget():
                item.widget().deleteLater()
        self._face.addWidget(Avatar(name, 36))

    def _make(self, room: _Room) -> QWidget:
        button = RowButton("", f"room-{room.id}")
        button.setCheckable(True)
        button.clicked.connect(lambda: self._open(button, room.id))
        _renew(button, room)
        return button

    def _open(self, button: RowButton, room: str) -> None:
        button.setChecked(True)
        self._bridge.do(OpenRoom(room=room))
        self._page.show_room()  # type: ignore[attr-defined]

    def _open_account(self) -> None:
        menu = QMenu(self)
        menu.setObjectName("account-actions")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        is_embedded = self._state is not None and self._state.connection.is_embedded
        add_action(menu, "info", "Help (F1)", self.window().open_help, name="menu-help")  # type: ignore[attr-defined]
        if is_embedded:
            note = add_action(menu, "lock", "Signed in by this computer", lambda: None, name="menu-embedded")
            note.setEnabled(False)
        else:
            add_action(menu, "log-out", "Sign out", lambda: self._bridge.do(LeaveAccount()), name="menu-sign-out")
        open_below(menu, self._account)


def _renew(button: RowButton, room: _Room) -> bool:
    words = f"{room.name}{f', {room.unread} unread' if room.unread else ''}"
    button.setAccessibleName(f"{words}, a meeting is running" if room.has_meeting else words)
    button.setChecked(room.is_open)
    top = row(ElidedWords(room.name, look="strong"), Words(room.when, look="small"))
    top.setStretch(0, 1)
    below = row(ElidedWords(room.preview or "Nothing written yet", look="muted"))
    below.setStretch(0, 1)
    if room.has_meeting:
        below.addWidget(Chip("Live", tone="accent"))
    if room.unread:
        below.addWidget(Chip(str(room.unread) if room.unread < 100 else "99+", tone="count"))
    button.fill(column(top, below, gap=3, margins=(12, 9, 12, 9)))
    return True


class MemberRow(QWidget):
    """A member of the room on the right side."""

    def __init__(self, data: tuple[str, bool, bool]) -> None:
        super().__init__()
        name, is_online, is_you = data
        words = Words("Online" if is_online else "Offline", look="small")
        label = ElidedWords(f"{name} (you)" if is_you else name)
        box = row(Avatar(name, 32, is_online=is_online), gap=10)
        box.addLayout(column(label, words, gap=0), 1)
        self.setLayout(box)
        set_tip(self, name)
