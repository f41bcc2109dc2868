"""The page before a call: how one looks and sounds, the recording notice, Join."""

from __future__ import annotations

import time

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QWidget

from app.media.types import Levels
from app.state.app_state import AppState
from app.state.call_intents import CancelJoin, Join, NameGuest, SignInHere
from app.state.slices.devices import Choices
from app.state.slices.prejoin import PreJoin
from app.state.stage import OWN, Tile
from app.ui.bridge import Bridge
from app.ui.panels import prejoin_parts as parts
from app.ui.panels.device_panel import DevicePanel, toggle
from app.ui.panels.dialogs import line_field
from app.ui.panels.giving import CopyLink, MailInvitation
from app.ui.panels.preview import Preview
from app.ui.qt import override
from app.ui.text import ElidedWords, Words
from app.ui.widgets.buttons import Button, help_button
from app.ui.widgets.cards import Card, Glyph, column, row
from app.ui.widgets.columns import Scroll
from app.ui.widgets.page import Page
from app.ui.widgets.video_tile import VideoTile

_NARROW_PX = 700
_NARROW_PREVIEW_PX = 420


class PreJoinPage(Page):
    """Shows `AppState.prejoin` while the phase is "prejoin" or "joining"."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__("prejoin-page")
        self._bridge = bridge
        self._choices = Choices()
        self._preview_size = (0, 0)
        self._preview = Preview(bridge)
        self._devices = DevicePanel(bridge, "prejoin")
        self._body = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._body.setSpacing(24)
        self._body.setContentsMargins(32, 8, 32, 24)
        self._left = self._make_left()
        self._body.addLayout(self._left, 3)
        self._body.addLayout(column(self._make_right(), None, gap=0), 2)
        inside = QWidget()
        inside.setLayout(self._body)
        back = Button("Back", "prejoin-back", kind="quiet", glyph="arrow-left")
        back.clicked.connect(lambda: bridge.do(CancelJoin()))
        self._link = CopyLink("prejoin-copy-link", bridge, kind="quiet", words="Copy link")
        self._mail = MailInvitation("prejoin-email", bridge)
        head = row(back, None, help_button("prejoin-help"), self._mail, self._link, gap=4, margins=(20, 14, 20, 4))
        box = column(head, gap=0)
        self._view = Scroll(inside)
        self._view.viewport().installEventFilter(self)
        box.addWidget(self._view, 1)
        box.addWidget(self._make_foot())
        self._whole = box
        self.setLayout(box)
        for key, kind in (("M", "microphone"), ("V", "camera")):
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(lambda kind=kind: toggle(bridge, self._choices, kind))

    def _make_left(self) -> QBoxLayout:
        self._title = ElidedWords("", look="heading")
        self._title.setObjectName("prejoin-title")
        self._who = Words("", look="muted")
        self._server = ElidedWords("", look="muted")
        self._server.setObjectName("prejoin-server")
        self._listen = Words("You can join without a camera or a microphone, just to listen.", look="muted", wraps=True)
        self._listen.setObjectName("listen-words")
        self._cards = (
            parts.MoveCard(self._bridge), parts.NoticeCard(self._bridge), parts.RecordCard(self._bridge)
        )  # fmt: skip
        move, notice, record = self._cards
        self._notice, self._record = notice, record
        titles = column(self._title, self._who, self._server, gap=3)
        return column(titles, self._make_closed(), move, notice, self._preview, self._listen, record, None, gap=14)

    def _make_closed(self) -> QWidget:
        """While the doors of a planned meeting are closed."""
        self._opens = Words("", look="strong", wraps=True)
        self._opens.setObjectName("opens-words")
        self._again = Button("Look again", "prejoin-look-again", kind="outline", glyph="rotate-ccw")
        self._again.clicked.connect(lambda: self._bridge.do(Join()))
        box = row(Glyph("calendar-clock", ink="accent"), self._opens, self._again, gap=12, margins=(14, 10, 14, 10))
        box.setStretch(1, 1)
        self._closed = Card(box, ground="soft", name="opens-card")
        return self._closed

    def _make_right(self) -> QWidget:
        self._name_label = Words("Your name", look="label")
        self._name = line_field("As the others will see it", "guest-name", most=50)
        self._name.textEdited.connect(lambda text: self._bridge.do(NameGuest(name=text)))
        self._name.returnPressed.connect(self._join)
        self._account = Button("I have an account there", "prejoin-sign-in", kind="link")
        self._account.clicked.connect(lambda: self._bridge.do(SignInHere()))
        name = column(self._name_label, self._name, row(self._account, None), gap=6)
        card = Card(column(name, self._devices, gap=14, margins=(22, 20, 22, 20)))
        card.setMinimumWidth(330)
        return card

    def _make_foot(self) -> QWidget:
        self._words = Words("", look="bad", wraps=True)
        self._words.setObjectName("prejoin-words")
        self._go = Button("Join", "prejoin-join", kind="primary")
        self._go.setProperty("big", "true")
        self._go.setMinimumWidth(180)
        self._go.clicked.connect(self._join)
        foot = row(gap=20, margins=(32, 10, 32, 12))
        # Why the button cannot be pressed yet: a grey button alone leaves one guessing.
        self._hint = Words("", look="muted", wraps=True)
        self._hint.setObjectName("prejoin-hint")
        foot.addWidget(self._words, 1)
        foot.addWidget(self._hint, 1)
        foot.addStretch(0)
        foot.addWidget(self._go)
        return Card(foot, ground="foot")

    # --- showing --------------------------------------------------------------------------------------------------
    def show_state(self, state: AppState) -> None:
        """Everything of this page."""
        prejoin = state.prejoin
        if prejoin is None:
            return
        self._choices = state.devices.chosen
        name = prejoin.guest_name or (state.me.name if state.me else "")
        title = prejoin.title or "Meeting"
        self._title.setText(f"Join {title}" if prejoin.code else title)
        self._who.show_text(parts.who_words(prejoin))
        self._server.show_text(parts.server_words(state, prejoin))
        link = prejoin.meeting.link if prejoin.meeting else ""
        self._link.show_link(link)
        self._mail.show_meeting(prejoin.title, link)
        self._preview.show_person(name, microphone=self._choices.microphone_on, camera=self._choices.camera_on)
        self._preview.show_note(parts.preview_words(state, prejoin))
        self._preview.show_choices(state.devices.chosen)
        self._devices.show_state(state)
        self._show_guest(prejoin, has_account=state.me is not None)
        self._account.setVisible(state.is_passing and state.me is None and state.call_phase == "prejoin")
        for card in self._cards:
            card.show_prejoin(prejoin)
        self._record.show_state(state)
        self._notice.show_state(state)
        self._closed.setVisible(prejoin.opens_at is not None)
        self._opens.setText(parts.opens_words(prejoin.opens_at, time.time()) if prejoin.opens_at is not None else "")
        # A guest is told nothing of a meeting by itself: they have to look.
        self._again.setVisible(prejoin.meeting is None)
        self._listen.setVisible(bool(prejoin.device_words))
        self._show_foot(prejoin, is_joining=state.call_phase == "joining")
        self._fit_preview()

    def _show_foot(self, prejoin: PreJoin, *, is_joining: bool) -> None:
        hint = "" if is_joining or prejoin.words else parts.hint_words(prejoin)
        self._words.setText(prejoin.words)
        self._words.setVisible(not hint)
        self._hint.show_text(hint)
        self._go.setEnabled(not is_joining and parts.can_join(prejoin))
        self._go.say("Joining…" if is_joining else ("Ask to join" if prejoin.code else "Join"))

    def _show_guest(self, prejoin: PreJoin, *, has_account: bool) -> None:
        # Who is signed in has the name of the account; the server uses that one, whatever was sent.
        is_nameless = bool(prejoin.code) and not has_account
        self._name_label.setVisible(is_nameless)
        self._name.setVisible(is_nameless)
        if not self._name.hasFocus() and self._name.text() != prejoin.guest_name:
            self._name.setText(prejoin.guest_name)

    def show_levels(self, levels: Levels) -> None:
        """One's own voice."""
        self._devices.show_levels(levels)

    @property
    def tiles(self) -> dict[Tile, VideoTile]:
        """The preview, as the call page has its tiles."""
        return {OWN: self._preview}

    def _join(self) -> None:
        if self._go.isEnabled():
            self._bridge.do(Join())

    def take_focus(self) -> None:
        """When the page opens."""
        if self._name.isVisible():
            self._name.setFocus()
        else:
            self.setFocus()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_narrow = self.width() < _NARROW_PX
        wanted = QBoxLayout.Direction.TopToBottom if is_narrow else QBoxLayout.Direction.LeftToRight
        if self._body.direction() != wanted:
            self._body.setDirection(wanted)
        self._fit_preview()
        self._mail.say("Email" if is_narrow else "Email invitation")

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A scroll bar that has come or gone changes the room that there is."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._fit_preview()
        return super().eventFilter(watched, event)

    def _fit_preview(self) -> None:
        """As large as it can be while what belongs to it, from the title to the notice, is seen without scrolling."""
        is_narrow = self.width() < _NARROW_PX
        self._preview.setMaximumWidth(16_777_215)
        for box in (self._left, self._body, self._whole):
            box.invalidate()
        self._whole.activate()
        self._body.activate()
        width = self._left.geometry().width()
        others = self._left.totalHeightForWidth(width) - self._preview.heightForWidth(width)
        margins = self._body.contentsMargins()
        room = self._view.viewport().height() - margins.top() - margins.bottom() - others
        # One as wide as a narrow window would push everything else out of it.
        self._preview.limit(_NARROW_PREVIEW_PX if is_narrow else width, room)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        self._fit_preview()
