"""How one sees the call: the button for the layout, one's own view and the whole screen."""

from __future__ import annotations

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu

from app.state.app_state import AppState
from app.state.call_intents import ChooseLayout, HideOwnView
from app.state.stage import Mode, Stage
from app.ui.bridge import Bridge
from app.ui.keys import with_hint
from app.ui.widgets.buttons import IconButton
from app.ui.widgets.frame import frame_of
from app.ui.widgets.menu import Menu, add_action, open_below

_MODES: dict[Mode, tuple[str, str]] = {
    "automatic": ("sparkles", "Automatic"),
    "grid": ("layout-grid", "Everybody the same size"),
    "speaker": ("audio-lines", "Who speaks is large"),
}


class ViewButton(IconButton):
    """Opens a menu with what one may change of one's own view of the call.

    Args:
        bridge: Takes the intents.
    """

    def __init__(self, bridge: Bridge) -> None:
        super().__init__("layout-grid", "Layout and full screen", "open-view-menu")
        self._bridge = bridge
        self._stage = Stage()
        self.clicked.connect(self._open)

    def show_state(self, state: AppState) -> None:
        """What is chosen now."""
        if state.call is not None:
            self._stage = state.call.stage

    def _open(self) -> None:
        menu = Menu(self)
        group = QActionGroup(menu)
        for mode, (glyph, words) in _MODES.items():
            is_chosen = mode == self._stage.mode
            act = self._add(menu, "check" if is_chosen else glyph, words, f"view-{mode}", ChooseLayout(mode=mode))
            act.setCheckable(True)
            act.setChecked(is_chosen)
            group.addAction(act)
        menu.addSeparator()
        if self._stage.hides_own:
            self._add(menu, "eye", "Show me my own view", "view-show-own", HideOwnView(is_hidden=False))
        else:
            self._add(menu, "eye-off", "Hide my own view from me", "view-hide-own", HideOwnView(is_hidden=True))
        frame = frame_of(self)
        is_full = frame.isFullScreen()
        words = "Leave full screen (Esc)" if is_full else with_hint("Full screen", "full-screen")
        glyph = "shrink" if is_full else "expand"
        add_action(menu, glyph, words, lambda: frame.show_full_screen(not is_full), name="view-full-screen")
        open_below(menu, self)

    def _add(self, menu: QMenu, glyph: str, words: str, name: str, wanted: ChooseLayout | HideOwnView) -> QAction:
        return add_action(menu, glyph, words, lambda: self._bridge.do(wanted), name=name)
