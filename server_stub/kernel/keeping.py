"""How long data is kept: everything of a meeting goes six calendar months after its end.

Reading is refused from that moment on by the wall clock. Deleting waits until the wall clock has proved itself
(`ClockWatch`), because a clock that was set wrongly must not destroy anything.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from server_stub.kernel.config import KeepingLimits

#: How long all data of a meeting is kept after its end: recording, recap, chat, consents, card.
MONTHS_KEPT = 6
#: What is younger than this cannot have expired: no month is shorter than 28 days.
AT_LEAST_S = MONTHS_KEPT * 28 * 86_400.0
#: Steps of the wall clock that mean nothing: a time server puts a clock right by this much at most.
SMALL_STEP_S = 300.0
#: A step forward of up to this is a computer that slept (the monotonic clock stands still then), not a wrong clock.
SLEEP_S = 3 * 86_400.0


def expiry(ended_at: float) -> float:
    """Six calendar months after a meeting's end; on the last day of a month that is too short."""
    at = datetime.fromtimestamp(ended_at, UTC)
    years, month = divmod(at.month - 1 + MONTHS_KEPT, 12)
    year, month = at.year + years, month + 1
    day = min(at.day, calendar.monthrange(year, month)[1])
    return at.replace(year=year, month=month, day=day).timestamp()


def is_expired(ended_at: float | None, now: float) -> bool:
    """Whether what belongs to a meeting that ended then may not be read any more."""
    return ended_at is not None and now >= expiry(ended_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockWatch:
    """Whether the wall clock may be believed enough to delete by it; pure.

    Attributes:
        limits: how long it has to run with the monotonic clock.
        now: the wall clock at the last look.
        tick: the monotonic clock at the last look.
        due: from this moment of the monotonic clock on it is believed.
    """

    limits: KeepingLimits
    now: float
    tick: float
    due: float

    @classmethod
    def begin(
        cls, limits: KeepingLimits, *, now: float, tick: float, alive_at: float | None, wait_s: float = 0.0
    ) -> ClockWatch:
        """A server starts.

        Args:
            limits: how long the clock has to prove itself.
            now: the wall clock.
            tick: the monotonic clock, which counts from anywhere.
            alive_at: when the server ran last by the wall clock; None: never.
            wait_s: what was left of the waiting when it ran last; it goes on, so that short runs come to an end too.
        """
        gap = 0.0 if alive_at is None else now - alive_at
        if gap > limits.gap_s or gap < -SMALL_STEP_S:
            needed = max(wait_s, limits.settle_after_jump_s)
        else:
            needed = wait_s or limits.settle_s
        return cls(limits=limits, now=now, tick=tick, due=tick + needed)

    def look(self, now: float, tick: float) -> ClockWatch:
        """The same after some time: a clock that was set has to prove itself anew."""
        step = (now - self.now) - (tick - self.tick)
        due = self.due
        if step > SLEEP_S or step < -SMALL_STEP_S:
            due = tick + self.limits.settle_after_jump_s
        elif step > SMALL_STEP_S:
            due = max(due, tick + self.limits.settle_s)
        return replace(self, now=now, tick=tick, due=due)

    @property
    def wait_s(self) -> float:
        """What is left of the waiting; 0: the clock is believed."""
        return max(0.0, self.due - self.tick)
