"""The call: everyone's tile, the toolbar, and beside them chat, people and the lobby."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QLayout, QWidget

from app.media.types import Levels
from app.state.app_state import AppState
from app.state.call_intents import (
    AnswerConsent,
    ClosePicker,
    HideOwnView,
    OpenPanel,
    Pin,
    PlaceOwnView,
    ShowConnection,
    SpeakerChanged,
    StillCopied,
    Talk,
)
from app.state.slices.call import Call
from app.state.slices.devices import DeviceKind
from app.state.so_far import PANEL, can_read
from app.state.stage import Tile
from app.ui import keys
from app.ui.bridge import Bridge
from app.ui.held_key import HeldKey
from app.ui.panels import connection_dialog
from app.ui.panels.call_bar import CallBar
from app.ui.panels.call_header import CallHeader
from app.ui.panels.call_settings import CallSettings
from app.ui.panels.chat_panel import ChatPanel
from app.ui.panels.connection_dialog import ConnectionDialog, WeakLine
from app.ui.panels.device_panel import DevicePanel
from app.ui.panels.dialog_door import DialogDoor
from app.ui.panels.lobby_panel import LobbyToast
from app.ui.panels.model_notice import with_model
from app.ui.panels.people_panel import PeoplePanel
from app.ui.panels.reconnecting import Reconnecting
from app.ui.panels.share_picker import SharePicker, is_choosing
from app.ui.panels.sharing_bar import SharingBar
from app.ui.panels.so_far_panel import SoFarPanel
from app.ui.qt import override
from app.ui.text import Words
from app.ui.widgets.buttons import Button, IconButton
from app.ui.widgets.captions_layer import CaptionsLayer
from app.ui.widgets.cards import Card, Glyph, Tabs, column, row
from app.ui.widgets.frame import frame_of
from app.ui.widgets.hold_layer import HoldLayer
from app.ui.widgets.page import Page
from app.ui.widgets.reactions_layer import ReactionsLayer
from app.ui.widgets.scrim import Scrim
from app.ui.widgets.stage_tile import StageTile
from app.ui.widgets.stage_view import StageView
from app.ui.widgets.tall_scroll import TallScroll

#: A side panel and the whole toolbar of a host.
_PANEL_BESIDE_PX = 780
#: The icon beside what is said of a device that does not work.
_LOST: dict[DeviceKind, str] = {"camera": "video-off", "microphone": "mic-off", "speaker": "volume-2"}
_CONSENT = (
    "This meeting is being recorded now. If you stay, your voice, your picture and what you share are recorded from "
    "now on, and when you raise a hand, react or mark a moment. Your words can be read as captions in the meeting. The "
    "members of the room get the video and a recap; both are deleted after six months. Until you choose, nothing of "
    "you is recorded."
)


class CallPage(Page):
    """Shows `AppState.call` in the phases "in" and "reconnecting"."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__("call-page")
        self._bridge = bridge
        self._state = AppState()
        self._seat = ("", 0.0)
        self._settings: SettingsDialog | None = None
        self._bar = CallBar(bridge, self, self._open_settings)
        self._picker = DialogDoor(self, bridge, SharePicker, is_wanted=is_choosing, put_away=ClosePicker())
        self._connection = DialogDoor(
            self, bridge, ConnectionDialog, is_wanted=connection_dialog.is_open, put_away=ShowConnection(is_open=False)
        )
        self._header = CallHeader(bridge, self)
        self._clock = QTimer(self, interval=500)
        self._clock.timeout.connect(self._header.tick)
        self._reconnecting = Reconnecting()
        self._captions = CaptionsLayer()
        self._reactions = ReactionsLayer()
        self._hold = HoldLayer()
        self._stage_view = StageView(bridge.stage, self._captions, self._reactions, self._hold, self._reconnecting)
        self._hold.show_places(self._stage_view.place_of)
        bridge.held.connect(self._hold.show_held)
        self._stage_view.looked_at.connect(lambda tile: bridge.do(Pin(tile=tile)))
        self._stage_view.own_hidden.connect(lambda is_hidden: bridge.do(HideOwnView(is_hidden=is_hidden)))
        self._stage_view.own_placed.connect(lambda anchor: bridge.do(PlaceOwnView(anchor=anchor)))
        self._stage_view.pointed.connect(bridge.point)
        self._stage_view.connection_asked.connect(lambda: bridge.do(ShowConnection(is_open=True)))
        bridge.pointed.connect(self._stage_view.show_pointed)
        self._stage_view.still_copied.connect(lambda is_copied: bridge.do(StillCopied(is_copied=is_copied)))
        self._stage_view.speaker_changed.connect(lambda person: bridge.do(SpeakerChanged(person=person)))
        stage = column(gap=10, margins=(12, 0, 12, 12))
        stage.addWidget(self._stage_view, 1)
        stage.addWidget(self._bar, 0, Qt.AlignmentFlag.AlignHCenter)
        self._stage = QWidget()
        self._stage.setLayout(stage)
        self._stage_box = stage
        self._side = self._make_side()
        body = row(gap=0)
        body.addWidget(self._stage, 1)
        body.addWidget(self._side)
        # The lines stand over both: what is asked there is asked also where the panel covers the tiles.
        self._lines = QWidget()
        self._lines.setLayout(self._make_lines())
        box = column(self._header, self._lines, gap=0)
        box.addLayout(body, 1)
        self._box = box
        self.setLayout(box)
        self._make_keys()

    # --- building -------------------------------------------------------------------------------------------------
    def _make_lines(self) -> QLayout:
        self._device_lines: dict[DeviceKind, tuple[QWidget, Words]] = {}
        lines = column(gap=6, margins=(12, 0, 12, 10))
        alone = row(
            Glyph("user-plus", ink="accent"), Words("You are the only one here. Copy the link to invite others.")
        )
        alone.setContentsMargins(14, 8, 14, 8)
        alone.addStretch(1)
        self._alone = Card(alone, ground="line", name="alone-line")
        self._weak = WeakLine(self._bridge)
        self._toast = LobbyToast(self._bridge)
        self._sharing = SharingBar(self._bridge)
        lines.addWidget(self._sharing)
        lines.addWidget(self._toast)
        lines.addWidget(self._alone)
        self._consent = self._make_consent()
        lines.addWidget(self._consent)
        lines.addWidget(self._weak)
        for kind, glyph in _LOST.items():
            words = Words("", wraps=True)
            words.setObjectName(f"{kind}-line-words")
            box = row(Glyph(glyph, ink="warning"), words, gap=10, margins=(14, 8, 14, 8))
            box.setStretch(1, 1)
            line = Card(box, ground="line", name=f"{kind}-line")
            line.hide()
            self._device_lines[kind] = (line, words)
            lines.addWidget(line)
        return lines

    def _make_consent(self) -> QWidget:
        words = self._consent_words = Words(_CONSENT, wraps=True)
        words.setObjectName("consent-words")
        stay = Button("Stay and be recorded", "consent-stay", kind="primary")
        stay.clicked.connect(lambda: self._bridge.do(AnswerConsent(stays=True)))
        leave = Button("Leave", "consent-leave", kind="outline")
        leave.clicked.connect(lambda: self._bridge.do(AnswerConsent(stays=False)))
        text = row(Glyph("circle-dot", ink="danger"), words, gap=12)
        text.setStretch(1, 1)
        card = Card(
            column(text, row(None, leave, stay), gap=8, margins=(16, 12, 14, 12)), ground="alarm", name="consent-bar"
        )
        card.hide()
        return card

    def _make_side(self) -> QWidget:
        self._chat = ChatPanel(self._bridge)
        self._people = PeoplePanel(self._bridge)
        self._so_far = SoFarPanel(self._bridge)
        self._tabs = Tabs((("chat", "Chat"), ("people", "People"), (PANEL, "So far")), "side-tabs")
        self._tabs.chosen.connect(lambda panel: self._bridge.do(OpenPanel(panel=panel)))
        close = IconButton("x", "Close the side panel", "close-panel")
        close.clicked.connect(lambda: self._bridge.do(OpenPanel(panel="")))
        head = row(self._tabs, close, gap=6, margins=(12, 12, 10, 4))
        head.setStretch(0, 1)
        panel = column(head, gap=0)
        panel.addWidget(self._chat, 1)
        panel.addWidget(self._people, 1)
        panel.addWidget(self._so_far, 1)
        self._panel = Card(panel, name="side-panel")
        side = self._side_box = column(gap=10, margins=(0, 0, 12, 12))
        side.addWidget(self._panel, 1)
        holder = QWidget()
        holder.setLayout(side)
        return holder

    def _make_keys(self) -> None:
        self._talk = HeldKey(self, lambda is_held: self._bridge.do(Talk(is_held=is_held)))
        keys.bind(self, "full-screen", self._toggle_full_screen)
        self._stage_view.bind_keys(self)

    def _toggle_full_screen(self) -> None:
        frame_of(self).show_full_screen(not self.window().isFullScreen())

    # --- showing --------------------------------------------------------------------------------------------------
    def show_state(self, state: AppState) -> None:
        """Everything of the call."""
        call = state.call
        if call is None:
            return
        was_open = self._state.call.panel if self._state.call else ""
        seat = (call.meeting.id, call.own.joined_at if call.own is not None else 0.0)
        if seat != self._seat:
            # Another call, or back in after leaving: no picture of before is shown again.
            self._seat = seat
            self._stage_view.clear()
            self._reactions.clear()
            self._hold.clear()
            self._captions.clear()
        self._state = state
        self._header.show_state(state)
        self._stage_view.show_call(state, call)
        self._reactions.show_call(call, self._stage_view.place_of)
        self._captions.show_call(call, self._stage_view.lies_over)
        self._bar.show_state(state)
        self._talk.show_key(state.devices.chosen.push_to_talk)
        self._chat.show_state(state)
        self._people.show_state(state)
        self._so_far.show_state(state)
        self._tabs.set_visible(PANEL, can_read(state))
        self._toast.show_state(state)
        self._sharing.show_state(state)
        self._picker.show_state(state)
        self._weak.show_state(state)
        self._connection.show_state(state)
        self._consent.setVisible(call.recording.asks_consent)
        self._consent_words.setText(with_model(_CONSENT, state))
        self._alone.setVisible(len(call.people) == 1 and not call.lobby.waiting)
        self._show_lines(call)
        self._show_side(call)
        self._show_connected(state.call_phase != "reconnecting")
        self._reconnecting.show_why(call.media.blocked_words)
        if self._settings is not None:
            self._settings.show_state(state)
        if call.panel == "chat" and was_open != "chat" and self.isVisible():
            self._chat.take_focus()
        elif not call.panel and was_open:
            self.setFocus()

    def _show_connected(self, is_connected: bool) -> None:
        """What would look alive while nothing comes in stands still and says so."""
        self._reconnecting.setVisible(not is_connected)
        self._stage_view.show_stopped(not is_connected)

    def _show_lines(self, call: Call) -> None:
        told = dict(call.media.words)
        for kind, (line, words) in self._device_lines.items():
            words.setText(told.get(kind, ""))
            line.setVisible(bool(told.get(kind)))
        shown = (self._sharing, self._toast, self._alone, self._consent, self._weak)
        one_is_shown = any(not one.isHidden() for one in shown) or any(told.values())
        self._lines.setVisible(one_is_shown)

    def _show_side(self, call: Call) -> None:
        is_open = bool(call.panel)
        self._panel.setVisible(is_open)
        if is_open:
            self._tabs.choose(call.panel)
        self._tabs.say("chat", f"Chat ({call.chat.unread})" if call.chat.unread else "Chat")
        self._chat.setVisible(call.panel == "chat")
        self._people.setVisible(call.panel == "people")
        self._so_far.setVisible(call.panel == PANEL)
        self._side.setVisible(is_open)
        self._side.setFixedWidth(min(self.width(), 340 if self.width() > 1000 else 300))
        # Where both have no room beside each other, the panel comes before the tiles.
        is_covered = is_open and self.width() < _PANEL_BESIDE_PX
        self._stage.setVisible(not is_covered)
        if is_covered:
            self._side.setFixedWidth(self.width())
        self._side_box.setContentsMargins(12 if is_covered else 0, 0, 12, 12)
        self._move_bar(self._box if is_covered else self._stage_box)
        is_beside = not is_covered and not self._side.isHidden()
        self._bar.fit(self.width() - 24 - (self._side.width() if is_beside else 0))

    def _move_bar(self, where: QBoxLayout) -> None:
        """The toolbar lies under the tiles, or under the panel where that covers them: one can always leave."""
        if where.indexOf(self._bar) < 0:
            has_focus = self._bar.isAncestorOf(self.focusWidget()) if self.focusWidget() else False
            where.addWidget(self._bar, 0, Qt.AlignmentFlag.AlignHCenter)
            self._box.setContentsMargins(0, 0, 0, 12 if where is self._box else 0)
            self._bar.show()
            if has_focus:
                self.setFocus()

    def show_levels(self, levels: Levels) -> None:
        """Who speaks."""
        self._stage_view.show_levels(levels)
        if self._settings is not None:
            self._settings.show_levels(levels)

    @property
    def tiles(self) -> dict[Tile, StageTile]:
        """The tiles on show."""
        return self._stage_view.tiles

    def take_focus(self) -> None:
        """When the page opens: keys such as M work at once."""
        self.setFocus()

    def _open_settings(self) -> None:
        self._settings = SettingsDialog(self.window(), self._bridge, closed=self._settings_closed)
        self._settings.show_state(self._state)

    def _settings_closed(self) -> None:
        self._settings = None
        self.setFocus()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._talk.press(event):
            super().keyPressEvent(event)

    @override
    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if not self._talk.release(event):
            super().keyReleaseEvent(event)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._state.call:
            self._show_side(self._state.call)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        self._clock.start()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        """The call is not on show any more, so nothing of it is asked."""
        self._clock.stop()
        self._talk.let_go()
        self._bar.recording.drop_question()
        self._picker.leave()
        self._connection.leave()
        if self._settings is not None:
            self._settings.close_dialog()


