"""The rooms on the left: which there are, what is new in them, where a meeting runs; search and notices above."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeyEvent
from PySide6.QtWidgets import QBoxLayout, QLineEdit, QMenu, QWidget

from app.state.app_state import AppState
from app.state.intents import LeaveAccount, OpenAccount, OpenRoom, SearchFor
from app.ui.bridge import Bridge
from app.ui.icons import icon
from app.ui.panels.search_panel import SearchPanel
from app.ui.qt import empty, override
from app.ui.text import ElidedWords, Words, clock_words, day_words, set_tip
from app.ui.theme import ThemeChoice, theme, tokens
from app.ui.widgets.buttons import Badged, Button, IconButton, RowButton
from app.ui.widgets.cards import Avatar, Card, Chip, EmptyState, column, row
from app.ui.widgets.columns import Column, Scroll
from app.ui.widgets.frame import frame_of
from app.ui.widgets.menu import Menu, add_action, open_below
from app.wire.rooms import Message, RoomInfo
from app.wire.text import fold, one_line

_THEMES: tuple[tuple[ThemeChoice, str], ...] = (("system", "Same as the system"), ("light", "Light"), ("dark", "Dark"))


@dataclass(frozen=True, slots=True)
class _Room:
    id: str
    name: str
    preview: str
    when: str
    unread: int
    has_meeting: bool
    is_open: bool


class RoomsHost(Protocol):
    """What the parts of the rooms page ask of it."""

    def ask_room_name(self) -> None:
        """Opens the dialog for a new room."""

    def ask_code(self) -> None:
        """Opens the dialog for an invitation code or a meeting link."""

    def show_room(self) -> None:
        """Where something covers the room: the room again."""

    def open_news(self) -> None:
        """Opens the list behind the bell."""

    def open_settings(self) -> None:
        """Opens the dialog about the open room."""

    def toggle_aside(self) -> None:
        """Members and recaps, or not."""


class _SearchField(QLineEdit):
    """Where one writes what is looked for."""

    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("search-field")
        self.setPlaceholderText("Search rooms and people")
        self.setAccessibleName("Search rooms and people; Enter searches the messages")
        self.setMaxLength(100)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leaves the search."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


class RoomList(Card):
    """The left side of the rooms page.

    Args:
        bridge: Takes the intents.
        page: The page that it is on.
    """

    def __init__(self, bridge: Bridge, page: RoomsHost) -> None:
        self._bridge = bridge
        self._page = page
        self._column = Column(self._make, renew=_renew, gap=2, margins=(10, 4, 10, 8))
        self._empty = EmptyState(
            "messages-square",
            "No rooms yet",
            "Create a room for each project, or join one with an invitation code.",
            width_px=200,
        )
        code = Button("Enter a code or link", "enter-code", kind="outline", glyph="key-round")
        code.clicked.connect(page.ask_code)
        self._found = SearchPanel(bridge)
        self._found.opened.connect(page.show_room)
        self._found.hide()
        self._nobody = EmptyState("search", "No room found", "Press Enter to search the messages.", width_px=200)
        self._me = ElidedWords("", look="label")
        self._kind = ElidedWords("", look="small")
        self._face = row()
        self._account = IconButton("ellipsis", "Your account", "account-menu")
        self._account.clicked.connect(self._open_account)
        self._state: AppState | None = None
        foot = row(self._face, gap=10, margins=(16, 10, 10, 12))
        foot.addLayout(column(self._me, self._kind, gap=0), 1)
        foot.addWidget(self._account)
        box = column(self._make_head(), column(self._make_search(), margins=(14, 0, 14, 8)), gap=0)
        self._scroll = Scroll(self._column)
        for part in (self._scroll, self._empty, self._nobody, self._found):
            box.addWidget(part, 1)
        box.addLayout(column(code, margins=(14, 6, 14, 8)))
        box.addWidget(Card(foot, ground="foot"))
        super().__init__(box, ground="side")

    # --- building ---------------------------------------------------------------------------------------------------
    def _make_head(self) -> QBoxLayout:
        new = IconButton("plus", "New room", "new-room")
        new.clicked.connect(self._page.ask_room_name)
        self._bell = Badged("bell", "Notices", "open-news")
        self._bell.clicked.connect(self._page.open_news)
        return row(Words("Rooms", look="heading"), None, self._bell, new, gap=2, margins=(20, 14, 12, 8))

    def _make_search(self) -> QWidget:
        self._search = _SearchField()
        self._search.textChanged.connect(self._searched)
        self._search.returnPressed.connect(self._look_in_messages)
        self._search.left.connect(self._leave_search)
        self._look = Button("Search the messages", "search-messages", kind="link", glyph="search")
        self._look.clicked.connect(self._look_in_messages)
        self._look.hide()
        self._clear = IconButton("x", "Clear the search", "search-clear")
        self._clear.clicked.connect(self._leave_search)
        self._clear.hide()
        holder = QWidget()
        holder.setLayout(column(row(self._search, self._clear, gap=2), self._look, gap=2))
        return holder

    # --- showing ----------------------------------------------------------------------------------------------------
    def show_state(self, state: AppState) -> None:
        """The rooms, newest talk first; or what was found."""
        self._state = state
        wanted = self._search.text().strip()
        rooms = sorted(
            state.rooms.known, key=lambda one: one.last_message.at if one.last_message else 0.0, reverse=True
        )
        items = [(one.id, data) for one in rooms if (data := _room(one, state, wanted)) is not None]
        self._column.show_items(items)
        is_found = state.search is not None
        self._scroll.setVisible(bool(items) and not is_found)
        self._empty.setVisible(not rooms and not is_found)
        self._nobody.setVisible(bool(rooms) and not items and not is_found)
        self._found.setVisible(is_found)
        if state.search is not None:
            self._found.show_search(state.search, state)
        self._look.setVisible(len(wanted) >= 2 and not is_found)
        self._clear.setVisible(bool(wanted) or is_found)
        count = len(state.news)
        self._bell.show_count(count)
        self._bell.say(f"Notices, {count} unread" if count else "Notices")
        self._show_me(state)

    def _searched(self) -> None:
        if self._state is None:
            return
        if self._state.search is not None:
            # What was found is for other words.
            self._bridge.do(SearchFor(words=""))
        self.show_state(self._state)

    def _leave_search(self) -> None:
        if self._search.text():
            self._search.clear()
        elif self._state is not None and self._state.search is not None:
            self._bridge.do(SearchFor(words=""))

    def _look_in_messages(self) -> None:
        words = self._search.text().strip()
        if len(words) >= 2:
            self._bridge.do(SearchFor(words=words))

    def take_search(self) -> None:
        """The next key goes into the search field."""
        self._search.setFocus()
        self._search.selectAll()

    def _show_me(self, state: AppState) -> None:
        name = state.me.name if state.me else ""
        if self._me.text() == name and self._face.count():
            return
        self._me.setText(name)
        where = "On this computer" if state.connection.is_embedded else state.connection.address
        self._kind.setText(where)
        empty(self._face)
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
        self._page.show_room()

    def _open_account(self) -> None:
        menu = Menu(self, "account-actions")
        is_embedded = self._state is not None and self._state.connection.is_embedded
        if not is_embedded:
            wanted = OpenAccount(is_open=True)
            add_action(menu, "circle-user", "Account…", lambda: self._bridge.do(wanted), name="menu-account")
        add_action(menu, "server", "Server…", frame_of(self).open_server, name="menu-server")
        self._add_themes(menu)
        add_action(menu, "info", "Help (F1)", frame_of(self).open_help, name="menu-help")
        menu.addSeparator()
        if is_embedded:
            note = add_action(menu, "lock", "Signed in by this computer", lambda: None, name="menu-embedded")
            note.setEnabled(False)
        else:
            add_action(menu, "log-out", "Sign out", lambda: self._bridge.do(LeaveAccount()), name="menu-sign-out")
        open_below(menu, self._account)

    def _add_themes(self, menu: QMenu) -> None:
        colours = menu.addMenu(icon("sun", tokens().text, 18), "Colours")
        colours.setObjectName("menu-theme")
        group = QActionGroup(colours)
        for choice, words in _THEMES:
            action = QAction(words, colours)
            action.setObjectName(f"menu-theme-{choice}")
            action.setCheckable(True)
            action.setChecked(theme.choice == choice)
            action.triggered.connect(lambda _=False, choice=choice: self._choose_theme(choice))
            group.addAction(action)
            colours.addAction(action)

    def _choose_theme(self, choice: ThemeChoice) -> None:
        frame_of(self).choose_theme(choice)


def _room(info: RoomInfo, state: AppState, wanted: str) -> _Room | None:
    """A room as it stands in the list; None where neither its name nor a member's holds what is looked for."""
    preview, when = _preview(info.last_message, state.own_id), ""
    if wanted:
        words = fold(wanted)
        who = next((one_line(one.name) for one in info.members if words in fold(one.name)), "")
        if words not in fold(info.name):
            if not who:
                return None
            preview = f"With {who}"
    if info.last_message:
        day = day_words(info.last_message.at, time.time())
        when = clock_words(info.last_message.at) if day == "Today" else day
    unread, is_open = state.view(info.id).unread, info.id == state.rooms.open
    return _Room(info.id, info.name, one_line(preview), when, unread, info.meeting is not None, is_open)


def _preview(last: Message | None, own_id: str) -> str:
    """What was said last, and by whom, in a line."""
    if last is None:
        return ""
    if last.kind == "recap":
        return "The recap is ready"
    name = "You" if last.author == own_id else one_line(last.author_name).split(" ")[0]
    if last.kind == "meeting":
        did = "scheduled" if last.meeting is not None and last.meeting.starts_at is not None else "started"
        return f"{name} {did} a meeting" if name else "A meeting"
    words = "deleted a message" if last.is_deleted else last.text
    return f"{name} {words}" if last.is_deleted else (f"{name}: {words}" if name else words)


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

    def __init__(self, data: tuple[str, bool, bool, bool]) -> None:
        super().__init__()
        name, is_online, is_you, is_owner = data
        words = Words(("Online" if is_online else "Offline") + (", owns this room" if is_owner else ""), look="small")
        label = ElidedWords(f"{name} (you)" if is_you else name)
        box = row(Avatar(name, 32, is_online=is_online), gap=10)
        box.addLayout(column(label, words, gap=0), 1)
        self.setLayout(box)
        set_tip(self, name)
