"""The sockets that all viewers of a meeting have in common, one for each address of ours.

What goes to many viewers then leaves with one system call (`volley.py`), and the viewers of a meeting take one port
instead of one each. Whom a datagram comes from is known by its address, once their ICE check from there was proved to
be theirs; whom a check is for, by the user name in it, and whom an answer, by its number.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import Callable
from typing import Any

from app.net import guard

#: What this module needs of aioice: module, dotted name inside it.
SEAMS: tuple[tuple[str, str], ...] = (
    ("aioice.ice", "StunProtocol.connection_lost"),
    ("aioice.ice", "StunProtocol.connection_made"),
    ("aioice.ice", "StunProtocol.datagram_received"),
)
INSTANCE_SEAMS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("aioice.ice", "Connection", ("local_username", "_nominated")),
    ("aioice.ice", "StunProtocol", ("receiver", "transactions")),
)

#: Room for what goes to all at once, which the system may limit. Source: four times what may wait of one viewer.
_SEND_BYTES = 1 << 20
_ATTRIBUTE, _USERNAME = struct.Struct("!HH"), 6

Bind = Callable[[], socket.socket]
Address = tuple[str, int]


class Door:
    """The shared sockets of one meeting; on the running event loop. They end with the last connection."""

    def __init__(self) -> None:
        self._shared: dict[str, Shared] = {}
        self._opening = asyncio.Lock()

    async def enter(self, protocol: Any, address: str, bind: Bind) -> asyncio.DatagramTransport:
        """Gives an aioice protocol its transport, see `guard.Enter`.

        Args:
            protocol: of the connection that is to be reached there; its `connection_lost` is called in the end.
            address: of ours.
            bind: makes the socket, where there is none yet.

        Raises:
            NoPort, OSError: see `bind`.
        """
        name = protocol.receiver.local_username
        async with self._opening:
            shared = self._shared.get(address)
            if shared is None or shared.is_closing() or name in shared.seats:
                # Two of the same name could not be told from each other: the second has a socket of its own.
                shared = await self._open(address, bind)
            return shared.seat(protocol, name)

    async def _open(self, address: str, bind: Bind) -> Shared:
        shared: Shared
        sock = bind()
        with contextlib.suppress(OSError):  # nothing depends on it
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BYTES)
        _, shared = await guard.open_datagrams(Shared, sock)
        self._shared[address] = shared
        return shared


class Shared(asyncio.DatagramProtocol):
    """One socket with the connections that share it.

    Attributes:
        transport: its own.
        seats: who shares it, by the user name of their side in ICE.
        has_ended: its number may be another's.
    """

    transport: Any

    def __init__(self) -> None:
        self.seats: dict[str, Seat] = {}
        self.has_ended = False
        self._by_address: dict[Address, Seat] = {}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio."""
        self.transport = transport

    def error_received(self, exc: Exception) -> None:
        """A packet to somebody could not be sent, or was refused: ICE notices by itself who is gone."""

    def connection_lost(self, exc: Exception | None) -> None:
        """The socket ends: with all who still share it, who are told, and with its number, which another may get."""
        self.has_ended = True
        for seat in list(self.seats.values()):
            seat.close()

    def is_closing(self) -> bool:
        """Whether the socket ends."""
        return bool(self.transport.is_closing())

    def seat(self, protocol: Any, name: str) -> Seat:
        """Makes a connection one of those that share the socket."""
        seat = Seat(self, protocol, name)
        self.seats[name] = seat
        protocol.connection_made(seat)
        return seat

    def leave(self, seat: Seat) -> None:
        """Nothing goes to it any more; with the last one the socket ends."""
        del self.seats[seat.name]
        for address in [one for one, holder in self._by_address.items() if holder is seat]:
            del self._by_address[address]
        if not self.seats:
            self.transport.close()

    def datagram_received(self, data: bytes, addr: tuple[Any, ...]) -> None:
        """Hands a datagram to whom it is for; what nobody expects is counted."""
        sender = addr[:2]
        seat, is_check = self._by_address.get(sender), False
        if guard.is_stun(data):
            is_check = data[0] & 1 == 0 and data[1] & 0x10 == 0
            seat = self.seats.get(_name_in(data)) if is_check else self._who_asked(data[8:20])
        if seat is None:
            guard.dropped().strangers += 1
            return
        seat.protocol.datagram_received(data, addr)
        if is_check:
            self._remember(seat, sender)

    def _who_asked(self, number: bytes) -> Seat | None:
        """Whom a message of STUN that is no request answers."""
        return next((one for one in self.seats.values() if number in one.protocol.transactions), None)

    def _remember(self, seat: Seat, sender: Address) -> None:
        """What comes from this address is of that connection from now on, if ICE takes it for that.

        An address that somebody's media goes to stays theirs: another viewer might have named it as a candidate. It is
        another's once their media goes there, too, for which who has it answered their check: a NAT gave it to them.
        """
        holder = self._by_address.get(sender)
        if holder is seat or self.seats.get(seat.name) is not seat:
            return
        if holder is not None and holder.goes_to(sender) and not seat.goes_to(sender):
            return
        if guard.is_known(seat.protocol.receiver, sender):
            self._by_address[sender] = seat


def _name_in(request: bytes) -> str:
    """Our side's user name in a check of ICE; empty where it names none. Source: RFC 8489 section 14, RFC 8445."""
    at = 20
    while at + 4 <= len(request):
        kind, size = _ATTRIBUTE.unpack_from(request, at)
        at += 4
        if kind == _USERNAME and at + size <= len(request):
            return request[at : at + size].partition(b":")[0].decode("ascii", "replace")
        at += size + -size % 4
    return ""


class Seat(asyncio.DatagramTransport):
    """A connection's own transport as aioice needs it, over a shared socket.

    Attributes:
        shared: the socket.
        protocol: the connection's; what comes for it goes there.
        name: of our side in ICE.
    """

    def __init__(self, shared: Shared, protocol: Any, name: str) -> None:
        super().__init__()
        self.shared, self.protocol, self.name = shared, protocol, name
        self._is_closing = False

    def sendto(self, data: Any, addr: Any = None) -> None:
        """Sends a datagram; without effect after `close`."""
        if not self._is_closing:
            self.shared.transport.sendto(data, addr)

    def get_write_buffer_size(self) -> int:
        """Bytes that wait, shared out among all who use the socket."""
        unsent: int = self.shared.transport.get_write_buffer_size()
        return unsent // max(1, len(self.shared.seats))

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """As of the socket."""
        return self.shared.transport.get_extra_info(name, default)

    def is_closing(self) -> bool:
        """Whether `close` was called."""
        return self._is_closing

    def close(self) -> None:
        """Leaves the socket to the others; the protocol is told soon."""
        if self._is_closing:
            return
        self._is_closing = True
        self.shared.leave(self)
        asyncio.get_running_loop().call_soon(self.protocol.connection_lost, None)

    def abort(self) -> None:
        """See `close`."""
        self.close()

    def goes_to(self, address: Address) -> bool:
        """Whether this connection's media goes to that address."""
        return any(pair.remote_addr == address for pair in self.protocol.receiver._nominated.values())
