"""Deleting for good: the rows of what has expired; what the files still hold of them goes by `sqlite.wipe`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Table, delete, func, select, update

from server_stub.storage import facts, recaps, running
from server_stub.storage import messages as messages_table
from server_stub.storage.tables import (
    audit,
    chat_lines,
    consents,
    deletions,
    invitations,
    mails,
    meetings,
    members,
    messages,
    notices,
    reads,
    recordings,
    rooms,
    schedules,
)

#: Set from a deletion until nothing of it is left in the database's files.
_WIPE_DUE = "wipe_due"


@dataclass(frozen=True, slots=True)
class Kept:
    """A meeting that is over, and from when its time counts: its end, else what was planned for it."""

    id: str
    over_at: float
    schedule: str | None = None


def kept(connection: Connection, before: float) -> tuple[Kept, ...]:
    """Meetings that were over before a moment; those that were cancelled or never begun too."""
    planned = meetings.c.starts_at + 60 * meetings.c.length_min
    over_at = func.coalesce(meetings.c.ended_at, planned, meetings.c.started_at)
    query = select(meetings.c.id, meetings.c.schedule, over_at.label("over_at"))
    query = query.where(meetings.c.state != "ongoing", over_at < before).order_by(over_at)
    return tuple(Kept(row.id, row.over_at, row.schedule) for row in connection.execute(query))


def recordings_of(connection: Connection, meeting: str) -> tuple[str, ...]:
    """The ids of a meeting's recordings, which name their folders."""
    query = select(recordings.c.id).where(recordings.c.meeting == meeting)
    return tuple(connection.execute(query).scalars())


def drop_meeting(connection: Connection, meeting: Kept) -> tuple[str, ...]:
    """Deletes every row of a meeting; returns all ids by which other things may be about it."""
    ids = {meeting.id, *recordings_of(connection, meeting.id)}
    connection.execute(delete(meetings).where(meetings.c.id == meeting.id))
    running.drop(connection, meeting.id)
    if meeting.schedule is not None:
        others = select(meetings.c.id).where(meetings.c.schedule == meeting.schedule)
        if connection.execute(others).first() is None:
            ids.add(meeting.schedule)
            connection.execute(delete(schedules).where(schedules.c.id == meeting.schedule))
    recaps.drop(connection, ids)
    connection.execute(delete(recordings).where(recordings.c.meeting == meeting.id))
    connection.execute(delete(chat_lines).where(chat_lines.c.meeting == meeting.id))
    connection.execute(delete(consents).where(consents.c.recording.in_(ids)))
    connection.execute(delete(deletions).where(deletions.c.recording.in_(ids)))
    connection.execute(delete(messages).where(messages.c.subject.in_(ids)))
    messages_table.mend_reads(connection)
    _drop_what_is_about(connection, ids)
    return tuple(sorted(ids))


def empty_recording(connection: Connection, recording: str, words: str) -> None:
    """Deletes all content of a recording; that there was one stays."""
    values = {"body": None, "recap": "deleted", "recap_words": words, "film": "none", "film_words": ""}
    connection.execute(update(recordings).where(recordings.c.id == recording).values(**values))
    recaps.drop(connection, (recording,))
    connection.execute(delete(consents).where(consents.c.recording == recording))
    connection.execute(delete(notices).where(notices.c.subject == recording, notices.c.kind == "recap_ready"))
    facts.write(connection, _WIPE_DUE, "1")


def lonely_rooms(connection: Connection, before: float) -> tuple[tuple[str, float], ...]:
    """Rooms without members and without meetings in which nothing happened since a moment, and when it did last."""
    said_at = select(func.max(messages.c.at)).where(messages.c.room == rooms.c.id).scalar_subquery()
    last = func.coalesce(said_at, rooms.c.created_at)
    query = select(rooms.c.id, last.label("last")).where(
        last < before,
        rooms.c.id.not_in(select(members.c.room)),
        rooms.c.id.not_in(select(meetings.c.room)),
    )
    return tuple((row.id, row.last) for row in connection.execute(query))


def drop_room(connection: Connection, room: str) -> None:
    """Deletes every row of a room without meetings."""
    connection.execute(delete(rooms).where(rooms.c.id == room))
    for table in (messages, reads, invitations, schedules, members, notices):
        _drop(connection, table, table.c.room == room)
    _drop_what_is_about(connection, {room})


def known_recordings(connection: Connection) -> frozenset[str]:
    """The ids of all recordings: a folder of another name belongs to none."""
    return frozenset(connection.execute(select(recordings.c.id)).scalars())


def is_wipe_due(connection: Connection) -> bool:
    """Whether the database's files may still hold what was deleted."""
    return facts.read(connection, _WIPE_DUE) == "1"


def note_wiped(connection: Connection) -> None:
    """They do not any more."""
    facts.write(connection, _WIPE_DUE, "0")


def _drop_what_is_about(connection: Connection, ids: Iterable[str]) -> None:
    names = tuple(ids)
    _drop(connection, notices, notices.c.subject.in_(names))
    _drop(connection, mails, mails.c.subject.in_(names))
    # What was done to it stays on record, its name does not.
    for name in names:
        hashed = hashlib.sha256(name.encode()).hexdigest()
        connection.execute(update(audit).where(audit.c.subject == name).values(subject=hashed))
    facts.write(connection, _WIPE_DUE, "1")


def _drop(connection: Connection, table: Table, where: ColumnElement[bool]) -> None:
    connection.execute(delete(table).where(where))
