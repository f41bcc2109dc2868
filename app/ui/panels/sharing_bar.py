"""The bar over the stage while one shares: what, how, whether it is recorded, and the way to stop."""

from __future__ import annotations

from functools import partial

from PySide6.QtGui import QResizeEvent

from app.state.app_state import AppState
from app.state.call_intents import LetPoint, OpenSharePicker, SetShareMode, StopOwnShare
from app.state.events import Intent
from app.state.pointing import pointing_lets
from app.state.recording import share_words
from app.ui.bridge import Bridge
from app.ui.panels.share_picker import MODES, mode_choice
from app.ui.qt import override
from app.ui.text import ElidedWords, Words, set_tip
from app.ui.widgets.buttons import Button, IconButton
from app.ui.widgets.cards import Card, Glyph, row
from app.ui.widgets.menu import Menu, add_action, open_below

_SENT_AS = {"": "", "text": "Sharp text", "motion": "Smooth video"}
_GLYPHS = {"automatic": "sparkles", "text": "file-text", "motion": "film"}
_NARROW_PX = 620
#: Members, guests.
_LETS = {
    (False, False): "nobody", (True, False): "members", (False, True): "guests", (True, True): "everybody",
}  # fmt: skip


class SharingBar(Card):
    """Shows `Sharing.own`; hidden while one shares nothing.

    Args:
        bridge: Takes the intents.
    """

    def __init__(self, bridge: Bridge) -> None:
        self._words = ElidedWords("", look="strong")
        self._words.setObjectName("sharing-words")
        self._more = Words("", look="muted")
        self._more.setObjectName("sharing-more")
        self._mode = mode_choice(bridge, "sharing-mode")
        self._mode.setFixedWidth(150)
        self._other = Button("Share another…", "share-other", kind="quiet")
        self._other.clicked.connect(lambda: bridge.do(OpenSharePicker()))
        self._point = Button("Pointing", "let-point", kind="quiet", glyph="mouse-pointer-2")
        self._point.clicked.connect(self._open_pointing)
        self._bridge = bridge
        self._lets = (False, False)
        # Where there is no room for them.
        self._rest = IconButton("ellipsis", "More about this share", "sharing-rest")
        self._rest.clicked.connect(self._open_rest)
        stop = Button("Stop sharing", "stop-sharing", kind="danger")
        stop.clicked.connect(lambda: bridge.do(StopOwnShare()))
        box = row(
            Glyph("screen-share", ink="accent"), self._words, self._more, self._mode, self._point, self._other,
            self._rest, stop, gap=10, margins=(14, 8, 10, 8),
        )  # fmt: skip
        box.setStretch(1, 1)
        super().__init__(box, ground="soft", name="sharing-bar")
        self.hide()

    def show_state(self, state: AppState) -> None:
        """What one shares now."""
        own = state.call.sharing.own if state.call else None
        self.setVisible(own is not None)
        if own is None or state.call is None:
            return
        name = own.source.name or "your screen"
        words = f"You are sharing {name[:1].lower() + name[1:] if own.source.kind == 'screen' else name}"
        self._words.setText(words if own.is_on else "Starting to share…")
        paused = "Paused: the window is minimised, the others see its last picture" if own.is_paused else ""
        more = paused or share_words(state.call) or (_SENT_AS[own.sent_as] if own.mode == "automatic" else "")
        self._more.setText(more)
        self._lets = pointing_lets(state.call)
        self._point.setAccessibleName(f"Who may point at your screen: {_LETS[self._lets]}")
        set_tip(self._point, self._point.accessibleName())
        self._point.show_kind("tab" if any(self._lets) else "quiet")
        self._mode.show_items(MODES, own.mode)
        self.setAccessibleName(f"{words}. {more}" if more else words)

    def _open_pointing(self) -> None:
        menu = Menu(self)
        self._add_pointing(menu)
        open_below(menu, self._point)

    def _open_rest(self) -> None:
        """All that a wide bar has beside Stop."""
        menu = Menu(self)
        for words, mode in MODES:
            is_on = mode == self._mode.currentData()
            self._add_choice(menu, f"menu-share-{mode}", _GLYPHS[mode], words, is_on, SetShareMode(mode=mode))
        menu.addSeparator()
        self._add_pointing(menu)
        menu.addSeparator()
        add_action(menu, "screen-share", "Share another…", self._other.click, name="menu-share-other")
        open_below(menu, self._rest)

    def _add_pointing(self, menu: Menu) -> None:
        members, guests = self._lets
        for name, words, is_on, wanted in (
            ("members", "Members may point and draw", members, LetPoint(members=not members, guests=guests)),
            ("guests", "Guests may point and draw", guests, LetPoint(members=members, guests=not guests)),
        ):
            self._add_choice(menu, f"let-{name}-point", "mouse-pointer-2", words, is_on, wanted)

    def _add_choice(self, menu: Menu, name: str, glyph: str, words: str, is_on: bool, wanted: Intent) -> None:
        act = add_action(menu, "check" if is_on else glyph, words, partial(self._bridge.do, wanted), name=name)
        act.setCheckable(True)
        act.setChecked(is_on)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_wide = self.width() >= _NARROW_PX
        for part in (self._mode, self._other, self._point):
            part.setVisible(is_wide)
        self._rest.setVisible(not is_wide)
        self._more.setVisible(self.width() >= _NARROW_PX + 200)
