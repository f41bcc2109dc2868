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
#: How long it is remembered that a packet was lost and came again. Source: bursts of 4 lost packets at 5 % are 1.6 s
#: apart on average; whoever listens is to have the voice near again within 5 s.
LOSS_MEMORY_BLOCKS = 350
#: How long it is remembered that one came late by itself: a busy computer, or a radio, does it again.
MEMORY_BLOCKS = 1000
#: What came by itself so much too late was an accident, such as a process that stood still: it is not prepared for.
ACCIDENT = BLOCK
#: How many blocks a speaker takes at once at most without being taken for one that has fallen behind.
PHASE_BLOCKS = 10
#: How long it is looked at before it is brought nearer.
SETTLE_BLOCKS = 100
#: What comes so late is not waited for: talking to each other would suffer.
MOST = RATE_HZ * 180 // 1000
#: Beyond this the voice is brought nearer at once, and even where that is heard.
FAR = RATE_HZ * 200 // 1000


class _Least:
    """The least of what was noted in so many blocks."""

    def __init__(self, blocks: int) -> None:
        self._blocks = blocks
        #: (number of the block, value): each is the least since it came, so that the first is the least of all.
        self._values: deque[tuple[int, int]] = deque()

    def note(self, block: int, value: int) -> None:
        while self._values and self._values[-1][1] >= value:
            self._values.pop()
        self._values.append((block, value))

    def at(self, block: int, floor: int | None = None) -> int | None:
        """The least; what is below the floor is forgotten."""
        while self._values:
            noted_at, value = self._values[0]
            if noted_at > block - self._blocks and (floor is None or value >= floor):
                break
            self._values.popleft()
        return self._values[0][1] if self._values else None

    def forget(self) -> None:
        self._values.clear()


class Distance:
    """The distance of one voice; times are in samples."""

    def __init__(self) -> None:
        #: Times to spare but for what was moved since.
        self._usual, self._repaired = _Least(MEMORY_BLOCKS), _Least(LOSS_MEMORY_BLOCKS)
        self._moved = 0
        #: What time has done to the distance: a speaker that takes four blocks at once is 30 ms ahead after the last.
        self._passed = 0
        self._phases = _Least(PHASE_BLOCKS)
        self._block = 0
        self._began = 0

    def begin(self) -> None:
        """The sound begins, or begins again after a silence."""
        self._usual.forget()
        self._repaired.forget()
        self._phases.forget()
        self._began = self._block

    def came(self, spare: int) -> None:
        """A packet came by itself; `spare` until it is to be played, negative: since it should have been."""
        self._usual.note(self._block, spare - self._moved - self._passed)

    def came_again(self, spare: int, behind: int) -> None:
        """A packet that was lost was sent again, or could be recovered.

        Args:
            spare: see `came`.
            behind: how much newer the newest packet is.
        """
        if behind <= MOST:
            self._repaired.note(self._block, spare - self._moved - self._passed)

    def moved(self, samples: int) -> None:
        """All is played so much later from now on; negative: sooner."""
        self._moved += samples

    def passed(self, samples: int) -> None:
        """So much more time has passed than was played; negative: less."""
        self._passed += samples

    def pass_block(self) -> None:
        """10 ms are played."""
        self._phases.note(self._block, self._passed)
        self._block += 1

    def wish(self) -> int:
        """By how much to play later (above 0) or sooner (below 0); 0: it is right."""
        beyond = self._beyond()
        is_known = self._block - self._began >= SETTLE_BLOCKS
        return -beyond if beyond < -ROOM or (beyond > ROOM and is_known) or beyond > FAR else 0

    def is_far(self) -> bool:
        """Whether it is so far that coming nearer may be heard."""
        return self._beyond() > FAR

    def _beyond(self) -> int:
        """How much more than safety there is to spare; 0 where nothing is known."""
        phase = self._phases.at(self._block)
        now = self._moved + (self._passed if phase is None else phase)
        usual, repaired = self._usual.at(self._block, -ACCIDENT - now), self._repaired.at(self._block)
        found = [least for least in (usual, repaired) if least is not None]
        return min(found) + now - SAFETY if found else 0
