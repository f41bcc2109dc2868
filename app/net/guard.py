"""Nothing that a peer or a stranger sends may end a call or hang the loop: guards round aiortc and aioice, SDP checks.

Used by the client and by the relay. aiortc 1.16 ends a call for one empty datagram, for a truncated REMB and for a
short header extension, and its SDP parser raises anything from AssertionError to StopIteration: the packet handlers
are wrapped once per process (`install`), and every session description from elsewhere goes through `check_sdp` first.

`SEAMS` lists each private name of aiortc and aioice that is used here, for tests/test_platform.py.
"""

from __future__ import annotations

import asyncio
import functools
import ipaddress
import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

_log = logging.getLogger(__name__)

#: Module, dotted name inside it; each must exist for this module to work.
SEAMS: tuple[tuple[str, str], ...] = (
    ("aiortc.rtcdtlstransport", "RTCDtlsTransport._handle_rtp_data"),
    ("aiortc.rtcdtlstransport", "RTCDtlsTransport._handle_rtcp_data"),
    ("aiortc.rtcsctptransport", "RTCSctpTransport._handle_data"),
    ("aiortc.rtcsctptransport", "decode_params"),
    ("aiortc.rtcsctptransport", "padl"),
    ("aiortc.rtcicetransport", "Connection.gather_candidates"),
    ("aiortc.sdp", "SessionDescription.parse"),
    ("aioice.ice", "Connection.data_received"),
    ("aioice.ice", "Connection.get_component_candidates"),
    ("aioice.ice", "StunProtocol.datagram_received"),
    ("aioice.ice", "get_host_addresses"),
)
#: Private attributes of instances: class, then names that its constructor sets.
INSTANCE_SEAMS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("aioice.ice", "Connection", ("_check_list", "_closing", "_early_checks", "_remote_candidates")),
    ("aiortc.rtcicetransport", "RTCIceTransport", ("_connection",)),
)

LOOPBACK = "127.0.0.1"


class GuardError(ValueError):
    """A session description was refused; the text says why in plain words."""


@dataclass(slots=True)
class Dropped:
    """What the guards threw away since the process began.

    Attributes:
        empty: datagrams without a byte.
        strangers: datagrams, other than STUN, from an address that ICE has not checked.
        malformed: packets that made a handler raise.
    """

    empty: int = 0
    strangers: int = 0
    malformed: int = 0


_dropped = Dropped()
_installed = False


def dropped() -> Dropped:
    """The running counts (the same object each time)."""
    return _dropped


def install() -> None:
    """Puts the guards round aiortc and aioice, once per process; a further call changes nothing.

    Imports aiortc, which takes 0.6 s.
    """
    global _installed
    if _installed:
        return
    _installed = True
    from aioice import ice
    from aiortc import rtcdtlstransport, rtcsctptransport

    for owner, name in (
        (rtcdtlstransport.RTCDtlsTransport, "_handle_rtp_data"),
        (rtcdtlstransport.RTCDtlsTransport, "_handle_rtcp_data"),
        (rtcsctptransport.RTCSctpTransport, "_handle_data"),
    ):
        setattr(owner, name, _swallowing(getattr(owner, name)))
    ice.StunProtocol.datagram_received = _filtering(ice.StunProtocol.datagram_received)
    ice.Connection.data_received = _without_empty(ice.Connection.data_received)
    rtcsctptransport.decode_params = _bounded(rtcsctptransport.decode_params, rtcsctptransport.padl)


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
        if not (len(data) >= 20 and data[0] < 4) and not _is_known(self.receiver, address):
            _dropped.strangers += 1
            return
        try:
            receive(self, data, address)
        except Exception:
            _dropped.malformed += 1

    return datagram_received


def _is_known(connection: Any, address: Any) -> bool:
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


def machine_addresses() -> list[str]:
    """127.0.0.1 first (aioice leaves loopback out), then all of this machine's own addresses."""
    from aioice import ice

    return [LOOPBACK, *(address for address in ice.get_host_addresses(True, True) if address != LOOPBACK)]


def use_addresses(peer: Any, addresses: Sequence[str] | None = None) -> None:
    """Sets which of this machine's addresses a peer connection offers as ICE host candidates.

    Call it when the connection has its transceivers (or its remote offer) and before setLocalDescription, which gathers
    the candidates. A second call for transports that have gathered has no effect.

    Args:
        peer: an aiortc RTCPeerConnection.
        addresses: IP addresses, best first; None: `machine_addresses()`, which is what a client needs to reach a server
            on its own computer as well as elsewhere.
    """
    chosen = list(addresses) if addresses is not None else machine_addresses()
    for transceiver in peer.getTransceivers():
        connection = transceiver.receiver.transport.transport._connection
        gather = type(connection).get_component_candidates
        connection.get_component_candidates = functools.partial(_gather_from, connection, gather, chosen)


async def _gather_from(
    connection: Any, gather: Callable[..., Awaitable[Any]], chosen: list[str], /, **options: Any
) -> Any:
    if connection._closing:
        # Closed between the wish to gather and its turn on the loop: what it opened now, nobody would close.
        return []
    options["addresses"] = chosen
    gathering = asyncio.ensure_future(gather(connection, **options))

    async def close() -> None:
        await asyncio.wait({gathering})
        await type(connection).close(connection)

    # aioice notes its sockets at the end only: those of a gathering that is cut short would never be closed.
    connection.close = close
    return await asyncio.shield(gathering)


