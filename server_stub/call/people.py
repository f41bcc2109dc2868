"""Meetings and the people in them: start, join, leave, end, and what each shows."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from app.wire.accounts import Account
from app.wire.fields import Tell
from app.wire.media import MediaLost
from app.wire.people import (
    EndMeeting,
    JoinMeeting,
    LeaveMeeting,
    LinkRenewed,
    LockMeeting,
    MeetingStarted,
    MutePerson,
    Person,
    RejoinAsGuest,
    RemovePerson,
    RenewLink,
    ShowState,
    StartMeeting,
)
from app.wire.rooms import Message, MessagePosted
from server_stub.call import gestures, host_rules, meeting, recording
from server_stub.call.ongoing import Ongoing
from server_stub.kernel import links
from server_stub.kernel.config import NOTICE_VERSION, TERMS_VERSION
from server_stub.kernel.errors import Refusal
from server_stub.kernel.hub import Asker, decide
from server_stub.kernel.requests import Rule
from server_stub.kernel.session import Session, answered, seat_in
from server_stub.room import cards, gate, plans, rooms
from server_stub.storage import Connection
from server_stub.storage import accounts as accounts_table
from server_stub.storage import meetings as meetings_table
from server_stub.storage import messages as messages_table
from server_stub.storage import rooms as rooms_table
from server_stub.storage.meetings import MeetingRow
from server_stub.storage.messages import MessageRow
from server_stub.storage.store import Work

if TYPE_CHECKING:
    from server_stub.backend import Backend

log = logging.getLogger(__name__)


async def start_meeting(backend: Backend, session: Session, ask: StartMeeting) -> Tell:
    """Starts an instant meeting, or leads into the running one; posts one message however often it is asked."""
    account = session.signed_in
    await rooms.check_member(backend, account, ask.room)
    await gate.check_may_start(backend, account, ask.room)
    async with backend.start_lock:
        running = backend.calls.of_room(ask.room)
        if running:
            return MeetingStarted(meeting=running.card())
        row, message, is_new = await rooms.do_as_member(backend, account, ask.room, _starting(backend, account, ask))
        if not is_new:  # a late retry: the meeting that it asked for is over, even if that is not on disk yet
            return MeetingStarted(meeting=cards.card(backend, row, None))
        ongoing = Ongoing(backend, row)
        backend.calls.add(ongoing)
    posted = cards.with_card(backend, message, {row.id: (row, None)})
    rooms.tell_room(backend, ask.room, MessagePosted(message=posted))
    return MeetingStarted(meeting=ongoing.card())


def _starting(backend: Backend, account: Account, ask: StartMeeting) -> Work[tuple[MeetingRow, MessageRow, bool]]:
    """The database's part of a start: the meeting and the one message that it posts."""
    now = backend.now()

    def work(connection: Connection) -> tuple[MeetingRow, MessageRow, bool]:
        room = rooms_table.find(connection, ask.room)
        row = meetings_table.add(
            connection,
            MeetingRow(
                id=links.new_id("v"),
                room=ask.room,
                title=room.name if room else "",
                code=links.new_code(),
                starter=account.id,
                key=ask.key,
                state="ongoing",
                started_at=now,
            ),
        )
        message = Message(
            id=links.new_id("m"),
            room=ask.room,
            author=account.id,
            author_name=account.name,
            at=now,
            kind="meeting",
            text=f"{account.name} started a video meeting.",
            key=f"meeting-{row.id}",
        )
        return row, *messages_table.post(connection, message, row.id)

    return work


async def find_for_member(backend: Backend, account: Account, meeting_id: str) -> Ongoing:
    """The running meeting of this id, for a member of its room.

    Raises:
        Refusal: it has ended, or the asker may not know of it.
    """
    ongoing = backend.calls.find(meeting_id)
    row = ongoing.row if ongoing else await backend.store.do(lambda c: meetings_table.find(c, meeting_id))
    if row is None or account.id not in await rooms.members_of(backend, row.room):
        raise Refusal("not_found", "There is no such meeting.")
    ongoing = backend.calls.find(meeting_id)
    if ongoing is not None:
        return ongoing
    if row.state == "scheduled":
        raise Refusal("not_open", plans.not_open_words(row))
    raise Refusal("meeting_ended", "This meeting has ended.")


async def join_meeting(backend: Backend, session: Session, ask: JoinMeeting) -> Tell | None:
    """Gives a member a seat; one that they have on another connection moves, if they say so."""
    account = session.signed_in
    accepted = await backend.store.do(lambda connection: accounts_table.accepted_terms(connection, account.id))
    ongoing = await find_for_member(backend, account, ask.meeting)
    # From here to the seat nothing is awaited: two who race for the last seat come one after the other, and who has
    # just been signed out or taken out of the room gets none.
    if session.signed_in.id != account.id:
        raise Refusal("not_signed_in", "Please sign in first.")
    if accepted != TERMS_VERSION:
        raise Refusal("terms_needed", "Please accept the terms first.")
    if session.place is not None:
        raise Refusal("already_in", "This connection is in a meeting already.")
    # One sign-in is one device: that one comes back over a connection that we still hold for alive.
    other = ongoing.inside.get(account.id)
    if other is not None and other.token != session.token and not ask.moves:
        raise Refusal("in_elsewhere", "You are in this meeting on another device. Do you want to move here?")
    now = ongoing.meeting
    if (ask.record and now.recording_since is None) or (ask.gestures and not now.gestures_on):
        meeting.check_host(now, account.id)
    consents = _read_notice(ongoing, account.id, ask.notice_version)
    person = Person(
        id=account.id,
        name=account.name,
        microphone_on=ask.microphone_on,
        camera_on=ask.camera_on,
        consents=consents,
    )
    ongoing.apply(meeting.join(now, person, backend.now()))
    ongoing.seat_session(account.id, session)
    session.tell(answered(ongoing.welcome(account.id), ask.request))
    if now.host == account.id and now.waiting:
        ongoing.tell_lobby()
    await enter_media(backend, ongoing, account.id)
    if ask.record and ongoing.meeting.recording_since is None:
        await recording.begin_with_join(backend, ongoing, session)
    if ask.gestures and not ongoing.meeting.gestures_on:
        gestures.switch_with_join(backend, ongoing, session)
    return None


