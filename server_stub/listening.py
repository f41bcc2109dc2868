"""uvicorn as we want it: quiet, quick to stop, and short with those who connect and do nothing."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import ssl
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState

from app.wire.codec import MAX_ASK_BYTES
from app.wire.links import is_loopback
from server_stub.config import ConnectionLimits
from server_stub.limits import network_of

_log = logging.getLogger(__name__)
#: What is overridden or read of uvicorn beyond its public face: module, dotted name inside it.
SEAMS: tuple[tuple[str, str], ...] = (
    ("uvicorn.protocols.http.h11_impl", "H11Protocol.connection_made"),
    ("uvicorn.protocols.http.h11_impl", "H11Protocol.connection_lost"),
    ("uvicorn.protocols.http.h11_impl", "H11Protocol.handle_websocket_upgrade"),
    ("uvicorn.protocols.websockets.websockets_sansio_impl", "WebSocketsSansIOProtocol.pause_writing"),
    ("uvicorn.protocols.websockets.websockets_sansio_impl", "WebSocketsSansIOProtocol.resume_writing"),
    ("uvicorn.protocols.websockets.websockets_sansio_impl", "WebSocketsSansIOProtocol.connection_lost"),
    ("uvicorn.server", "Server.capture_signals"),
    ("uvicorn.server", "Server.main_loop"),
    ("uvicorn.server", "Server.on_tick"),
    ("uvicorn.server", "Server.startup"),
    ("uvicorn.server", "Server.shutdown"),
    ("uvicorn.server", "ServerState"),
)
#: Seconds that connections get to say goodbye.
CLOSE_WITHIN_S = 3.0
#: Seconds for a TLS handshake: who begins none holds a file descriptor.
HANDSHAKE_WITHIN_S = 10.0
#: Seconds that TLS waits for the other side's goodbye when we end a connection.
GOODBYE_WITHIN_S = 1.0
#: Connections that wait to be taken; further ones are kept by the system or refused.
_BACKLOG = 1024


class Addresses(ServerState):
    """What the connections of one server share: here also how many there are from each address."""

    #: Ours may have as many as they like: the owner's own client, and a reverse proxy for everybody.
    exempts_loopback = True

    def __init__(self, per_address: int) -> None:
        super().__init__()
        self._per_address = per_address
        self._open: dict[asyncio.WriteTransport, str] = {}
        self._count: Counter[str] = Counter()
        self._left = asyncio.Event()

    def add(self, transport: asyncio.WriteTransport) -> bool:
        """Counts a connection; whether it may stay."""
        peer = transport.get_extra_info("peername")
        address = str(peer[0]) if peer else ""
        network = self._open[transport] = network_of(address)
        self._count[network] += 1
        is_exempt = self.exempts_loopback and (is_loopback(address) or is_loopback(network))
        return is_exempt or self._count[network] <= self._per_address

    async def gone(self, within_s: float) -> None:
        """Returns when no connection is left, or after some seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                while self._open:
                    self._left.clear()
                    await self._left.wait()

    def discard(self, transport: asyncio.WriteTransport) -> None:
        """Counts a connection no longer."""
        address = self._open.pop(transport, None)
        if address is None:
            return
        self._left.set()
        self._count[address] -= 1
        if not self._count[address]:
            del self._count[address]


