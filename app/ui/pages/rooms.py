"""The rooms: the list of them, and the open one's messages, members, meetings and recaps."""

from __future__ import annotations

import secrets

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QKeySequence, QResizeEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import QWidget

from app.state.app_state import AppState
from app.state.call_intents import FollowLink, GoToMeeting
from app.state.intents import (
    ChangeMessage,
    DropMessage,
    EnterRoomByCode,
    ForgetInvitation,
    Invite,
    MeetNow,
    OpenPlan,
    RetryMessage,
    SayInRoom,
    ShowEarlier,
    TakeBackMessage,
)
from app.state.slices.rooms import RoomView
from app.ui.bridge import Bridge
from app.ui.panels.dialogs import AskLine, InvitationDialog
from app.ui.panels.giving import CopyLink
from app.ui.panels.message_list import MessageList, entries
from app.ui.panels.news_panel import NewsPanel
from app.ui.panels.provider_menu import open_camera_menu
from app.ui.panels.room_aside import RoomAside
from app.ui.panels.room_dialog import NewRoomDialog, RoomDialog
from app.ui.panels.room_list import RoomList
from app.ui.qt import override
from app.ui.text import ElidedWords, people_words
from app.ui.widgets.buttons import Badged, Button, IconButton
from app.ui.widgets.cards import Card, EmptyState, Glyph, Spinner, column, row
from app.ui.widgets.composer import Composer
from app.ui.widgets.page import Page
from app.ui.widgets.scrim import is_open

#: Below this width the right side folds away behind the info button; below the second one the room list does too.
NARROW_PX = 960
SLIM_PX = 640


