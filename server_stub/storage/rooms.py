"""Rooms, who belongs to them, and their messages."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, Row, insert, select, update

from app.wire.rooms import Member, Message
from server_stub.storage.tables import accounts, invitations, members, messages, rooms

#: Messages in one answer.
PAGE = 100


@dataclass(frozen=True, slots=True)
class Act:
    """Which account did something, and when."""

    by: str
    at: float


@dataclass(frozen=True, slots=True)
class RoomRow:
    """A room as it is kept; members in the order in which they came."""

    id: str
    name: str
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A message as it is kept, and the id of the meeting or recording that it shows."""

    message: Message
    subject: str | None


def add_room(connection: Connection, room: str, name: str, act: Act) -> None:
    """Makes a room with one member."""
    connection.execute(insert(rooms).values(id=room, name=name, created_by=act.by, created_at=act.at))
    connection.execute(insert(members).values(room=room, account=act.by, since=act.at))


def find(connection: Connection, room: str) -> RoomRow | None:
    """The room of this id."""
    row = connection.execute(select(rooms).where(rooms.c.id == room)).first()
    if row is None:
        return None
    query = (
        select(accounts.c.id, accounts.c.name)
        .join(members, members.c.account == accounts.c.id)
        .where(members.c.room == room)
        .order_by(members.c.since)
    )
    people = tuple(Member(id=person.id, name=person.name) for person in connection.execute(query))
    return RoomRow(row.id, row.name, people)


def rooms_of(connection: Connection, account: str) -> tuple[RoomRow, ...]:
    """The rooms of an account, oldest membership first."""
    query = select(members.c.room).where(members.c.account == account).order_by(members.c.since)
    found = (find(connection, room) for room in connection.execute(query).scalars().all())
    return tuple(room for room in found if room is not None)


def add_invitation(connection: Connection, room: str, fingerprint: str, act: Act) -> None:
    """Keeps a one-use code."""
    connection.execute(insert(invitations).values(fingerprint=fingerprint, room=room, made_by=act.by, made_at=act.at))


def use_invitation(connection: Connection, fingerprint: str, act: Act) -> str | None:
    """Makes an account a member by a code; returns the room, or None when the code is unknown or used.

    A member who uses a code of his own room leaves it good for somebody else.
    """
    row = connection.execute(select(invitations).where(invitations.c.fingerprint == fingerprint)).first()
    if row is None or row.used_by is not None:
        return None
    room = str(row.room)
    known = select(members.c.since).where(members.c.room == room, members.c.account == act.by)
    if connection.execute(known).first() is None:
        mine = invitations.c.fingerprint == fingerprint
        connection.execute(update(invitations).where(mine).values(used_by=act.by, used_at=act.at))
        connection.execute(insert(members).values(room=room, account=act.by, since=act.at))
    return room


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
            return _message(row), False
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


def last_message(connection: Connection, room: str) -> MessageRow | None:
    """The newest message of a room."""
    query = select(messages).where(messages.c.room == room).order_by(messages.c.number.desc()).limit(1)
    row = connection.execute(query).first()
    return _message(row) if row else None


def list_messages(connection: Connection, room: str, before: str | None) -> tuple[tuple[MessageRow, ...], bool]:
    """Up to `PAGE` messages, oldest first, and whether there are older ones."""
    query = select(messages).where(messages.c.room == room)
    if before is not None:
        number = select(messages.c.number).where(messages.c.room == room, messages.c.id == before)
        query = query.where(messages.c.number < number.scalar_subquery())
    rows = connection.execute(query.order_by(messages.c.number.desc()).limit(PAGE + 1)).all()
    return tuple(_message(row) for row in reversed(rows[:PAGE])), len(rows) > PAGE


def _message(row: Row[tuple[object, ...]]) -> MessageRow:
    message = Message(
        id=row.id,
        room=row.room,
        author=row.author,
        author_name=row.author_name,
        at=row.at,
        kind=row.kind,
        text=row.text,
        key=row.key,
    )
    return MessageRow(message, row.subject)
