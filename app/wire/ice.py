"""Addresses of STUN and TURN servers: what one may look like, for administrators and for clients that are told one."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Literal

#: So many are told and used at most; each that does not answer costs a client sockets and time.
MOST_ICE_SERVERS = 8
_LONGEST_URL = 300
#: Ports below 1024 that media servers do use. Source: libwebrtc, `TurnPort::AllowedTurnPort`.
_LOW_PORTS = frozenset((53, 80, 443))
#: Source: RFC 7064 and RFC 7065.
_URL = re.compile(
    r"(?P<scheme>stun|turns?):"
    r"(?:\[(?P<six>[0-9A-Fa-f:.]{2,45})\]|(?P<host>[A-Za-z0-9.-]{1,253}))"
    r"(?::(?P<port>[0-9]{1,5}))?"
    r"(?:\?transport=(?P<transport>udp|tcp))?"
)
_NAME = re.compile(r"(?:(?!-)[A-Za-z0-9-]{1,63}(?<!-)\.)*(?=[A-Za-z0-9-]*[A-Za-z])(?!-)[A-Za-z0-9-]{1,63}(?<!-)\.?")
_DEFAULT_PORT, _TLS_PORT = 3478, 5349


class BadIceUrl(ValueError):
    """The text is not the address of a STUN or TURN server; says what is wrong with it in plain words."""


@dataclass(frozen=True, slots=True)
class IceUrl:
    """One STUN or TURN server, and the way to it.

    Attributes:
        scheme: "stun", "turn" or, by TLS, "turns".
        host: a name or an IP address, IPv6 without brackets.
        port: 53, 80, 443 or 1024 to 65535.
        transport: between here and that server.
    """

    scheme: Literal["stun", "turn", "turns"]
    host: str
    port: int
    transport: Literal["udp", "tcp"]

    @property
    def is_turn(self) -> bool:
        """Whether it passes media on; STUN only tells one's own address."""
        return self.scheme != "stun"

    @property
    def text(self) -> str:
        """As a URL."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}:{host}:{self.port}" + (f"?transport={self.transport}" if self.is_turn else "")


def parse_ice_url(text: str) -> IceUrl:
    """Reads the URL of a STUN or TURN server, such as turn:turn.example.org:3478?transport=udp.

    Raises:
        BadIceUrl: it is not one, or leads where no such server can be.
    """
    match = _URL.fullmatch(text) if len(text) <= _LONGEST_URL else None
    if match is None:
        raise BadIceUrl("it does not look like stun:HOST:PORT, turn:HOST:PORT?transport=udp or turns:HOST:PORT")
    scheme, transport = match["scheme"], match["transport"]
    if scheme == "stun" and transport:
        raise BadIceUrl("a stun address has no transport")
    if scheme == "turns" and transport == "udp":
        raise BadIceUrl("turns is TLS over TCP; DTLS over UDP is not supported")
    host = _check_host(match["six"] or match["host"], is_six=bool(match["six"]))
    port = int(match["port"] or (_TLS_PORT if scheme == "turns" else _DEFAULT_PORT))
    if port > 65_535 or (port < 1024 and port not in _LOW_PORTS):
        raise BadIceUrl("its port is none of 53, 80, 443 and 1024 to 65535")
    way = transport or ("tcp" if scheme == "turns" else "udp")
    return IceUrl(scheme, host, port, way)  # type: ignore[arg-type]


def _check_host(host: str, *, is_six: bool) -> str:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        if is_six or len(host) > 253 or not _NAME.fullmatch(host):
            raise BadIceUrl("its host is neither a name nor an IP address") from None
        return host
    if address.version == 6 and not is_six:
        raise BadIceUrl("an IPv6 address stands in brackets")
    if address.is_unspecified or address.is_multicast or host == "255.255.255.255":
        raise BadIceUrl("nobody can be reached at its address")
    return host
