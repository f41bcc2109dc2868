"""A second socket on a connection's port that is connected to the one whom it sends to.

The kernel finds the way of each packet anew on a socket that might send to anybody, which is a third of what sending
costs; on a connected one it knows it. The connection's own socket stays for all others: those who check a new address.
What the one sends comes to the connected socket from then on, as the kernel prefers it, and is handed on from here.

Only Linux lets two sockets have one port in this way; elsewhere, and where it fails, there is no second socket.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import sys
from collections.abc import Callable
from typing import Any

_log = logging.getLogger(__name__)

#: Datagrams read in a row: others have their turn, too.
_AT_ONCE = 32
_DATAGRAM_BYTES = 65_536

Received = Callable[[bytes, Any], None]


class DirectWay:
    """A connected socket; on the running event loop.

    Attributes:
        send: puts one datagram on its way. Raises OSError (full, or nobody is there any more) where it did not go.
    """

    def __init__(self, sock: socket.socket, received: Received) -> None:
        self.send = sock.send
        self._socket, self._received = sock, received
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(sock.fileno(), self._read)

    def close(self) -> None:
        """Ends it; without effect the second time."""
        if self._socket.fileno() >= 0:
            self._loop.remove_reader(self._socket.fileno())
            self._socket.close()

    def _read(self) -> None:
        for _ in range(_AT_ONCE):
            try:
                data, address = self._socket.recvfrom(_DATAGRAM_BYTES)
            except OSError:
                return  # nothing more, or what was sent did not arrive
            self._received(data, address)
            if self._socket.fileno() < 0:
                return


def open_direct(transport: Any, remote: tuple[Any, ...], received: Received) -> DirectWay | None:
    """Opens a connected socket beside that of an asyncio transport.

    Args:
        transport: of the connection's own socket, which is bound.
        remote: where to send to, as the socket module has it.
        received: takes what comes, and from where.

    Returns:
        None where there can be none.
    """
    own = transport.get_extra_info("socket") if sys.platform == "linux" else None
    if own is None:
        return None
    sock: socket.socket | None = None
    try:
        # The loop's own object can do little; another descriptor of the same socket can do all.
        with _same(own) as same:
            sock = socket.socket(same.family, socket.SOCK_DGRAM)
            sock.setblocking(False)
            _share_port(same, sock)
            sock.connect(remote)
            return DirectWay(sock, received)
    except OSError as error:
        _log.info("packets go without a socket of their own: %s", type(error).__name__)
        if sock is not None:
            sock.close()
        return None


def _same(own: Any) -> socket.socket:
    """Another descriptor of a socket; raises OSError, and holds nothing then, where there is none left."""
    descriptor = os.dup(own.fileno())
    try:
        return socket.socket(fileno=descriptor)
    except OSError:
        os.close(descriptor)
        raise


def _share_port(first: socket.socket, second: socket.socket) -> None:
    """Binds the second to the first one's address; from then on nobody else can have it, as before."""
    if second.family == socket.AF_INET6:
        second.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    for one in (first, second):
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        second.bind(first.getsockname())
    finally:
        for one in (first, second):
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)
