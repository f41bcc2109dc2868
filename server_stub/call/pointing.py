"""Pointing at a shared screen, while its sharer lets one: passed on and forgotten; who reads slowly misses some."""

from __future__ import annotations

from app.wire.fields import Tell
from app.wire.pointing import AllowPointing, PointAt, Pointed
from server_stub.call import pointing_rules
from server_stub.call.places import decide, seat_in
from server_stub.errors import Refusal
from server_stub.kernel.context import Context
from server_stub.kernel.hub import Asker, tell_all
from server_stub.kernel.requests import Rule
from server_stub.kernel.session import Session


async def allow_pointing(context: Context, session: Session, ask: AllowPointing) -> Tell | None:
    """Lets others point at what one shares, or no more."""
    decide(session, ask, lambda held, who: pointing_rules.allow(held, who, members=ask.members, guests=ask.guests))
    return None


async def point_at(context: Context, session: Session, ask: PointAt) -> Tell | None:
    """Shows everybody else where one points."""
    place = seat_in(session, ask.meeting)
    ongoing = place.ongoing
    try:
        if not ongoing.tries.pointing.take(place.person, context.tick()):
            raise Refusal("too_much", "That was too much at once. Please wait a moment.")
        pointing_rules.check(ongoing.meeting, place.person, ask.person)
    except Refusal:
        if ask.request:
            raise
        return None
    told = Pointed(
        meeting=ongoing.id, sharer=ask.person, person=place.person, kind=ask.kind, stroke=ask.stroke, spots=ask.spots
    )
    # Who points sees it anyway; an answer that was asked for is never left out.
    those = (one for one in ongoing.inside.values() if (ask.request if one is session else not one.is_behind))
    tell_all(those, told, Asker(session, ask.request))
    return None


RULES = (Rule(AllowPointing, allow_pointing, needs="seat"), Rule(PointAt, point_at, needs="seat"))
