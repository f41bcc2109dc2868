"""How far a link leads: to this computer, to its network, or to the internet; and whether that can be changed."""

from __future__ import annotations

import ipaddress
from typing import Literal

from app.state.app_state import AppState
from app.wire.links import BadLink, is_loopback, parse_link, parse_server

#: Who can follow a link: nobody else, who is in the same network, anybody.
Scope = Literal["here", "network", "internet"]
#: Shared by the customers of a provider (carrier-grade NAT). Source: RFC 6598.
_OF_PROVIDER = ipaddress.ip_network("100.64.0.0/10")
#: Names that are known in one's own network only. Source: RFC 6762 (.local), RFC 8375 (home.arpa); ICANN reserved
#: .internal for private use in 2024; .lan is a convention of routers, without an RFC.
_HOME_NAMES = (".local", ".home.arpa", ".internal", ".lan")

REACHES: dict[Scope, str] = {
    "here": "This computer is not on a network, so nobody else can join. Connect it to one first.",
    "network": "People on the same network as this computer (at home, in the office) can join, but not from the "
    "internet.",
    "internet": "People can join from the internet too, if the firewall or router here lets them through.",
}


def scope_of(host: str) -> Scope:
    """How far the address of a server leads.

    Args:
        host: a name or an IP address, IPv6 with or without brackets.
    """
    if is_loopback(host):
        return "here"
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        name = host.lower().rstrip(".")
        return "network" if "." not in name or name.endswith(_HOME_NAMES) else "internet"
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    address = mapped or address
    if address.is_loopback or address.is_unspecified:
        return "here"
    if address in _OF_PROVIDER or not address.is_global:
        return "network"
    return "internet"


def own_scope(state: AppState) -> Scope:
    """How far the address leads that others would find the server of this computer at."""
    try:
        return scope_of(parse_server(state.reach.addresses[0]).host) if state.reach.addresses else "here"
    except BadLink:
        return "here"


def is_for_nobody(link: str) -> bool:
    """Whether a link of ours leads to this computer alone, so that nobody else can follow it."""
    try:
        return is_loopback(parse_link(link).server.host)
    except BadLink:
        return False


def is_ours(state: AppState) -> bool:
    """Whether one is at the server of this computer, which one may open to others."""
    return state.connection.is_embedded and state.connection.is_home


def is_closed(state: AppState) -> bool:
    """Whether one is at the server of this computer, and others cannot reach it."""
    return is_ours(state) and not (state.reach.is_on and own_scope(state) != "here")
