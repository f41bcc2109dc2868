"""STUN and TURN for people with a seat: what they were told never expires under them."""

from __future__ import annotations

from server_stub.call import ice_rules
from server_stub.call.calls import Calls
from server_stub.kernel.context import Context

#: Renewed when this part of its life is over: a client that is away for a moment still has what holds.
_RENEWED_AT = 0.5


async def keep_fresh(context: Context) -> None:
    """Tells everyone with a seat again before what they were told expires; ends where there is nothing to tell."""
    while (settings := context.settings.ice) is not None:
        await context.clock.sleep(settings.lifetime_s * _RENEWED_AT)
        for ongoing in tuple(context.part(Calls).all()):
            for person, session in tuple(ongoing.inside.items()):
                for news in ice_rules.news_for(settings, ongoing.id, person, context.now()):
                    session.tell(news)
