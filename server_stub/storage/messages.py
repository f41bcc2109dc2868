"""The messages of rooms, and how far each member has read."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from app.wire.rooms import Message
from server_stub.storage.tables import members, messages, reads

#: Messages in one answer.
PAGE = 100
#: As far back as unread messages are counted; nobody needs to know more than "many".
MOST_UNREAD = 1000


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A message as it is kept, and the id of the meeting or recording that it shows."""

    message: Message
    subject: str | None


def post(connection: Connection, message: Message, subject: str | None = None) -> tuple[MessageRow, bool]:
    """Keeps a message; a message of the same author and key is returned instead, with False."""
    if message.key:
        same = (
            messages.c.room == message.room,
            messages.c.author == message.author,
            messages.c.key == message.key,
        )
        row = connection.execute(select(messages).where(*same)).first()
        if row is not None:
            return read_row(row), False
    connection.execute(
        insert(messages).values(
            id=message.id,
            room=message.room,
            author=message.author,
            author_name=message.author_name,
            at=message.at,
            kind=message.kind,
            text=message.text,
            key=message.key,
            subject=subject,
        )
    )
    return MessageRow(message, subject), True


def find(connection: Connection, message: str) -> MessageRow | None:
    """The message of this id."""
    row = connection.execute(select(messages).where(messages.c.id == message)).first()
    return read_row(row) if row else None


def edit(connection: Connection, message: str, text: str, at: float) -> None:
    """Sets the text of a message."""
    connection.execute(update(messages).where(messages.c.id == message).values(text=text, edited_at=at))


def take_back(connection: Connection, message: str, at: float) -> None:
    """Removes the text of a message; that there was one stays, also so that a late retry posts nothing again."""
    changed = update(messages).where(messages.c.id == message)
    connection.execute(changed.values(text="", edited_at=at, is_deleted=True))


def last_message(connection: Connection, room: str) -> MessageRow | None:
    """The newest message of a room."""
    query = select(messages).where(messages.c.room == room).order_by(messages.c.number.desc()).limit(1)
    row = connection.execute(query).first()
    return read_row(row) if row else None


def list_messages(connection: Connection, room: str, before: str | None) -> tuple[tuple[MessageRow, ...], bool]:
    """Up to `PAGE` messages, oldest first, and whether there are older ones."""
    query = select(messages).where(messages.c.room == room)
    if before is not None:
        number = select(messages.c.number).where(messages.c.room == room, messages.c.id == before)
        query = query.where(messages.c.number < number.scalar_subquery())
    rows = connection.execute(query.order_by(messages.c.number.desc()).limit(PAGE + 1)).all()
    return tuple(read_row(row) for row in reversed(rows[:PAGE])), len(rows) > PAGE


def mark_read(connection: Connection, account: str, room: str) -> None:
    """All that stands in a room has been seen by an account."""
    newest = connection.execute(select(func.max(messages.c.number)).where(messages.c.room == room)).scalar() or 0
    mine = (reads.c.account == account, reads.c.room == room)
    known = connection.execute(select(reads.c.number).where(*mine)).scalar()
    if known is None:
        connection.execute(insert(reads).values(account=account, room=room, number=newest))
    elif known != newest:
        connection.execute(update(reads).where(*mine).values(number=newest))


def forget_read(connection: Connection, account: str, room: str) -> None:
    """How far an account had read in a room is nobody's business any more."""
    connection.execute(delete(reads).where(reads.c.account == account, reads.c.room == room))


def mend_reads(connection: Connection) -> None:
    """Brings what has been seen down to what there is; to be called when messages were removed for good.

    SQLite gives the number of a removed newest message again: the next one would count as seen.
    """
    newest = select(func.coalesce(func.max(messages.c.number), 0)).where(messages.c.room == reads.c.room)
    there = newest.correlate(reads).scalar_subquery()
    connection.execute(update(reads).where(reads.c.number > there).values(number=there))


def unread(connection: Connection, account: str) -> dict[str, int]:
    """How many messages of others an account has not seen, for each of its rooms that has some.

    Only the newest `MOST_UNREAD` messages of a room are looked at: a sign-in costs no more the longer one was away.
    """
    mine = (reads.c.room == members.c.room) & (reads.c.account == members.c.account)
    seen = (
        select(members.c.room, func.coalesce(reads.c.number, 0).label("number"))
        .select_from(members.outerjoin(reads, mine))
        .where(members.c.account == account)
    )
    found: dict[str, int] = {}
    for room, number in connection.execute(seen):
        newest = (
            select(messages.c.author, messages.c.is_deleted)
            .where(messages.c.room == room, messages.c.number > number)
            .order_by(messages.c.number.desc())
            .limit(MOST_UNREAD)
            .subquery()
        )
        counted = select(func.count()).where(newest.c.author != account, newest.c.is_deleted.is_(False))
        if count := connection.execute(counted).scalar_one():
            found[str(room)] = count
    return found


def read_row(row: Row[tuple[object, ...]]) -> MessageRow:
    """A row of the table `messages` as a struct."""
    message = Message(
        id=row.id,
        room=row.room,
        author=row.author,
        author_name=row.author_name,
        at=row.at,
        kind=row.kind,
        text=row.text,
        key=row.key,
        edited_at=row.edited_at,
        is_deleted=bool(row.is_deleted),
    )
    return MessageRow(message, row.subject)
