"""What a room shows of a meeting and of its recordings, made from what is kept and from what runs now."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from app.wire.rooms import MeetingCard, Message
from server_stub.call.calls import Calls
from server_stub.call.drawing import draw
from server_stub.kernel.context import Context
from server_stub.kernel.keeping import is_expired
from server_stub.room.upcoming import Upcoming
from server_stub.storage import Connection
from server_stub.storage import meetings as meetings_table
from server_stub.storage.meetings import MeetingRow, RecordingRow
from server_stub.storage.messages import MessageRow

#: A meeting and the recording that its card tells of.
Subject = tuple[MeetingRow, RecordingRow | None]


def card(context: Context, row: MeetingRow, recording: RecordingRow | None) -> MeetingCard:
    """The card of a meeting as it is now."""
    running = context.part(Calls).find(row.id)
    has_closed = running is None and context.part(Upcoming).was_opened(row.id)
    return draw(context.address, row, recording, running=running, has_closed=has_closed)


def planned(context: Context, row: MeetingRow) -> MeetingCard:
    """The card of a planned meeting, whose doors may be open."""
    ongoing = context.part(Calls).find(row.id)
    return ongoing.card() if ongoing is not None else card(context, row, None)


def scheduled_in(context: Context, room: str) -> tuple[MeetingCard, ...]:
    """The planned meetings of a room whose doors are not open yet, soonest first; all in memory."""
    calls = context.part(Calls)
    rows = (row for row in context.part(Upcoming).of_room(room) if calls.find(row.id) is None)
    return tuple(card(context, row, None) for row in rows)


def find_subject(connection: Connection, subject: str | None) -> Subject | None:
    """What a card with this id tells of: a meeting with its first recording, or a later recording."""
    if subject is None:
        return None
    recording = meetings_table.find_recording(connection, subject)
    row = meetings_table.find(connection, recording.meeting if recording else subject)
    return (row, recording) if row else None


def find_subjects(connection: Connection, rows: Iterable[MessageRow]) -> dict[str, Subject]:
    """The subjects of some messages, by id."""
    found: dict[str, Subject] = {}
    for name in {row.subject for row in rows if row.subject}:
        subject = find_subject(connection, name)
        if subject is not None:
            found[name] = subject
    return found


def with_card(context: Context, row: MessageRow, subjects: dict[str, Subject]) -> Message:
    """A message as its room's members see it now."""
    subject = subjects.get(row.subject or "")
    if subject is None:
        return row.message
    if is_expired(subject[0].ended_at, context.now()):
        # Nobody may read it any more, also while the row still waits for being deleted.
        return msgspec.structs.replace(row.message, text="", is_deleted=True)
    ongoing = context.part(Calls).find(subject[0].id)
    shown = ongoing.card() if ongoing else card(context, *subject)
    return msgspec.structs.replace(row.message, meeting=shown)
