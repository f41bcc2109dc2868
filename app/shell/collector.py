"""Python's garbage collector, held to the UI thread and to the top of its event loop.

By itself it runs in whichever thread happens to allocate, at any line. Widgets that hang together in circles were then
destroyed by a network or media thread, or while Qt was going through them, and the process ended without a word.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

#: Milliseconds between two looks. Of a second of a call it takes 0.3 ms (median) to collect what is young.
_LOOK_MS = 1000
#: Looks until it is asked how much is old: to collect all of it holds every thread, 25 ms in a call.
_LOOKS_PER_COUNT = 60
#: Everything is collected once there is so much more of it than the last time left, as Python does by itself.
_MORE = 1.25


class Collector(QObject):
    """Collects on the thread that makes it, once a second; Python no longer does by itself.

    What calls `gc.collect` in another thread still collects there: see `app/awake.py`.

    Args:
        parent: what it lives as long as; when it goes, Python collects by itself again.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._looks = 0
        self._left = _old()
        gc.disable()
        self.destroyed.connect(gc.enable)
        timer = QTimer(self, interval=_LOOK_MS)
        timer.timeout.connect(self.look)
        timer.start()

    def look(self) -> None:
        """Collects what is young, and each minute everything, where much more of it has gathered."""
        gc.collect(1)
        self._looks += 1
        if self._looks % _LOOKS_PER_COUNT:
            return
        old = _old()
        if old > self._left * _MORE:
            gc.collect()
            self._left = _old()
        else:
            # What has been frozen since the last time counts no longer.
            self._left = min(self._left, old)


def _old() -> int:
    """Objects that have outlived the young, without those that are frozen; 7 ms for 100,000 of them."""
    return len(gc.get_objects(generation=2))
