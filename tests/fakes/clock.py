"""A clock that stands still until a test lets time pass."""

import asyncio
import heapq
import itertools

#: 2026-11-23, a Monday, 09:00 UTC.
START = 1795424400.0


class _Timer:
    def __init__(self, act):
        self.act = act
        self.is_cancelled = False

    def cancel(self):
        self.is_cancelled = True


class FakeClock:
    """Wall clock and monotonic clock go together when time passes; `jump` sets the wall clock alone."""

    def __init__(self, now=START):
        self._now = now
        self._tick = 0.0
        self._timers = []
        self._numbers = itertools.count()

    def now(self):
        return self._now

    def tick(self):
        return self._tick

    def call_later(self, delay_s, act):
        timer = _Timer(act)
        heapq.heappush(self._timers, (self._tick + max(0.0, delay_s), next(self._numbers), timer))
        return timer

    async def sleep(self, delay_s):
        done = asyncio.get_running_loop().create_future()
        timer = self.call_later(delay_s, lambda: done.done() or done.set_result(None))
        try:
            await done
        finally:
            timer.cancel()

    def jump(self, by_s):
        """Somebody sets the wall clock."""
        self._now += by_s

    async def pass_time(self, by_s):
        """Lets time pass; each timer that is due meanwhile happens at its moment, and what it begins gets its turn."""
        end = self._tick + by_s
        while self._timers and self._timers[0][0] <= end:
            due, _, timer = heapq.heappop(self._timers)
            self._now += due - self._tick
            self._tick = due
            if not timer.is_cancelled:
                timer.act()
                await _breathe()
        self._now += end - self._tick
        self._tick = end
        await _breathe()


async def _breathe():
    for _ in range(5):
        await asyncio.sleep(0)
