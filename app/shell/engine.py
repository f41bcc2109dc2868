"""What runs behind the window, for callers that may need it before it is there."""

from __future__ import annotations

import importlib
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from app.state.events import Event

if TYPE_CHECKING:
    from app.conductor import Conductor
    from app.media.types import Wanted
    from app.net.signalling import Target
    from app.ui.bridge import Fetched
    from app.wire.pointing import PointAt

#: What the conductor needs, each a step after which the window gets its turn. Camera and background (OpenCV, MediaPipe)
#: are left until the page before a call needs them.
_STEPS = (
    "numpy",
    "websockets.asyncio.client",
    "app.net.signalling",
    "app.net.guard",
    "app.call_media",
    "app.conductor",
)


def load() -> None:
    """Imports what the conductor needs, one package at a time; takes a second or so."""
    for step in _STEPS:
        importlib.import_module(step)
        # Imports hold the interpreter: the window gets its turn between two.
        time.sleep(0.001)


class Engine:
    """The conductor, or the wait for it: earlier calls are carried out once it runs. All methods from any thread."""

    def __init__(self) -> None:
        """Nothing runs yet."""
        self._lock = threading.Lock()
        self._conductor: Conductor | None = None
        self._early: list[Callable[[Conductor], object]] = []

    def run(self, conductor: Conductor) -> None:
        """Starts the conductor, and gives it what has waited."""
        conductor.start()
        with self._lock:
            self._conductor = conductor
            early, self._early = self._early, []
        for act in early:
            act(conductor)

    def close(self) -> None:
        """Ends it, if it runs; takes a few seconds at most."""
        if self._conductor is not None:
            self._conductor.close()

    def do(self, event: Event) -> None:
        """See `Conductor.do`."""
        self._soon(lambda conductor: conductor.do(event))

    def connect(self, target: Target, secret: str) -> None:
        """See `Conductor.connect`."""
        self._soon(lambda conductor: conductor.connect(target, secret=secret))

    def miss_local(self, words: str) -> None:
        """See `Conductor.miss_local`."""
        self._soon(lambda conductor: conductor.miss_local(words))

    def point(self, ask: PointAt) -> None:
        """See `Conductor.point`; before there is one there is nothing to point at."""
        if self._conductor is not None:
            self._conductor.point(ask)

    def play_test_sound(self) -> None:
        """See `Conductor.play_test_sound`."""
        self._soon(lambda conductor: conductor.play_test_sound())

    def devices_changed(self) -> None:
        """See `Conductor.devices_changed`; nothing is open before there is one."""
        if self._conductor is not None:
            self._conductor.devices_changed()

    def want_pictures(self, wanted: Wanted) -> None:
        """See `Conductor.want_pictures`; it is told on each change alone, so that none may be missed."""
        self._soon(lambda conductor: conductor.want_pictures(wanted))

    def fetch_file(self, meeting: str, file: str, ready: Fetched) -> None:
        """See `Conductor.fetch_file`."""
        if self._conductor is None:
            ready(None, "Parley is still starting.")
            return
        self._conductor.fetch_file(meeting, file, ready)

    def figures(self) -> dict[str, float]:
        """See `Conductor.figures`; empty before it runs."""
        return self._conductor.figures() if self._conductor is not None else {}

    def _soon(self, act: Callable[[Conductor], object]) -> None:
        with self._lock:
            if self._conductor is None:
                self._early.append(act)
                return
        act(self._conductor)
