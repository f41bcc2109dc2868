"""Voices before pictures: on a busy computer it is the pictures that come late."""

from __future__ import annotations

import contextlib
import os
import sys
import threading

#: Steps of Linux' niceness: threads at 0 get half as much again of a busy core. Source: measured with both cores
#: overloaded, 5 cost a fifth of the pictures and gained no more voice than 2.
_BEHIND = 2


def yield_to_voices() -> None:
    """Puts the present thread behind those that carry voices where the computer is busy; elsewhere does nothing.

    Without effect where a thread has no priority of its own (macOS, Windows).
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            thread = threading.get_native_id()
            os.setpriority(os.PRIO_PROCESS, thread, min(19, os.getpriority(os.PRIO_PROCESS, thread) + _BEHIND))