@dataclass(frozen=True, slots=True)
class SdpLimits:
    """How large a session description may be.

    Attributes:
        size: characters in all.
        media: m-lines.
        candidates: ICE candidates in all m-lines together.
    """

    size: int = 200_000
    media: int = 64
    candidates: int = 512


DEFAULT_LIMITS = SdpLimits()
_MAX_LINE = 1_000
_MEDIA = re.compile(r"m=(audio|video) \d{1,5} UDP/TLS/RTP/SAVPF(?: \d{1,3}){1,64}")
_CANDIDATE = re.compile(
    r"a=candidate:[\w+/]{1,64} [12] (?:udp|UDP|tcp|TCP) \d{1,10} ([0-9a-fA-F.:]{2,45}) \d{1,5}"
    r" typ (?:host|srflx|relay|prflx)"
    r"(?: [\w.:+/-]{1,64}){0,20}"
)
_ATTRIBUTES = {
    "extmap": re.compile(r"\d{1,5}(?:/\w{1,10})? [!-~]{1,200}"),
    "fingerprint": re.compile(r"[\w-]{1,20} (?:[0-9A-Fa-f]{2}:){15,63}[0-9A-Fa-f]{2}"),
    "fmtp": re.compile(r"\d{1,3} [ -~]{1,300}"),
    "ice-pwd": re.compile(r"[A-Za-z0-9+/]{22,256}"),
    "ice-ufrag": re.compile(r"[A-Za-z0-9+/]{4,256}"),
    "mid": re.compile(r"[\w-]{1,32}"),
    "rtcp": re.compile(r"\d{1,5}(?: IN IP[46] [0-9a-fA-F.:]{2,45})?"),
    "rtpmap": re.compile(r"\d{1,3} [\w.-]{1,40}/\d{1,7}(?:/\d)?"),
    "setup": re.compile(r"actpass|active|passive"),
    "ssrc": re.compile(r"\d{1,10} [a-z]{1,10}:[ -~]{0,200}"),
    "ssrc-group": re.compile(r"[A-Z-]{1,10}(?: \d{1,10}){1,8}"),
}
_NEEDED = ("mid", "ice-ufrag", "ice-pwd", "fingerprint", "setup")


def check_sdp(sdp: str, *, limits: SdpLimits = DEFAULT_LIMITS) -> None:
    """Refuses every session description but the plain kind that Parley's clients and relay make.

    Only audio and video m-lines over DTLS, each with a mid, ICE credentials, a fingerprint and a role; IP addresses as
    candidates; sizes within the limits; nothing that aiortc's parser raises at.

    Args:
        sdp: the text as it came.
        limits: how large it may be.

    Raises:
        GuardError: it was refused, and why.
    """
    if len(sdp) > limits.size:
        raise GuardError("the session description is too large")
    lines = sdp.splitlines()
    if not lines or lines[0] != "v=0":
        raise GuardError("this is not a session description")
    if any(len(line) > _MAX_LINE or not line.isascii() or not line.isprintable() for line in lines):
        raise GuardError("the session description has a line that is too long or not plain text")
    starts = [index for index, line in enumerate(lines) if line.startswith("m=")]
    if not starts:
        raise GuardError("the session description has no media")
    if len(starts) > limits.media:
        raise GuardError(f"the session description has more than {limits.media} media lines")
    if sum(line.startswith("a=candidate") for line in lines) > limits.candidates:
        raise GuardError(f"the session description has more than {limits.candidates} candidates")
    session = _check_attributes(lines[: starts[0]])
    mids = [
        _check_media(lines[start:end], session) for start, end in zip(starts, [*starts[1:], len(lines)], strict=True)
    ]
    if len(set(mids)) != len(mids):
        raise GuardError("two media lines have the same mid")
    _check_parses(sdp)


def _check_media(lines: list[str], session: dict[str, str]) -> str:
    if lines[0].startswith("m=application"):
        raise GuardError("data channels are not accepted")
    if not _MEDIA.fullmatch(lines[0]):
        raise GuardError("a media line is neither audio nor video over DTLS")
    found = session | _check_attributes(lines[1:])
    for name in _NEEDED:
        if name not in found:
            raise GuardError(f"a media line has no {name}")
    return found["mid"]


def _check_attributes(lines: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in lines:
        if line.startswith("a=candidate"):
            _check_candidate(line)
            continue
        name, _, value = line.removeprefix("a=").partition(":")
        pattern = _ATTRIBUTES.get(name)
        if line.startswith("a=") and pattern:
            if not pattern.fullmatch(value):
                raise GuardError(f"the session description has a malformed {name}")
            found[name] = value
    return found


def _check_candidate(line: str) -> None:
    match = _CANDIDATE.fullmatch(line)
    if not match:
        # Names such as "x.local" would start a look-up in the network.
        raise GuardError("the session description has a candidate that is not an IP address")
    try:
        ipaddress.ip_address(match[1])
    except ValueError:
        raise GuardError("the session description has a candidate that is not an IP address") from None


def _check_parses(sdp: str) -> None:
    from aiortc.sdp import SessionDescription

    try:
        SessionDescription.parse(sdp)
    except Exception as error:
        # Twenty places of the parser raise whatever comes to hand.
        _log.debug("aiortc's parser refused a session description: %s", type(error).__name__)
        raise GuardError("the session description is malformed") from None
