"""Guards around aiortc and aioice: nothing that a peer or a stranger sends may end a call or hang the loop.

Used by the client and by the relay. aiortc 1.16 ends a call for one empty datagram, for a truncated REMB and for a
short header extension, and its SDP parser raises anything from AssertionError to StopIteration: the packet handlers
are wrapped once per process (`install`), every session description from elsewhere goes through `check_sdp` (`sdp.py`)
first, and every picture and every packet of a voice is looked at before a decoder sees it (`payloads.py`).

`SEAMS` lists each private name of aiortc and aioice that is used here, for tests/test_platform.py.
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from app.net.guard import gathering
from app.net.guard.gathering import (
    LOOPBACK,
    Enter,
    Extend,
    Hosts,
    MakeRoom,
    NoPort,
    machine_addresses,
    open_datagrams,
    use_hosts,
)
from app.net.guard.sdp import DEFAULT_LIMITS, GuardError, SdpLimits, check_sdp, connection_of, gather_candidates

__all__ = [
    "DEFAULT_LIMITS",
    "INSTANCE_SEAMS",
    "LOOPBACK",
    "SEAMS",
    "Dropped",
    "Enter",
    "Extend",
    "GuardError",
    "MakeRoom",
    "NoPort",
    "SdpLimits",
    "check_sdp",
    "connection_of",
    "dropped",
    "gather_candidates",
    "install",
    "is_known",
    "is_stun",
    "machine_addresses",
    "open_datagrams",
    "use_addresses",
]  # fmt: skip

#: Module, dotted name inside it; each must exist for this module to work.
SEAMS: tuple[tuple[str, str], ...] = (
    ("aiortc.rtcdtlstransport", "RTCDtlsTransport._handle_rtp_data"),
    ("aiortc.rtcdtlstransport", "RTCDtlsTransport._handle_rtcp_data"),
    ("aiortc.rtcsctptransport", "RTCSctpTransport._handle_data"),
    ("aiortc.rtcsctptransport", "decode_params"),
    ("aiortc.rtcsctptransport", "padl"),
    ("aiortc.rtcicetransport", "Connection.gather_candidates"),
    ("aiortc.rtcrtpreceiver", "RemoteBitrateEstimator"),
    ("aiortc.sdp", "SessionDescription.parse"),
    ("aioice.ice", "Connection.data_received"),
    ("aioice.ice", "Connection.query_consent"),
    ("aioice.ice", "StunProtocol.datagram_received"),
    ("aioice.turn", "TurnClientMixin.datagram_received"),
    *gathering.SEAMS,
)
#: Private attributes of instances: class, then names that its constructor sets.
INSTANCE_SEAMS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("aioice.ice", "Connection", ("_check_list", "_closing", "_early_checks", "_remote_candidates")),
    ("aiortc.rtcicetransport", "RTCIceTransport", ("_connection",)),
)


#: In every message of STUN. Source: RFC 8489 section 5.
STUN_COOKIE = b"\x21\x12\xa4\x42"
#: Those of ICE have some 100. Source: what fits into one packet of Ethernet.
_MOST_STUN_BYTES = 1_500


@dataclass(slots=True)
class Dropped:
    """What the guards have discarded since the process began.

    Attributes:
        empty: datagrams without a byte.
        strangers: datagrams, other than STUN, from an address that ICE has not checked.
        malformed: packets that made a handler raise.
        unsent: packets for which a TURN server's TCP had no room.
    """

    empty: int = 0
    strangers: int = 0
    malformed: int = 0
    unsent: int = 0


_dropped = Dropped()
_installed = False


def dropped() -> Dropped:
    """The running counts (the same object each time)."""
    return _dropped


def install() -> None:
    """Puts the guards round aiortc and aioice, once per process; a further call changes nothing.

    Takes out what only costs as well. Imports aiortc, which takes 0.6 s.
    """
    global _installed
    if _installed:
        return
    _installed = True
    from aioice import ice, turn
    from aiortc import rtcdtlstransport, rtcrtpreceiver, rtcsctptransport

    for owner, name in (
        (rtcdtlstransport.RTCDtlsTransport, "_handle_rtp_data"),
        (rtcdtlstransport.RTCDtlsTransport, "_handle_rtcp_data"),
        (rtcsctptransport.RTCSctpTransport, "_handle_data"),
    ):
        setattr(owner, name, _swallowing(getattr(owner, name)))
    ice.StunProtocol.datagram_received = _filtering(ice.StunProtocol.datagram_received)
    turn.TurnClientMixin.datagram_received = _counting(turn.TurnClientMixin.datagram_received)
    ice.Connection.data_received = _without_empty(ice.Connection.data_received)
    ice.Connection.query_consent = _unless_closed(ice.Connection.query_consent)
    rtcsctptransport.decode_params = _bounded(rtcsctptransport.decode_params, rtcsctptransport.padl)
    rtcrtpreceiver.RemoteBitrateEstimator = _no_estimator


def _no_estimator() -> None:
    """Stands in for what aiortc's receiver of pictures judges the link by: 98 kB and 1,000 objects that nobody asks.

    What comes in goes past aiortc's receivers, on both sides.
    """


def _swallowing(handle: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    @functools.wraps(handle)
    async def guarded(*args: Any, **options: Any) -> None:
        try:
            await handle(*args, **options)
        except (ConnectionError, asyncio.CancelledError):
            # These are how aiortc itself ends a transport.
            raise
        except Exception:
            _dropped.malformed += 1

    return guarded


def _filtering(receive: Callable[[Any, bytes, Any], None]) -> Callable[[Any, bytes, Any], None]:
    @functools.wraps(receive)
    def datagram_received(self: Any, data: bytes, address: Any) -> None:
        if not data:
            _dropped.empty += 1
            return
        if not is_stun(data) and not is_known(self.receiver, address):
            _dropped.strangers += 1
            return
        try:
            receive(self, data, address)
        except Exception:
            _dropped.malformed += 1

    return datagram_received


def _counting(receive: Callable[[Any, bytes, Any], None]) -> Callable[[Any, bytes, Any], None]:
    @functools.wraps(receive)
    def datagram_received(self: Any, data: bytes, address: Any) -> None:
        try:
            receive(self, data, address)
        except Exception:
            # By TCP it would end the connection, by UDP fill the log.
            _dropped.malformed += 1

    return datagram_received


def is_stun(data: bytes) -> bool:
    """Whether a datagram is a message of STUN, of a size that one of ICE has: what reads it takes long for more."""
    return 20 <= len(data) <= _MOST_STUN_BYTES and data[0] < 4 and data[4:8] == STUN_COOKIE


def is_known(connection: Any, address: Any) -> bool:
    """Whether ICE has a pair, or an authenticated check that awaits one, with this address.

    A TURN protocol has its own server's address and is not a `Connection`: it is let through.
    """
    pairs = getattr(connection, "_check_list", None)
    if pairs is None:
        return True
    sender = (address[0], address[1])
    if any(pair.remote_addr == sender for pair in pairs):
        return True
    # The peer may finish ICE and begin DTLS before our own side has begun: a lost first flight would cost a second.
    return any(check[1][:2] == sender for check in connection._early_checks)


def _without_empty(receive: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(receive)
    def data_received(self: Any, data: bytes, component: int) -> None:
        if data:
            receive(self, data, component)
        else:
            _dropped.empty += 1

    return data_received


def _unless_closed(ask: Callable[[Any], Awaitable[None]]) -> Callable[[Any], Awaitable[None]]:
    @functools.wraps(ask)
    async def query_consent(self: Any) -> None:
        # A connection that is closed within 20 ms of its last check would ask nobody, for ever.
        if not self._closing:
            await ask(self)

    return query_consent


def _bounded(decode: Callable[[bytes], Any], padding: Callable[[int], int]) -> Callable[[bytes], Any]:
    @functools.wraps(decode)
    def decode_params(body: bytes) -> Any:
        # A parameter shorter than its own head makes aiortc's loop stand still for ever.
        position = 0
        while position <= len(body) - 4:
            length = int.from_bytes(body[position + 2 : position + 4], "big")
            if length < 4:
                raise ValueError("SCTP parameter shorter than its head")
            position += length + padding(length)
        return decode(body)

    return decode_params


def use_addresses(
    peer: Any,
    addresses: Sequence[str] | None = None,
    *,
    ports: range | None = None,
    extend: Extend | None = None,
    make_room: MakeRoom | None = None,
    enter: Enter | None = None,
) -> None:
    """Sets which of this machine's addresses a peer connection offers as ICE host candidates.

    Call it when the connection has its transceivers (or its remote offer) and before setLocalDescription, which gathers
    the candidates. A second call for transports that have gathered has no effect.

    Args:
        peer: an aiortc RTCPeerConnection.
        addresses: IP addresses, best first; None: `machine_addresses()`, which is what a client needs to reach a server
            on its own computer as well as elsewhere.
        ports: of its sockets; None: any. Where none is free, setLocalDescription raises `NoPort`.
        extend: finds further candidates.
        make_room: may give ports back where none is free.
        enter: gives out sockets that several connections share; None: each has its own.
    """
    hosts = Hosts(addresses, ports, extend, make_room, enter)
    for transceiver in peer.getTransceivers():
        use_hosts(transceiver.receiver.transport.transport._connection, hosts)
