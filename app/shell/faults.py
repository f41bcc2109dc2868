"""Uncaught exceptions: in full in the log, and in one sentence to the user."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from types import TracebackType

from app.state.app_state import AppState
from app.state.events import Announced

_log = logging.getLogger(__name__)

_WORDS = "Something went wrong in Parley. What you see may be out of date; closing and opening Parley helps."


def tell_faults(do: Callable[[Announced], None]) -> None:
    """From now on faults of the UI thread are told by `do`; those of other threads are in the log alone."""

    def told(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        _log.error("unhandled error", exc_info=(kind, error, trace))
        do(Announced(words=_WORDS, is_bad=True))

    sys.excepthook = told
    threading.excepthook = _log_thread_fault


def failed_start() -> AppState:
    """What is shown where nothing can be told, because the start itself failed."""
    from app.state.toasts import toast

    return toast(replace(AppState(), page="starting"), _WORDS, is_bad=True)


def _log_thread_fault(fault: threading.ExceptHookArgs) -> None:
    _log.error("a thread failed: %s", fault.thread.name if fault.thread else "unknown", exc_info=fault.exc_value)
