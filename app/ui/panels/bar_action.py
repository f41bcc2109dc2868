"""What the call bar, its "More" menu and the keys know of one action."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from app.state.app_state import AppState
from app.ui.bridge import Bridge

#: The priority of what never goes into the menu.
ALWAYS = 100


@dataclass(frozen=True, slots=True)
class Look:
    """How an action looks in a state.

    Attributes:
        words: What a click does now, without the key.
        state: What is true of it now, for a screen reader: "On", "Open, 2 unread".
        note: Said in the tool tip after the words.
        glyph: Another icon than the action's own.
        is_on: Held down, where the action toggles.
        is_off: Alarming, as a microphone that is off.
        count: A number at its corner; none at 0.
        is_shown: Whether it is there at all.
        is_enabled: Whether it can be pressed.
    """

    words: str
    state: str = ""
    note: str = ""
    glyph: str = ""
    is_on: bool = False
    is_off: bool = False
    count: int = 0
    is_shown: bool = True
    is_enabled: bool = True


@dataclass(frozen=True, slots=True)
class Act:
    """What an action gets to do its work with.

    Attributes:
        bridge: Takes intents.
        state: What is true now.
        page: The page of the call; dialogs open over its window.
        anchor: The button that is seen: the action's own, or "More"; menus and small panels open at it.
        open_settings: Opens the dialog for devices and background.
    """

    bridge: Bridge
    state: AppState
    page: QWidget
    anchor: QWidget
    open_settings: Callable[[], None]


@dataclass(frozen=True, slots=True)
class BarAction:
    """One button of the call bar.

    Attributes:
        name: The object name of the button; its line in the menu is `menu-` and this.
        glyph: An icon's name.
        priority: What has a low one goes into the "More" menu first; `ALWAYS` never does.
        look: How it looks in a state. Its width must not depend on it.
        do: What a click or the key does.
        key: Id of a row of `app.ui.keys`; empty: it has none.
        toggles: Looks held down while it is on.
    """

    name: str
    glyph: str
    priority: int
    look: Callable[[AppState], Look]
    do: Callable[[Act], object]
    key: str = ""
    toggles: bool = False
