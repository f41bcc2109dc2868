"""Connections that carry nothing: a client sees by them whether UDP comes through to the relay."""

from __future__ import annotations

import asyncio

from app.net import guard
from server_stub.relay.engine import CHECK_S, BadSdp, RelayError
from server_stub.relay.settings import RelaySettings
from server_stub.relay.transport import Handlers, PeerLink, PortsTaken, TransportError

#: At once; each has its sockets.
MOST_CHECKS = 8
BUSY = "Too many people are checking their connection just now. Please try again in a moment."
_LIMITS = guard.SdpLimits(size=16_000, media=1, candidates=64)


def _ignore(packet: bytes) -> None:
    """Nothing is carried."""


class Checks:
    """The connections that are being checked."""

    def __init__(self, settings: RelaySettings) -> None:
        self._settings = settings
        self._open: dict[PeerLink, asyncio.TimerHandle] = {}
        self._closing: set[asyncio.Task[None]] = set()

    async def answer(self, sdp: str) -> str:
        """See `RelayEngine.check`."""
        try:
            plain = guard.check_sdp(sdp, limits=_LIMITS)
        except guard.GuardError as error:
            raise BadSdp(str(error)) from None
        if len(self._open) + len(self._closing) >= MOST_CHECKS:
            raise RelayError(BUSY)
        link = self._settings.link(Handlers(lambda: None, lambda: self._end(link), _ignore, _ignore))
        self._open[link] = asyncio.get_running_loop().call_later(CHECK_S, self._end, link)
        try:
            return await link.accept(plain)
        except TransportError as error:
            self._end(link)
            raise (RelayError if isinstance(error, PortsTaken) else BadSdp)(str(error)) from None

    async def shutdown(self) -> None:
        """Ends all."""
        for link in list(self._open):
            self._end(link)
        await asyncio.gather(*self._closing, return_exceptions=True)

    def _end(self, link: PeerLink) -> None:
        timer = self._open.pop(link, None)
        if timer is not None:
            timer.cancel()
            closing = asyncio.get_running_loop().create_task(link.close())
            self._closing.add(closing)
            closing.add_done_callback(self._closing.discard)
