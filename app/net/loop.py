"""The network thread: one asyncio loop beside the window's, so that neither waits for the other."""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from app.media.priority import yield_to_voices

_log = logging.getLogger(__name__)
Result = TypeVar("Result")

#: Seconds a busy Python thread may keep the interpreter from us. Source: measured with a hogging window, 20 ms audio
#: ticks were up to 61 ms late with the default of 5 ms, at most 8 ms with this.
_SWITCH_S = 0.0005
_STOP_LIMIT_S = 5.0
_HELPERS = 4


class NetworkLoop:
    """An asyncio loop in a thread of its own. Everything of `app.net` and the conductor runs on it."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._loop.set_exception_handler(_log_unhandled)
        # Pictures are encoded there.
        self._loop.set_default_executor(
            ThreadPoolExecutor(_HELPERS, thread_name_prefix="helper", initializer=yield_to_voices)
        )
        self._thread = threading.Thread(target=self._run, name="network", daemon=True)
        self._tasks: set[asyncio.Task[Any]] = set()

    @property
    def asyncio_loop(self) -> asyncio.AbstractEventLoop:
        """The loop itself, for code that runs on it."""
        return self._loop

    @property
    def is_running(self) -> bool:
        """Whether the thread lives."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Starts the thread; calls made before wait until then."""
        sys.setswitchinterval(_SWITCH_S)
        self._thread.start()

    def stop(self) -> None:
        """Ends everything that runs on the loop, then the thread; from any other thread, at most 5 s."""
        if not self._thread.is_alive():
            return
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_STOP_LIMIT_S)
        if self._thread.is_alive():
            _log.error("the network thread did not end in time")

    def call(self, act: Callable[..., object], *args: object) -> None:
        """Runs a function on the loop soon; from any thread. Without effect when the loop has ended."""
        try:
            self._loop.call_soon_threadsafe(act, *args)
        except RuntimeError:
            _log.debug("a call came after the network loop had ended")

    def submit(self, work: Coroutine[Any, Any, Result]) -> Future[Result]:
        """Runs a coroutine on the loop; from any other thread, which may wait for the result."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def spawn(self, work: Coroutine[Any, Any, Any], *, name: str) -> asyncio.Task[Any]:
        """Runs a coroutine beside everything else; on the loop. An error is logged under its name."""
        task = self._loop.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            _log.error("%s ended with an error", task.get_name(), exc_info=task.exception())

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
        finally:
            self._end()

    def _end(self) -> None:
        left = asyncio.all_tasks(self._loop)
        for task in left:
            task.cancel()
        if left:
            self._loop.run_until_complete(asyncio.wait(left, timeout=_STOP_LIMIT_S / 2))
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()


def _log_unhandled(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    # The message may hold a datagram or a session description: only the kind of error is kept.
    error = context.get("exception")
    _log.error("unhandled on the network loop: %s", type(error).__name__ if error else "no exception")
