"""The server's clocks and timers in one place, so that a test can let months pass."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Protocol


class Timer(Protocol):
    """Something that will happen, unless it is cancelled."""

    def cancel(self) -> None:
        """It will not happen."""


class Clock(Protocol):
    """What time it is, and timers."""

    def now(self) -> float:
        """Seconds since 1970 UTC; may be set, forwards and backwards."""

    def tick(self) -> float:
        """Seconds of a clock that is never set."""

    def call_later(self, delay_s: float, act: Callable[[], object]) -> Timer:
        """Calls `act` on the loop after `delay_s`."""

    async def sleep(self, delay_s: float) -> None:
        """Waits."""


class SystemClock:
    """This computer's clocks and the running loop's timers."""

    def now(self) -> float:
        """The wall clock."""
        return time.time()

    def tick(self) -> float:
        """The monotonic clock."""
        return time.monotonic()

    def call_later(self, delay_s: float, act: Callable[[], object]) -> Timer:
        """A timer of the running loop; one of months is cut into days, which is as long as a loop's timer may be."""
        return asyncio.get_running_loop().call_later(min(delay_s, 86_400.0), act)

    async def sleep(self, delay_s: float) -> None:
        """Sleeps."""
        await asyncio.sleep(delay_s)