class SettingsDialog(Scrim):
    """The devices, during the call."""

    def __init__(self, parent: QWidget, bridge: Bridge, *, closed: Callable[[], None]) -> None:
        self._closed = closed
        self._devices = DevicePanel(bridge, "settings")
        inside = QWidget()
        self._more = CallSettings(self._devices.chosen, "settings")
        inside.setLayout(column(self._devices, self._more, None, gap=18, margins=(0, 0, 10, 0)))
        done = Button("Done", "settings-done", kind="primary")
        done.clicked.connect(self.close_dialog)
        scroll = TallScroll(inside, (390, 560))
        box = column(Words("Devices and background", look="heading"), gap=12, margins=(24, 22, 14, 20))
        box.addWidget(scroll, 1)
        box.addLayout(row(None, done))
        super().__init__(parent, Card(box, name="settings-dialog"), width_px=440)
        self.dismissed.connect(self.close_dialog)

    def show_state(self, state: AppState) -> None:
        """What is chosen."""
        self._devices.show_state(state)
        self._more.show_state(state)

    def show_levels(self, levels: Levels) -> None:
        """One's own voice."""
        self._devices.show_levels(levels)

    def close_dialog(self) -> None:
        """Puts it away; everything was kept at once."""
        super().close_dialog()
        self._closed()
