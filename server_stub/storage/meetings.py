"""Meetings, their recordings, consents and chat lines."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from sqlalchemy import Connection, Row, delete, insert, select, update

from app.wire.chat import ChatLine
from app.wire.rooms import DeletionState, FilmState, MeetingState, RecapState
from server_stub.storage import recaps as recaps_table
from server_stub.storage import running, schedules
from server_stub.storage.recaps import Films, RecapRows
from server_stub.storage.schedules import ScheduleRow
from server_stub.storage.tables import chat_lines, consents, deletions, meetings, recordings

#: What members see of the states of a request for deletion; one that is approved is about to be carried out.
_ANSWERS: dict[str, DeletionState] = {"pending": "pending", "deleted": "deleted", "refused": "refused"}


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingRow:
    """A meeting as it is kept: scheduled, ongoing, ended or cancelled."""

    id: str
    room: str
    title: str
    code: str
    starter: str
    key: str
    state: MeetingState
    #: When the first person came in; before that, when it was made, or is planned to begin.
    started_at: float
    ended_at: float | None = None
    words: str = ""
    #: Of a planned meeting: its plan, planned start and minutes.
    schedule: str | None = None
    starts_at: float | None = None
    length_min: int = 0
    #: When its data goes, once it has ended.
    expires_at: float | None = None
    #: The plan itself; comes from a table of its own and is not kept with the meeting.
    series: ScheduleRow | None = None

    @property
    def link_code(self) -> str:
        """What its link carries: all meetings of a plan have the plan's."""
        return self.series.code if self.series is not None else self.code


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
    film: FilmState = "none"
    film_words: str = ""
    expires_at: float | None = None
    #: A request to delete it before its time, and the answer; comes from a table of its own.
    deletion: DeletionState = "none"
    deletion_words: str = ""


@dataclass(frozen=True, slots=True)
class Consent:
    """Who agreed to be recorded, when, having read which wording, and by which act."""

    recording: str
    person: str
    name: str
    at: float
    notice_version: int
    how: str
    #: What the notice said of a language model; empty: nothing.
    model_words: str = ""


def add(connection: Connection, row: MeetingRow) -> MeetingRow:
    """Keeps a meeting; one that the same starter began with the same key is returned instead."""
    same = (meetings.c.room == row.room, meetings.c.starter == row.starter, meetings.c.key == row.key)
    found = connection.execute(select(meetings).where(*same)).first()
    if found is not None:
        return _meeting(connection, found)
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
            schedule=row.schedule,
            starts_at=row.starts_at,
            length_min=row.length_min,
        )
    )
    return row


def find(connection: Connection, meeting: str) -> MeetingRow | None:
    """The meeting of this id."""
    row = connection.execute(select(meetings).where(meetings.c.id == meeting)).first()
    return _meeting(connection, row) if row else None


def find_by_code(connection: Connection, code: str) -> MeetingRow | None:
    """The meeting that a link leads to."""
    row = connection.execute(select(meetings).where(meetings.c.code == code)).first()
    return _meeting(connection, row) if row else None


def ongoing(connection: Connection) -> tuple[MeetingRow, ...]:
    """Meetings that have not ended: after a crash, those it cut off."""
    rows = connection.execute(select(meetings).where(meetings.c.state == "ongoing").order_by(meetings.c.started_at))
    return tuple(_meeting(connection, row) for row in rows)


def scheduled(connection: Connection) -> tuple[MeetingRow, ...]:
    """Meetings that are planned and have not begun, soonest first."""
    rows = connection.execute(select(meetings).where(meetings.c.state == "scheduled").order_by(meetings.c.starts_at))
    return tuple(_meeting(connection, row) for row in rows)


def newest_of(connection: Connection, schedule: str) -> MeetingRow | None:
    """The meeting of a plan that is to come, or runs, or was the last."""
    query = select(meetings).where(meetings.c.schedule == schedule).order_by(meetings.c.starts_at.desc())
    # One that was cancelled may have been planned for later than the one that took its place.
    rows = connection.execute(query).all()
    newest = next((row for row in rows if row.state in ("scheduled", "ongoing")), rows[0] if rows else None)
    return _meeting(connection, newest) if newest is not None else None


