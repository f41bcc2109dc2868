"""How others reach this server: its certificate, its addresses, and what links contain."""

from __future__ import annotations

import datetime
import ipaddress
import socket
from collections.abc import Iterable
from pathlib import Path

from app.net import guard
from app.paths import write_private
from app.wire.links import BadLink, ServerAddress, is_loopback, parse_server
from server_stub.doors import certificates
from server_stub.doors.certificates import Certificate
from server_stub.errors import ServerError
from server_stub.kernel.config import DEFAULT_PORT, ServerSettings

_PORT_FILE, _INSIDE_PORT_FILE = "port", "port-inside"
EVERYWHERE = ("", "0.0.0.0", "::")
#: Nobody has this address; which of ours would be used to go there is that of the default route.
#: Source: RFC 5737, section 3 (TEST-NET-3).
_ELSEWHERE = ("203.0.113.1", 9)


def is_local(settings: ServerSettings) -> bool:
    """Whether only this computer can connect."""
    return settings.host not in EVERYWHERE and is_loopback(settings.host)


def read_public_url(settings: ServerSettings) -> ServerAddress | None:
    """The address that was given for links; None: none was.

    Raises:
        ServerError: it is not a server's address, or its connection would not be encrypted.
    """
    if not settings.public_url:
        return None
    try:
        return parse_server(settings.public_url)
    except BadLink as error:
        raise ServerError(f"The public URL {settings.public_url} cannot be used. {error}") from error


def certificate_for(settings: ServerSettings, now: float) -> Certificate | None:
    """The certificate to speak TLS with.

    Args:
        settings: of the server.
        now: seconds since 1970 UTC.

    Returns:
        None for a server that only this computer reaches.

    Raises:
        CertificateError: the one that was given cannot be used.
        OSError: one of our own cannot be written.
    """
    moment = datetime.datetime.fromtimestamp(now, datetime.UTC)
    if settings.tls_certificate is not None:
        return certificates.given(settings.tls_certificate, settings.tls_key, moment)
    if settings.tls_key is not None:
        raise certificates.CertificateError("A key was given for TLS, but no certificate.")
    if is_local(settings):
        return None
    public = read_public_url(settings)
    first = [public.host] if public else []
    names = dict.fromkeys([*first, *_hosts(settings), "127.0.0.1"])
    return certificates.own(settings.data / "tls", list(names), moment)


def outside_certificate(settings: ServerSettings, now: float) -> Certificate:
    """What an embedded server shows to other computers.

    Raises:
        CertificateError: the one that was given cannot be used.
        OSError: one of our own cannot be written.
    """
    found = certificate_for(settings, now)
    if found is not None:
        return found
    moment = datetime.datetime.fromtimestamp(now, datetime.UTC)
    return certificates.own(settings.data / "tls", [*own_addresses(), "127.0.0.1"], moment)


def outside_addresses(
    settings: ServerSettings, hosts: Iterable[str], port: int, certificate: Certificate | None
) -> tuple[ServerAddress, ...]:
    """Where other computers find an embedded server, best first; empty: this computer is in no network.

    Args:
        settings: of the server.
        hosts: this computer's addresses, as `own_addresses` gives them.
        port: of the way in for others.
        certificate: that it shows there; None: it has none yet.
    """
    pin = certificate.pin if certificate else ""
    public = read_public_url(settings)
    if public is not None:
        return (ServerAddress(public.address, is_secure=True, pin=pin),)
    return tuple(ServerAddress(f"{in_url(host)}:{port}", True, pin) for host in hosts if not is_loopback(host))


def address_of(settings: ServerSettings, port: int, certificate: Certificate | None) -> ServerAddress:
    """What goes into links.

    Args:
        settings: of the server.
        port: that it listens on.
        certificate: that it shows; None: it does not speak TLS.

    Raises:
        ServerError: the public URL cannot be used.
    """
    pin = certificate.pin if certificate else ""
    public = read_public_url(settings)
    if public is not None:
        return ServerAddress(public.address, public.is_secure or bool(certificate), pin)
    host = _hosts(settings)[0]
    if certificate is not None and not pin and not is_local(settings):
        # Clients compare the name with the certificate: an address that is not in it would be refused.
        host = next((name for name in certificate.names if not name.startswith("*")), host)
    return ServerAddress(f"{in_url(host)}:{port}", certificate is not None, pin)


def kept_port(data: Path) -> int:
    """The port of the links that this embedded server gave away before; the usual one if it gave none."""
    return _read_port(data / _PORT_FILE) or DEFAULT_PORT


def kept_inside_port(data: Path) -> int:
    """The port of the links that lead to this embedded server on its own computer; 0: any, it had none before."""
    return _read_port(data / _INSIDE_PORT_FILE)


def has_kept_port(data: Path) -> bool:
    """Whether links with a port of this embedded server were given away before."""
    return (data / _PORT_FILE).exists()


def keep_port(data: Path, port: int) -> None:
    """Notes the port that goes into links, unless one is noted already.

    Raises:
        OSError: it cannot be written.
    """
    _note_port(data / _PORT_FILE, port)


def keep_inside_port(data: Path, port: int) -> None:
    """Notes the port that is in links on this computer, unless one is noted already.

    Raises:
        OSError: it cannot be written.
    """
    _note_port(data / _INSIDE_PORT_FILE, port)


def _read_port(path: Path) -> int:
    try:
        port = int(path.read_text())
    except (OSError, ValueError):
        return 0
    return port if 0 < port < 65_536 else 0


def _note_port(path: Path, port: int) -> None:
    if not path.exists():
        write_private(path, str(port).encode())


def in_url(host: str) -> str:
    """A host as it stands in an address: IPv6 in brackets."""
    return f"[{host}]" if ":" in host else host


def own_addresses() -> tuple[str, ...]:
    """This computer's IPv4 addresses that others may reach, that of the default route first; or only loopback."""
    found = [address for address in guard.machine_addresses() if ":" not in address and not is_loopback(address)]
    first = _of_default_route()
    if first in found:
        found = [first, *(address for address in found if address != first)]
    # 169.254: nobody gave this computer an address there.
    settled = [address for address in found if not ipaddress.ip_address(address).is_link_local]
    return tuple(settled or found or [guard.LOOPBACK])


def _of_default_route() -> str:
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            # Connecting a datagram socket only looks the route up; nothing is sent.
            probe.connect(_ELSEWHERE)
            return str(probe.getsockname()[0])
    except OSError:
        return ""


def _hosts(settings: ServerSettings) -> tuple[str, ...]:
    return own_addresses() if settings.host in EVERYWHERE else (settings.host,)
