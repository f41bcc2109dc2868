"""The options of the command line that say how media finds its way: the relay's ports and addresses, STUN and TURN."""

from __future__ import annotations

import ipaddress
import os
import re
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path

from app.net import guard
from app.wire.ice import MOST_ICE_SERVERS, BadIceUrl, parse_ice_url
from server_stub.errors import ServerError
from server_stub.kernel.config import IceSettings, MeetingLimits
from server_stub.kernel.secret_file import read_secret
from server_stub.relay.engine import MOST_CHECKS

#: A secret on the command line could be read by everyone on this computer.
SECRET = "PARLEY_TURN_SECRET"
_SHORTEST_SECRET = 16
#: Each person has a connection that sends and one that receives.
_LINKS_EACH = 2
_SHORTEST_S, _LONGEST_S = 60, 7 * 86_400


def add(parser: ArgumentParser) -> None:
    """Adds the options."""
    group = parser.add_argument_group("media", "by UDP between each client and this server; nobody else is asked")
    group.add_argument(
        "--relay-address", action="append", default=[], metavar="IP",
        help="address offered for media, repeatable; it may be that of a NAT before this computer",
    )  # fmt: skip
    group.add_argument(
        "--relay-ports", default="", metavar="FIRST-LAST",
        help="UDP ports for media, such as 40000-40100: two for each person at once and "
        f"{MOST_CHECKS} for checks of the connection (default: any free ones)",
    )  # fmt: skip
    group.add_argument(
        "--ice-server", action="append", default=[], metavar="URL",
        help="stun:HOST:PORT, turn:HOST:PORT?transport=udp (or tcp) or turns:HOST:PORT; repeatable. Clients use it "
        "where UDP does not come through to this server",
    )  # fmt: skip
    group.add_argument(
        "--turn-secret-file", type=Path, metavar="FILE",
        help=f"file with the secret of TURN (coturn's static-auth-secret), readable by nobody else; or set {SECRET}",
    )  # fmt: skip
    group.add_argument(
        "--turn-lifetime", type=int, default=14_400, metavar="S",
        help="seconds for which what clients are given holds; it is renewed in time (default: 14400)",
    )  # fmt: skip


def read(options: Namespace) -> IceSettings | None:
    """The STUN and TURN servers that were named, if there are any.

    Raises:
        ServerError: what was named cannot be used.
    """
    # Taken out, so that no process that this one starts inherits it.
    secret = os.environ.pop(SECRET, "")
    if not options.ice_server:
        return None
    if len(options.ice_server) > MOST_ICE_SERVERS:
        raise ServerError(f"No more than {MOST_ICE_SERVERS} STUN and TURN servers can be named.")
    urls = []
    for text in dict.fromkeys(options.ice_server):
        try:
            urls.append(parse_ice_url(text))
        except BadIceUrl as error:
            raise ServerError(f"The ICE server {text} cannot be used: {error}.") from None
    if options.turn_secret_file is not None:
        secret = read_secret(options.turn_secret_file)
    if any(url.is_turn for url in urls) and len(secret) < _SHORTEST_SECRET:
        raise ServerError(
            f"A TURN server needs a secret of at least {_SHORTEST_SECRET} characters, the same as there: set {SECRET}, "
            "or name a file that holds it (--turn-secret-file)."
        )
    if not _SHORTEST_S <= options.turn_lifetime <= _LONGEST_S:
        raise ServerError(f"--turn-lifetime is {_SHORTEST_S} to {_LONGEST_S} seconds.")
    return IceSettings(tuple(url.text for url in urls), secret, float(options.turn_lifetime))


def read_ports(options: Namespace) -> range | None:
    """The UDP ports of the relay; None: any free ones.

    Raises:
        ServerError: they are none, or too few for one meeting beside those who check their connection.
    """
    if not options.relay_ports:
        return None
    match = re.fullmatch(r"([0-9]{1,5})-([0-9]{1,5})", options.relay_ports)
    first, last = (int(match[1]), int(match[2])) if match else (0, 0)
    if not 1024 <= first <= last <= 65_535:
        raise ServerError("--relay-ports are two numbers from 1024 to 65535, such as 40000-40100.")
    each = _ports_of_link(options.relay_address)
    needed = (_LINKS_EACH * MeetingLimits().seats + MOST_CHECKS) * each
    if last - first + 1 < needed:
        twice = f", all that times {each}, as each --relay-address needs a port of its own" if each > 1 else ""
        raise ServerError(
            f"--relay-ports {options.relay_ports} are too few: one meeting needs up to {needed}, two for each person "
            f"and {MOST_CHECKS} for checks of the connection{twice}."
        )
    return range(first, last + 1)


def _ports_of_link(addresses: Sequence[str]) -> int:
    """How many ports of the range one connection takes.

    Sockets on addresses of this computer may have the same port. Those that stand for an address of a NAT are bound to
    all addresses of their kind, and no two of them, nor another beside them, have one.
    """
    found = set(addresses)
    if len(found) < 2 or found <= set(guard.machine_addresses()):
        return 1
    six = sum(":" in address for address in found)
    return max(six, len(found) - six)


def read_addresses(options: Namespace) -> tuple[str, ...]:
    """The addresses that the relay offers; empty: those that it has.

    Raises:
        ServerError: one is not an IP address that others can reach.
    """
    for text in options.relay_address:
        try:
            address = ipaddress.ip_address(text)
        except ValueError:
            raise ServerError(f"--relay-address {text} is not an IP address.") from None
        if address.is_unspecified or address.is_multicast:
            raise ServerError(f"--relay-address {text} is not an address that others can reach.")
    return tuple(dict.fromkeys(options.relay_address))
