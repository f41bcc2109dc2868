"""A UDP socket that tells when each datagram arrived, for the relay bench (Linux)."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import time
from collections.abc import Callable
from typing import Any

#: `SO_TIMESTAMPNS` of Linux, which Python does not name; what comes with a datagram has the same number.
_STAMPS = 35
_STAMP = struct.Struct("=qq")
_AT_ONCE, _MOST_BYTES = 32, 2_048


class StampedSocket(asyncio.DatagramTransport):
    """Takes a connection's socket over from its transport, and reads it.

    Args to the constructor: the protocol of the connection, whose transport ends without its hearing of it; and who is
    told of each datagram, its sender, and when it arrived (monotonic, s).
    """

    def __init__(self, protocol: Any, came: Callable[[bytes, Any, float], None]) -> None:
        super().__init__()
        self._came = came
        self._socket = protocol.transport.get_extra_info("socket").dup()
        self._name = self._socket.getsockname()
        self._socket.setblocking(False)
        self._socket.setsockopt(socket.SOL_SOCKET, _STAMPS, 1)
        self._connection_lost, protocol.connection_lost = protocol.connection_lost, lambda error: None
        protocol.transport.abort()
        asyncio.get_running_loop().add_reader(self._socket, self._read)

    def _read(self) -> None:
        behind_s = time.monotonic() - time.time()
        for _ in range(_AT_ONCE):
            try:
                data, more, _, address = self._socket.recvmsg(_MOST_BYTES, socket.CMSG_SPACE(_STAMP.size))
            except OSError:
                return  # nothing is left, or what was sent was refused
            stamps = [stamp for level, kind, stamp in more if (level, kind) == (socket.SOL_SOCKET, _STAMPS)]
            if not stamps:
                raise RuntimeError("the system does not say when a datagram arrived")
            seconds, nanoseconds = _STAMP.unpack(stamps[0])
            self._came(data, address, seconds + nanoseconds / 1e9 + behind_s)

    def sendto(self, data: Any, addr: Any = None) -> None:
        """See asyncio; what does not fit is lost, as on the way."""
        with contextlib.suppress(OSError):
            self._socket.sendto(data, addr)

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """The socket and its name."""
        return {"socket": self._socket, "sockname": self._name}.get(name, default)

    def get_write_buffer_size(self) -> int:
        """Nothing waits."""
        return 0

    def is_closing(self) -> bool:
        """Whether `close` was called."""
        return self._socket.fileno() < 0

    def close(self) -> None:
        """Ends it; the protocol is told soon."""
        if not self.is_closing():
            loop = asyncio.get_running_loop()
            loop.remove_reader(self._socket)
            self._socket.close()
            loop.call_soon(self._connection_lost, None)

    def abort(self) -> None:
        """See `close`."""
        self.close()
