"""How late an event loop is: what it read late did not wait on the network."""

from __future__ import annotations

import asyncio
import time

_EVERY_S = 0.025
#: What was read while the loop was late may take so long to be worked off.
_WORKED_OFF_S = 0.02


class Beat:
    """Looks 40 times a second; begun and ended on the loop that it looks at. It costs 0.1 % of a core."""

    def __init__(self) -> None:
        """Nothing runs before `begin`."""
        self._timer: asyncio.TimerHandle | None = None
        self._due_s = float("inf")
        self._late_s, self._late_until_s = 0.0, 0.0

    def begin(self) -> None:
        """Looks from now on; without effect where it does already."""
        if self._timer is None:
            self._wait()

    def end(self) -> None:
        """Looks no more."""
        timer, self._timer = self._timer, None
        self._due_s = float("inf")
        if timer is not None:
            timer.cancel()

    def own_wait_s(self, now_s: float) -> float:
        """For how long what is worked on now may have waited for the loop, in seconds, 25 ms more or less.

        Args:
            now_s: monotonic.
        """
        if now_s > self._due_s:
            return now_s - self._due_s
        return self._late_s if now_s < self._late_until_s else 0.0

    def _wait(self) -> None:
        self._due_s = time.monotonic() + _EVERY_S
        self._timer = asyncio.get_running_loop().call_later(_EVERY_S, self._look)

    def _look(self) -> None:
        now_s = time.monotonic()
        self._late_s, self._late_until_s = max(0.0, now_s - self._due_s), now_s + _WORKED_OFF_S
        self._wait()
