"""A clock for file devices that jumps to the instant somebody waits for."""

from __future__ import annotations

import threading


class JumpingClock:
    """Time passes only when somebody waits for it, or when a test says so.

    Attributes:
        present_s: The present instant.
        waits: Every instant that was waited for, in order.
    """

    def __init__(self, present_s: float = 1000.0) -> None:
        self.present_s = present_s
        self.waits: list[float] = []

    def now_s(self) -> float:
        return self.present_s

    def wait_until(self, when_s: float, stopped: threading.Event) -> bool:
        if stopped.is_set():
            return False
        self.waits.append(when_s)
        self.present_s = max(self.present_s, when_s)
        return True
