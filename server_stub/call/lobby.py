"""The lobby, for the host: who waits there is let in or not. Looking and knocking are in `entry.knocking`."""

from __future__ import annotations

from app.wire.fields import Tell
from app.wire.lobby import (
    AdmitAll,
    AdmitGuest,
    DenyGuest,
    GuestAdmitted,
)
from server_stub.call import lobby_rules, people
from server_stub.call.ongoing import Ongoing
from server_stub.call.places import seat_in
from server_stub.kernel.context import Context
from server_stub.kernel.hub import Asker
from server_stub.kernel.requests import Rule
from server_stub.kernel.session import Session


async def admit_guest(context: Context, session: Session, ask: AdmitGuest) -> Tell:
    """The host lets a guest in: from now on they are told things, and have media."""
    place = seat_in(session, ask.meeting)
    _let_in(context, place.ongoing, place.person, ask.guest)
    return GuestAdmitted(meeting=place.ongoing.id, guest=ask.guest)


async def admit_all(context: Context, session: Session, ask: AdmitAll) -> Tell:
    """The host lets in who waits, longest first, as many as there are seats."""
    place = seat_in(session, ask.meeting)
    for guest in lobby_rules.next_to_admit(place.ongoing.meeting, place.person):
        _let_in(context, place.ongoing, place.person, guest)
    return place.ongoing.lobby()


def _let_in(context: Context, ongoing: Ongoing, host: str, guest: str) -> None:
    outcome = lobby_rules.admit(ongoing.meeting, host, guest, context.now())
    session = ongoing.outside.pop(guest)
    ongoing.apply(outcome)
    ongoing.seat_session(guest, session)
    session.tell(ongoing.welcome(guest, ongoing.new_guest_token(guest)))
    context.chores.start(people.enter_media(context, ongoing, guest), "letting a guest in")


async def deny_guest(context: Context, session: Session, ask: DenyGuest) -> Tell | None:
    """The host does not let a guest in."""
    place = seat_in(session, ask.meeting)
    ongoing = place.ongoing
    outcome = lobby_rules.deny(ongoing.meeting, place.person, ask.guest)
    ongoing.turn_away(ask.guest, "The host did not let you in.")
    ongoing.apply(outcome, Asker(session, ask.request))
    return None


RULES = (
    Rule(AdmitGuest, admit_guest, needs="seat"),
    Rule(AdmitAll, admit_all, needs="seat"),
    Rule(DenyGuest, deny_guest, needs="seat"),
)
