"""The speaker of a computer without one: takes sound in real time, and discards it."""

from __future__ import annotations

import threading
from collections.abc import Callable

from app.media.clock import Clock, SystemClock
from app.media.device_thread import DeviceThread
from app.media.speaker import Pull
from app.media.types import BLOCK, BLOCK_S, Samples

# What piled up while the program was held up is caught up with, but not minutes of it (a laptop's sleep).
MOST_BACKLOG_S = 1.0


def _let_go(samples: Samples) -> None:
    """Nobody hears it."""


class NoSpeaker:
    """Pulls on a schedule counted from its start, so that it does not drift; see `speaker.Speaker`."""

    def __init__(self, *, take: Callable[[Samples], None] = _let_go, clock: Clock | None = None) -> None:
        """Pulls nothing yet.

        Args:
            take: Gets what was pulled, in the speaker's own thread.
            clock: Another time than the computer's.
        """
        self._take = take
        self._clock = clock or SystemClock()
        self._thread = DeviceThread("no speaker")

    def start(self, pull: Pull) -> None:
        """Begins to pull, 100 times a second, in a thread of its own."""
        self.stop()
        self._thread.begin(lambda stopped: self._run(pull, stopped))

    def stop(self) -> None:
        """Ends; see `speaker.Speaker.stop`."""
        self._thread.end()

    def _run(self, pull: Pull, stopped: threading.Event) -> None:
        zero_s = self._clock.now_s()
        number = 0
        while self._clock.wait_until(zero_s + number * BLOCK_S, stopped):
            late = round((self._clock.now_s() - zero_s) / BLOCK_S) - number
            if late > MOST_BACKLOG_S / BLOCK_S:
                number += late
            self._take(pull(BLOCK))
            number += 1
