"""Connections that carry nothing: a client sees by them whether UDP comes through to the relay.

They take sockets and ports of the relay's, so an account has one at a time, and where a call needs a port they end.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from app.net import guard
from server_stub.relay.engine import CHECK_S, MOST_CHECKS, BadSdp, RelayError
from server_stub.relay.settings import RelaySettings
from server_stub.relay.transport import Handlers, PeerLink, PortsTaken, TransportError

BUSY = "Too many people are checking their connection just now. Please try again in a moment."
CALLS_FIRST = "The calls on this server need all its ports just now. Please try again in a moment."
ANOTHER = "Another check of your connection has begun."
_LIMITS = guard.SdpLimits(size=16_000, media=1, candidates=64)


def _ignore(packet: bytes) -> None:
    """Nothing is carried."""


@dataclass(frozen=True, slots=True)
class _Check:
    link: PeerLink
    timer: asyncio.TimerHandle


class Checks:
    """The connections that are being checked, by account."""

    def __init__(self, settings: RelaySettings) -> None:
        self._settings = settings
        settings.make_room = self._make_room
        self._open: dict[str, _Check] = {}
        self._closing: dict[str, asyncio.Task[None]] = {}
        #: Until when calls need the ports; of the loop's clock.
        self._calls_until = 0.0

    async def answer(self, account: str, sdp: str) -> str:
        """See `RelayEngine.check`."""
        try:
            plain = guard.check_sdp(sdp, limits=_LIMITS)
        except guard.GuardError as error:
            raise BadSdp(str(error)) from None
        while account in self._open or account in self._closing:
            if account in self._open:
                self._end(account)
            await asyncio.wait({self._closing[account]})
        loop = asyncio.get_running_loop()
        if loop.time() < self._calls_until:
            raise RelayError(CALLS_FIRST)
        if len(self._open) + len(self._closing) >= MOST_CHECKS:
            raise RelayError(BUSY)

        def over() -> None:
            if self._is_open(account, link):
                self._end(account)

        link = self._settings.link(Handlers(lambda: None, over, _ignore, _ignore), is_check=True)
        self._open[account] = _Check(link, loop.call_later(CHECK_S, over))
        try:
            return await link.accept(plain)
        except TransportError as error:
            if not self._is_open(account, link):
                raise RelayError(CALLS_FIRST if loop.time() < self._calls_until else ANOTHER) from None
            self._end(account)
            raise (RelayError if isinstance(error, PortsTaken) else BadSdp)(str(error)) from None

    async def shutdown(self) -> None:
        """Ends all."""
        for account in list(self._open):
            self._end(account)
        await asyncio.gather(*self._closing.values(), return_exceptions=True)

    async def _make_room(self) -> bool:
        """A call finds no port: gives back those of the checks, if there are any; whether that may help."""
        if not self._open and not self._closing:
            return False
        self._calls_until = asyncio.get_running_loop().time() + CHECK_S
        await self.shutdown()
        return True

    def _is_open(self, account: str, link: PeerLink) -> bool:
        check = self._open.get(account)
        return check is not None and check.link is link

    def _end(self, account: str) -> None:
        """Ends a check that is open; its sockets are gone a moment later."""
        check = self._open.pop(account)
        check.timer.cancel()
        closing = asyncio.get_running_loop().create_task(check.link.close())
        self._closing[account] = closing
        closing.add_done_callback(lambda _: self._closing.pop(account, None))
