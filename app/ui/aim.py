"""What the user points at stays there: a click may only hit what was there when they aimed at it.

Whatever changes the window comes through one door, the states. While somebody aims at a button the newest waits, and
where one had to be shown after all, a click on what has just come under the pointer does nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWindow
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from app.state.app_state import AppState
from app.state.slices.recording import Recording
from app.ui.qt import override
from app.ui.widgets.scrim import Scrim

#: So long after the pointer's last move one aims at the button under it.
AIM_S = 0.8
#: So long a state waits at most, unless a button is held down.
LONGEST_S = 2.5
#: What follows within this time is the answer to what one did: it never waits.
ANSWER_S = 1.0
#: Nobody takes in what is new, decides and presses within this time.
GRACE_S = 0.5
_LOOK_MS = 60
_PRESSES = (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick)
_KEYS = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)
#: What a click would do: the button's object name, and of whom it speaks where that can change.
Meaning = tuple[str, str]


def about(button: QAbstractButton, subject: str) -> None:
    """Of whom a button speaks whose name is the same for everybody: a click for one never goes to the next."""
    button.setProperty("subject", subject)


class Aim(QObject):
    """Stands between the states and the window.

    Args:
        window: What is pointed at; its `QWindow` is watched from `watch` on.
        show: Shows a state.

    Attributes:
        clock: Seconds that only grow.
    """

    def __init__(self, window: QWidget, show: Callable[[AppState], None]) -> None:
        super().__init__(window)
        self._window, self._show = window, show
        self.clock: Callable[[], float] = time.monotonic
        self._handle: QWindow | None = None
        self._waits: tuple[AppState, float] | None = None
        self._shown = AppState()
        self._pointer: QPoint | None = None
        self._moved_s = self._did_s = -1e9
        self._pressed: set[Any] = set()
        self._swallows: set[Any] = set()
        #: What stood where, and what had the focus, before states that were shown a moment ago.
        self._before: list[tuple[float, dict[Meaning, QRect], Meaning | None]] = []
        self._timer = QTimer(self, interval=_LOOK_MS)
        self._timer.timeout.connect(self.look)

    def watch(self) -> None:
        """Follows the pointer from now on; the window is on the screen."""
        handle = self._window.windowHandle()
        if handle is not None and handle is not self._handle:
            self._handle = handle
            handle.installEventFilter(self)

    # --- states ---------------------------------------------------------------------------------------------------
    def take(self, state: AppState) -> None:
        """Shows a state, now or as soon as nobody aims any more."""
        is_answer = not self._holds_down and self.clock() - self._did_s < ANSWER_S
        if self.is_aiming and not is_answer and not _is_urgent(self._shown, state):
            self._waits = (state, self._waits[1] if self._waits is not None else self.clock())
            self._timer.start()
        else:
            self._let_go(state)

    @property
    def is_aiming(self) -> bool:
        """Whether a button is held down, or the pointer has come to one just now."""
        if self._holds_down:
            return True
        if self._pointer is None or self.clock() - self._moved_s > AIM_S:
            return False
        return _button_at(self._window, self._pointer) is not None

    @property
    def _holds_down(self) -> bool:
        if QApplication.mouseButtons() == Qt.MouseButton.NoButton:
            # One that was let go over another window.
            self._pressed = {one for one in self._pressed if not isinstance(one, Qt.MouseButton)}
        return bool(self._pressed)

    def look(self) -> None:
        """Shows what waits, if that has an end."""
        if self._waits is None:
            self._timer.stop()
            return
        state, since_s = self._waits
        if not self._holds_down and (not self.is_aiming or self.clock() - since_s > LONGEST_S):
            self._let_go(state)

    def _let_go(self, state: AppState) -> None:
        self._waits = None
        self._shown = state
        self._timer.stop()
        now_s = self.clock()
        self._before = [one for one in self._before if now_s - one[0] < GRACE_S]
        if self._pointer is not None or isinstance(QApplication.focusWidget(), QAbstractButton):
            self._before.append((now_s, _places(self._window), _focus(self._window)))
        self._show(state)

    # --- pointer and keys -----------------------------------------------------------------------------------------
    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follows the pointer, and keeps from the window what was not meant."""
        kind = event.type()
        if isinstance(event, QMouseEvent):
            return self._point(event, kind)
        if isinstance(event, QKeyEvent) and kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            return self._type(event, is_press=kind == QEvent.Type.KeyPress)
        if kind == QEvent.Type.Leave:
            self._pointer = None
        elif kind == QEvent.Type.FocusOut:
            self._pressed.clear()
        return False

    def _point(self, event: QMouseEvent, kind: QEvent.Type) -> bool:
        place, button = event.position().toPoint(), event.button()
        if place != self._pointer:
            self._pointer, self._moved_s = place, self.clock()
        if kind in _PRESSES:
            if self._is_strange_at(place):
                self._swallows.add(button)
                return True
            if _button_at(self._window, place) is not None:
                self._pressed.add(button)
        return kind == QEvent.Type.MouseButtonRelease and self._release(button)

    def _type(self, event: QKeyEvent, *, is_press: bool) -> bool:
        key = event.key()
        if key not in _KEYS:
            # Tab and the arrows: what has the focus now is what is wanted.
            self._before = [(at_s, places, None) for at_s, places, _ in self._before]
            return False
        if event.isAutoRepeat():
            return key in self._swallows
        if not is_press:
            return self._release(key)
        if self._has_strange_focus():
            self._swallows.add(key)
            return True
        if _focus(self._window) is not None:
            self._pressed.add(key)
        return False

    def _release(self, what: Any) -> bool:
        """Whether it was let fall."""
        if what in self._swallows:
            self._swallows.discard(what)
            return True
        if what in self._pressed:
            self._pressed.discard(what)
            # What was aimed at is done; the window must not lag behind it.
            self._moved_s, self._did_s = -1e9, self.clock()
            QTimer.singleShot(0, self, self.look)
        return False

    def _fresh(self) -> list[tuple[float, dict[Meaning, QRect], Meaning | None]]:
        now_s = self.clock()
        return [one for one in self._before if now_s - one[0] < GRACE_S]

    def _is_strange_at(self, place: QPoint) -> bool:
        """Whether a click there would do something else than a moment ago."""
        fresh = self._fresh()
        now = _meanings(_places(self._window), place) if fresh else set()
        return any(now - _meanings(places, place) for _, places, _ in fresh)

    def _has_strange_focus(self) -> bool:
        now = _focus(self._window)
        return any(before is not None and before != now for _, _, before in self._fresh())


