"""Quality of connections: each client says when its own is weak, and everyone in the meeting is told."""

from __future__ import annotations

from app.wire.fields import Tell
from app.wire.quality import TellConnection
from server_stub.call import meeting
from server_stub.call.places import decide, seat_in
from server_stub.errors import Refusal
from server_stub.kernel.context import Context
from server_stub.kernel.requests import Rule
from server_stub.kernel.session import Session


async def tell_connection(context: Context, session: Session, ask: TellConnection) -> Tell | None:
    """Marks one's connection as weak, or no more."""
    place = seat_in(session, ask.meeting)
    if not place.ongoing.tries.quality.take(place.person, context.tick()):
        # Each one is told to all; a client waits for its judgement to settle before it says so.
        raise Refusal("too_much", "Your connection was told about very often just now.")
    decide(session, ask, lambda held, who: meeting.show(held, who, has_weak_connection=ask.is_weak))
    return None


RULES = (Rule(TellConnection, tell_connection, needs="seat"),)
