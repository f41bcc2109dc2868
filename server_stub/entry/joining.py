"""Members of a room start its meetings and join them."""

from __future__ import annotations

from app.wire.accounts import Account
from app.wire.fields import Tell
from app.wire.people import (
    JoinMeeting,
    MeetingStarted,
    Person,
    StartMeeting,
)
from app.wire.rooms import Message, MessagePosted
from server_stub.call import gestures, meeting, people, recording
from server_stub.call.calls import Calls
from server_stub.call.ongoing import Ongoing
from server_stub.errors import Refusal
from server_stub.kernel import links
from server_stub.kernel.config import TERMS_VERSION
from server_stub.kernel.context import Context
from server_stub.kernel.requests import Rule
from server_stub.kernel.session import Session, answered
from server_stub.room import cards, gate, plans, rooms
from server_stub.room.turns import starting
from server_stub.storage import Connection
from server_stub.storage import meetings as meetings_table
from server_stub.storage import messages as messages_table
from server_stub.storage import rooms as rooms_table
from server_stub.storage.meetings import MeetingRow
from server_stub.storage.messages import MessageRow
from server_stub.storage.store import Work


async def start_meeting(context: Context, session: Session, ask: StartMeeting) -> Tell:
    """Starts an instant meeting, or leads into the running one; posts one message however often it is asked."""
    account = session.signed_in
    await rooms.check_member(context, account, ask.room)
    await gate.check_may_start(context, account, ask.room)
    async with context.locks.hold(starting(ask.room)):
        running = context.part(Calls).of_room(ask.room)
        if running:
            await rooms.check_member(context, account, ask.room)  # once more: it may have waited
            return MeetingStarted(meeting=running.card())
        row, message, is_new = await rooms.do_as_member(context, account, ask.room, _starting(context, account, ask))
        if not is_new:  # a late retry: the meeting that it asked for is over, even if that is not on disk yet
            return MeetingStarted(meeting=cards.card(context, row, None))
        ongoing = Ongoing(context, row)
        context.part(Calls).add(ongoing)
    posted = cards.with_card(context, message, {row.id: (row, None)})
    rooms.tell_room(context, ask.room, MessagePosted(message=posted))
    return MeetingStarted(meeting=ongoing.card())


def _starting(context: Context, account: Account, ask: StartMeeting) -> Work[tuple[MeetingRow, MessageRow, bool]]:
    """The database's part of a start: the meeting and the one message that it posts."""
    now = context.now()

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


async def find_for_member(context: Context, account: Account, meeting_id: str) -> Ongoing:
    """The running meeting of this id, for a member of its room.

    Raises:
        Refusal: it has ended, or the asker may not know of it.
    """
    ongoing = context.part(Calls).find(meeting_id)
    row = ongoing.row if ongoing else await context.store.do(lambda c: meetings_table.find(c, meeting_id))
    if row is None or account.id not in await context.members.of(row.room):
        raise Refusal("not_found", "There is no such meeting.")
    ongoing = context.part(Calls).find(meeting_id)
    if ongoing is not None:
        return ongoing
    if row.state == "scheduled":
        raise Refusal("not_open", plans.not_open_words(row))
    raise Refusal("meeting_ended", "This meeting has ended.")


async def join_meeting(context: Context, session: Session, ask: JoinMeeting) -> Tell | None:
    """Gives a member a seat; one that they have on another connection moves, if they say so."""
    account = session.signed_in
    ongoing = await find_for_member(context, account, ask.meeting)
    if account.id not in ongoing.meeting.seats:
        ongoing = await ongoing.recordings.settled(lambda: find_for_member(context, account, ask.meeting))
    # From here to the seat nothing is awaited: two who race for the last seat come one after the other, and who has
    # just been signed out or taken out of the room gets none.
    if session.signed_in.id != account.id:
        raise Refusal("not_signed_in", "Please sign in first.")
    if session.accepted_terms != TERMS_VERSION:
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
    consents = _read_notice(ongoing, account.id, is_read=ask.notice_version == context.settings.notice_version)
    person = Person(
        id=account.id,
        name=account.name,
        microphone_on=ask.microphone_on,
        camera_on=ask.camera_on,
        consents=consents,
    )
    ongoing.apply(meeting.join(now, person, context.now()))
    ongoing.seat_session(account.id, session)
    session.tell(answered(ongoing.welcome(account.id), ask.request))
    if now.host == account.id and now.waiting:
        ongoing.tell_lobby()
    if ask.record and now.recording_since is None:
        with ongoing.recordings.beginning():  # before anybody else's request is looked at
            await people.enter_media(context, ongoing, account.id)
            await recording.begin_with_join(context, ongoing, session)
    else:
        await people.enter_media(context, ongoing, account.id)
    if ask.gestures and not ongoing.meeting.gestures_on:
        gestures.switch_with_join(context, ongoing, session)
    return None


def _read_notice(ongoing: Ongoing, person: str, *, is_read: bool) -> bool:
    """Whether who joins consents; raises `Refusal` when the meeting is recorded and the notice was not read.

    Who comes back to their seat without having consented stays unrecorded, and is asked inside as before.
    """
    if ongoing.meeting.recording_since is None:
        return False
    seat = ongoing.meeting.seats.get(person)
    if seat is not None:
        return is_read or seat.person.consents
    if is_read:
        return True
    raise Refusal("notice_needed", "This meeting is recorded. Please read the notice about the recording first.")


RULES = (
    Rule(StartMeeting, start_meeting, needs="account", is_heavy=True),
    Rule(JoinMeeting, join_meeting, needs="account", is_heavy=True),
)
