"""How far behind its arrival a voice is played: as little as the last seconds allow; pure.

Each packet has some time to spare between its arrival and its playing. The least of it over some seconds says all that
is to be known, whatever it was that held a packet up: the network, that it had to be sent again, a busy computer, a
clock that runs faster. If it is more than is good for safety the voice may be played sooner, if it is less (or below
nothing: the packet came too late) it has to be played later.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from app.media.types import BLOCK


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a distance is kept within; times are in samples.

    Attributes:
        far: beyond this the sound is brought nearer sooner, and even where that is heard.
        most: what comes so late is not waited for: talking to each other would suffer.
        memory_blocks: how long what came late is remembered, in blocks.
        safety: to be spared at least: what may hold up a thread of a busy computer.
        room: spare time beyond or below safety that is left as it is.
        settle_blocks: how long after its beginning nothing is brought nearer: a burst may be on its way out.
    """

    far: int
    most: int
    memory_blocks: int
    safety: int = BLOCK
    room: int = BLOCK // 2
    settle_blocks: int = 50


class Distance:
    """The distance of one voice; times are in samples."""

    def __init__(self, bounds: Bounds) -> None:
        """Nothing is known yet.

        Args:
            bounds: what it is kept within.
        """
        self._bounds = bounds
        #: (number of the block, time to spare but for what was moved): each is the least since it came, so that the
        #: first is the least of all.
        self._spare: deque[tuple[int, int]] = deque()
        self._moved = 0
        self._block = 0
        self._began = 0

    def begin(self) -> None:
        """The sound begins, or begins again after a silence."""
        self._spare.clear()
        self._began = self._block

    def came(self, spare: int, behind: int = 0) -> None:
        """Something came.

        Args:
            spare: until it is to be played; negative: since it should have been.
            behind: how much newer the newest is that has come.
        """
        if behind > self._bounds.most:
            return
        while self._spare and self._spare[-1][1] >= spare - self._moved:
            self._spare.pop()
        self._spare.append((self._block, spare - self._moved))

    def moved(self, samples: int) -> None:
        """All is played so much later from now on; negative: sooner."""
        self._moved += samples

    def pass_block(self) -> None:
        """10 ms were played."""
        self._block += 1
        while self._spare and self._spare[0][0] <= self._block - self._bounds.memory_blocks:
            self._spare.popleft()

    def wish(self) -> int:
        """By how much to play later (above 0) or sooner (below 0); 0: it is right."""
        if not self._spare:
            return 0
        beyond, bounds = self._beyond(), self._bounds
        if beyond < -bounds.room:
            return -beyond
        known_blocks = self._block - self._began
        is_known = known_blocks >= bounds.memory_blocks
        if (beyond > bounds.room and is_known) or (beyond > bounds.far and known_blocks >= bounds.settle_blocks):
            return -beyond
        return 0

    def is_far(self) -> bool:
        """Whether it is so far that coming nearer may be heard."""
        return bool(self._spare) and self._beyond() > self._bounds.far

    def _beyond(self) -> int:
        return self._spare[0][1] + self._moved - self._bounds.safety