def begin(connection: Connection, meeting: str, at: float) -> None:
    """Keeps that the first person came into a meeting."""
    still = (meetings.c.id == meeting, meetings.c.state.in_(("scheduled", "ongoing")))
    connection.execute(update(meetings).where(*still).values(state="ongoing", started_at=at))


def begin_planned(connection: Connection, meeting: str, at: float) -> None:
    """The same of a planned one alone that is not kept as begun."""
    still = (meetings.c.id == meeting, meetings.c.state == "scheduled")
    connection.execute(update(meetings).where(*still).values(state="ongoing", started_at=at))


def cancel(connection: Connection, meeting: str, at: float, words: str) -> None:
    """Keeps that a planned meeting does not take place."""
    still = (meetings.c.id == meeting, meetings.c.state == "scheduled")
    connection.execute(update(meetings).where(*still).values(state="cancelled", ended_at=at, words=words))


def move(connection: Connection, row: MeetingRow) -> None:
    """Keeps title, start and minutes of a planned meeting that were changed, unless it has begun."""
    values = {
        "title": row.title,
        "starts_at": row.starts_at,
        "started_at": row.started_at,
        "length_min": row.length_min,
    }
    still = (meetings.c.id == row.id, meetings.c.state == "scheduled")
    connection.execute(update(meetings).where(*still).values(values))


def set_code(connection: Connection, row: MeetingRow, code: str) -> MeetingRow:
    """Keeps another link of a meeting, for all meetings of its plan; the old link is dead."""
    if row.series is None:
        connection.execute(update(meetings).where(meetings.c.id == row.id).values(code=code))
        return replace(row, code=code)
    schedules.set_code(connection, row.series.id, code)
    return replace(row, series=replace(row.series, code=code))


def end(connection: Connection, meeting: str, at: float, words: str, *, was_used: bool = True) -> None:
    """Keeps that a meeting ended, unless it was cancelled; recordings that still ran end with it.

    What it consisted of while it ran goes.

    Args:
        connection: in a transaction.
        meeting: its id.
        at: when, seconds since 1970.
        words: why.
        was_used: somebody came; if not, it took no time.
    """
    mine = (meetings.c.id == meeting, meetings.c.state != "cancelled")
    took = {} if was_used else {"started_at": at}
    connection.execute(update(meetings).where(*mine).values(state="ended", ended_at=at, words=words, **took))
    still = (recordings.c.meeting == meeting, recordings.c.ended_at.is_(None))
    connection.execute(update(recordings).where(*still).values(ended_at=at))
    running.drop(connection, meeting)


def add_recording(connection: Connection, row: RecordingRow) -> None:
    """Keeps that a recording began."""
    connection.execute(
        insert(recordings).values(
            id=row.id, meeting=row.meeting, part=row.part, started_at=row.started_at, recap=row.recap
        )
    )


def drop_unbegun(connection: Connection, meeting: str, begun: Collection[str]) -> None:
    """Forgets the recordings of a meeting that did not begin after all, and the consents to them; `begun` did."""
    unbegun = (recordings.c.meeting == meeting, recordings.c.id.not_in(begun))
    theirs = select(recordings.c.id).where(*unbegun)
    connection.execute(delete(consents).where(consents.c.recording.in_(theirs)))
    connection.execute(delete(recordings).where(*unbegun))


def end_recording(connection: Connection, recording: str, at: float) -> None:
    """Keeps that a recording stopped; the first time counts."""
    still = (recordings.c.id == recording, recordings.c.ended_at.is_(None))
    connection.execute(update(recordings).where(*still).values(ended_at=at))


def set_recap(connection: Connection, recording: str, state: RecapState, words: str) -> None:
    """Keeps how far a recap is."""
    mine = recordings.c.id == recording
    connection.execute(update(recordings).where(mine).values(recap=state, recap_words=words))


def keep_recap(connection: Connection, recap: RecapRows, expires_at: float) -> None:
    """Keeps a recap whose texts are ready, and that its films are to be made."""
    recaps_table.keep(connection, recap)
    values = {"recap": "ready", "recap_words": "", "film": "making", "body": None, "expires_at": expires_at}
    connection.execute(update(recordings).where(recordings.c.id == recap.recording).values(**values))


