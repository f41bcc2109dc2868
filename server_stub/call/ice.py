"""STUN and TURN for people with a seat: whoever makes a connection has names that still hold.

A connection that is up goes on under the name that it began with, since an allocation cannot change it (RFC 8656,
section 5): coturn refreshes it all the same when that name has expired. A TURN server that refuses that, or was
started again, ends the connection, and the one that takes its place has a newer name.
"""

from __future__ import annotations

import logging

from app.net.rounds import Rounds
from server_stub.call import ice_rules
from server_stub.call.calls import Calls
from server_stub.kernel.context import Context

log = logging.getLogger(__name__)

#: Renewed when this part of its life is over: a client that is away for a moment still has what holds.
_RENEWED_AT = 0.5


async def keep_fresh(context: Context) -> None:
    """Tells everyone with a seat again before what they were told expires; ends where there is nothing to tell."""
    rounds = Rounds(log, "renewing what TURN takes")
    while (settings := context.settings.ice) is not None:
        await context.clock.sleep(settings.lifetime_s * _RENEWED_AT)
        for ongoing in tuple(context.part(Calls).all()):
            for person, session in tuple(ongoing.inside.items()):
                with rounds:
                    for news in ice_rules.news_for(settings, ongoing.id, person, context.now()):
                        session.tell(news)
