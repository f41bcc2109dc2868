"""Keeps this computer from falling asleep during a call."""

from __future__ import annotations

import logging
from types import SimpleNamespace
from typing import Any

_log = logging.getLogger(__name__)


class Awake:
    """Inhibits sleep, where the desktop can; both methods may take a second: call them from one worker."""

    def __init__(self) -> None:
        """Sleep is allowed."""
        self._mode: Any = None

    def begin(self) -> None:
        """No sleep from now on; a desktop without a way to is only noted in the log."""
        if self._mode is not None:
            return
        try:
            from wakepy import keep

            # It logs each way that this desktop does not have, at length.
            logging.getLogger("wakepy").setLevel(logging.CRITICAL)
            _leave_collecting()
            mode = keep.presenting(on_fail="pass")
            mode.__enter__()
            self._mode = mode
            if not mode.active:
                _log.info("sleep is not inhibited: this desktop has no way to")
        except Exception as error:
            _log.warning("sleep is not inhibited: %s", type(error).__name__)

    def end(self) -> None:
        """Sleep is allowed again."""
        mode, self._mode = self._mode, None
        if mode is not None:
            try:
                mode.__exit__(None, None, None)
            except Exception as error:
                _log.warning("sleep stays inhibited: %s", type(error).__name__)


def _leave_collecting() -> None:
    """It collects garbage when it lets a bus go, and that is the UI thread's (`app/shell/collector.py`)."""
    from wakepy.core import dbus

    vars(dbus)["gc"] = SimpleNamespace(collect=lambda: 0)
