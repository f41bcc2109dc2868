"""The keys of the window: one table, from which they are bound, told on buttons, and listed on the sheet of keys.

A new key is a row of `KEYS` and a `bind`. `tests/ui/test_keys.py` finds two rows with the same key, and rows without a
`bind`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

#: Where a key counts: in the whole window, on the page of the call, or while a shared screen is large.
Place = Literal["everywhere", "call", "share"]
PLACES: dict[Place, str] = {"call": "In the call", "share": "Looking at a shared screen", "everywhere": "Everywhere"}


@dataclass(frozen=True, slots=True)
class Key:
    """One row of the table.

    Attributes:
        id: What it is bound by.
        sequences: As `QKeySequence` reads them; the first one is told on buttons.
        words: What it does, for the sheet of keys.
        place: Where it counts.
        repeats: Fires again and again while it is held, as moving and zooming do.
        is_held: Counts while it is held, and can be another key, or none; see `app.ui.held_key`.
    """

    id: str
    sequences: tuple[str, ...]
    words: str
    place: Place = "call"
    repeats: bool = False
    is_held: bool = False


KEYS = (
    Key("microphone", ("M",), "Microphone on or off"),
    Key("talk", ("Space",), "Be heard while you hold it, with the microphone off", is_held=True),
    Key("camera", ("V",), "Camera on or off"),
    Key("share", ("S",), "Share your screen, or stop sharing it"),
    Key("hand", ("H",), "Raise or lower your hand"),
    Key("react", ("R",), "React; then 1 to 9"),
    Key("chat", ("C",), "Open or close the chat"),
    Key("people", ("P",), "Open or close the list of people"),
    Key("record", ("Ctrl+Shift+R",), "Start or stop AI recording, as the host"),
    Key("gestures", ("G",), "Gestures on or off for everyone, as the host"),
    Key("captions", ("T",), "Captions on or off"),
    Key("so-far", ("W",), "What was said so far, in a recorded call"),
    Key("mark", ("B",), "Mark this moment, in a recorded call"),
    Key("link", ("L",), "Copy the meeting’s link"),
    Key("pip", ("I",), "Picture-in-picture"),
    Key("full-screen", ("F11", "F"), "Full screen, and back"),
    Key("settings", ("Ctrl+,",), "Devices and background"),
    Key("rooms", ("Alt+Left",), "Show the rooms; the call goes on"),
    Key("connection", ("N",), "How good the connections are"),
    Key("leave", ("Ctrl+Shift+L",), "Leave"),
    Key("keys", ("?",), "This list"),
    Key("zoom-in", ("+", "="), "Zoom in", "share", repeats=True),
    Key("zoom-out", ("-",), "Zoom out", "share", repeats=True),
    Key("zoom-fit", ("0",), "Show all of it", "share"),
    Key("zoom-left", ("Left",), "Move to the left", "share", repeats=True),
    Key("zoom-right", ("Right",), "Move to the right", "share", repeats=True),
    Key("zoom-up", ("Up",), "Move up", "share", repeats=True),
    Key("zoom-down", ("Down",), "Move down", "share", repeats=True),
    Key("copy-still", ("Ctrl+Shift+C",), "Copy a still of it", "share"),
    Key("help", ("F1",), "Help", "everywhere"),
    Key("notices", ("F6",), "Go to the notices at the top", "everywhere"),
    Key("quit", ("Ctrl+Q",), "Close Parley", "everywhere"),
)  # fmt: skip
_BY_ID = {key.id: key for key in KEYS}


def hint(id: str) -> str:
    """A key as it is written on this system's keyboards: "M", "Ctrl+,"; empty for no id."""
    return QKeySequence(_BY_ID[id].sequences[0]).toString(QKeySequence.SequenceFormat.NativeText) if id else ""


def taken_by(written: str) -> str:
    """What a key does already, for the key that is held; empty where it is free."""
    found = (key.words for key in KEYS if not key.is_held and written in key.sequences)
    return next(found, "")


def with_hint(words: str, id: str) -> str:
    """Words for a tool tip, with the key: "Chat (C)"."""
    return f"{words} ({hint(id)})" if id else words


def bind(widget: QWidget, id: str, then: Callable[[], object]) -> tuple[QShortcut, ...]:
    """Lets a key of the table do something while the focus is in a widget (in its window, for "everywhere").

    A text field that has the focus takes letters, digits and arrows for itself, so that typing never mutes.

    Args:
        widget: The page, or the part of it where the key counts.
        id: Of a row of `KEYS`.
        then: What it does.

    Returns:
        The shortcuts, to be switched off where the key does not count for a while.

    Raises:
        KeyError: there is no such row.
    """
    key = _BY_ID[id]
    made = []
    for sequence in key.sequences:
        shortcut = QShortcut(QKeySequence(sequence), widget)
        shortcut.setObjectName(f"key-{id}")
        shortcut.setAutoRepeat(key.repeats)
        if key.place != "everywhere":
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(lambda: then())
        made.append(shortcut)
    return tuple(made)