def set_film(
    connection: Connection, recording: str, state: FilmState, words: str, *, films: Films | None = None
) -> bool:
    """Keeps how far the films of a recap that is ready are.

    Args:
        connection: in a transaction.
        recording: its id.
        state: of the films.
        words: about it.
        films: their files, once they are there.

    Returns:
        False where the recap is not there any more.
    """
    mine = (recordings.c.id == recording, recordings.c.recap == "ready")
    values = {"film": state, "film_words": words}
    is_there = bool(connection.execute(update(recordings).where(*mine).values(**values)).rowcount)
    if is_there and films is not None:
        recaps_table.set_films(connection, recording, films)
    return is_there


def find_recording(connection: Connection, recording: str) -> RecordingRow | None:
    """The recording of this id."""
    row = connection.execute(select(recordings).where(recordings.c.id == recording)).first()
    return _recording(connection, row) if row else None


def recordings_of(connection: Connection, meeting: str) -> tuple[RecordingRow, ...]:
    """The recordings of a meeting, first part first."""
    query = select(recordings).where(recordings.c.meeting == meeting).order_by(recordings.c.part)
    return tuple(_recording(connection, row) for row in connection.execute(query))


def recordings_of_room(connection: Connection, room: str) -> tuple[RecordingRow, ...]:
    """All recordings of a room, newest first."""
    query = (
        select(recordings)
        .join(meetings, meetings.c.id == recordings.c.meeting)
        .where(meetings.c.room == room)
        .order_by(recordings.c.started_at.desc())
    )
    return tuple(_recording(connection, row) for row in connection.execute(query))


def unfinished_recordings(connection: Connection) -> tuple[RecordingRow, ...]:
    """Recordings whose recap is neither ready nor needless, oldest first."""
    query = select(recordings).where(recordings.c.recap.in_(("recording", "generating", "failed")))
    return tuple(_recording(connection, row) for row in connection.execute(query.order_by(recordings.c.started_at)))


def filmless_recordings(connection: Connection) -> tuple[RecordingRow, ...]:
    """Recordings whose recap can be read and whose films are still to be made, oldest first."""
    mine = (recordings.c.recap == "ready", recordings.c.film.in_(("making", "failed")))
    query = select(recordings).where(*mine).order_by(recordings.c.started_at)
    return tuple(_recording(connection, row) for row in connection.execute(query))


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
            model_words=consent.model_words,
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
        Consent(row.recording, row.person, row.name, row.at, row.notice_version, row.how, row.model_words)
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


def newest_lines(connection: Connection, meeting: str, most: int) -> tuple[ChatLine, ...]:
    """The newest lines of a meeting's chat, oldest first."""
    query = select(chat_lines).where(chat_lines.c.meeting == meeting).order_by(chat_lines.c.number.desc()).limit(most)
    return tuple(_line(row) for row in reversed(connection.execute(query).all()))


def _line(row: Row[tuple[object, ...]]) -> ChatLine:
    return ChatLine(id=row.id, author=row.author, author_name=row.author_name, at=row.at, text=row.text, key=row.key)


def _meeting(connection: Connection, row: Row[tuple[object, ...]]) -> MeetingRow:
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
        schedule=row.schedule,
        starts_at=row.starts_at,
        length_min=row.length_min,
        expires_at=row.expires_at,
        series=schedules.find(connection, row.schedule) if row.schedule else None,
    )


def _recording(connection: Connection, row: Row[tuple[object, ...]]) -> RecordingRow:
    asked = connection.execute(select(deletions).where(deletions.c.recording == row.id)).first()
    return RecordingRow(
        id=row.id,
        meeting=row.meeting,
        part=row.part,
        started_at=row.started_at,
        ended_at=row.ended_at,
        recap=row.recap,
        recap_words=row.recap_words,
        film=row.film,
        film_words=row.film_words,
        expires_at=row.expires_at,
        deletion="none" if asked is None else _ANSWERS.get(asked.state, "pending"),
        deletion_words="" if asked is None else asked.words,
    )
