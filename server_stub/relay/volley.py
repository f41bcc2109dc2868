"""One packet to many viewers: encrypted for each, and sent to all of them with one system call (Linux: `sendmmsg`).

A call for each of nine viewers costs a third more in the kernel alone, and all that Python does between two of them. It
needs the viewers on one socket (`door.py`). Where there is no such call, and who has a socket of their own, is sent to
one by one.
"""

from __future__ import annotations

import ctypes
import socket
import struct
import sys
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

from pylibsrtp._binding import ffi, lib

from app.net import guard
from server_stub.relay import sealing
from server_stub.relay.door import Door, Seat, Shared

SEAMS: tuple[tuple[str, str], ...] = (*sealing.SEAMS, ("pylibsrtp._binding", "ffi.cast"))
INSTANCE_SEAMS = sealing.INSTANCE_SEAMS

#: After so many packets it is tried again to reach those together who were not.
_TRIED_AGAIN = 500


class _Piece(ctypes.Structure):
    """`struct iovec` of the C library, as POSIX has it."""

    _fields_ = (("base", ctypes.c_void_p), ("length", ctypes.c_size_t))


class _Head(ctypes.Structure):
    """`struct msghdr`, as glibc has it; musl's numbers are shorter, but what fills them up is zero."""

    _fields_ = (
        ("name", ctypes.c_void_p), ("name_length", ctypes.c_uint32),
        ("pieces", ctypes.c_void_p), ("count", ctypes.c_size_t),
        ("control", ctypes.c_void_p), ("control_length", ctypes.c_size_t),
        ("flags", ctypes.c_int),
    )  # fmt: skip


class _Message(ctypes.Structure):
    """`struct mmsghdr` of Linux."""

    _fields_ = (("head", _Head), ("sent", ctypes.c_uint))


def _system_call() -> Callable[..., int] | None:
    # The length of a piece is written as the int that libsrtp knows: its low half, where that comes first.
    if sys.platform != "linux" or sys.byteorder != "little":
        return None
    # PyDLL: the call never waits, and who gives the interpreter up for it may wait for another thread.
    call: Any = getattr(ctypes.PyDLL(None), "sendmmsg", None)
    if call is not None:
        call.argtypes = (ctypes.c_int, ctypes.c_void_p, ctypes.c_uint, ctypes.c_int)
    return call  # type: ignore[no-any-return]


_send_many = _system_call()


def door() -> guard.Enter | None:
    """Sockets for the viewers of one meeting to share; None: where it would gain nothing, each has their own.

    On Windows it would do harm: a viewer who is gone makes asyncio stop reading there, which would end all others.
    """
    return Door().enter if _send_many is not None else None


class Target:
    """One viewer as a packet has to know them: whether they are still there, where, and memory for the packet.

    Attributes:
        shared: the socket.
        address: of the viewer.
        view: the memory as a buffer.
        piece, name: what the system call has to know of both.
    """

    def __init__(self, nominated: dict[int, Any], pair: Any, seat: Seat) -> None:
        """Who is at the other end of a pair.

        Args:
            nominated: the connection's chosen pairs by component, which change.
            pair: the chosen one.
            seat: the pair's transport.

        Raises:
            OSError: the pair's address is none that the system knows.
        """
        self.shared: Shared = seat.shared
        self.address = pair.remote_addr
        self._nominated, self._pair = nominated, pair
        self._memory = ffi.new("char[]", sealing.ROOM_BYTES)
        self.view: Any = ffi.buffer(self._memory)
        self.piece = _Piece(int(ffi.cast("uintptr_t", self._memory)), 0)
        self._length = ffi.cast("int *", ctypes.addressof(self.piece) + _Piece.length.offset)
        self.name = ctypes.create_string_buffer(_socket_address(self.address))

    def steps(self, session: Any) -> tuple[Any, ...]:
        """Nominated pairs, the pair that was aimed at, and what encrypts with it: view, length, keys, memory."""
        return self._nominated, self._pair, self.view, self._length, session._srtp[0], self._memory

    def sealed(self) -> bytes:
        """The packet in the memory."""
        packet: bytes = self.view[: self.piece.length]
        return packet


class Aim(NamedTuple):
    """A viewer, and their keys for one stream, as a session of pylibsrtp."""

    target: Target
    session: Any


def _socket_address(address: tuple[str, int]) -> bytes:
    """`struct sockaddr_in` or `sockaddr_in6` of Linux."""
    found: Any
    family, _, _, _, found = socket.getaddrinfo(*address, type=socket.SOCK_DGRAM, flags=socket.AI_NUMERICHOST)[0]
    head = struct.pack("=H", family) + struct.pack("!H", address[1])
    if family == socket.AF_INET:
        return head + socket.inet_aton(found[0]) + bytes(8)
    flow, scope = found[2:]
    host = socket.inet_pton(socket.AF_INET6, found[0].partition("%")[0])
    return head + struct.pack("!I", flow) + host + struct.pack("=I", scope)


