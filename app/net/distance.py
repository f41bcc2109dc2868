"""How far behind its arrival a voice is played: as little as the last seconds allow; pure.

Each packet has some time to spare between its arrival and its playing. The least of it over some seconds says all that
is to be known, whatever it was that held a packet up: the network, that it had to be sent again, a busy computer, a
clock that runs faster. If it is more than is good for safety the voice may be played sooner, if it is less (or below
nothing: the packet came too late) it has to be played later.
"""

from __future__ import annotations

from collections import deque

from app.media.types import BLOCK, RATE_HZ

#: To be spared at least: what may hold up a thread of a busy computer; and what is left as it is beyond or below that.
SAFETY, ROOM = BLOCK, BLOCK // 2
#: How long what came late is remembered. Source: bursts of 4 lost packets at 5 % are 1.6 s apart on average; whoever
#: listens is to have the voice near again within 5 s.
MEMORY_BLOCKS = 350
#: What comes so late is not waited for: talking to each other would suffer.
MOST = RATE_HZ * 180 // 1000
#: Beyond this the voice is brought nearer at once, and even where that is heard.
FAR = RATE_HZ * 200 // 1000


class Distance:
    """The distance of one voice; times are in samples."""

    def __init__(self) -> None:
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
        if behind > MOST:
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
        while self._spare and self._spare[0][0] <= self._block - MEMORY_BLOCKS:
            self._spare.popleft()

    def wish(self) -> int:
        """By how much to play later (above 0) or sooner (below 0); 0: it is right."""
        if not self._spare:
            return 0
        beyond = self._beyond()
        is_known = self._block - self._began >= MEMORY_BLOCKS
        return -beyond if beyond < -ROOM or (beyond > ROOM and is_known) or beyond > FAR else 0

    def is_far(self) -> bool:
        """Whether it is so far that coming nearer may be heard."""
        return bool(self._spare) and self._beyond() > FAR

    def _beyond(self) -> int:
        return self._spare[0][1] + self._moved - SAFETY
