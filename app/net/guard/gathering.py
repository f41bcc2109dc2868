"""The host candidates of a connection: on chosen addresses and ports, also on an address that a NAT before us has.

Stands in for aioice's own gathering, which knows neither ports nor such addresses, and which with STUN and 127.0.0.1
together always waits for five seconds.
"""

from __future__ import annotations

import asyncio
import errno
import functools
import ipaddress
import random
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

#: What this module needs of aioice: module, dotted name inside it.
SEAMS: tuple[tuple[str, str], ...] = (
    ("aioice.ice", "Connection.get_component_candidates"),
    ("aioice.ice", "StunProtocol"),
    ("aioice.ice", "get_host_addresses"),
)
LOOPBACK = "127.0.0.1"
#: Room for a burst of pictures. Source: what aioice gives its own sockets.
_RECEIVE_BYTES = 262_144

Extend = Callable[[Any], Awaitable[list[Any]]]
"""Finds more candidates for an aioice connection that has its host candidates, within a moment."""


MakeRoom = Callable[[], Awaitable[bool]]
"""Gives back ports that are used for something else; whether it has."""


Enter = Callable[[Any, str, Callable[[], socket.socket]], Awaitable[asyncio.BaseTransport]]
"""Gives an aioice protocol, which is to be reached at an address of ours, a transport over a socket that it shares with
others; the last argument makes one, where there is none, and raises `NoPort` or OSError."""


class NoPort(Exception):
    """None of the ports that may be used is free; the text says so in plain words."""


@dataclass(frozen=True, slots=True)
class Hosts:
    """Where a connection may be reached.

    Attributes:
        addresses: IP addresses, best first; one that this machine does not have is offered as it stands, with a socket
            behind it that takes what a NAT passes on to the same port. None: `machine_addresses()`.
        ports: to choose from; None: any.
        extend: adds candidates that others know of.
        make_room: asked once where no port is free.
        enter: gives out sockets that several connections share; None: each has its own.
    """

    addresses: Sequence[str] | None = None
    ports: range | None = None
    extend: Extend | None = None
    make_room: MakeRoom | None = None
    enter: Enter | None = None


def machine_addresses() -> list[str]:
    """127.0.0.1 first (aioice leaves loopback out), then all of this machine's own addresses."""
    from aioice import ice

    return [LOOPBACK, *(address for address in ice.get_host_addresses(True, True) if address != LOOPBACK)]


def use_hosts(connection: Any, hosts: Hosts) -> None:
    """Lets an aioice connection gather these candidates; without effect on one that has gathered."""
    connection.get_component_candidates = functools.partial(_gather, connection, hosts)


async def _gather(connection: Any, hosts: Hosts, /, component: int, **_: Any) -> Any:
    if connection._closing:
        # Closed between the wish to gather and its turn on the loop: what it opened now, nobody would close.
        return []
    gathering = asyncio.ensure_future(_open_all(connection, hosts, component))

    async def close() -> None:
        await asyncio.wait({gathering})
        await type(connection).close(connection)

    # Sockets are noted at the end only: those of a gathering that is cut short would never be closed.
    connection.close = close
    return await asyncio.shield(gathering)


async def _open_all(connection: Any, hosts: Hosts, component: int) -> list[Any]:
    chosen = list(hosts.addresses) if hosts.addresses is not None else machine_addresses()
    protocols, is_full = [], False
    for address in chosen:
        try:
            protocols.append(await _open_with_room(connection, address, component, hosts))
        except NoPort:
            is_full = True
        except OSError:
            # An address that has just gone, or is not ready yet; there are others.
            continue
    connection._protocols += protocols
    if is_full and not protocols:
        raise NoPort("none of the ports for media is free")
    found = [protocol.local_candidate for protocol in protocols]
    return [*found, *await hosts.extend(connection)] if hosts.extend is not None else found


async def _open_with_room(connection: Any, address: str, component: int, hosts: Hosts) -> Any:
    """As `_open`; where no port is free, once more after others were asked for theirs."""
    try:
        return await _open(connection, address, component, hosts)
    except NoPort:
        if hosts.make_room is None or not await hosts.make_room():
            raise
    return await _open(connection, address, component, hosts)


async def _open(connection: Any, address: str, component: int, hosts: Hosts) -> Any:
    """A socket that is reached at this address, and its candidate.

    Raises:
        NoPort: none of the ports is free.
        OSError: there is no such address, nor a way to stand in for it.
    """
    from aioice.candidate import Candidate, candidate_foundation, candidate_priority
    from aioice.ice import StunProtocol

    protocol = StunProtocol(connection)
    bind = functools.partial(_bind, address, hosts.ports)
    transport = await (hosts.enter or _own_socket)(protocol, address, bind)
    protocol.local_candidate = Candidate(
        foundation=candidate_foundation("host", "udp", address),
        component=component,
        transport="udp",
        priority=candidate_priority(component, "host"),
        host=address,
        port=transport.get_extra_info("sockname")[1],
        type="host",
    )
    return protocol


async def _own_socket(protocol: Any, _: str, bind: Callable[[], socket.socket]) -> asyncio.BaseTransport:
    transport, _protocol = await open_datagrams(lambda: protocol, bind())
    return transport


async def open_datagrams(make: Callable[[], Any], sock: socket.socket) -> tuple[asyncio.BaseTransport, Any]:
    """Puts a socket under asyncio, with the protocol that `make` makes; where that fails, the socket is closed."""
    try:
        return await asyncio.get_running_loop().create_datagram_endpoint(make, sock=sock)
    except BaseException:
        sock.close()
        raise


def _bind(address: str, ports: range | None) -> socket.socket:
    try:
        return _bind_one(address, ports)
    except OSError as error:
        if error.errno != errno.EADDRNOTAVAIL or _is_only_ours(address):
            raise
    # A NAT passes on to us, at whatever address of ours, what comes to that one.
    return _bind_one("::" if ":" in address else "0.0.0.0", ports)


def _is_only_ours(address: str) -> bool:
    """Whether no NAT can have it."""
    ip = ipaddress.ip_address(address)
    return ip.is_loopback or ip.is_link_local


def _bind_one(address: str, ports: range | None) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_DGRAM)
    try:
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BYTES)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        _bind_to_a_port(sock, address, ports)
    except BaseException:
        sock.close()
        raise
    return sock


def _bind_to_a_port(sock: socket.socket, address: str, ports: range | None) -> None:
    if ports is None:
        sock.bind((address, 0))
        return
    first = random.randrange(len(ports))
    for step in range(len(ports)):
        try:
            sock.bind((address, ports[(first + step) % len(ports)]))
            return
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
    raise NoPort("none of the ports for media is free")