class Viewer(Protocol):
    """Who is sent to: `lane.Lane`."""

    @property
    def send(self) -> Callable[[bytes], bool]:
        """Sends a packet to this viewer alone; whether it went."""

    def aim(self, ssrc: bytes) -> Aim | None:
        """How a stream reaches them together with others; None: it does not."""


class Volley:
    """All viewers of one stream, as they are now: made anew where they have changed."""

    __slots__ = ("_alone", "_groups", "_left", "is_stale")

    def __init__(self, viewers: Sequence[Viewer], ssrc: bytes) -> None:
        """Aims at each; nobody may be added or taken away afterwards.

        Args:
            viewers: all.
            ssrc: of the stream, as in its packets.
        """
        self.is_stale = False
        self._left = _TRIED_AGAIN
        self._alone: list[Viewer] = []
        together: dict[Shared, list[tuple[Viewer, Aim]]] = {}
        for viewer in viewers:
            aim = viewer.aim(ssrc) if _send_many is not None else None
            if aim is None:
                self._alone.append(viewer)
            else:
                together.setdefault(aim.target.shared, []).append((viewer, aim))
        self._groups = [_Group(shared, aimed) for shared, aimed in together.items()]

    def send(self, packet: bytes) -> int:
        """Sends a packet to all; to how many it went."""
        sent = 0
        for group in self._groups:
            sent += group.send(packet)
            if group.is_stale:
                self.is_stale = True
        if self._alone:
            sent += sum(viewer.send(packet) for viewer in self._alone)
            self._left -= 1
            if not self._left:
                self.is_stale = True
        return sent


class _Group:
    """Those on one socket."""

    __slots__ = (
        "_aims",
        "_call",
        "_count",
        "_descriptor",
        "_messages",
        "_shared",
        "_steps",
        "_transport",
        "_unsent",
        "_viewers",
        "is_stale",
    )

    def __init__(self, shared: Shared, aimed: Sequence[tuple[Viewer, Aim]]) -> None:
        self.is_stale = False
        self._viewers = [viewer for viewer, _ in aimed]
        # The keys live as long as their session does.
        self._aims = [aim for _, aim in aimed]
        self._steps = [target.steps(session) for target, session in self._aims]
        self._count = len(aimed)
        self._shared, self._transport = shared, shared.transport
        self._unsent = shared.transport.get_write_buffer_size
        self._descriptor: int = shared.transport.get_extra_info("socket").fileno()
        self._messages = (_Message * self._count)()
        for message, (target, _) in zip(self._messages, self._aims, strict=True):
            head = message.head
            head.name, head.name_length = ctypes.addressof(target.name), len(target.name) - 1
            head.pieces, head.count = ctypes.addressof(target.piece), 1
        # Made once: what ctypes makes of four numbers for each packet takes as long as many a call.
        self._call = self._call_for(0, self._count)

    def send(self, packet: bytes) -> int:
        """See `Volley.send`."""
        size = len(packet)
        if size > sealing.MOST_BYTES or self._unsent() or self._shared.has_ended:
            # What waits for the socket goes first.
            return sum(viewer.send(packet) for viewer in self._viewers)
        protect, whole = lib.srtp_protect, slice(size)
        for step in self._steps:
            nominated, pair, view, length, keys, memory = step
            if nominated.get(1) is not pair:
                break
            view[whole] = packet
            length[0] = size
            if protect(keys, memory, length):
                break
        else:
            assert _send_many is not None
            sent = _send_many(*self._call)
            if sent != self._count:
                self._go_on(max(0, sent), self._count)
            return self._count
        # Their pair has changed, or encryption fails for them: they and all behind them are sent to alone this time.
        place = next(place for place, one in enumerate(self._steps) if one is step)
        self.is_stale = True
        if place:
            self._go_on(self._try(0, place), place)
        return place + sum(viewer.send(packet) for viewer in self._viewers[place:])

    def _call_for(self, start: int, end: int) -> tuple[Any, ...]:
        """What the system call takes to send to some of them."""
        first = ctypes.addressof(self._messages) + start * ctypes.sizeof(_Message)
        return ctypes.c_int(self._descriptor), ctypes.c_void_p(first), ctypes.c_uint(end - start), ctypes.c_int(0)

    def _go_on(self, sent: int, count: int) -> None:
        """Sends to the first ones what is encrypted for them, after those to whom it was sent."""
        while sent < count:
            # The socket is full, and then all others wait in their turn, too; or this one cannot be reached.
            self._put(self._aims[sent].target)
            sent += 1
            while sent < count and self._unsent():
                self._put(self._aims[sent].target)
                sent += 1
            if sent < count:
                sent += self._try(sent, count)

    def _try(self, start: int, end: int) -> int:
        """Sends to some of them together; to how many of these it went."""
        assert _send_many is not None
        return max(0, _send_many(*self._call_for(start, end)))

    def _put(self, target: Target) -> None:
        self._transport.sendto(target.sealed(), target.address)
