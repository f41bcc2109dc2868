"""The key that lets one be heard while it is held: push-to-talk, which `QShortcut` cannot do, as it knows no release.

A page gives it the keys that reach the page: whoever writes, or stands on what the key presses, keeps the key for that.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QWidget

from app.ui.qt import override

_KEYPAD = Qt.KeyboardModifier.KeypadModifier


class HeldKey(QObject):
    """Tells when the key goes down and comes up.

    Args:
        page: Whose keys it gets.
        tell: Takes True when it goes down, and False when it comes up, or cannot be seen any more.
    """

    def __init__(self, page: QWidget, tell: Callable[[bool], None]) -> None:
        super().__init__(page)
        self._tell = tell
        self._written = ""
        self._is_held = False
        self._place = 0
        application = QApplication.instance()
        if isinstance(application, QApplication):
            # The release goes to where the focus has gone, or to another program.
            application.focusChanged.connect(self.let_go)

    def show_key(self, written: str) -> None:
        """Which key it is, as `QKeySequence` writes it; empty: none."""
        if written != self._written:
            self.let_go()
            self._written = written

    def let_go(self) -> None:
        """As if it came up: nobody goes on being heard by a key that nobody sees."""
        if self._is_held:
            self._is_held = False
            self._watch(False)
            self._tell(False)

    def press(self, event: QKeyEvent) -> bool:
        """Takes a key that went down; whether it was this one."""
        if not self._is_it(event):
            return False
        if not (self._is_held or event.isAutoRepeat() or event.modifiers() & ~_KEYPAD):
            self._is_held, self._place = True, _place_of(event)
            self._watch(True)
            self._tell(True)
        return True

    def release(self, event: QKeyEvent) -> bool:
        """Takes a key that came up; whether it was this one."""
        if not self._is_it(event):
            return False
        # A keyboard that repeats lets the key come up each time.
        if not event.isAutoRepeat():
            self.let_go()
        return True

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """While it is held: it comes up wherever its release goes, a menu for example, and whatever letter that is.

        With Shift held by then, 1 comes up as an exclamation mark.
        """
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyRelease and not event.isAutoRepeat():
            place = _place_of(event)
            if self._is_it(event) or (place and place == self._place):
                self.let_go()
        return False

    def _watch(self, is_held: bool) -> None:
        application = QApplication.instance()
        if application is not None and is_held:
            application.installEventFilter(self)
        elif application is not None:
            application.removeEventFilter(self)

    def _is_it(self, event: QKeyEvent) -> bool:
        return bool(self._written) and QKeySequence(event.key()).toString() == self._written


def _place_of(event: QKeyEvent) -> int:
    """Which key of the keyboard it was, whatever letter it gave; 0: nobody knows."""
    return event.nativeVirtualKey() if sys.platform == "darwin" else event.nativeScanCode()
