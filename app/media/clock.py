"""The time by which file devices play, apart from them so that tests can own it."""

from __future__ import annotations

import threading
import time
from typing import Protocol


class Clock(Protocol):
    """Tells the time and waits for it."""

    def now_s(self) -> float:
        """Returns the present instant, in seconds that only grow."""
        ...

    def wait_until(self, when_s: float, stopped: threading.Event) -> bool:
        """Waits for an instant.

        Args:
            when_s: The instant; one that is past returns at once.
            stopped: Ends the wait early.

        Returns:
            False if `stopped` was set, True when the instant has come.
        """
        ...


class SystemClock:
    """The computer's monotonic clock, the same for all processes of this computer."""

    def now_s(self) -> float:
        """Returns `time.monotonic()`."""
        return time.monotonic()

    def wait_until(self, when_s: float, stopped: threading.Event) -> bool:
        """Waits in real time; see `Clock.wait_until`."""
        return not stopped.wait(max(0.0, when_s - time.monotonic()))
