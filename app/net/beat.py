"""How late an event loop is: what it read late did not wait on the network."""

from __future__ import annotations

import asyncio
import time

_EVERY_S = 0.025
#: What was read while the loop was late may take so long to be worked off.
_WORKED_OFF_S = 0.02
#: It looks for so long after it was last asked to.
_LOOKS_S = 2.0


class Beat:
    """Looks 40 times a second while it is asked to: on a calm loop it is dear to wake so often."""

    def __init__(self) -> None:
        """Nothing runs before `look`."""
        self._timer: asyncio.TimerHandle | None = None
        self._due_s = float("inf")
        self._late_s = self._late_until_s = self._until_s = 0.0

    def look(self, now_s: float) -> None:
        """Looks for the next two seconds; to be called on the loop that it looks at.

        Args:
            now_s: monotonic.
        """
        self._until_s = now_s + _LOOKS_S
        if self._timer is None:
            self._wait(now_s)

    def end(self) -> None:
        """Looks no more until it is asked to."""
        timer, self._timer = self._timer, None
        self._due_s = float("inf")
        if timer is not None:
            timer.cancel()

    def own_wait_s(self, now_s: float) -> float:
        """For how long what is worked on now may have waited for the loop, in seconds, 25 ms more or less.

        While it does not look, that is 0.0.

        Args:
            now_s: monotonic.
        """
        if now_s > self._due_s:
            return now_s - self._due_s
        return self._late_s if now_s < self._late_until_s else 0.0

    def _wait(self, now_s: float) -> None:
        self._due_s = now_s + _EVERY_S
        self._timer = asyncio.get_running_loop().call_later(_EVERY_S, self._turn)

    def _turn(self) -> None:
        now_s = time.monotonic()
        self._late_s, self._late_until_s = max(0.0, now_s - self._due_s), now_s + _WORKED_OFF_S
        if now_s < self._until_s:
            self._wait(now_s)
        else:
            self.end()
