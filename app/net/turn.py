"""One way through a TURN server: an allocation there, by UDP, TCP or TLS, behind which an ICE connection goes on.

`SEAMS` and `INSTANCE_SEAMS` list each private name of aioice that is used here, for tests/test_platform.py.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import ssl
from dataclasses import dataclass, field
from typing import Any, Literal

from app.net import guard, pins
from app.wire.ice import IceUrl

_log = logging.getLogger(__name__)

#: Module, dotted name inside it.
SEAMS: tuple[tuple[str, str], ...] = (
    ("aioice.turn", "create_turn_endpoint"),
    ("aioice.turn", "TurnClientTcpProtocol._send"),
    ("aioice.turn", "TurnTransport._close"),
)
#: Private attributes of instances: class, then names that its constructor sets.
INSTANCE_SEAMS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("aioice.turn", "TurnTransport", ("_TurnTransport__close_task", "_TurnTransport__inner_protocol")),
)

#: "answers" comes with an allocation, or with the demand for a credential where none was shown.
Outcome = Literal["trying", "answers", "silent", "refused", "full", "not trusted", "unreachable", "odd"]

#: Seconds for name, connection, TLS and allocation together. Source: four round trips of 0.3 s and a lost packet.
ALLOCATE_LIMIT_S = 3.0
#: A server that is gone is told good-bye for this long.
_CLOSE_LIMIT_S = 0.5
#: A permission lives 300 s, a channel 600 s. Source: RFC 8656, sections 9 and 12.
_REFRESH_CHANNEL_S = 240
#: What may wait for TCP: more is late by the time it arrives, so it is lost here and repaired like any other loss.
_MOST_UNSENT_BYTES = 65_536
_SEND_BUFFER_BYTES = 131_072
_REFUSED, _FULL = (401, 403, 438, 441), (486, 508)


@dataclass(frozen=True, slots=True)
class TurnServer:
    """A TURN server with what it takes.

    Attributes:
        url: where it is.
        username: empty: none is known, it can only be asked whether it is there.
        credential: the password of that name.
    """

    url: IceUrl
    username: str = ""
    credential: str = field(default="", repr=False)


class NoTurn(Exception):
    """A TURN server gives no way; `outcome` says why."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome)
        self.outcome: Outcome = outcome


async def allocate(connection: Any, server: TurnServer) -> Any:
    """Asks a TURN server for a way.

    Args:
        connection: the aioice connection that it is for.
        server: whom to ask, and with what.

    Returns:
        An aioice protocol with its relayed candidate; whoever gets it closes it.

    Raises:
        NoTurn: there is none, within `ALLOCATE_LIMIT_S`.
    """
    try:
        async with asyncio.timeout(ALLOCATE_LIMIT_S):
            transport, protocol = await _endpoint(connection, server)
    except Exception as error:
        outcome = _outcome(error)
        # Without the error's text, which may quote what was sent.
        _log.info("a TURN server gives no way: %s (%s)", outcome, type(error).__name__)
        raise NoTurn(outcome) from None
    try:
        protocol.local_candidate = _candidate(transport)
    except (ValueError, TypeError, IndexError):
        await protocol.close()
        raise NoTurn("odd") from None
    _bound(transport)
    return protocol


async def probe(server: TurnServer) -> Outcome:
    """Whether a TURN server is there, and takes the credential where there is one; nothing is left open."""
    try:
        protocol = await allocate(None, server)
    except NoTurn as error:
        # Who is asked for a name has been heard.
        return "answers" if error.outcome == "refused" and not server.username else error.outcome
    await protocol.close()
    return "answers"


async def _endpoint(connection: Any, server: TurnServer) -> tuple[Any, Any]:
    from aioice.turn import create_turn_endpoint

    guard.install()
    url = server.url
    context = await asyncio.to_thread(pins.system_trust) if url.scheme == "turns" else None
    transport, protocol = await create_turn_endpoint(
        lambda: _way_of(connection),
        server_addr=(url.host, url.port),
        username=server.username or None,
        password=server.credential or None,
        channel_refresh_time=_REFRESH_CHANNEL_S,
        ssl=context,
        transport=url.transport,
    )
    return transport, protocol


def _way_of(connection: Any) -> Any:
    from aioice.ice import StunProtocol

    way = StunProtocol(connection if connection is not None else _Nobody())
    close = way.close

    async def close_soon() -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_CLOSE_LIMIT_S):
                await close()
        # aioice would ask a server that is gone for a minute to end the allocation, and TCP flush what nobody takes.
        asking = way.transport._TurnTransport__close_task
        if asking is not None:
            asking.cancel()
        way.transport._TurnTransport__inner_protocol.transport.abort()

    way.close = close_soon
    return way


class _Nobody:
    """Stands where a connection is, for a server that is only asked."""

    def protocol_lost(self, protocol: object) -> None:
        """Nothing was carried."""

    def data_received(self, data: bytes, component: int) -> None:
        """Nothing is expected."""

    def request_received(self, *_: object) -> None:
        """Nobody knows this way."""


def _candidate(transport: Any) -> Any:
    from aioice.candidate import Candidate, candidate_foundation, candidate_priority

    host, port = transport.get_extra_info("sockname")
    mapped, mapped_port = transport.get_extra_info("related_address")
    return Candidate(
        foundation=candidate_foundation("relay", "udp", host),
        component=1,
        transport="udp",
        priority=candidate_priority(1, "relay"),
        host=host,
        port=port,
        type="relay",
        related_address=mapped,
        related_port=mapped_port,
    )


def _bound(transport: Any) -> None:
    """Keeps little waiting where TCP is slow; UDP keeps nothing."""
    inner = transport._TurnTransport__inner_protocol
    if not isinstance(inner.transport, asyncio.WriteTransport):
        return
    sock = inner.transport.get_extra_info("socket")
    if sock is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER_BYTES)
    send = inner._send

    def send_or_lose(data: bytes) -> None:
        if inner.transport.get_write_buffer_size() <= _MOST_UNSENT_BYTES:
            send(data)
        else:
            guard.dropped().unsent += 1

    inner._send = send_or_lose


def _outcome(error: Exception) -> Outcome:
    from aioice.stun import TransactionFailed, TransactionTimeout

    if isinstance(error, TransactionFailed):
        code = error.response.attributes.get("ERROR-CODE", (0, ""))[0]
        return "refused" if code in _REFUSED else "full" if code in _FULL else "odd"
    if isinstance(error, TimeoutError | TransactionTimeout):
        return "silent"
    if isinstance(error, ssl.SSLError) and not isinstance(error, pins.UNFINISHED):
        return "not trusted"
    # aioice itself raises the bare ConnectionError, of answers in which something is missing.
    return "unreachable" if isinstance(error, OSError) and type(error) is not ConnectionError else "odd"
