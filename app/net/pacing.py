"""Lets a large picture go out bit by bit: what is said meanwhile goes in between, and no queue on the way overflows.

`SEAMS` lists each private name of aiortc that is used here, for tests/test_platform.py.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

from app.net.rate import AGAIN_BPS

#: Module, name inside it. aiortc sends all packets of a picture in one go.
SEAMS: tuple[tuple[str, str], ...] = (("aiortc.rtcdtlstransport", "RTCDtlsTransport._send_rtp"),)

#: So many packets at once, then a pause: some 9 MB a second at most. Sockets hold some 200 kB, and the key frame of a
#: page of text has more.
_AT_ONCE, _PAUSE_S = 16, 0.002
#: A pause shorter than this is made up for by the next one: the loop's clock is no finer.
_LEAST_S = 0.003
#: So far a picture may run ahead of its pace: a small one goes out at once.
_AHEAD_S = 0.02
#: A picture is through after this at the latest.
_PICTURE_S = 1.0
#: What is sent once more may be so many seconds' worth at once.
_BURST_S = 0.5


class Pacer:
    """Paces what a transport sends.

    Attributes:
        bps: bits a second at which the packets of pictures follow each other; 0: only sockets are spared.
        again_bps: bits a second that may be sent once more.
        voices: the payload types of voices, which never wait.
    """

    def __init__(self, send: Any) -> None:
        self.bps = 0.0
        self.again_bps = AGAIN_BPS
        self.voices: set[int] = set()
        self._send = send
        self._in_a_row = 0
        self._last_s = 0.0
        self._free_s = 0.0
        self._picture_bits, self._is_given_up = 0, False
        self._urgent = 0
        self._again_bits, self._again_s = AGAIN_BPS * _BURST_S, 0.0

    def begin_picture(self, size: int) -> None:
        """A picture of so many bytes follows: however narrow the link has become, it does not take for ever."""
        self._picture_bits, self._is_given_up = size * 8, False

    def give_picture_up(self) -> None:
        """What is left of the present picture is not sent: the link has become too narrow for it."""
        self._is_given_up = True

    async def send(self, data: bytes) -> None:
        """Stands in for the transport's own: who sends a picture waits here after each packet."""
        is_picture = not self._urgent and data[1] & 0x7F not in self.voices and not _is_rtcp(data)
        if is_picture and self._is_given_up:
            return
        await self._send(data)
        if self._urgent:
            self._again_bits -= len(data) * 8
        if not is_picture:
            return
        now_s = time.monotonic()
        if self.bps:
            rate = max(self.bps, self._picture_bits / _PICTURE_S)
            self._free_s = max(self._free_s, now_s - _AHEAD_S) + len(data) * 8 / rate
        self._in_a_row = self._in_a_row + 1 if now_s - self._last_s < _PAUSE_S else 1
        self._last_s = now_s
        wait_s = self._free_s - now_s
        if wait_s >= _LEAST_S:
            self._in_a_row = 0
            await asyncio.sleep(wait_s)
        elif self._in_a_row >= _AT_ONCE:
            self._in_a_row = 0
            await asyncio.sleep(_PAUSE_S)

    async def send_again(self, sending: Any) -> None:
        """Runs what sends a packet once more, without a pause of its own: whoever reads what comes in waits for it.

        Args:
            sending: a coroutine that sends by this transport. Where too much was sent again lately it is not run: who
                misses the packet asks once more, and a full link would only lose it again.
        """
        now_s = time.monotonic()
        self._again_bits = min(self._again_bits + (now_s - self._again_s) * self.again_bps, self.again_bps * _BURST_S)
        self._again_s = now_s
        if self._again_bits <= 0:
            sending.close()
            return
        self._urgent += 1
        try:
            await sending
        finally:
            self._urgent -= 1


def _is_rtcp(data: bytes) -> bool:
    """Source: RFC 5761 section 4."""
    return 192 <= data[1] <= 223


def pace(transport: Any) -> Pacer:
    """The pacer of a transport, which paces what it sends from now on."""
    pacer = getattr(transport._send_rtp, "__self__", None)
    if not isinstance(pacer, Pacer):
        pacer = Pacer(transport._send_rtp)
        transport._send_rtp = pacer.send
    return pacer
