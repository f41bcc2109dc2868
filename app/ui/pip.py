"""Picture-in-picture: opens and closes the small window as the state says, and brings the window back."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from app.media.gestures import Held
from app.media.types import Levels
from app.state.app_state import AppState
from app.state.call_intents import ClosePip
from app.state.intents import Explain
from app.state.pip import in_call, places_of, shared_area
from app.ui.bridge import Bridge
from app.ui.panels.pip_window import PipWindow

HIDDEN = "The small window hides while you share this screen: the others would see it."


class Pip(QObject):
    """Keeps the small window for as long as `Call.pip` is open.

    Args:
        window: The one that it stands for; it owns this object.
        bridge: Takes the intents, and gives pictures and levels.
    """

    def __init__(self, window: QWidget, bridge: Bridge) -> None:
        super().__init__(window)
        self._window = window
        self._bridge = bridge
        self._small: PipWindow | None = None
        #: The share of which it was said that the small window hides meanwhile.
        self._told = 0
        bridge.levels_changed.connect(self._show_levels)
        bridge.held.connect(self._show_held)

    @property
    def small(self) -> PipWindow | None:
        """The small window, while there is one."""
        return self._small

    def show_state(self, state: AppState) -> None:
        """Whether there is one now, and what is in it."""
        is_open = in_call(state) and state.call is not None and state.call.pip.is_open
        if not in_call(state):
            self._told = 0
        if self._small is not None and not is_open:
            self.close()
            if not in_call(state):
                # Why the call is over is to be read.
                self._bring_back(takes_focus=False)
        elif is_open:
            is_new = self._small is None
            small = self._small = self._small or self._make()
            small.show_state(state)
            if is_new:
                small.open_near(self._window, places_of(state))
            if is_new and state.call is not None and state.call.pip.opened_by == "user":
                # Whoever presses the button again is told again why nothing comes.
                self._told = 0
            self._keep_off_share(small, state)

    def _keep_off_share(self, small: PipWindow, state: AppState) -> None:
        """It is not to be seen in what one shares; if it has to be hidden for that, it is said once a share."""
        own = state.call.sharing.own if state.call is not None else None
        is_hidden = small.keep_off(shared_area(state.call) if state.call is not None else None)
        if is_hidden and own is not None and self._told != own.number:
            self._told = own.number
            self._bridge.do(Explain(words=HIDDEN))

    def _make(self) -> PipWindow:
        small = PipWindow(self._bridge)
        small.returned.connect(self._return)
        small.put_away.connect(lambda: self._bridge.do(ClosePip()))
        QGuiApplication.instance().screenRemoved.connect(small.stay_on_a_screen)  # type: ignore[union-attr]
        return small

    def close(self) -> None:
        """Takes it away; the call goes on without it."""
        small, self._small = self._small, None
        if small is not None:
            small.leave()

    def _return(self) -> None:
        self._bridge.do(ClosePip(returns=True))
        self._bring_back(takes_focus=True)

    def _bring_back(self, *, takes_focus: bool) -> None:
        window = self._window
        if window.isMinimized():
            # As it was before: maximised stays so.
            window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
        if takes_focus:
            window.raise_()
            window.activateWindow()

    def _show_levels(self, levels: Levels) -> None:
        if self._small is not None:
            self._small.show_levels(levels)

    def _show_held(self, held: Held) -> None:
        if self._small is not None:
            self._small.show_held(held)
