"""How late an event loop is: what it read late did not wait on the network."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

_EVERY_S = 0.025
#: A timer is never quite exact.
_NOTHING_S = 0.002


class Beat:
    """Looks 40 times a second; begun and ended on the loop that it looks at. It costs 0.1 % of a core."""

    def __init__(self, tell: Callable[[float], object]) -> None:
        """Nothing runs before `begin`.

        Args:
            tell: told by how many seconds the loop was late, each time that it was.
        """
        self._tell = tell
        self._timer: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """Looks from now on; without effect where it does already."""
        if self._timer is None:
            self._wait(asyncio.get_running_loop())

    def end(self) -> None:
        """Looks no more."""
        timer, self._timer = self._timer, None
        if timer is not None:
            timer.cancel()

    def _wait(self, loop: asyncio.AbstractEventLoop) -> None:
        due_s = loop.time() + _EVERY_S
        self._timer = loop.call_at(due_s, self._look, loop, due_s)

    def _look(self, loop: asyncio.AbstractEventLoop, due_s: float) -> None:
        late_s = loop.time() - due_s
        self._wait(loop)
        if late_s > _NOTHING_S:
            self._tell(late_s)
