"""Meetings, their recordings, consents and chat lines."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, Row, delete, insert, select, update

from app.wire.chat import ChatLine
from app.wire.rooms import MeetingState, RecapState
from server_stub.storage.tables import chat_lines, consents, meetings, recordings


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingRow:
    """A meeting as it is kept."""

    id: str
    room: str
    title: str
    code: str
    starter: str
    key: str
    state: MeetingState
    started_at: float
    ended_at: float | None = None
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingRow:
    """A recording and how far its recap is. The first of a meeting has the meeting's id."""

    id: str
    meeting: str
    part: int
    started_at: float
    recap: RecapState
    ended_at: float | None = None
    recap_words: str = ""
    expires_at: float | None = None


@dataclass(frozen=True, slots=True)
class Consent:
    """Who agreed to be recorded, when, having read which wording, and by which act."""

    recording: str
    person: str
    name: str
    at: float
    notice_version: int
    how: str


def add(connection: Connection, row: MeetingRow) -> MeetingRow:
    """Keeps a meeting; one that the same starter began with the same key is returned instead."""
    same = (meetings.c.room == row.room, meetings.c.starter == row.starter, meetings.c.key == row.key)
    found = connection.execute(select(meetings).where(*same)).first()
    if found is not None:
        return _meeting(found)
    connection.execute(
        insert(meetings).values(
            id=row.id,
            room=row.room,
            title=row.title,
            code=row.code,
            starter=row.starter,
            key=row.key,
            state=row.state,
            started_at=row.started_at,
        )
    )
    return row


def find(connection: Connection, meeting: str) -> MeetingRow | None:
    """The meeting of this id."""
    row = connection.execute(select(meetings).where(meetings.c.id == meeting)).first()
    return _meeting(row) if row else None


def find_by_code(connection: Connection, code: str) -> MeetingRow | None:
    """The meeting that a link leads to."""
    row = connection.execute(select(meetings).where(meetings.c.code == code)).first()
    return _meeting(row) if row else None


def ongoing(connection: Connection) -> tuple[MeetingRow, ...]:
    """Meetings that have not ended: after a crash, those it cut off."""
    rows = connection.execute(select(meetings).where(meetings.c.state == "ongoing").order_by(meetings.c.started_at))
    return tuple(_meeting(row) for row in rows)


def end(connection: Connection, meeting: str, at: float, words: str) -> None:
    """Keeps that a meeting ended; recordings that still ran end with it."""
    mine = meetings.c.id == meeting
    connection.execute(update(meetings).where(mine).values(state="ended", ended_at=at, words=words))
    still = (recordings.c.meeting == meeting, recordings.c.ended_at.is_(None))
    connection.execute(update(recordings).where(*still).values(ended_at=at))


def add_recording(connection: Connection, row: RecordingRow) -> None:
    """Keeps that a recording began."""
    connection.execute(
        insert(recordings).values(
            id=row.id, meeting=row.meeting, part=row.part, started_at=row.started_at, recap=row.recap
        )
    )


def drop_recording(connection: Connection, recording: str) -> None:
    """Forgets a recording that did not begin after all, and the consents to it."""
    connection.execute(delete(recordings).where(recordings.c.id == recording))
    connection.execute(delete(consents).where(consents.c.recording == recording))


def end_recording(connection: Connection, recording: str, at: float) -> None:
    """Keeps that a recording stopped; the first time counts."""
    still = (recordings.c.id == recording, recordings.c.ended_at.is_(None))
    connection.execute(update(recordings).where(*still).values(ended_at=at))


def set_recap(connection: Connection, recording: str, state: RecapState, words: str) -> None:
    """Keeps how far a recap is."""
    mine = recordings.c.id == recording
    connection.execute(update(recordings).where(mine).values(recap=state, recap_words=words))


def keep_recap(connection: Connection, recording: str, body: bytes, expires_at: float) -> None:
    """Keeps a recap that is ready."""
    values = {"recap": "ready", "recap_words": "", "body": body, "expires_at": expires_at}
    connection.execute(update(recordings).where(recordings.c.id == recording).values(**values))


def recap_body(connection: Connection, recording: str) -> bytes | None:
    """What `keep_recap` kept."""
    found = connection.execute(select(recordings.c.body).where(recordings.c.id == recording)).scalar_one_or_none()
    return None if found is None else bytes(found)


def find_recording(connection: Connection, recording: str) -> RecordingRow | None:
    """The recording of this id."""
    row = connection.execute(select(recordings).where(recordings.c.id == recording)).first()
    return _recording(row) if row else None


def recordings_of_room(connection: Connection, room: str) -> tuple[RecordingRow, ...]:
    """All recordings of a room, newest first."""
    query = (
        select(recordings)
        .join(meetings, meetings.c.id == recordings.c.meeting)
        .where(meetings.c.room == room)
        .order_by(recordings.c.started_at.desc())
    )
    return tuple(_recording(row) for row in connection.execute(query))


def unfinished_recordings(connection: Connection) -> tuple[RecordingRow, ...]:
    """Recordings whose recap is neither ready nor needless."""
    query = select(recordings).where(recordings.c.recap.in_(("recording", "generating", "failed")))
    return tuple(_recording(row) for row in connection.execute(query.order_by(recordings.c.started_at)))


def add_consent(connection: Connection, consent: Consent) -> None:
    """Keeps a consent."""
    connection.execute(
        insert(consents).values(
            recording=consent.recording,
            person=consent.person,
            name=consent.name,
            at=consent.at,
            notice_version=consent.notice_version,
            how=consent.how,
        )
    )


def add_consent_once(connection: Connection, consent: Consent) -> None:
    """Keeps a consent, unless the person has consented to this recording before."""
    if all(known.person != consent.person for known in consents_of(connection, consent.recording)):
        add_consent(connection, consent)


def consents_of(connection: Connection, recording: str) -> tuple[Consent, ...]:
    """The consents to a recording, oldest first."""
    query = select(consents).where(consents.c.recording == recording).order_by(consents.c.number)
    return tuple(
        Consent(row.recording, row.person, row.name, row.at, row.notice_version, row.how)
        for row in connection.execute(query)
    )


def add_line(connection: Connection, meeting: str, line: ChatLine) -> tuple[ChatLine, bool]:
    """Keeps a chat line; one of the same author and key is returned instead, with False."""
    same = (chat_lines.c.meeting == meeting, chat_lines.c.author == line.author, chat_lines.c.key == line.key)
    row = connection.execute(select(chat_lines).where(*same)).first()
    if row is not None:
        return _line(row), False
    connection.execute(
        insert(chat_lines).values(
            id=line.id,
            meeting=meeting,
            author=line.author,
            author_name=line.author_name,
            at=line.at,
            text=line.text,
            key=line.key,
        )
    )
    return line, True


def _line(row: Row[tuple[object, ...]]) -> ChatLine:
    return ChatLine(id=row.id, author=row.author, author_name=row.author_name, at=row.at, text=row.text, key=row.key)


def _meeting(row: Row[tuple[object, ...]]) -> MeetingRow:
    return MeetingRow(
        id=row.id,
        room=row.room,
        title=row.title,
        code=row.code,
        starter=row.starter,
        key=row.key,
        state=row.state,
        started_at=row.started_at,
        ended_at=row.ended_at,
        words=row.words,
    )


def _recording(row: Row[tuple[object, ...]]) -> RecordingRow:
    return RecordingRow(
        id=row.id,
        meeting=row.meeting,
        part=row.part,
        started_at=row.started_at,
        ended_at=row.ended_at,
        recap=row.recap,
        recap_words=row.recap_words,
        expires_at=row.expires_at,
    )
