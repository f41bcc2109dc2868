"""What a room shows of a meeting and of its recordings, made from what is kept and from what runs now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec

from app.wire.rooms import MeetingCard, Message
from server_stub import links
from server_stub.storage import Connection
from server_stub.storage import meetings as meetings_table
from server_stub.storage.meetings import MeetingRow, RecordingRow
from server_stub.storage.rooms import MessageRow

if TYPE_CHECKING:
    from server_stub.backend import Backend

#: A meeting and the recording that its card tells of.
Subject = tuple[MeetingRow, RecordingRow | None]


def card(backend: Backend, row: MeetingRow, recording: RecordingRow | None) -> MeetingCard:
    """The card of a meeting; a second recording of an ended meeting has a card of its own."""
    ongoing = backend.calls.find(row.id)
    is_own = recording is not None and recording.part > 1 and ongoing is None
    return MeetingCard(
        id=recording.id if recording is not None and is_own else row.id,
        room=row.room,
        title=f"{row.title} (part {recording.part})" if recording is not None and is_own else row.title,
        link=links.address(backend.base_url, row.code),
        starter=row.starter,
        # What does not run has ended, even if that is not on disk yet.
        state="ongoing" if ongoing else "ended",
        started_at=recording.started_at if recording is not None and is_own else row.started_at,
        ended_at=row.ended_at,
        people=len(ongoing.meeting.seats) if ongoing else 0,
        recap=recording.recap if recording else "none",
        recap_words=recording.recap_words if recording else "",
        expires_at=recording.expires_at if recording else None,
    )


def for_guest(shown: MeetingCard) -> MeetingCard:
    """A card without anything of the room or the recap."""
    return msgspec.structs.replace(shown, room="", recap="none", recap_words="", expires_at=None)


def ended(row: MeetingRow, at: float, words: str) -> MeetingRow:
    """The meeting as it is kept once it is over."""
    return replace(row, state="ended", ended_at=at, words=words)


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
    ongoing = backend.calls.find(subject[0].id)
    shown = ongoing.card() if ongoing else card(backend, *subject)
    return msgspec.structs.replace(row.message, meeting=shown)
