"""The lobby: a guest looks at a link, knocks, waits; the host lets him in or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.wire.fields import Tell
from app.wire.lobby import AdmitGuest, DenyGuest, GuestAdmitted, GuestDenied, Knock, KnockHeard, LinkShown, LookAtLink
from app.wire.people import Person
from server_stub import links, meeting, names, people, rooms
from server_stub.config import NOTICE_VERSION, TERMS_VERSION
from server_stub.errors import Refusal
from server_stub.hub import Asker
from server_stub.ongoing import Ongoing
from server_stub.requests import Rule
from server_stub.session import Session, seat_in
from server_stub.storage import meetings as meetings_table

if TYPE_CHECKING:
    from server_stub.backend import Backend


async def find_by_code(backend: Backend, session: Session, code: str) -> Ongoing:
    """The running meeting that a link leads to.

    Raises:
        Refusal: the code is unknown, its meeting has ended, or too many were tried.
    """
    if not backend.code_tries.take(session.address, backend.tick()):
        raise Refusal("too_much", "That were too many tries. Please wait a minute.")
    ongoing = backend.calls.of_code(code)
    if ongoing is not None:
        return ongoing
    row = await backend.store.do(lambda connection: meetings_table.find_by_code(connection, code))
    if row is None:
        raise Refusal("not_found", "This link leads to no meeting on this server.")
    raise Refusal("meeting_ended", "This meeting has ended.")


async def look_at_link(backend: Backend, session: Session, ask: LookAtLink) -> Tell:
    """Shows where a link leads, and nothing of who is there."""
    ongoing = await find_by_code(backend, session, ask.code)
    return LinkShown(
        title=ongoing.row.title,
        is_recording=ongoing.meeting.recording_since is not None,
        meeting=ongoing.id if await _is_member(backend, session, ongoing) else "",
    )


async def knock(backend: Backend, session: Session, ask: Knock) -> Tell:
    """Asks to be let in; a guest who waits may knock again, with the notice read that he had not read before."""
    ongoing = await find_by_code(backend, session, ask.code)
    if await _is_member(backend, session, ongoing):
        raise Refusal("not_allowed", "You belong to this room: join the meeting directly.")
    if ask.terms_version != TERMS_VERSION:
        raise Refusal("terms_needed", "Please accept the terms first.")
    is_recording = ongoing.meeting.recording_since is not None
    if is_recording and ask.notice_version != NOTICE_VERSION:
        raise Refusal("notice_needed", "This meeting is recorded. Please read the notice about the recording first.")
    place = session.place
    waits_here = place is not None and place.is_waiting and place.ongoing is ongoing
    if place is not None and not waits_here:
        raise Refusal("already_in", "This connection is in a meeting already.")
    guest = place.person if place is not None else links.new_id("g")
    outcome = meeting.knock(ongoing.meeting, _guest(session, ask, guest, ongoing), backend.now())
    ongoing.wait_session(guest, session)
    ongoing.apply(outcome)
    return KnockHeard(guest=guest, title=ongoing.row.title, is_recording=is_recording)


def _guest(session: Session, ask: Knock, guest: str, ongoing: Ongoing) -> Person:
    now = ongoing.meeting
    taken = [person.name for person in now.people]
    taken += [entry.guest.name for id, entry in now.waiting.items() if id != guest]
    name = session.account.name if session.account else names.clean(ask.name)
    return Person(
        id=guest,
        name=names.distinct(name, taken),
        is_guest=True,
        microphone_on=ask.microphone_on,
        camera_on=ask.camera_on,
        consents=now.recording_since is not None,
    )


async def admit_guest(backend: Backend, session: Session, ask: AdmitGuest) -> Tell:
    """The host lets a guest in: from now on he is told, and media exists for him."""
    ongoing = seat_in(session, ask.meeting).ongoing
    host = seat_in(session, ask.meeting).person
    outcome = meeting.admit(ongoing.meeting, host, ask.guest, backend.now())
    guest = ongoing.outside.pop(ask.guest)
    ongoing.apply(outcome)
    ongoing.seat_session(ask.guest, guest)
    guest.tell(ongoing.welcome(ask.guest, ongoing.new_guest_token(ask.guest)))
    backend.chores.start(people.enter_media(backend, ongoing, ask.guest), "letting a guest in")
    return GuestAdmitted(meeting=ongoing.id, guest=ask.guest)


async def deny_guest(backend: Backend, session: Session, ask: DenyGuest) -> Tell | None:
    """The host does not let a guest in."""
    place = seat_in(session, ask.meeting)
    ongoing = place.ongoing
    outcome = meeting.deny(ongoing.meeting, place.person, ask.guest)
    guest = ongoing.outside.pop(ask.guest)
    guest.place = None
    guest.tell(GuestDenied(words="The host did not let you in."))
    ongoing.apply(outcome, Asker(session, ask.request))
    return None


async def _is_member(backend: Backend, session: Session, ongoing: Ongoing) -> bool:
    if session.account is None:
        return False
    return session.account.id in await rooms.members_of(backend, ongoing.row.room)


RULES = (
    Rule(LookAtLink, look_at_link, needs="anyone"),
    Rule(Knock, knock, needs="anyone"),
    Rule(AdmitGuest, admit_guest, needs="seat"),
    Rule(DenyGuest, deny_guest, needs="seat"),
)
