"""What a room shows of a meeting and of its recordings, made from what is kept and from what runs now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec

from app.wire.rooms import MeetingCard, MeetingState, Message
from server_stub.after import retention
from server_stub.kernel import links
from server_stub.storage import Connection
from server_stub.storage import meetings as meetings_table
from server_stub.storage.meetings import MeetingRow, RecordingRow
from server_stub.storage.messages import MessageRow

if TYPE_CHECKING:
    from server_stub.backend import Backend
    from server_stub.call.ongoing import Ongoing

#: A meeting and the recording that its card tells of.
Subject = tuple[MeetingRow, RecordingRow | None]


def card(backend: Backend, row: MeetingRow, recording: RecordingRow | None) -> MeetingCard:
    """The card of a meeting; a second recording of an ended meeting has a card of its own."""
    ongoing = backend.calls.find(row.id)
    is_own = recording is not None and recording.part > 1 and ongoing is None
    plan = row.series.plan if row.series is not None else None
    return MeetingCard(
        id=recording.id if recording is not None and is_own else row.id,
        room=row.room,
        title=f"{row.title} (part {recording.part})" if recording is not None and is_own else row.title,
        link=plan.url if plan is not None and plan.url else links.address(backend.address, row.link_code),
        starter=row.starter,
        state="ended" if row.state == "scheduled" and backend.timetable.has_closed(row.id) else state(row, ongoing),
        started_at=recording.started_at if recording is not None and is_own else row.started_at,
        ended_at=row.ended_at,
        people=len(ongoing.meeting.seats) if ongoing else 0,
        recap=recording.recap if recording else "none",
        recap_words=recording.recap_words if recording else "",
        expires_at=recording.expires_at if recording else row.expires_at,
        provider=plan.provider if plan is not None else "parley",
        starts_at=row.starts_at,
        length_min=row.length_min,
        time_zone=plan.time_zone if plan is not None else "",
        repeats=plan.repeats if plan is not None else "never",
        deletion=recording.deletion if recording else "none",
        deletion_words=recording.deletion_words if recording else "",
        is_locked=ongoing.meeting.is_locked if ongoing else False,
        film=recording.film if recording else "none",
        film_words=recording.film_words if recording else "",
    )


def state(row: MeetingRow, ongoing: Ongoing | None) -> MeetingState:
    """What a meeting is now: until the first person comes in, an open planned one can only be joined."""
    if ongoing is not None:
        return "joinable" if ongoing.row.state == "scheduled" else "ongoing"
    # What neither runs nor is to come has ended, even if that is not on disk yet.
    return row.state if row.state in ("scheduled", "cancelled") else "ended"


def for_guest(shown: MeetingCard) -> MeetingCard:
    """A card without anything of the room or the recap."""
    return msgspec.structs.replace(
        shown,
        room="",
        recap="none",
        recap_words="",
        expires_at=None,
        deletion="none",
        deletion_words="",
        film="none",
        film_words="",
    )


def ended(row: MeetingRow, at: float, words: str, *, was_used: bool = True) -> MeetingRow:
    """The meeting as it is kept once it is over: one that was cancelled stays so, what nobody came to took no time."""
    if row.state == "cancelled":
        return replace(row, ended_at=at)
    return replace(row, state="ended", started_at=row.started_at if was_used else at, ended_at=at, words=words)


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


def with_card(backend: Backend, row: MessageRow, subjects: dict[str, Subject]) -> Message:
    """A message as its room's members see it now."""
    subject = subjects.get(row.subject or "")
    if subject is None:
        return row.message
    if retention.is_expired(subject[0].ended_at, backend.now()):
        # Nobody may read it any more, also while the row still waits for being deleted.
        return msgspec.structs.replace(row.message, text="", is_deleted=True)
    ongoing = backend.calls.find(subject[0].id)
    shown = ongoing.card() if ongoing else card(backend, *subject)
    return msgspec.structs.replace(row.message, meeting=shown)
