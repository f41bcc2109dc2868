"""What each kind of desktop lets a program do, with the words for what it does not. Pure.

Where something cannot be done, a button for it says so in these words; none does nothing in silence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

#: Windows, macOS, X11, an X11 program in a Wayland session, Wayland itself, no desktop at all (offscreen), or a screen
#: that has room for one window only.
Session = Literal["windows", "macos", "x11", "xwayland", "wayland", "offscreen", "one_window"]
Ability = Literal[
    "small_window", "on_top", "place", "minimised", "kept_out", "screens", "window_list", "tray", "notifications"
]
SESSIONS: tuple[Session, ...] = get_args(Session)

#: What each is called in the help.
NAMES: dict[Ability, str] = {
    "small_window": "A small window during a call (picture-in-picture)",
    "on_top": "The small window stays on top",
    "place": "The small window keeps its place",
    "minimised": "The small window opens when Parley is minimised",
    "kept_out": "Parley’s small window stays out of what you share",
    "screens": "Sharing a screen",
    "window_list": "Choosing a single window to share from a list",
    "tray": "A Parley icon in the tray",
    "notifications": "Desktop notifications",
}
SESSION_NAMES: dict[Session, str] = {
    "windows": "Windows",
    "macos": "macOS",
    "x11": "Linux with X11",
    "xwayland": "Linux with Wayland, where Parley runs as an X11 program",
    "wayland": "Linux with Wayland",
    "offscreen": "No desktop",
    "one_window": "A screen for one window",
}


@dataclass(frozen=True, slots=True)
class Can:
    """Whether something can be done here; `words`, a sentence or two, say why not, or with what limits."""

    is_able: bool
    words: str = ""


_YES = Can(True)
_NO_DESKTOP = Can(False, "There is no desktop here.")
_FULL_SCREEN = Can(True, "A program in full screen may still cover it.")
_NO_TRAY = Can(True, "Some desktops show no icons in a tray; notifications come all the same.")
_ONE_WINDOW = Can(False, "This screen has room for one window only, so the call cannot have a small one beside it.")

#: What is not simply possible.
_LIMITS: dict[Session, dict[Ability, Can]] = {
    "windows": {
        "kept_out": Can(True, "From Windows 10, version 2004 on; earlier versions show it as a black area."),
    },
    "macos": {
        "on_top": _FULL_SCREEN,
        "kept_out": Can(
            True, "Up to macOS 14. Newer versions may show it to the others when you share the whole screen."
        ),
        "screens": Can(True, "macOS asks you once to allow it, in Privacy & Security under Screen Recording."),
        "notifications": Can(True, "If macOS is set to show Parley’s notifications."),
    },
    "x11": {
        "on_top": _FULL_SCREEN,
        "kept_out": Can(
            False, "X11 cannot keep a window out of a shared screen, so the small window hides on a screen you share."
        ),
        "tray": _NO_TRAY,
    },
    "xwayland": {
        "on_top": _FULL_SCREEN,
        "kept_out": Can(
            False, "X11 cannot keep a window out of a shared screen, so the small window hides on a screen you share."
        ),
        "screens": Can(True, "The desktop’s own dialog asks what to share."),
        "window_list": Can(False, "Wayland does not tell programs which windows there are; its own dialog asks."),
        "tray": _NO_TRAY,
    },
    "wayland": {
        "on_top": Can(
            False,
            "Wayland lets no program keep itself on top. Right-click the title bar of the small window and choose "
            "“Always on Top”, if your desktop offers it.",
        ),
        "place": Can(False, "Wayland lets no program choose where its windows are: your desktop places the small one."),
        "minimised": Can(
            False,
            "Wayland does not tell programs that they were minimised. Press the button for picture-in-picture, or I.",
        ),
        "kept_out": Can(
            False, "Your desktop decides whether the small window is seen on a screen you share: mostly it is."
        ),
        "screens": Can(True, "The desktop’s own dialog asks what to share."),
        "window_list": Can(False, "Wayland does not tell programs which windows there are; its own dialog asks."),
        "tray": _NO_TRAY,
    },
    "offscreen": {
        "kept_out": _NO_DESKTOP,
        "screens": _NO_DESKTOP,
        "window_list": _NO_DESKTOP,
        "tray": _NO_DESKTOP,
        "notifications": _NO_DESKTOP,
    },
    "one_window": {
        "small_window": _ONE_WINDOW,
        "on_top": _ONE_WINDOW,
        "place": _ONE_WINDOW,
        "minimised": _ONE_WINDOW,
        "kept_out": _ONE_WINDOW,
        "window_list": Can(False, "There are no other windows on this screen."),
        "tray": Can(False, "This screen has no tray."),
        "notifications": Can(False, "This screen has no place for notifications."),
    },
}


def session_of(system: str, platform: str, session_type: str) -> Session:
    """The kind of desktop.

    Args:
        system: `sys.platform`.
        platform: Qt's name of how it draws windows: "xcb", "wayland", "cocoa", "windows", "offscreen" and so on.
        session_type: XDG_SESSION_TYPE; empty where it is not set.
    """
    if platform in ("offscreen", "minimal"):
        return "offscreen"
    if platform.startswith("wayland"):
        return "wayland"
    if platform == "xcb":
        return "xwayland" if session_type == "wayland" else "x11"
    if system == "win32":
        return "windows"
    return "macos" if system == "darwin" else "one_window"


def can(session: Session, ability: Ability) -> Can:
    """Whether that can be done there."""
    return _LIMITS[session].get(ability, _YES)


def small_window_words(session: Session) -> str:
    """What is to be said to who opens the small window there; empty: it works as they expect."""
    small, on_top = can(session, "small_window"), can(session, "on_top")
    if not small.is_able:
        return small.words
    return "" if on_top.is_able else on_top.words
