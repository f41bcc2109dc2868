"""Python's garbage collector, held to the UI thread and to the top of its event loop.

By itself it runs in whichever thread happens to allocate, at any line. Widgets that hang together in circles were then
destroyed by a network or media thread, or while Qt was going through them, and the process ended without a word.
"""

from __future__ import annotations

import gc
import time

from PySide6.QtCore import QObject, QTimer

#: Milliseconds between two looks. Of a second of a call it takes 0.3 ms (median) to collect what is young.
_LOOK_MS = 1000
#: Of the time at most this part goes into full collections: each holds every thread, 25 ms in a call.
_FULL_SHARE = 1 / 5000


class Collector(QObject):
    """Collects on the thread that makes it, once a second, and nothing else does from then on.

    Args:
        parent: what it lives as long as; when it goes, the collector works by itself again.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._next_full_s = 0.0
        gc.disable()
        self.destroyed.connect(gc.enable)
        timer = QTimer(self, interval=_LOOK_MS)
        timer.timeout.connect(self.look)
        timer.start()

    def look(self) -> None:
        """Collects what is young, and everything where much has gathered and the last time is long enough ago."""
        _, _, middle = gc.get_count()
        begins_s = time.monotonic()
        is_full = middle > gc.get_threshold()[2] and begins_s >= self._next_full_s
        gc.collect(2 if is_full else 1)
        if is_full:
            ends_s = time.monotonic()
            self._next_full_s = ends_s + (ends_s - begins_s) / _FULL_SHARE
