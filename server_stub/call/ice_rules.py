"""What people with a seat are told of STUN and TURN: pure, but for the secret that is in the settings.

The secret that is shared with the TURN server stays there: each person gets a name that says until when it is good, and
the proof that it was given by this server.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

from app.wire.ice import parse_ice_url
from app.wire.media import IceServer, IceServers
from server_stub.kernel.config import IceSettings


def servers_for(settings: IceSettings, person: str, now: float) -> tuple[IceServer, ...]:
    """What one person may use from now on.

    Args:
        settings: the servers, their secret and how long a credential holds.
        person: their id, which the TURN server sees; empty: nobody with a seat, who gets no credential.
        now: seconds since 1970 UTC.

    Returns:
        Each server, TURN with a credential. Source: draft-uberti-behave-turn-rest-00, section 2.2 (coturn's
        `use-auth-secret`).
    """
    username = f"{int(now + settings.lifetime_s)}:{person}"
    proof = hmac.new(settings.secret.encode(), username.encode(), hashlib.sha1).digest()
    credential = base64.b64encode(proof).decode()
    return tuple(
        IceServer(url=url, username=username, credential=credential)
        if person and parse_ice_url(url).is_turn
        else IceServer(url=url)
        for url in settings.urls
    )


def news_for(settings: IceSettings | None, meeting: str, person: str, now: float) -> tuple[IceServers, ...]:
    """What a person with a seat is told: one message, or none where the server was given no such servers."""
    return () if settings is None else (IceServers(meeting=meeting, servers=servers_for(settings, person, now)),)
