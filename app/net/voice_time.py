"""The RTP time of one's own voice: steady while the sound is, however late a busy computer delivers it."""

from __future__ import annotations

from app.media.types import BLOCK, RATE_HZ

#: Blocks that lie behind the clock by more than this have a gap before them,
_AWAY = RATE_HZ // 10
#: where they come no nearer to it for so long: what only piled up comes in bursts that catch up. One delay counts as
#: `_AWAY` at most, since what piled up in it comes after it.
_PATIENCE = RATE_HZ * 3 // 10


class VoiceTime:
    """Numbers blocks of sound by the clock, in samples at 48 kHz; pure, time is given.

    A computer that is busy hands over late what was recorded in time: its blocks go on from the ones before. Only
    where they stay behind the clock has sound been lost on the way, and then the time jumps, as it does after a mute.
    """

    def __init__(self) -> None:
        self._next = 0
        self._least_behind = 0
        self._waited = 0
        self._last = 0
        self._has_paused = True

    def pause(self) -> None:
        """The next block does not go on from the one before."""
        self._has_paused = True

    def stamp(self, now: int) -> int:
        """The time of the next block.

        Args:
            now: the clock, in samples, at the instant at which the block was handed over.
        """
        behind, since_last, self._last = now - self._next, now - self._last, now
        if self._has_paused:
            self._has_paused = False
            self._next += max(0, behind)
            self._least_behind = 0
        elif behind <= _AWAY:
            self._least_behind = 0
        elif not self._least_behind or behind < self._least_behind:
            self._least_behind, self._waited = behind, 0
        else:
            self._waited += min(since_last, _AWAY)
            if self._waited > _PATIENCE:
                self._next += self._least_behind
                self._least_behind = 0
        at = self._next
        self._next += BLOCK
        return at
