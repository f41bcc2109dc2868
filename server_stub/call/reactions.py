"""Reactions: everyone in the meeting sees them, a few a second from each person; who reads slowly misses some."""

from __future__ import annotations

from app.wire.fields import Tell
from app.wire.reactions import React, Reacted
from server_stub.call.places import seat_in
from server_stub.errors import Refusal
from server_stub.kernel.context import Context
from server_stub.kernel.hub import Asker, tell_all
from server_stub.kernel.requests import Rule
from server_stub.kernel.session import Session


async def react(context: Context, session: Session, ask: React) -> Tell | None:
    """Shows a reaction to everyone."""
    place = seat_in(session, ask.meeting)
    ongoing = place.ongoing
    if not ongoing.tries.reaction.take(place.person, context.tick()):
        raise Refusal("too_much", "These were too many reactions at once. Please wait a moment.")
    told = Reacted(meeting=ongoing.id, person=place.person, reaction=ask.reaction)
    # The asker's own is the answer, and is never left out.
    those = (one for one in ongoing.inside.values() if one is session or not one.is_behind)
    tell_all(those, told, Asker(session, ask.request))
    ongoing.note_moment(place.person, ask.reaction)
    return None


RULES = (Rule(React, react, needs="seat"),)
