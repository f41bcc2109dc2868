"""What only a process itself knows of its event loop: how late it is, its tasks, and its objects by kind."""

import asyncio
import gc
import time
import tracemalloc
from collections import Counter
from concurrent.futures import Future

from tests.bench.soak_figures import Lags

#: A timer is due this often. One that is late by more counts for those as well that were due meanwhile.
_EVERY_S = 0.01
_ANSWER_S = 30.0


class Inside:
    """Watches a loop, and is asked from another thread than its own."""

    def __init__(self, loop):
        self._loop, self._lags = loop, Lags()
        loop.call_soon_threadsafe(self._begin)

    def forget_lags(self):
        self._on_loop(self._lags.clear)

    def lags(self):
        """Percentiles since `forget_lags`, in ms."""
        return {f"p{percent:g}".replace(".", ""): self._lags.percentile_ms(percent) for percent in (50, 99, 99.9)}

    def tasks(self):
        """The loop's tasks by what they run."""
        return {"tasks": self._on_loop(lambda: Counter(_name(task) for task in asyncio.all_tasks(self._loop)))}

    def held(self):
        """All objects that the garbage collector knows, by kind; it stops the process for some moments.

        With PYTHONTRACEMALLOC=1 in the environment also how many bytes which line holds.
        """
        gc.collect()
        kinds = map(type, gc.get_objects())
        told = {"objects": Counter(f"{kind.__module__}.{kind.__qualname__}" for kind in kinds), "bytes": {}}
        if tracemalloc.is_tracing():
            lines = tracemalloc.take_snapshot().statistics("lineno")
            told["bytes"] = {str(line.traceback): line.size for line in lines}
        return told

    def _on_loop(self, act):
        told = Future()
        self._loop.call_soon_threadsafe(lambda: told.set_result(act()))
        return told.result(_ANSWER_S)

    def _begin(self):
        self._due_s = time.monotonic() + _EVERY_S
        self._loop.call_later(_EVERY_S, self._tick)

    def _tick(self):
        # The loop's own time stands still while its callbacks run.
        now_s = time.monotonic()
        self._lags.add(now_s - self._due_s)
        self._due_s += _EVERY_S
        while self._due_s <= now_s:
            self._lags.add(now_s - self._due_s)
            self._due_s += _EVERY_S
        self._loop.call_later(self._due_s - now_s, self._tick)


def _name(task):
    return getattr(task.get_coro(), "__qualname__", "") or task.get_name()
