"""The thread in which a device runs: restarted as needed, ended from outside or from within."""

from __future__ import annotations

import threading
from collections.abc import Callable


class DeviceThread:
    """One thread at most, which is asked to end by an event."""

    def __init__(self, name: str) -> None:
        """Nothing runs yet.

        Args:
            name: of the thread.
        """
        self._name = name
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def begin(self, run: Callable[[threading.Event], None]) -> None:
        """Runs something; what ran before has to have ended.

        Args:
            run: gets the event that asks it to end.
        """
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=run, args=(self._stopped,), name=self._name, daemon=True)
        self._thread.start()

    def end(self, *, limit_s: float = 5.0, wake: threading.Event | None = None) -> None:
        """Asks it to end and waits for that, unless it is the thread itself that calls; harmless when nothing runs.

        Args:
            limit_s: so long at most; 0 leaves it to end by itself.
            wake: what it may be waiting for.
        """
        self._stopped.set()
        if wake is not None:
            wake.set()
        if self._thread and self._thread is not threading.current_thread():
            self._thread.join(limit_s)
        self._thread = None
