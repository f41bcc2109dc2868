"""uvicorn as we want it: quiet, quick to stop, and quick to drop those who connect and do nothing."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import ssl
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState

from app.net.rounds import Rounds
from app.wire.codec import MAX_ASK_BYTES
from app.wire.links import is_loopback
from server_stub.kernel.config import ConnectionLimits
from server_stub.kernel.limits import network_of

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
#: Seconds until a connection is taken again when the system could not give one.
_TAKE_AGAIN_S = 0.5


class Addresses(ServerState):
    """What the connections of one server share: here also how many there are from each address."""

    #: Ours may have as many as they like: the owner's own client, and a reverse proxy for everybody.
    exempts_loopback = True

    def __init__(self, per_address: int) -> None:
        super().__init__()
        self._per_address = per_address
        self._expected: Counter[str] = Counter()
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

    def expect(self, address: str) -> bool:
        """Counts a connection that has yet to do its handshake; whether it may."""
        network = network_of(address)
        is_exempt = self.exempts_loopback and (is_loopback(address) or is_loopback(network))
        # As many again: a client reads a certificate of our own making by one connection, and talks by the next.
        if not is_exempt and self._expected[network] >= self._per_address:
            return False
        self._expected[network] += 1
        return True

    def expect_no_more(self, address: str) -> None:
        """Its handshake is over: it counts as a connection now, or is gone."""
        network = network_of(address)
        self._expected[network] -= 1
        if not self._expected[network]:
            del self._expected[network]

    async def gone(self, within_s: float, port: int | None = None) -> None:
        """Returns when no connection is left (to one of our ports), or after some seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                while self.of_port(port):
                    self._left.clear()
                    await self._left.wait()

    def of_port(self, port: int | None) -> list[asyncio.WriteTransport]:
        """The connections that came by one of our ports; None: all."""
        return [one for one in self._open if port is None or one.get_extra_info("sockname")[1] == port]

    def discard(self, transport: asyncio.WriteTransport) -> None:
        """Counts a connection no longer."""
        address = self._open.pop(transport, None)
        if address is None:
            return
        self._left.set()
        self._count[address] -= 1
        if not self._count[address]:
            del self._count[address]


class SafeDoor:
    """Takes connections and speaks TLS with them; those that have not finished their handshake count for their address.

    asyncio's own would tell us of a connection only after its handshake, so one address could have any number of them.
    """

    def __init__(self, protocol: Callable[[], asyncio.Protocol], tls: ssl.SSLContext, addresses: Addresses) -> None:
        """Takes none yet.

        Args:
            protocol: makes what talks with a client.
            tls: what it is talked with by.
            addresses: counts those whose handshake is done.
        """
        self._protocol = protocol
        self._tls = tls
        self._addresses = addresses
        self._waiting: set[asyncio.Task[None]] = set()
        self._taking: asyncio.Task[None] | None = None
        self.port = 0

    def open(self, listener: socket.socket) -> None:
        """Takes connections from a socket that listens, until `close`, which closes it."""
        self.port = int(listener.getsockname()[1])
        self._taking = asyncio.create_task(self._take(listener), name="taking connections")

    def close(self) -> None:
        """Takes no more, and ends the handshakes that are going on."""
        for task in (self._taking, *self._waiting):
            if task is not None:
                task.cancel()

    async def wait_closed(self) -> None:
        """Returns when nothing is left of it but the connections whose handshake was done."""
        tasks = {*self._waiting, *([self._taking] if self._taking else [])}
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _take(self, listener: socket.socket) -> None:
        rounds = Rounds(_log, "taking connections")
        with listener:
            while True:
                with rounds:
                    await self._take_one(listener)
                if rounds.failures:
                    # No file descriptor is left, perhaps: time helps.
                    await asyncio.sleep(_TAKE_AGAIN_S)

    async def _take_one(self, listener: socket.socket) -> None:
        try:
            taken, peer = await asyncio.get_running_loop().sock_accept(listener)
        except ConnectionError:  # it has gone already
            return
        address = str(peer[0])
        if not self._addresses.expect(address):
            taken.close()
            return
        task = asyncio.create_task(self._shake_hands(taken, address), name="handshake")
        self._waiting.add(task)
        task.add_done_callback(self._waiting.discard)

    async def _shake_hands(self, taken: socket.socket, address: str) -> None:
        try:
            with contextlib.suppress(OSError, ssl.SSLError):
                await asyncio.get_running_loop().connect_accepted_socket(
                    self._protocol,
                    taken,
                    ssl=self._tls,
                    ssl_handshake_timeout=HANDSHAKE_WITHIN_S,
                    ssl_shutdown_timeout=GOODBYE_WITHIN_S,
                )
        finally:
            self._addresses.expect_no_more(address)


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
        self._doors: list[SafeDoor] = []
        self.servers = []
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Ends `serve` without delay."""
        self.should_exit = True
        self._stopping.set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listens on sockets that are given; uvicorn's own would wait 60 s for a handshake."""
        if self._tls is not None:
            for listener in sockets or ():
                self.open_door(listener, self._tls)
        else:
            loop = asyncio.get_running_loop()
            self.servers = [
                await loop.create_server(self._protocol, sock=listener, backlog=_BACKLOG) for listener in sockets or ()
            ]
        self.started = True

    def open_door(self, listener: socket.socket, tls: ssl.SSLContext) -> SafeDoor:
        """Takes connections from one more socket, by TLS; those that there are stay as they are."""
        door = SafeDoor(self._protocol, tls, self._shared)
        door.open(listener)
        self._doors.append(door)
        return door

    async def close_door(self, door: SafeDoor) -> None:
        """Takes no more there, and cuts off who came in by it and has not gone after a moment."""
        self._doors.remove(door)
        door.close()
        await door.wait_closed()
        await self._shared.gone(GOODBYE_WITHIN_S, door.port)
        for transport in self._shared.of_port(door.port):
            transport.abort()

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
        for door in self._doors:
            door.close()
            await door.wait_closed()
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
