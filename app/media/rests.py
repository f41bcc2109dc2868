"""Costly work that was too much for the computer rests, and is tried again: each time after a longer rest."""

from __future__ import annotations

import math

FIRST_S, LONGEST_S = 20.0, 320.0


class Rest:
    """When what was too much may be tried again.

    It has failed again if it is too much within another rest of its trial; the rest after that is twice as long, up to
    LONGEST_S. Once it has gone well for longer, the next one is FIRST_S again. Instants are seconds of one clock.
    """

    def __init__(self) -> None:
        self._until_s = -math.inf
        self._length_s = self._next_s = FIRST_S

    def is_on(self, now_s: float) -> bool:
        """Whether it is not to be tried yet."""
        return now_s < self._until_s

    def begin(self, now_s: float) -> None:
        """It was too much just now; while it rests already, that rest begins anew and gets no longer."""
        if now_s > self._until_s + self._next_s:
            self._next_s = FIRST_S
        if not self.is_on(now_s):
            self._length_s, self._next_s = self._next_s, min(LONGEST_S, 2 * self._next_s)
        self._until_s = now_s + self._length_s