def _read_notice(ongoing: Ongoing, person: str, notice_version: int) -> bool:
    """Whether who joins consents; raises `Refusal` when the meeting is recorded and the notice was not read."""
    if ongoing.meeting.recording_since is None:
        return False
    seat = ongoing.meeting.seats.get(person)
    if notice_version == NOTICE_VERSION or (seat is not None and seat.person.consents):
        return True
    raise Refusal("notice_needed", "This meeting is recorded. Please read the notice about the recording first.")


async def enter_media(backend: Backend, ongoing: Ongoing, person: str) -> None:
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
        await recording.keep_consent(backend, ongoing, person, how="joined")


async def rejoin_as_guest(backend: Backend, session: Session, ask: RejoinAsGuest) -> Tell | None:
    """Brings a guest back to their kept seat."""
    found = backend.calls.of_guest_token(ask.token) if links.is_for(ask.token, backend.server_id) else None
    if found is None:
        raise Refusal("bad_token", "The seat is no longer kept, or the meeting has ended.")
    if session.place is not None:
        raise Refusal("already_in", "This connection is in a meeting already.")
    ongoing, guest = found
    old = meeting.seat_of(ongoing.meeting, guest).person
    ongoing.apply(meeting.join(ongoing.meeting, old, backend.now()))
    ongoing.seat_session(guest, session)
    session.tell(answered(ongoing.welcome(guest, ask.token), ask.request))
    await enter_media(backend, ongoing, guest)
    return None


async def leave_meeting(backend: Backend, session: Session, ask: LeaveMeeting) -> Tell | None:
    """Gives the seat up at once."""
    decide(session, ask, lambda held, who: meeting.leave(held, who, backend.now()))
    return None


async def end_meeting(backend: Backend, session: Session, ask: EndMeeting) -> Tell | None:
    """The host ends the meeting for all."""
    decide(session, ask, lambda held, who: meeting.end(held, who, backend.now()))
    return None


async def remove_person(backend: Backend, session: Session, ask: RemovePerson) -> Tell | None:
    """The host takes someone out, who does not come back."""
    decide(session, ask, lambda held, who: host_rules.remove(held, who, ask.person, backend.now()))
    return None


async def mute_person(backend: Backend, session: Session, ask: MutePerson) -> Tell | None:
    """The host switches someone's microphone off."""
    decide(session, ask, lambda held, who: host_rules.mute(held, who, ask.person))
    return None


async def lock_meeting(backend: Backend, session: Session, ask: LockMeeting) -> Tell | None:
    """The host locks the meeting, or opens it again."""
    decide(session, ask, lambda held, who: host_rules.lock(held, who, ask.is_locked))
    return None


async def renew_link(backend: Backend, session: Session, ask: RenewLink) -> Tell | None:
    """The host makes a new link; nobody looks or knocks by the old one any more."""
    place = seat_in(session, ask.meeting)
    ongoing = place.ongoing
    meeting.check_host(ongoing.meeting, place.person)
    row, code = ongoing.row, links.new_code()
    renewed = await backend.store.do(lambda connection: meetings_table.set_code(connection, row, code))
    # Time has passed: of the row, the link alone is taken over. It holds even if the meeting is over by now.
    meeting.check_open(ongoing.meeting)
    series = replace(ongoing.row.series, code=code) if ongoing.row.series is not None else None
    backend.calls.renew_code(ongoing, replace(ongoing.row, code=renewed.code, series=series))
    tell = LinkRenewed(meeting=ongoing.id, link=ongoing.card().link)
    ongoing.tell_inside(tell, Asker(session, ask.request))
    ongoing.tell_card()
    return None


async def show_state(backend: Backend, session: Session, ask: ShowState) -> Tell | None:
    """Tells the others what one shows."""
    decide(
        session,
        ask,
        lambda held, who: meeting.show(held, who, microphone_on=ask.microphone_on, camera_on=ask.camera_on),
    )
    return None


RULES = (
    Rule(StartMeeting, start_meeting, needs="account", is_heavy=True),
    Rule(JoinMeeting, join_meeting, needs="account", is_heavy=True),
    Rule(RejoinAsGuest, rejoin_as_guest, needs="anyone", is_heavy=True),
    Rule(LeaveMeeting, leave_meeting, needs="seat"),
    Rule(EndMeeting, end_meeting, needs="seat"),
    Rule(ShowState, show_state, needs="seat"),
    Rule(RemovePerson, remove_person, needs="seat"),
    Rule(MutePerson, mute_person, needs="seat"),
    Rule(LockMeeting, lock_meeting, needs="seat"),
    Rule(RenewLink, renew_link, needs="seat", is_heavy=True),
)