class RoomsPage(Page):
    """Shows `AppState.rooms` and the open room."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__("rooms-page")
        self._bridge = bridge
        self._state: AppState | None = None
        self._room = ""
        # What was begun and not sent, by who wrote it and where: it waits there, and is nobody else's.
        self._writer = ""
        self._begun: dict[tuple[str, str], str] = {}
        self._wants_aside: bool | None = None
        self._wants_list = False
        self._invitation: InvitationDialog | None = None
        self._settings: RoomDialog | None = None
        self._news: NewsPanel | None = None
        # "In 5 minutes" is another number a minute later, though nothing happened.
        self._clock = QTimer(self, interval=30_000)
        self._clock.timeout.connect(self._tick)
        QShortcut(QKeySequence.StandardKey.Find, self).activated.connect(self._find)
        self._list = RoomList(bridge, self)
        self._aside = RoomAside(bridge, self)
        self._main = self._make_main()
        self._nothing = self._make_nothing()
        box = row(self._list, gap=0)
        box.addWidget(self._main, 1)
        box.addWidget(self._nothing, 1)
        box.addWidget(self._aside)
        self.setLayout(box)
        self._list.setFixedWidth(272)
        self._aside.setFixedWidth(272)

    # --- building -------------------------------------------------------------------------------------------------
    def _make_main(self) -> QWidget:
        self._name = ElidedWords("", look="title")
        self._name.setObjectName("room-name")
        self._members = ElidedWords("", look="small")
        self._to_list = Badged("arrow-left", "Show the rooms", "show-rooms")
        self._to_list.clicked.connect(self._toggle_list)
        self._link = CopyLink("copy-meeting-link", self._bridge, kind="quiet")
        invite = IconButton("user-plus", "Invite someone to this room", "invite")
        invite.clicked.connect(self._invite)
        self._info = IconButton("info", "Members and meeting recaps", "info")
        self._info.setCheckable(True)
        self._info.clicked.connect(self.toggle_aside)
        self._calendar = IconButton("calendar", "Schedule a meeting", "calendar-button")
        self._calendar.clicked.connect(lambda: self._bridge.do(OpenPlan(room=self._room)))
        self._camera = IconButton("video", "Start a video meeting", "camera-button", kind="filled")
        self._camera.clicked.connect(self._open_camera_menu)
        head = row(self._to_list, gap=6, margins=(16, 9, 14, 9))
        head.addLayout(column(self._name, self._members, gap=1), 1)
        for widget in (self._link, invite, self._info, self._calendar, 4, self._camera):
            head.addSpacing(widget) if isinstance(widget, int) else head.addWidget(widget)
        self._head = Card(head, ground="head", name="room-header")
        self._messages = MessageList(self._bridge)
        self._messages.retried.connect(lambda key: self._bridge.do(RetryMessage(room=self._room, key=key)))
        self._messages.dropped.connect(lambda key: self._bridge.do(DropMessage(room=self._room, key=key)))
        self._messages.changed.connect(lambda key, text: self._bridge.do(ChangeMessage(message=key, text=text)))
        self._messages.taken_back.connect(lambda key: self._bridge.do(TakeBackMessage(message=key)))
        self._earlier = Button("Show earlier messages", "show-earlier", kind="link")
        self._earlier.clicked.connect(lambda: self._bridge.do(ShowEarlier(room=self._room)))
        self._silent = EmptyState(
            "messages-square", "Nothing here yet",
            "Write the first message, or start a video meeting with the camera button at the top right.",
        )  # fmt: skip
        self._loading = Spinner()
        self._composer = Composer("Write a message", "room-composer")
        self._composer.said.connect(self._say)
        self._composer.looked_back.connect(self._messages.edit_last)
        main = QWidget()
        centre = Qt.AlignmentFlag.AlignHCenter
        box = column(self._head, self._make_banner(), gap=0)
        box.addWidget(self._earlier, 0, centre)
        box.addWidget(self._messages, 1)
        box.addWidget(self._silent, 1)
        box.addWidget(self._loading, 1, Qt.AlignmentFlag.AlignCenter)
        box.addLayout(column(self._composer, margins=(20, 4, 20, 16)))
        main.setLayout(box)
        return main

    def _make_nothing(self) -> QWidget:
        """Where no room is open: the quickest way into a meeting, and the way to a room."""
        now = Button("Meet now", "meet-now", kind="primary", glyph="video")
        now.setProperty("big", "true")
        now.clicked.connect(lambda: self._bridge.do(MeetNow(key=secrets.token_hex(8))))
        first = Button("Create a room", "first-room", kind="outline", glyph="plus")
        first.clicked.connect(self.ask_room_name)
        return EmptyState(
            "messages-square", "Welcome to Parley",
            "Meet now: you get a meeting with a link that you can give to anybody. Or create a room for the messages "
            "and meetings of one project.", now, first, width_px=320,
        )  # fmt: skip

    def _make_banner(self) -> QWidget:
        self._banner_words = ElidedWords("", look="label")
        join = Button("Join", "join-running", kind="primary")
        join.clicked.connect(self._join_running)
        box = row(Glyph("video", ink="accent"), self._banner_words, join, gap=10, margins=(20, 6, 14, 6))
        box.setStretch(1, 1)
        self._banner = Card(box, ground="strip", name="meeting-banner")
        return self._banner

    # --- showing --------------------------------------------------------------------------------------------------
    def show_state(self, state: AppState) -> None:
        """Everything of this page."""
        self._state = state
        self._list.show_state(state)
        self._show_dialogs(state)
        info = state.room_info(state.rooms.open)
        self._nothing.setVisible(info is None)
        self._main.setVisible(info is not None)
        if info is None:
            self._change_room("", state.own_id)
            self._fold()
            return
        view = state.view(info.id)
        self._change_room(info.id, state.own_id)
        self._name.setText(info.name)
        online = sum(1 for one in info.members if one.is_online)
        self._members.setText(f"{people_words(len(info.members))}, {online} online")
        elsewhere = sum(one.unread for room, one in state.rooms.views.items() if room != info.id) + len(state.news)
        self._to_list.show_count(elsewhere)
        self._to_list.say(f"Show the rooms, {elsewhere} unread" if elsewhere else "Show the rooms")
        self._composer.set_hint(f"Write to {info.name}"[:60])
        self._show_meeting(state)
        self._messages.show_entries(entries(view.messages, view.drafts, state.own_id))
        has_any = bool(view.messages or view.drafts)
        waits = not view.is_loaded and not has_any and state.connection.phase == "online"
        self._messages.setVisible(has_any)
        self._loading.setVisible(waits)
        self._silent.setVisible(not has_any and not waits)
        self._earlier.setVisible(view.has_more and has_any)
        self._aside.show_room(info, view, state.own_id)
        self._show_invitation(view.invitation, view)
        self._fold()

    def _show_dialogs(self, state: AppState) -> None:
        for dialog in (self._settings, self._news):
            if dialog is not None and is_open(dialog):
                dialog.show_state(state)
        if state.plan is not None:
            self._aside.close_meeting()

    def _show_meeting(self, state: AppState) -> None:
        info = state.room_info(self._room)
        card = info.meeting if info else None
        self._link.show_link(card.link if card else "")
        is_in = card is not None and state.call is not None and state.call.meeting.id == card.id
        self._banner.setVisible(card is not None and not (is_in and state.call_phase in ("in", "reconnecting")))
        if card is not None:
            who = people_words(card.people) if card.people else "nobody is in it right now"
            self._banner_words.setText(f"A meeting is running, {who}")
            self._camera.say("Go to the running meeting")
        else:
            self._camera.say("Start a video meeting")

    def _show_invitation(self, code: str, view: RoomView | None = None) -> None:
        view = view or RoomView()
        if self._invitation is not None and (code or view.invitation_words):
            self._invitation.show_code(
                code, link=view.invitation_link, email=view.invitation_email, words=view.invitation_words
            )

    def _tick(self) -> None:
        if self._state is not None and self.isVisible():
            self.show_state(self._state)
            self._messages.renew_times()

    def _change_room(self, room: str, writer: str) -> None:
        if (room, writer) == (self._room, self._writer):
            return
        if self._room:
            self._begun[self._writer, self._room] = self._composer.text()
        self._room, self._writer = room, writer
        self._wants_list = False
        self._messages.forget()
        self._composer.set_text(self._begun.pop((writer, room), ""))
        if room and self.isVisible():
            self._composer.take_focus()

    # --- folding --------------------------------------------------------------------------------------------------
    def _fold(self) -> None:
        is_narrow, is_slim = self.width() < NARROW_PX, self.width() < SLIM_PX
        has_room = bool(self._room)
        shows_aside = has_room and (self._wants_aside if self._wants_aside is not None else not is_narrow)
        shows_list = not is_slim or self._wants_list or not has_room
        covers = is_slim and (shows_aside or (shows_list and has_room))
        self._list.setFixedWidth(self.width() if is_slim else (232 if is_narrow else 272))
        self._list.setVisible(shows_list and not (is_slim and shows_aside))
        self._aside.setFixedWidth(self.width() if is_slim else 272)
        self._aside.setVisible(shows_aside)
        self._aside.show_close(is_slim)
        self._main.setVisible(has_room and not covers)
        self._nothing.setVisible(not has_room and not is_slim)
        self._to_list.setVisible(is_slim)
        self._info.setChecked(shows_aside)
        info = self._state.room_info(self._room) if self._state else None
        self._link.setVisible(info is not None and info.meeting is not None and not is_narrow)

    def toggle_aside(self) -> None:
        """Members and recaps, or not."""
        self._wants_aside = not self._aside.isVisible()
        self._fold()

    def _toggle_list(self) -> None:
        self._wants_list = not self._wants_list
        self._fold()

    def show_room(self) -> None:
        """Where the list covers the room: the room again."""
        self._wants_list = False
        self._fold()

    # --- wanting --------------------------------------------------------------------------------------------------
    def _say(self, text: str) -> None:
        self._messages.to_end()
        self._bridge.do(SayInRoom(room=self._room, text=text, key=secrets.token_hex(8)))

    def _open_camera_menu(self) -> None:
        if self._state is not None:
            open_camera_menu(self._camera, self._state, self._bridge)

    def _join_running(self) -> None:
        info = self._state.room_info(self._room) if self._state else None
        if info and info.meeting:
            self._bridge.do(GoToMeeting(meeting=info.meeting.id))

    def _invite(self) -> None:
        room = self._room
        self._invitation = InvitationDialog(
            self.window(), self._name.text(), self._bridge, closed=lambda: self._forget(room),
            mail=lambda address: self._bridge.do(Invite(room=room, email=address)),
        )  # fmt: skip
        self._bridge.do(Invite(room=room))

    def _forget(self, room: str) -> None:
        self._invitation = None
        self._bridge.do(ForgetInvitation(room=room))

    def ask_room_name(self) -> None:
        """Opens the dialog for a new room."""
        NewRoomDialog(self.window(), self._bridge)

    def open_settings(self) -> None:
        """Opens the dialog about the open room."""
        if self._state is not None and self._room:
            self._settings = RoomDialog(self.window(), self._room, self._bridge)
            self._settings.show_state(self._state)

    def open_news(self) -> None:
        """Opens the list behind the bell."""
        if self._state is not None:
            self._news = NewsPanel(self.window(), self._bridge)
            self._news.show_state(self._state)

    def _find(self) -> None:
        self._wants_list = True
        self._fold()
        self._list.take_search()

    def ask_code(self) -> None:
        """Opens the dialog for an invitation code or a meeting link."""
        AskLine(
            self.window(), "Enter a code or link",
            "Paste an invitation code to become a member of a room, or a meeting link to join that meeting.",
            hint="Code or link", name="code-field", ok="Continue", most=512, then=self._enter,
        )  # fmt: skip

    def _enter(self, text: str) -> None:
        is_link = "://" in text or "/j/" in text
        self._bridge.do(FollowLink(link=text) if is_link else EnterRoomByCode(code=text))

    def take_focus(self) -> None:
        """When the page opens."""
        if self._room:
            self._composer.take_focus()
        else:
            self.setFocus()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        self._clock.start()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        self._clock.stop()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._wants_aside = None
        self._fold()