def _is_urgent(shown: AppState, state: AppState) -> bool:
    """Whether a state says what nobody may learn late: that one is recorded, or asked about it."""

    def recorded(one: AppState) -> tuple[bool, bool]:
        recording = one.call.recording if one.call else Recording()
        return recording.since is not None, recording.asks_consent

    return any(now and not before for now, before in zip(recorded(state), recorded(shown), strict=True))


def _meaning(button: QAbstractButton) -> Meaning:
    return button.objectName(), str(button.property("subject") or "")


def _focus(window: QWidget) -> Meaning | None:
    focus = window.focusWidget()
    return _meaning(focus) if isinstance(focus, QAbstractButton) else None


def _button_at(window: QWidget, place: QPoint) -> QAbstractButton | None:
    found = window.childAt(place)
    while found is not None and found is not window:
        if isinstance(found, QAbstractButton):
            return found
        found = found.parentWidget()
    return None


def _places(window: QWidget) -> dict[Meaning, QRect]:
    """Where each button that can be clicked lies."""
    over = next((one for one in reversed(window.findChildren(Scrim)) if one.isVisible()), None)
    places = {}
    for button in (over or window).findChildren(QAbstractButton):
        if button.isVisible() and button.isEnabled():
            seen = button.visibleRegion().boundingRect()
            places[_meaning(button)] = seen.translated(button.mapTo(window, QPoint(0, 0)))
    return places


def _meanings(places: dict[Meaning, QRect], place: QPoint) -> set[Meaning]:
    return {meaning for meaning, there in places.items() if there.contains(place)}
