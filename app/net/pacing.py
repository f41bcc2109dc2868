"""Lets a large picture go out bit by bit: what is said meanwhile goes in between, and no socket on the way overflows.

`SEAMS` lists each private name of aiortc that is used here, for tests/test_platform.py.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

#: Module, name inside it. aiortc sends all packets of a picture in one go.
SEAMS: tuple[tuple[str, str], ...] = (("aiortc.rtcdtlstransport", "RTCDtlsTransport._send_rtp"),)

#: So many packets at once, then a pause: some 9 MB a second at most. Sockets hold some 200 kB, and the key frame of a
#: page of text has more.
_AT_ONCE, _PAUSE_S = 16, 0.002


def pace(transport: Any) -> None:
    """Paces what a transport sends from now on; harmless where that was done before."""
    if not isinstance(getattr(transport._send_rtp, "__self__", None), _Pacer):
        transport._send_rtp = _Pacer(transport._send_rtp).send


class _Pacer:
    def __init__(self, send: Any) -> None:
        self._send = send
        self._in_a_row = 0
        self._last_s = 0.0

    async def send(self, data: bytes) -> None:
        await self._send(data)
        now_s = time.monotonic()
        self._in_a_row = self._in_a_row + 1 if now_s - self._last_s < _PAUSE_S else 1
        self._last_s = now_s
        if self._in_a_row >= _AT_ONCE:
            self._in_a_row = 0
            await asyncio.sleep(_PAUSE_S)
