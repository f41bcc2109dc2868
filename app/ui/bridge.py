"""The only place where threads meet: states, pictures and levels come in, intents go out."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal, Slot

from app.media.gestures import Held
from app.media.mailbox import Mailbox
from app.media.types import Levels, Wanted
from app.state.app_state import AppState
from app.state.events import Intent
from app.ui.stage import Stage
from app.wire.pointing import PointAt, Pointed

_MOST_POINTED = 100
#: Called with the local file, or with None and a sentence that says why there is none.
Fetched = Callable[[Path | None, str], None]


def _no_pictures(wanted: Wanted) -> None:
    """Nobody makes pictures."""


def _no_pointing(ask: PointAt) -> None:
    """Nobody is told."""


def _no_sound() -> None:
    """Nobody plays sounds."""


def _no_files(meeting: str, file: str, ready: Fetched) -> None:
    ready(None, "Recordings cannot be fetched here.")


class Bridge(QObject):
    """Carries states to the window and intents out of it.

    Made on the UI thread. Methods that other threads may call say so. States and levels are not queued: when the window
    is slow, only the newest arrives, so that memory stays bounded and nothing is shown late.

    Signals:
        state_changed(AppState): on the UI thread, the newest state.
        levels_changed(Levels): on the UI thread, about ten times a second during a call or its preview.
        pointed(Pointed): on the UI thread, where somebody points at a shared screen.
        held(Held): on the UI thread, how long one's own hand has shown a gesture, a few times a second while it does.

    Attributes:
        stage: Where views of pictures are made known; they get what waits in the mailbox.
        point: Tells the others where one points, from the UI thread; it may be lost.
        play_test_sound: Called on the UI thread by the button beside the speaker.
        fetch_file: `fetch_file(meeting, file, ready)`, called on the UI thread; answers from any thread.
    """

    state_changed = Signal(object)
    levels_changed = Signal(object)
    pointed = Signal(object)
    held = Signal(object)
    _state_came = Signal()
    _levels_came = Signal()
    _pointed_came = Signal()
    _held_came = Signal(object)
    _pictures_came = Signal()
    _called = Signal(object)

    def __init__(
        self,
        mailbox: Mailbox,
        do: Callable[[Intent], None],
        *,
        want_pictures: Callable[[Wanted], None] = _no_pictures,
        point: Callable[[PointAt], None] = _no_pointing,
        play_test_sound: Callable[[], None] = _no_sound,
        fetch_file: Callable[[str, str, Fetched], None] = _no_files,
    ) -> None:
        """Joins the two sides.

        Args:
            mailbox: Its wake callback should call `wake`.
            do: Takes an intent to the conductor, from the UI thread, without waiting.
            want_pictures: Called on the UI thread whenever other pictures, or other sizes, are on the screen.
            point: See the class.
            play_test_sound: See the class.
            fetch_file: See the class.
        """
        super().__init__()
        self.stage = Stage(mailbox, want_pictures)
        self.point = point
        self.play_test_sound = play_test_sound
        self.fetch_file = fetch_file
        self._do = do
        self._lock = threading.Lock()
        self._newest_state: AppState | None = None
        self._newest_levels: Levels | None = None
        # Of a window that hangs only the newest are shown.
        self._pointed: deque[Pointed] = deque(maxlen=_MOST_POINTED)
        queued = Qt.ConnectionType.QueuedConnection
        self._state_came.connect(self._give_state, queued)
        self._levels_came.connect(self._give_levels, queued)
        self._pointed_came.connect(self._give_pointed, queued)
        self._held_came.connect(self.held, queued)
        self._pictures_came.connect(self.stage.deliver, queued)
        self._called.connect(self._call, queued)

    def do(self, intent: Intent) -> None:
        """Hands an intent to the conductor; from the UI thread."""
        self._do(intent)

    def show_state(self, state: AppState) -> None:
        """Shows a state soon; from any thread."""
        with self._lock:
            is_first = self._newest_state is None
            self._newest_state = state
        if is_first:
            self._state_came.emit()

    def show_levels(self, levels: Levels) -> None:
        """Shows how loud everybody is; from any thread."""
        with self._lock:
            is_first = self._newest_levels is None
            self._newest_levels = levels
        if is_first:
            self._levels_came.emit()

    def show_pointed(self, told: Pointed) -> None:
        """Shows where somebody points; from any thread."""
        with self._lock:
            is_first = not self._pointed
            self._pointed.append(told)
        if is_first:
            self._pointed_came.emit()

    def show_held(self, held: Held) -> None:
        """Shows how long one's own hand has shown a gesture; from any thread."""
        self._held_came.emit(held)

    def wake(self) -> None:
        """The mailbox's wake callback: pictures wait; from any thread."""
        self._pictures_came.emit()

    def call_soon(self, action: Callable[[], None]) -> None:
        """Calls something on the UI thread, in order; from any thread."""
        self._called.emit(action)

    @Slot()
    def _give_state(self) -> None:
        with self._lock:
            state, self._newest_state = self._newest_state, None
        if state is not None:
            self.state_changed.emit(state)

    @Slot()
    def _give_levels(self) -> None:
        with self._lock:
            levels, self._newest_levels = self._newest_levels, None
        if levels is not None:
            self.levels_changed.emit(levels)

    @Slot()
    def _give_pointed(self) -> None:
        with self._lock:
            pointed, self._pointed = self._pointed, deque(maxlen=_MOST_POINTED)
        for told in pointed:
            self.pointed.emit(told)

    @Slot(object)
    def _call(self, action: Callable[[], None]) -> None:
        action()
