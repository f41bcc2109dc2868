"""Who hears what: what a running meeting says is joined to the rooms that it does not know."""

from __future__ import annotations

from app.wire.rooms import MeetingChanged
from server_stub.after import recap_jobs, receipts
from server_stub.call.calls import Calls
from server_stub.call.chat import ChatSaid
from server_stub.call.events import (
    CardChanged,
    DoorsClosed,
    FilesComplete,
    MeetingOver,
    MomentGiven,
    SeatFreed,
    SeatsChanged,
)
from server_stub.call.media import VoiceHeard
from server_stub.call.recording import (
    ConsentKept,
    PersonRecorded,
    RecordingBegins,
    RecordingEnded,
    RecordingFailed,
)
from server_stub.kernel.context import Context
from server_stub.room import plans, rooms


def connect(context: Context) -> None:
    """Joins the events of meetings to who hears them; once, before the server starts."""
    events, calls = context.events, context.part(Calls)
    events.on(SeatsChanged, lambda _: calls.changed())
    events.on(DoorsClosed, lambda closed: calls.remove(closed.meeting))
    events.on(CardChanged, lambda now: rooms.tell_room(context, now.room, MeetingChanged(meeting=now.card)))
    events.on(SeatFreed, lambda left: recap_jobs.note_leave(context, left))
    events.on(ChatSaid, lambda said: recap_jobs.note_words(context, said.meeting, said.text))
    events.on(MomentGiven, lambda given: recap_jobs.note_moment(context, given))
    events.on(VoiceHeard, lambda heard: recap_jobs.hear(context, heard))
    events.on(PersonRecorded, lambda new: recap_jobs.add_person(context, new.recording, new.person, new.name))
    events.on(ConsentKept, lambda kept: receipts.give(context, kept.session, kept.row, kept.consent))
    events.before_going_on(MeetingOver, lambda over: plans.meeting_over(context, over.row))
    events.before_going_on(RecordingBegins, lambda new: recap_jobs.open_job(context, new.ongoing, new.row, new.people))
    events.before_going_on(RecordingFailed, lambda failed: recap_jobs.drop_job(context, failed.recording))
    events.before_going_on(RecordingEnded, lambda ended: recap_jobs.note_stop(context, ended.recording, ended.at))
    events.before_going_on(FilesComplete, lambda complete: recap_jobs.finish(context, complete.row, complete.at))