class HurriedProtocol(H11Protocol):
    """Cuts a client off that connects and asks for nothing: it would hold a file descriptor for as long as it likes.

    So it does with connections from one address that are too many.
    """

    #: Seconds for the head of the first request.
    patience_s = 10.0
    _watch: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client is there."""
        super().connection_made(transport)
        if isinstance(self.server_state, Addresses) and not self.server_state.add(transport):
            transport.abort()
            return
        self._watch = asyncio.get_running_loop().call_later(self.patience_s, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone."""
        self._calm()
        if isinstance(self.server_state, Addresses):
            self.server_state.discard(self.transport)
        super().connection_lost(exc)

    def handle_websocket_upgrade(self, event: Any) -> None:
        """Hands the connection on, and with it the duty to say when it is gone."""
        self._calm()
        super().handle_websocket_upgrade(event)
        talks = self.transport.get_protocol()
        if isinstance(talks, ImpatientProtocol) and isinstance(self.server_state, Addresses):
            talks.addresses = self.server_state

    def _look(self) -> None:
        self._watch = None
        if not self.cycle and not self.transport.is_closing():
            self.transport.abort()

    def _calm(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None


class ImpatientProtocol(WebSocketsSansIOProtocol):
    """Cuts a client off that takes nothing from its socket: it would hold its buffers for as long as it likes."""

    #: Seconds.
    patience_s = 15.0
    addresses: Addresses | None = None
    _cut: asyncio.TimerHandle | None = None

    def pause_writing(self) -> None:
        """The client does not take what we send."""
        super().pause_writing()
        # Each ping would be answered into the buffer that nobody empties.
        self.transport.pause_reading()
        if self._cut is None:
            self._cut = asyncio.get_running_loop().call_later(self.patience_s, self.transport.abort)

    def resume_writing(self) -> None:
        """It does again."""
        super().resume_writing()
        if not self.read_paused:
            self.transport.resume_reading()
        self._calm()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone."""
        self._calm()
        if self.addresses:
            self.addresses.discard(self.transport)
        super().connection_lost(exc)

    def _calm(self) -> None:
        if self._cut is not None:
            self._cut.cancel()
            self._cut = None


class QuietServer(uvicorn.Server):
    """Leaves the signals of the process to its owner, and sleeps while nothing happens."""

    def __init__(self, app: ASGIApp, limits: ConnectionLimits, tls: ssl.SSLContext | None) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=HurriedProtocol,
                ws=ImpatientProtocol,
                # A little more than a message may have, so that a message that is too long is refused in words.
                ws_max_size=2 * MAX_ASK_BYTES,
                ws_ping_interval=limits.ping_every_s,
                ws_ping_timeout=limits.pong_within_s,
                ws_per_message_deflate=False,
                lifespan="off",
                log_config=None,
                access_log=False,
                proxy_headers=False,
                server_header=False,
            )
        )
        self.server_state = self._shared = Addresses(limits.per_address)
        self._tls = tls
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Ends `serve` without delay."""
        self.should_exit = True
        self._stopping.set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listens on sockets that are given; uvicorn's own would wait 60 s for a handshake."""
        loop = asyncio.get_running_loop()
        self.servers = [
            await loop.create_server(
                self._protocol,
                sock=listener,
                ssl=self._tls,
                ssl_handshake_timeout=HANDSHAKE_WITHIN_S if self._tls else None,
                ssl_shutdown_timeout=GOODBYE_WITHIN_S if self._tls else None,
                backlog=_BACKLOG,
            )
            for listener in sockets or ()
        ]
        self.started = True

    def _protocol(self) -> HurriedProtocol:
        return HurriedProtocol(config=self.config, server_state=self.server_state, app_state={})

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Takes none."""
        yield

    async def main_loop(self) -> None:
        """Wakes once a second for the Date header, not ten times, and ends without delay."""
        while not await self.on_tick(0):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), 1.0)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Tells every client that the server ends, and cuts off who does not go."""
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        # Each connection's task ends by itself once its client is told; the rest is cut off.
        if tasks := set(self.server_state.tasks):
            _, late = await asyncio.wait(tasks, timeout=CLOSE_WITHIN_S)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self._shared.gone(2 * GOODBYE_WITHIN_S)


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens.

    Args:
        host: an address of this computer; empty or 0.0.0.0: all of IPv4; ::: all.
        port: 0: any free one.

    Raises:
        OSError: the address is taken or not ours.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sends without delay (TCP_NODELAY) only what names its protocol, and who connects inherits the name. With
    # the delay, the second of two messages in a row comes some 40 ms late.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if sys.platform == "win32":
            # There the other option would let a second program listen on the same port.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            # Some systems would leave IPv4 out.
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        listener.bind((host, port))
        listener.listen(_BACKLOG)
        listener.setblocking(False)
    except OSError:
        listener.close()
        raise
    return listener
