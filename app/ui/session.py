"""On what kind of desktop the window is, and what can be done there; see `app.state.capabilities`."""

from __future__ import annotations

import ctypes
import os
import sys

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from app.state.capabilities import Ability, Can, Session, can, session_of

#: WDA_EXCLUDEFROMCAPTURE of Windows 10, version 2004; NSWindowSharingNone of macOS.
_WINDOWS_EXCLUDED, _MACOS_NOT_SHARED = 0x11, 0
_stand_ins: set[Ability] = set()


def session() -> Session:
    """The kind of desktop; the application exists."""
    return session_of(sys.platform, QGuiApplication.platformName(), os.environ.get("XDG_SESSION_TYPE", ""))


def can_here(ability: Ability) -> Can:
    """Whether something can be done on this desktop, or by what stands in for it."""
    return Can(True) if ability in _stand_ins else can(session(), ability)


def stand_in(ability: Ability) -> None:
    """A file stands in for what this desktop may lack, as in a rehearsal."""
    _stand_ins.add(ability)


def keep_out_of_shares(window: QWidget) -> None:
    """Asks the system to leave a window out when the screen is captured; does nothing where it cannot.

    Args:
        window: a top-level window that is on the screen.
    """
    where = session()
    if where == "windows":
        _keep_out_on_windows(int(window.winId()))
    elif where == "macos":
        _keep_out_on_macos(int(window.winId()))


def _keep_out_on_windows(window: int) -> None:
    if sys.platform == "win32":
        ctypes.windll.user32.SetWindowDisplayAffinity(ctypes.c_void_p(window), _WINDOWS_EXCLUDED)


def _keep_out_on_macos(view: int) -> None:
    """Sends `[[view window] setSharingType: none]` by the runtime of Objective-C."""
    if sys.platform == "darwin":
        runtime = ctypes.cdll.LoadLibrary("/usr/lib/libobjc.dylib")
        runtime.sel_registerName.restype = ctypes.c_void_p
        runtime.sel_registerName.argtypes = [ctypes.c_char_p]
        ask = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)(("objc_msgSend", runtime))
        tell = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_ulong)(("objc_msgSend", runtime))
        window = ask(view, runtime.sel_registerName(b"window"))
        if window:
            tell(window, runtime.sel_registerName(b"setSharingType:"), _MACOS_NOT_SHARED)
