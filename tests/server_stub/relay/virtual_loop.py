"""An event loop whose time jumps to the next timer: nothing waits, everything is in order.

`time.monotonic` tells its time, too.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any
from unittest import mock


class VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        super().__init__()
        self._now_s = 1000.0

    def time(self) -> float:
        return self._now_s

    def _run_once(self) -> None:
        if not self._ready and self._scheduled:
            self._now_s = max(self._now_s, self._scheduled[0]._when)
        super()._run_once()


def run(scene: Coroutine[Any, Any, None]) -> None:
    loop = VirtualLoop()
    try:
        with mock.patch("time.monotonic", loop.time):
            loop.run_until_complete(scene)
    finally:
        loop.close()
