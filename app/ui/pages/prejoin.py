"""The page before a call: how one looks and sounds, the recording notice, Join."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QBoxLayout, QSizePolicy, QWidget

from app.media.types import Picture
from app.state.app_state import AppState, Choices, PreJoin
from app.state.events import CancelJoin, ChooseRecording, Join, NameGuest, ReadNotice
from app.ui.bridge import Bridge, Levels
from app.ui.panels.device_panel import DevicePanel, ToggleButton, toggle
from app.ui.panels.dialogs import line_field
from app.ui.panels.meeting_card import CopyLink
from app.ui.text import ElidedWords, Words, people_words
from app.ui.widgets.buttons import Button, Switch, Tick
from app.ui.widgets.cards import Card, Glyph, Page, column, row
from app.ui.widgets.columns import Scroll
from app.ui.widgets.video_tile import VideoTile

_NARROW_PX = 700


class _Preview(VideoTile):
    """One's own picture, 16:9 whatever the width."""

    def __init__(self) -> None:
        super().__init__()
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setMinimumSize(240, 135)

    def hasHeightForWidth(self) -> bool:
        """Its height follows from its width."""
        return True

    def heightForWidth(self, width: int) -> int:
        """The height that it needs for a width."""
        return round(width * 9 / 16)


class PreJoinPage(Page):
    """Shows `AppState.prejoin` while the phase is "prejoin" or "joining"."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__("prejoin-page")
        self._bridge = bridge
        self._choices = Choices()
        self._preview_size = (0, 0)
        self._preview = _Preview()
        self._preview.setObjectName("preview")
        self._devices = DevicePanel(bridge, "prejoin")
        self._body = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._body.setSpacing(24)
        self._body.setContentsMargins(32, 8, 32, 24)
        self._body.addLayout(self._make_left(), 3)
        self._body.addLayout(column(self._make_right(), None, gap=0), 2)
        inside = QWidget()
        inside.setLayout(self._body)
        back = Button("Back", "prejoin-back", kind="quiet", glyph="arrow-left")
        back.clicked.connect(lambda: bridge.do(CancelJoin()))
        self._link = CopyLink("prejoin-copy-link", kind="quiet")
        head = row(back, None, self._link, margins=(20, 14, 20, 4))
        box = column(head, gap=0)
        box.addWidget(Scroll(inside), 1)
        box.addWidget(self._make_foot())
        self.setLayout(box)
        for key, kind in (("M", "microphone"), ("V", "camera")):
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(lambda kind=kind: toggle(bridge, self._choices, kind))  # type: ignore[misc]

    def _make_left(self) -> QBoxLayout:
        self._title = ElidedWords("", look="heading")
        self._title.setObjectName("prejoin-title")
        self._who = Words("", look="muted")
        self._microphone = ToggleButton(self._bridge, "microphone", "prejoin-toggle-microphone")
        self._camera = ToggleButton(self._bridge, "camera", "prejoin-toggle-camera")
        toggles = row(None, self._microphone, self._camera, None, gap=12)
        self._listen = Words("You can join without a camera or a microphone, just to listen.", look="muted", wraps=True)
        self._make_notice()
        titles = column(self._title, self._who, gap=3)
        return column(titles, self._notice, self._preview, toggles, self._listen, self._record_card, None, gap=14)

    def _make_right(self) -> QWidget:
        self._name_label = Words("Your name", look="label")
        self._name = line_field("As the others will see it", "guest-name", most=50)
        self._name.textEdited.connect(lambda text: self._bridge.do(NameGuest(name=text)))
        self._name.returnPressed.connect(self._join)
        card = Card(
            column(column(self._name_label, self._name, gap=6), self._devices, gap=14, margins=(22, 20, 22, 20))
        )
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

    def _make_notice(self) -> None:
        self._record = Switch("AI recording", "record-switch")
        self._record.toggled.connect(lambda is_on: self._bridge.do(ChooseRecording(record=is_on)))
        record_words = Words(
            "Recording and the AI recap are one: video, transcript, summary and action items go to the room. "
            "Everyone is told before they join.", look="small", wraps=True,
        )  # fmt: skip
        self._record_card = Card(
            column(self._record, record_words, gap=4, margins=(14, 10, 14, 12)), ground="raised", name="record-card"
        )
        self._notice_read = Tick("I have read this and agree to be recorded", "notice-read")
        self._notice_read.toggled.connect(lambda is_on: self._bridge.do(ReadNotice(is_read=is_on)))
        notice_words = Words(
            "If you join, your voice and picture are recorded. The video, a transcript and an AI recap go to the "
            "members of the room, who have them for six months or more.", wraps=True,
        )  # fmt: skip
        head = row(Glyph("circle-dot", ink="danger"), Words("This meeting is being recorded", look="strong"), None)
        self._notice = Card(
            column(head, notice_words, self._notice_read, gap=8, margins=(14, 12, 14, 10)),
            ground="alarm", name="recording-notice",
        )  # fmt: skip

    # --- showing --------------------------------------------------------------------------------------------------
    def show_state(self, state: AppState) -> None:
        """Everything of this page."""
        prejoin = state.prejoin
        if prejoin is None:
            return
        self._choices = state.choices
        name = prejoin.guest_name or (state.me.name if state.me else "")
        self._title.setText(prejoin.title or "Meeting")
        self._who.show_text(_who_words(prejoin))
        self._link.show_link(prejoin.meeting.link if prejoin.meeting else "")
        self._preview.show_person(name, microphone=self._choices.microphone_on, camera=self._choices.camera_on)
        self._preview.show_note(_preview_words(state, prejoin))
        self._microphone.show_choices(state.choices)
        self._camera.show_choices(state.choices)
        self._devices.show_state(state)
        self._show_guest(prejoin)
        self._record_card.setVisible(prejoin.may_record)
        self._record.show_checked(prejoin.record)
        self._notice.setVisible(prejoin.is_recording)
        self._notice_read.show_checked(prejoin.notice_read)
        self._words.setText(prejoin.words)
        hint = _hint_words(prejoin) if not prejoin.words and state.call_phase != "joining" else ""
        self._words.setVisible(not hint)
        self._hint.show_text(hint)
        self._listen.setVisible(bool(prejoin.device_words))
        is_joining = state.call_phase == "joining"
        needs_name = bool(prejoin.code) and not prejoin.guest_name.strip()
        self._go.setEnabled(
            not is_joining and not (prejoin.is_recording and not prejoin.notice_read) and not needs_name
        )
        self._go.say("Joining…" if is_joining else ("Ask to join" if prejoin.code else "Join"))

    def _show_guest(self, prejoin: PreJoin) -> None:
        is_guest = bool(prejoin.code)
        self._name_label.setVisible(is_guest)
        self._name.setVisible(is_guest)
        if not self._name.hasFocus() and self._name.text() != prejoin.guest_name:
            self._name.setText(prejoin.guest_name)

    def show_pictures(self, pictures: dict[str, Picture]) -> None:
        """One's own picture."""
        if "" in pictures:
            self._preview.show_picture(pictures[""])

    def show_levels(self, levels: Levels) -> None:
        """One's own voice."""
        self._devices.show_levels(levels)

    @property
    def tiles(self) -> dict[str, VideoTile]:
        """The preview, as the call page has its tiles."""
        return {"": self._preview}

    def tell_sizes(self) -> None:
        """Says how large the preview is."""
        ratio = self.devicePixelRatioF()
        self._bridge.tile_sizes({"": (round(self._preview.width() * ratio), round(self._preview.height() * ratio))})

    def _join(self) -> None:
        if self._go.isEnabled():
            self._bridge.do(Join())

    def take_focus(self) -> None:
        """When the page opens."""
        if self._name.isVisible():
            self._name.setFocus()
        else:
            self.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lays out again for the new size."""
        super().resizeEvent(event)
        is_narrow = self.width() < _NARROW_PX
        wanted = QBoxLayout.Direction.TopToBottom if is_narrow else QBoxLayout.Direction.LeftToRight
        if self._body.direction() != wanted:
            self._body.setDirection(wanted)
        # A preview as wide as a narrow window would push everything else out of it.
        self._preview.setMaximumWidth(420 if is_narrow else 16_777_215)
        self.tell_sizes()

    def showEvent(self, event: object) -> None:
        """It is seen from now on."""
        self.tell_sizes()


def _hint_words(prejoin: PreJoin) -> str:
    needs_name = bool(prejoin.code) and not prejoin.guest_name.strip()
    needs_yes = prejoin.is_recording and not prejoin.notice_read
    if needs_name and needs_yes:
        return "Write your name, and tick that you have read the notice about the recording."
    if needs_name:
        return "Write your name first."
    return "Tick that you have read the notice about the recording." if needs_yes else ""


def _who_words(prejoin: PreJoin) -> str:
    if prejoin.code:
        return "The host will be asked to let you in."
    if prejoin.meeting is None or not prejoin.meeting.people:
        return "Nobody else is here yet."
    return f"{people_words(prejoin.meeting.people)} in the meeting."


def _preview_words(state: AppState, prejoin: PreJoin) -> str:
    told = dict(prejoin.device_words)
    if prejoin.asks_terms:
        return ""
    if "camera" in told:
        return told["camera"]
    return "" if state.choices.camera_on else "Your camera is off"
