"""The toolbar of a call: a button for each row of `bar_actions.ACTIONS`, recording, the "More" menu, and Leave."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QMenu, QWidget

from app.state.app_state import AppState
from app.state.call_intents import ShowConnection
from app.ui import keys
from app.ui.bridge import Bridge
from app.ui.panels.bar_action import ALWAYS, Act, BarAction, Look
from app.ui.panels.bar_actions import ACTIONS
from app.ui.panels.keys_sheet import KeysSheet
from app.ui.panels.leaving import ask_to_leave
from app.ui.panels.record_button import RecordButton
from app.ui.qt import override
from app.ui.text import set_tip
from app.ui.widgets.buttons import Badged, Button
from app.ui.widgets.cards import Card, Line, row
from app.ui.widgets.frame import frame_of
from app.ui.widgets.menu import Menu, add_action, open_below

#: What goes into the menu before words and gaps go, and what only where that was not enough.
_RARE = 60
_SPACE_PX, _TIGHT_SPACE_PX = 8, 3
_MARGIN_PX = 10


class CallBar(Card):
    """What one can do in the call; in a narrow place the rarer part of it is in the menu.

    Args:
        bridge: Takes the intents.
        page: The page of the call: keys count there.
        open_settings: Opens the dialog for devices and background.
        actions: The table.
    """

    def __init__(
        self,
        bridge: Bridge,
        page: QWidget,
        open_settings: Callable[[], None],
        actions: tuple[BarAction, ...] = ACTIONS,
    ) -> None:
        self._bridge = bridge
        self._page = page
        self._open_settings = open_settings
        self._state = AppState()
        self._actions = actions
        self._hidden: tuple[BarAction, ...] = ()
        self._width_px = 10_000
        self._fitted: tuple[int, tuple[BarAction, ...], bool] | None = None
        self._buttons = {one.name: _ActionButton(one, self._run) for one in actions}
        self.recording = RecordButton(bridge)
        self._more = Badged("ellipsis", "More", "open-more", kind="round")
        self._more.clicked.connect(self._open_menu)
        self.leave = Button("Leave", "leave", kind="leave", glyph="phone-off")
        self.leave.clicked.connect(self._leave)
        self._line = Line(is_upright=True)
        self._line.setFixedHeight(30)
        parts: list[QWidget] = list(self._buttons.values())
        parts.insert(sum(one.priority == ALWAYS for one in actions), self.recording)
        box = self._box = row(
            *parts, self._more, self._line, self.leave, gap=_SPACE_PX, margins=(_MARGIN_PX, 8, _MARGIN_PX, 8)
        )
        super().__init__(box, ground="bar", name="call-bar")
        for action in actions:
            if action.key:
                keys.bind(page, action.key, partial(self._run, action))
        keys.bind(page, "record", self.recording.press)
        keys.bind(page, "leave", self._leave)
        keys.bind(page, "connection", self._open_connection)
        keys.bind(page, "keys", self._open_keys)

    def show_state(self, state: AppState) -> None:
        """What is on, open and new."""
        self._state = state
        if state.call is None:
            return
        for action in self._actions:
            self._buttons[action.name].show_look(action.look(state))
        self.recording.show_state(state)
        self.leave.setAccessibleDescription(
            "Opens a choice: leave, or end the meeting for all" if state.is_host else ""
        )
        self.fit(self._width_px)

    # --- room -----------------------------------------------------------------------------------------------------
    def fit(self, width_px: int) -> None:
        """Puts into the menu what has no room: first what is rare, then words and gaps go, then what is less rare."""
        self._width_px = width_px
        shown = tuple(one for one in self._actions if one.look(self._state).is_shown)
        has_recording = not self.recording.isHidden()
        if (asked := (width_px, shown, has_recording)) != self._fitted:
            self._fitted = asked
            self._fit(width_px, shown, has_recording)
        self._show_more()

    def _fit(self, width_px: int, shown: tuple[BarAction, ...], has_recording: bool) -> None:
        by_rank = sorted((one for one in shown if one.priority < ALWAYS), key=lambda one: one.priority)
        rare = sum(one.priority < _RARE for one in by_rank)
        least_px = {is_tight: self._needs_px(is_tight, has_recording) for is_tight in (True, False)}
        step_px = {True: _TIGHT_SPACE_PX, False: _SPACE_PX}
        button_px = self._more.sizeHint().width()
        ways = [(False, count) for count in range(rare + 1)] + [(True, count) for count in range(len(by_rank) + 1)]
        is_tight, count = next(
            (
                (is_tight, count)
                for is_tight, count in ways
                if least_px[is_tight] + (len(shown) - count) * (button_px + step_px[is_tight]) <= width_px
            ),
            ways[-1],
        )
        self._hidden = tuple(one for one in shown if one in by_rank[:count])
        for action in self._actions:
            self._buttons[action.name].setVisible(action in shown and action not in self._hidden)
        self._set_tight(is_tight)

    def _set_tight(self, is_tight: bool) -> None:
        self.recording.shorten(is_tight)
        self._line.setVisible(not is_tight)
        self.leave.show_text("" if is_tight else "Leave")
        set_tip(self.leave, "Leave" if is_tight else "")
        self._box.setSpacing(_TIGHT_SPACE_PX if is_tight else _SPACE_PX)

    def _needs_px(self, is_tight: bool, has_recording: bool) -> int:
        """The width of what is always there."""
        self._set_tight(is_tight)
        widths = [self._more.sizeHint().width(), self.leave.sizeHint().width()]
        widths += [self.recording.sizeHint().width()] if has_recording else []
        widths += [] if is_tight else [1]
        return sum(widths) + self._box.spacing() * (len(widths) - 1) + 2 * (_MARGIN_PX + 1)

    @override
    def changeEvent(self, event: QEvent) -> None:
        """Other letters have other widths."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange):
            self._fitted = None

    # --- the menu -------------------------------------------------------------------------------------------------
    def _show_more(self) -> None:
        looks = [one.look(self._state) for one in self._hidden]
        self._more.show_count(sum(one.count for one in looks))
        self._more.say("More", state=", ".join(f"{one.words}: {one.state}" for one in looks if one.count))

    def _open_menu(self) -> None:
        menu = Menu(self, "more-menu")
        for action in self._hidden:
            self._add_line(menu, action)
        if self._hidden:
            menu.addSeparator()
        connection = add_action(menu, "wifi", "Connection", self._open_connection, name="menu-connection")
        connection.setText(f"{connection.text()}\t{keys.hint('connection')}")
        listed = add_action(menu, "keyboard", "Keys", self._open_keys, name="menu-keys")
        listed.setText(f"{listed.text()}\t{keys.hint('keys')}")
        helps = add_action(menu, "info", "Help", lambda: frame_of(self).open_help(), name="menu-help")
        helps.setText(f"{helps.text()}\t{keys.hint('help')}")
        open_below(menu, self._more)

    def _add_line(self, menu: QMenu, action: BarAction) -> None:
        look = action.look(self._state)
        words = f"{look.words} ({look.count})" if look.count else look.words
        line = add_action(
            menu, look.glyph or action.glyph, words, lambda: self._run(action), name=f"menu-{action.name}"
        )
        if action.key:
            # As words: a shortcut of the line would be the same key a second time.
            line.setText(f"{line.text()}\t{keys.hint(action.key)}")
        line.setEnabled(look.is_enabled)

    def anchor(self, action: BarAction) -> QWidget:
        """The button that is seen for an action."""
        return self._more if action in self._hidden else self._buttons[action.name]

    def _run(self, action: BarAction) -> None:
        look = action.look(self._state)
        if self._state.call is not None and look.is_shown and look.is_enabled:
            action.do(Act(self._bridge, self._state, self._page, self.anchor(action), self._open_settings))

    def _open_connection(self) -> None:
        self._bridge.do(ShowConnection(is_open=True))

    # --- the ends -------------------------------------------------------------------------------------------------
    def _open_keys(self) -> None:
        KeysSheet(self.window(), self._state.devices.chosen.push_to_talk)

    def _leave(self) -> None:
        ask_to_leave(self._bridge, self._state, self.leave, names=("menu-leave", "menu-end-for-all"))


class _ActionButton(Badged):
    """The button of one action. What it shows follows the state alone, never the click."""

    def __init__(self, action: BarAction, run: Callable[[BarAction], None]) -> None:
        super().__init__(action.glyph, "", action.name, kind="round")
        self._action = action
        self.setCheckable(action.toggles)
        self.clicked.connect(lambda: run(action))

    def show_look(self, look: Look) -> None:
        """What the state says of it; whether it is seen is the bar's affair."""
        words = keys.with_hint(look.words, self._action.key)
        self.say(words, state=look.state)
        set_tip(self, f"{words}. {look.note}" if look.note else words)
        self.show_off(look.is_off, look.glyph or self._action.glyph)
        self.show_count(look.count)
        self.setEnabled(look.is_enabled)
        if self.isCheckable():
            self.setChecked(look.is_on)

    @override
    def nextCheckState(self) -> None:
        """A click alone changes nothing: where the server refuses, the button must not lie."""
