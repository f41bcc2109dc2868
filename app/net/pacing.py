"""Lets a large picture go out bit by bit: what is said meanwhile goes in between, and no queue on the way overflows.

`SEAMS` lists each private name of aiortc that is used here, for tests/test_platform.py.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from dataclasses import dataclass
from typing import Any

from app.net.rate import AGAIN_BPS
from app.net.repair import Answered, ahead

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
#: As many as the sender itself remembers of each stream, for a face and a screen. Source: aiortc, RTP_HISTORY_SIZE.
_LEFT_OUT = 2 * 128


@dataclass(slots=True)
class _Picture:
    """What one stream sends now."""

    bits: int = 0
    is_given_up: bool = False


class Pacer:
    """Paces what a transport sends.

    Attributes:
        bps: bits a second at which the packets of pictures follow each other; 0: only sockets are spared.
        again_bps: bits a second that may be sent once more.
        is_hushed: nobody can hear: neither pictures nor voices go out, nor later, when they are of no use any more.
        voices: the payload types of voices, which never wait.
    """

    def __init__(self, send: Any) -> None:
        self.bps = 0.0
        self.again_bps = AGAIN_BPS
        self.is_hushed = False
        self.voices: set[int] = set()
        self._send = send
        self._in_a_row = 0
        self._last_s = 0.0
        self._free_s = 0.0
        #: By SSRC: a face and a screen go out at the same time.
        self._pictures: dict[int, _Picture] = {}
        #: (SSRC, number) of what was given up: nobody is sent half of it once more.
        self._left_out: deque[tuple[int, int]] = deque(maxlen=_LEFT_OUT)
        self._urgent = 0
        #: The newest number of each stream, by SSRC.
        self._newest: dict[int, int] = {}
        #: By SSRC.
        self._answered: dict[int, Answered] = {}
        self._again_bits, self._again_s = AGAIN_BPS * _BURST_S, 0.0

    def begin_picture(self, ssrc: int, size: int) -> None:
        """A picture of so many bytes follows: however narrow the link has become, it does not take for ever."""
        self._pictures[ssrc] = _Picture(size * 8)

    def give_picture_up(self, ssrc: int) -> None:
        """What is left of a stream's present picture is not sent: the link has become too narrow for it."""
        self._pictures.setdefault(ssrc, _Picture()).is_given_up = True

    async def send(self, data: bytes) -> None:
        """Stands in for the transport's own: who sends a picture waits here after each packet."""
        is_media = not _is_rtcp(data)
        is_picture = is_media and not self._urgent and data[1] & 0x7F not in self.voices
        picture = self._pictures.get(_ssrc(data)) if is_picture else None
        if (picture is not None and picture.is_given_up) or (self.is_hushed and is_media):
            self._left_out.append((_ssrc(data), int.from_bytes(data[2:4])))
            return
        if is_media and not self._urgent:
            ssrc, seq = _ssrc(data), int.from_bytes(data[2:4])
            if ahead(seq, self._newest.get(ssrc, seq - 1)) > 0:
                self._newest[ssrc] = seq
        await self._send(data)
        if self._urgent:
            self._again_bits -= len(data) * 8
        if not is_picture:
            return
        now_s = time.monotonic()
        if self.bps:
            rate = max(self.bps, picture.bits / _PICTURE_S if picture else 0.0)
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

    async def send_again(self, ssrc: int, seq: int, sending: Any) -> None:
        """Runs what sends a packet once more, without a pause of its own: whoever reads what comes in waits for it.

        Args:
            ssrc: its stream.
            seq: its number; what was given up, or has not been sent yet, is not sent.
            sending: a coroutine that sends by this transport. Where too much was sent again lately it is not run: who
                misses the packet asks once more, and a full link would only lose it again. Nor is it where the packet
                is on its way.
        """
        now_s = time.monotonic()
        self._again_bits = min(self._again_bits + (now_s - self._again_s) * self.again_bps, self.again_bps * _BURST_S)
        self._again_s = now_s
        is_sent = ahead(seq, self._newest.get(ssrc, seq)) <= 0
        may_go = is_sent and self._again_bits > 0 and (ssrc, seq) not in self._left_out
        if not may_go or not self._answered.setdefault(ssrc, Answered()).is_due(seq, now_s):
            sending.close()
            return
        self._urgent += 1
        try:
            await sending
        finally:
            self._urgent -= 1


def _ssrc(data: bytes) -> int:
    return int.from_bytes(data[8:12])


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
