"""The addresses of the current server, one's own and this computer's, as links name them; why a visit fails."""

from __future__ import annotations

from app.state.app_state import AppState
from app.state.scope import is_ours
from app.wire.links import BadLink, Link, ServerAddress, parse_server

FOR_THIS_COMPUTER = (
    "A link to 127.0.0.1 or localhost works only on the computer on which it was made. If it came from another one, "
    "ask whoever invited you to switch on “Let others in” and to send a new link."
)

_THIS_COMPUTER = ("127.0.0.1", "localhost", "::1")


def here(state: AppState) -> ServerAddress | None:
    """The server of the connection, as links name it; None while it is not known."""
    connection = state.connection
    if connection.server is not None or not connection.address:
        return connection.server
    try:
        return parse_server(connection.address)
    except BadLink:
        return None


def shared(state: AppState) -> ServerAddress | None:
    """The server of the connection as others find it, for links that are given away."""
    own = _reached(state) if state.reach.is_on else ()
    return own[0] if own and is_ours(state) else here(state)


def _reached(state: AppState) -> tuple[ServerAddress, ...]:
    """Where others find the server of this computer."""
    found: list[ServerAddress] = []
    for text in state.reach.addresses:
        try:
            found.append(parse_server(text))
        except BadLink:
            continue
    return tuple(found)


def _is_same(one: ServerAddress, link: ServerAddress) -> bool:
    """Whether a link's server is that one; a link without a pin leads to whatever pin is known for its address."""
    if link.pin not in ("", one.pin) or one.port != link.port:
        return False
    if one.host.lower() in _THIS_COMPUTER:
        # There is one server at a port of this computer, by whatever name and scheme a link leads to it.
        return link.host.lower() in _THIS_COMPUTER
    return one.is_secure == link.is_secure and one.host.lower() == link.host.lower()


def leads_here(state: AppState, link: Link) -> bool:
    """Whether a link is one of the server of the connection."""
    now = here(state)
    places = (now,) if now else ()
    if is_ours(state):
        places = (*places, *_reached(state))
        if _has_own_pin(state, link.server):
            return True
    return any(_is_same(one, link.server) for one in places)


def _has_own_pin(state: AppState, server: ServerAddress) -> bool:
    """Whether a link of an earlier day leads to the server of this computer, wherever that was found then."""
    return bool(server.pin) and any(one.pin == server.pin for one in _reached(state))


def leads_home(state: AppState, link: Link) -> bool:
    """Whether a link is one of the own server, while one is at another one."""
    home = state.connection.home
    if home is None:
        return False
    is_own = not home.is_secure and _has_own_pin(state, link.server)
    return is_own or any(_is_same(one, link.server) for one in (home, *_reached(state)))


def why_not_there(state: AppState) -> str:
    """Why the link of a visit leads nowhere, or not yet; empty: it is on the way."""
    if state.links.visit is None:
        return ""
    if state.links.visit.words or state.connection.phase not in ("offline", "refused"):
        return state.links.visit.words
    hint = "" if state.links.visit.link.server.is_secure else f" {FOR_THIS_COMPUTER}"
    return state.connection.words + hint
