"""A thread for calls that may hang: drivers, D-Bus, a keyring that asks for its password."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

Result = TypeVar("Result")


class PatientWorker:
    """One thread for calls that may take minutes; the program's end does not wait for them, unlike for a pool's."""

    def __init__(self, name: str) -> None:
        """Starts the thread.

        Args:
            name: of the thread.
        """
        self._waiting: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def submit(self, act: Callable[..., Result], *args: Any) -> Future[Result]:
        """Calls something in the thread, after what was submitted before, also when nobody waits for the result.

        After the end it is not called any more.
        """
        future: Future[Result] = Future()

        def run() -> None:
            is_waited_for = future.set_running_or_notify_cancel()
            try:
                result = act(*args)
            except Exception as error:
                if is_waited_for:
                    future.set_exception(error)
                return
            if is_waited_for:
                future.set_result(result)

        self._waiting.put(run)
        return future

    def end(self, limit_s: float) -> bool:
        """Ends the thread when what was submitted is done, and waits so long at most for that; whether it is done."""
        self._waiting.put(None)
        self._thread.join(limit_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while (act := self._waiting.get()) is not None:
            act()
