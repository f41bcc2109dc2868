"""Which of the two sizes of a face is shown: the one that the relay lets through now; pure, the clock is given.

The relay lets one size through until the other begins, with a key picture, and no longer. Packets of the one before may
still come after that.
"""

from __future__ import annotations

import math
from collections import defaultdict

from app.wire.media import LOW, Source

#: A size of which nothing has come for so long begins anew with what comes then.
_IDLE_S = 0.3


class Sizes:
    """The sizes of one picture.

    Attributes:
        current: whose pictures are shown; None: none has begun.
    """

    def __init__(self) -> None:
        self.current: Source | None = None
        self._began_s: dict[Source, float] = defaultdict(lambda: -math.inf)
        self._came_s: dict[Source, float] = defaultdict(lambda: -math.inf)

    def came(self, source: Source, now_s: float) -> None:
        """A packet with some of a picture came."""
        if now_s - self._came_s[source] > _IDLE_S:
            self._began_s[source] = now_s
        self._came_s[source] = now_s

    def takes_over(self, source: Source, now_s: float) -> bool:
        """A key picture is complete: whether this size is shown from now on, if it was not already."""
        if self.current is None or self.current == source or self._follows(source, now_s):
            self.current = source
        return self.current == source

    def may_ask(self, source: Source, now_s: float) -> bool:
        """Whether what is missing of a size is worth asking for: it is shown, or about to be."""
        if self.current == source:
            return True
        flows = now_s - self._came_s[source] <= _IDLE_S
        return flows and self._follows(source, now_s) if self.current else flows or source != LOW

    def leave(self, source: Source) -> None:
        """Nothing of that size comes any more."""
        self._came_s.pop(source, None)
        if self.current == source:
            self.current = None

    def _follows(self, source: Source, now_s: float) -> bool:
        """Whether a size has begun after the one that is shown, or goes on where that has ended."""
        if self.current is None:
            return True
        return self._began_s[source] > self._began_s[self.current] or now_s - self._came_s[self.current] > _IDLE_S
