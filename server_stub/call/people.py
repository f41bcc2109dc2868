"""The people in a meeting: what each shows, who leaves, and what the host does. The way in is `server_stub.entry`."""

from __future__ import annotations

import logging
from dataclasses import replace

from app.wire.fields import Tell
from app.wire.media import MediaLost
from app.wire.people import (
    EndMeeting,
    LeaveMeeting,
    LinkRenewed,
    LockMeeting,
    MutePerson,
    RejoinAsGuest,
    RemovePerson,
    RenewLink,
    ShowState,
)
from server_stub.call import host_rules, meeting, recording
from server_stub.call.calls import Calls
from server_stub.call.ongoing import Ongoing
from server_stub.call.places import decide, seat_in
from server_stub.errors import Refusal
from server_stub.kernel import links
from server_stub.kernel.context import Context
from server_stub.kernel.hub import Asker
from server_stub.kernel.requests import Rule
from server_stub.kernel.session import Session, answered
from server_stub.storage import meetings as meetings_table

log = logging.getLogger(__name__)


async def enter_media(context: Context, ongoing: Ongoing, person: str) -> None:
    """Lets the relay know a person who has just got a seat: media exists from here on, not before."""
    from server_stub.relay.engine import RelayError

    try:
        async with ongoing.media_lock(person):
            await ongoing.join_relay(person)
    except Exception as error:  # whatever it is, they have their seat, and the next try may succeed
        log.warning("the relay did not take a person", exc_info=None if isinstance(error, RelayError) else error)
        if session := ongoing.inside.get(person):
            session.tell(MediaLost(meeting=ongoing.id))
    seat = ongoing.meeting.seats.get(person)
    if seat is not None and seat.person.consents:
        await recording.keep_consent(context, ongoing, person, how="joined")


async def rejoin_as_guest(context: Context, session: Session, ask: RejoinAsGuest) -> Tell | None:
    """Brings a guest back to their kept seat."""
    found = context.part(Calls).of_guest_token(ask.token) if links.is_for(ask.token, context.server_id) else None
    if found is None:
        raise Refusal("bad_token", "The seat is no longer kept, or the meeting has ended.")
    if session.place is not None:
        raise Refusal("already_in", "This connection is in a meeting already.")
    ongoing, guest = found
    old = meeting.seat_of(ongoing.meeting, guest).person
    ongoing.apply(meeting.join(ongoing.meeting, old, context.now()))
    ongoing.seat_session(guest, session)
    session.tell(answered(ongoing.welcome(guest, ask.token), ask.request))
    await enter_media(context, ongoing, guest)
    return None


async def leave_meeting(context: Context, session: Session, ask: LeaveMeeting) -> Tell | None:
    """Gives the seat up at once."""
    decide(session, ask, lambda held, who: meeting.leave(held, who, context.now()))
    return None


async def end_meeting(context: Context, session: Session, ask: EndMeeting) -> Tell | None:
    """The host ends the meeting for all."""
    decide(session, ask, lambda held, who: meeting.end(held, who, context.now()))
    return None


async def remove_person(context: Context, session: Session, ask: RemovePerson) -> Tell | None:
    """The host takes someone out, who does not come back."""
    decide(session, ask, lambda held, who: host_rules.remove(held, who, ask.person, context.now()))
    return None


async def mute_person(context: Context, session: Session, ask: MutePerson) -> Tell | None:
    """The host switches someone's microphone off."""
    decide(session, ask, lambda held, who: host_rules.mute(held, who, ask.person))
    return None


async def lock_meeting(context: Context, session: Session, ask: LockMeeting) -> Tell | None:
    """The host locks the meeting, or opens it again."""
    decide(session, ask, lambda held, who: host_rules.lock(held, who, ask.is_locked))
    return None


async def renew_link(context: Context, session: Session, ask: RenewLink) -> Tell | None:
    """The host makes a new link; nobody looks or knocks by the old one any more."""
    place = seat_in(session, ask.meeting)
    ongoing = place.ongoing
    meeting.check_host(ongoing.meeting, place.person)
    row, code = ongoing.row, links.new_code()
    renewed = await context.store.do(lambda connection: meetings_table.set_code(connection, row, code))
    # Time has passed: of the row, the link alone is taken over. It holds even if the meeting is over by now.
    meeting.check_open(ongoing.meeting)
    series = replace(ongoing.row.series, code=code) if ongoing.row.series is not None else None
    context.part(Calls).renew_code(ongoing, replace(ongoing.row, code=renewed.code, series=series))
    tell = LinkRenewed(meeting=ongoing.id, link=ongoing.card().link)
    ongoing.tell_inside(tell, Asker(session, ask.request))
    ongoing.tell_card()
    return None


async def show_state(context: Context, session: Session, ask: ShowState) -> Tell | None:
    """Tells the others what one shows."""
    decide(
        session,
        ask,
        lambda held, who: meeting.show(held, who, microphone_on=ask.microphone_on, camera_on=ask.camera_on),
    )
    return None


RULES = (
    Rule(RejoinAsGuest, rejoin_as_guest, needs="anyone", is_heavy=True),
    Rule(LeaveMeeting, leave_meeting, needs="seat"),
    Rule(EndMeeting, end_meeting, needs="seat"),
    Rule(ShowState, show_state, needs="seat"),
    Rule(RemovePerson, remove_person, needs="seat"),
    Rule(MutePerson, mute_person, needs="seat"),
    Rule(LockMeeting, lock_meeting, needs="seat"),
    Rule(RenewLink, renew_link, needs="seat", is_heavy=True),
)
