"""The small window of picture-in-picture: one picture, who it is, and what one needs most in a call."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction, QCloseEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QMenu, QWidget

from app.media.gestures import Held
from app.media.types import Levels
from app.state import quality
from app.state.app_state import AppState
from app.state.call_intents import LowerHand, OpenPanel, PlacePip, RaiseHand, SpeakerChanged
from app.state.floor import Floor, hear
from app.state.hands import is_up, raised
from app.state.pip import BAR_PX, FIRST_PX, FRAME_PX, shown_tile
from app.state.slices.call import Call
from app.state.stage import OWN, Tile
from app.ui.bridge import Bridge
from app.ui.panels.device_panel import ToggleButton, toggle
from app.ui.panels.leaving import ask_to_leave
from app.ui.qt import override
from app.ui.text import ElidedWords, people_words
from app.ui.widgets.buttons import Badged, Button, IconButton
from app.ui.widgets.captions_layer import CaptionsLayer
from app.ui.widgets.cards import Card, Glyph, column, row
from app.ui.widgets.floating import Floating
from app.ui.widgets.hold_layer import SIDE_PX, HoldLayer
from app.ui.widgets.menu import Menu, add_action
from app.ui.widgets.video_tile import VideoTile

#: More lines would hide the face.
_CAPTION_ROWS = 2
_SIZES = (("small", "Small", 280), ("medium", "Medium", FIRST_PX), ("large", "Large", 520))


class PipWindow(Floating):
    """See the module; how it is moved and resized is told by `Floating`.

    Signals:
        put_away(): the user wants it gone; the call goes on.

    Args:
        bridge: Takes the intents, and gives the pictures.

    Attributes:
        tile: The picture on show.
        clock: Seconds that only grow.
    """

    put_away = Signal()

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self._bridge = bridge
        self._state = AppState()
        self.clock: Callable[[], float] = time.monotonic
        self._floor, self._heard = Floor(), ""
        self.setObjectName("pip")
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(lambda at: self._make_menu().popup(self.mapToGlobal(at)))
        self.moved.connect(lambda place: bridge.do(PlacePip(place=place)))
        self.tile = VideoTile(stage=bridge.stage, key=None)
        self._box = column(self.tile, gap=0, margins=(FRAME_PX, FRAME_PX, FRAME_PX, 0))
        self._box.setStretch(0, 1)
        self._box.addWidget(self._make_bar())
        self.setLayout(self._box)
        self._captions = CaptionsLayer(rows=_CAPTION_ROWS)
        self._captions.setObjectName("pip-captions")
        self._captions.setParent(self)
        self._captions.hide()
        self._hold = HoldLayer(speaks=False)
        self._hold.setObjectName("pip-hold")
        self._hold.setParent(self)
        self._hold.hide()
        self._hold.show_places(lambda person: self._place_of_ring())
        self._news = self._make_news()

    def _make_bar(self) -> QWidget:
        self._microphone = ToggleButton(self._bridge, "microphone", "pip-toggle-microphone", look="small")
        self._camera = ToggleButton(self._bridge, "camera", "pip-toggle-camera", look="small")
        self._hand = IconButton("hand", "Raise your hand (H)", "pip-raise-hand", kind="small")
        self._hand.setCheckable(True)
        self._hand.clicked.connect(self._toggle_hand)
        self._recording = Glyph("circle-dot", ink="danger", size_px=16)
        self._recording.setObjectName("pip-recording")
        self._recording.setAccessibleName("This meeting is being recorded")
        self._recording.setToolTip("This meeting is being recorded")
        self._words = ElidedWords("", look="small")
        self._words.setObjectName("pip-words")
        self._back = Badged("maximize-2", "Back to the window (Esc)", "pip-back")
        self._back.clicked.connect(self.returned)
        self._leave = IconButton("phone-off", "Leave the meeting", "pip-leave", kind="small")
        self._leave.show_off(True, "phone-off")
        self._leave.clicked.connect(self._ask_leave)
        self._buttons = row(
            self._microphone, self._camera, self._hand, self._recording, self._words, self._back, self._leave,
            gap=4, margins=(2, 4, 2, 4),
        )  # fmt: skip
        self._buttons.setStretch(self._buttons.indexOf(self._words), 1)
        holder = QWidget()
        holder.setFixedHeight(BAR_PX)
        holder.setLayout(self._buttons)
        holder.setCursor(Qt.CursorShape.ArrowCursor)
        return holder

    def _make_news(self) -> Card:
        """What cannot wait until the window is back; it lies over the picture's head."""
        self._news_words = ElidedWords("", look="label")
        self._news_words.setObjectName("pip-news-words")
        look = Button("Show", "pip-news-show", kind="link")
        look.clicked.connect(self._look_at_news)
        box = row(self._news_words, look, gap=8, margins=(12, 2, 8, 2))
        box.setStretch(0, 1)
        news = Card(box, ground="alarm", name="pip-news")
        news.setParent(self)
        news.hide()
        return news

    # --- showing --------------------------------------------------------------------------------------------------
    def show_state(self, state: AppState) -> None:
        """The call as it is now."""
        call = state.call
        if call is None:
            return
        self._state = state
        self.setWindowTitle(f"{call.meeting.title} - Parley")
        self._microphone.show_choices(state.devices.chosen)
        self._camera.show_choices(state.devices.chosen)
        has_hand_up = is_up(state)
        self._hand.setChecked(has_hand_up)
        self._hand.say(f"{'Lower' if has_hand_up else 'Raise'} your hand (H)", state="Up" if has_hand_up else "Down")
        self._recording.setVisible(call.recording.since is not None)
        self._leave.setAccessibleDescription(
            "Opens a choice: leave, or end the meeting for all" if state.is_host else ""
        )
        waiting = call.lobby.waiting if state.is_host else ()
        self._back.show_count(call.chat.unread)
        self._back.say(
            "Back to the window (Esc)", state=f"{call.chat.unread} unread in the chat" if call.chat.unread else ""
        )
        if call.recording.asks_consent:
            self._show_news("Recording has started: please answer")
        elif waiting:
            some = f"{waiting[0].name} waits" if len(waiting) == 1 else f"{people_words(len(waiting))} wait"
            self._show_news(f"{some} to be let in")
        else:
            self._show_news("")
        self._show_picture(call)
        self._captions.show_call(call, tuple)

    def _show_news(self, words: str) -> None:
        self._news_words.setText(words)
        self._news.setVisible(bool(words))
        self._lay_over()

    def _lay_over(self) -> None:
        """What lies over the picture, in its order."""
        for layer in (self._captions, self._hold):
            layer.setGeometry(FRAME_PX, FRAME_PX, self.width() - 2 * FRAME_PX, self.height() - FRAME_PX - BAR_PX)
            layer.raise_()
        self._news.setGeometry(FRAME_PX, FRAME_PX, self.width() - 2 * FRAME_PX, 36)
        self._news.raise_()

    def _show_picture(self, call: Call) -> None:
        tile = shown_tile(call, self._floor.person or call.stage.speaker)
        if tile != self.tile.key:
            self._change_tile(tile)
        person = call.person(tile.person or call.you)
        if person is None:
            return
        is_own, is_screen = tile == OWN, tile.source == "screen"
        own = self._state.devices
        self.tile.show_person(
            "You" if is_own else f"{person.name}’s screen" if is_screen else person.name,
            initials_of=person.name,
            microphone=own.microphone_on if is_own else person.microphone_on,
            camera=is_screen or (own.chosen.camera_on if is_own else person.camera_on),
            is_connected=person.is_connected or is_own,
        )
        self.tile.show_mark("Not recorded" if call.recording.since is not None and not person.consents else "")
        self.tile.show_weak(not is_screen and quality.is_weak(call, person.id))
        is_paused = bool(tile.person) and quality.is_paused(call, person.id, tile.source)
        self.tile.show_paused(quality.PAUSED if is_paused else "")
        hands = [one.id for one in raised(call.people)]
        self.tile.show_hand(hands.index(person.id) + 1 if person.id in hands and not is_screen else 0)
        self.tile.show_stopped(self._state.call_phase == "reconnecting")
        self._show_words(call, is_screen=is_screen)

    def _change_tile(self, tile: Tile) -> None:
        before = self.tile
        self.tile = VideoTile(stage=self._bridge.stage, key=tile, crop="fit" if tile.source == "screen" else "cover")
        self.tile.setObjectName("pip-picture")
        self.tile.setCursor(Qt.CursorShape.ArrowCursor)
        self._box.replaceWidget(before, self.tile)
        self._box.setStretch(0, 1)
        before.leave_stage()
        before.hide()
        before.deleteLater()
        self.tile.show()
        self._lay_over()

    def _show_words(self, call: Call, *, is_screen: bool) -> None:
        """Who speaks, where the picture does not say it already."""
        speaking = call.person(self._heard)
        if self._state.call_phase == "reconnecting":
            self._words.setText("Reconnecting…")
        elif is_screen and speaking:
            self._words.setText(speaking.name)
        else:
            self._words.setText("" if len(call.people) == 2 else people_words(len(call.people)))

    def show_levels(self, levels: Levels) -> None:
        """Who speaks; the picture turns to who has the floor."""
        call = self._state.call
        if call is None:
            return
        speaking = {person for person, level in levels.items() if level.is_speaking}
        others = {one.id for one in call.people if one.id != call.you}
        before, self._floor = self._floor, hear(self._floor, speaking & others, self.clock())
        if self._floor.person != before.person:
            # The page, which may be out of sight and hear nothing, shows the same when it is back.
            self._bridge.do(SpeakerChanged(person=self._floor.person))
        self._heard = min(speaking & others, default="")
        self._show_picture(call)
        key = self.tile.key
        self.tile.show_speaking(key is not None and key[1] == "camera" and key[0] in speaking)

    def show_held(self, held: Held) -> None:
        """What one's own hand shows now, and for how much of its time."""
        self._hold.show_held(held)

    def _place_of_ring(self) -> QPoint:
        """On one's own picture; on another's, in the way of no face: above the button of the hand."""
        if self.tile.key == OWN:
            return self._hold.rect().center()
        button = self._hand.mapTo(self, self._hand.rect().center())
        return QPoint(self._hold.mapFrom(self, button).x(), self._hold.height() - SIDE_PX - FRAME_PX)

    # --- acting ---------------------------------------------------------------------------------------------------
    def _make_menu(self) -> QMenu:
        menu = Menu(self, "pip-menu")
        add_action(menu, "maximize-2", "Back to the window", self.returned.emit, name="pip-menu-back")
        for name, words, width in _SIZES if self.is_free else ():
            line = QAction(words, menu)
            line.setObjectName(f"pip-menu-{name}")
            line.triggered.connect(lambda _=False, width=width: self.resize_to(width))
            menu.addAction(line)
        add_action(menu, "x", "Close the small window", self.put_away.emit, name="pip-menu-close")
        return menu

    def _look_at_news(self) -> None:
        call = self._state.call
        if call is not None and not call.recording.asks_consent:
            self._bridge.do(OpenPanel(panel="people"))
        self.returned.emit()

    def _toggle_hand(self) -> None:
        # Checked again by the state, once the server has said so.
        self._hand.setChecked(is_up(self._state))
        self._bridge.do(LowerHand() if is_up(self._state) else RaiseHand())

    def _ask_leave(self) -> None:
        ask_to_leave(self._bridge, self._state, self._leave, names=("pip-menu-leave", "pip-menu-end"))

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The keys of the call that make sense here."""
        key = Qt.Key(event.key())
        if event.isAutoRepeat() and key in (Qt.Key.Key_M, Qt.Key.Key_V, Qt.Key.Key_H, Qt.Key.Key_I):
            return
        if key == Qt.Key.Key_M:
            toggle(self._bridge, self._state.devices.chosen, "microphone")
        elif key == Qt.Key.Key_V:
            toggle(self._bridge, self._state.devices.chosen, "camera")
        elif key == Qt.Key.Key_H:
            self._toggle_hand()
        elif key == Qt.Key.Key_I:
            self.put_away.emit()
        else:
            super().keyPressEvent(event)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_over()

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        """Its own title bar or a key of the desktop closed it: the state follows."""
        if self.isVisible() and event.spontaneous():
            event.ignore()
            self.put_away.emit()

    def leave(self) -> None:
        """No picture comes any more; it is deleted soon."""
        self.tile.leave_stage()
        self.hide()
        self.deleteLater()
