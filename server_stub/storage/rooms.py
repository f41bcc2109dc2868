"""Rooms, who belongs to them, and invitations."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select, update

from app.wire.rooms import ContractKind, Member
from server_stub.storage import messages as messages_table
from server_stub.storage.tables import accounts, invitations, members, notices, rooms

#: An invitation is good for two weeks; seconds.
INVITATION_LIFE_S = 14 * 86_400.0


@dataclass(frozen=True, slots=True)
class Act:
    """Which account did something, and when."""

    by: str
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomRow:
    """A room as it is kept; members in the order in which they came."""

    id: str
    name: str
    members: tuple[Member, ...] = ()
    #: The account that may remove members; empty when nobody is left.
    owner: str = ""
    contract: ContractKind = "direct"

    @property
    def accounts(self) -> frozenset[str]:
        """The members' accounts."""
        return frozenset(member.id for member in self.members)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """A one-use code of a room; `email` is where it was mailed, which gives nobody a right."""

    fingerprint: str
    room: str
    email: str
    expires_at: float


def add_room(connection: Connection, room: RoomRow, act: Act) -> None:
    """Makes a room with one member."""
    connection.execute(
        insert(rooms).values(
            id=room.id, name=room.name, created_by=act.by, created_at=act.at, owner=act.by, contract=room.contract
        )
    )
    connection.execute(insert(members).values(room=room.id, account=act.by, since=act.at))


def find(connection: Connection, room: str) -> RoomRow | None:
    """The room of this id."""
    row = connection.execute(select(rooms).where(rooms.c.id == room)).first()
    if row is None:
        return None
    query = (
        select(accounts.c.id, accounts.c.name, accounts.c.is_closed)
        .join(members, members.c.account == accounts.c.id)
        .where(members.c.room == room)
        .order_by(members.c.since)
    )
    found = connection.execute(query).all()
    people = tuple(Member(id=person.id, name=person.name) for person in found)
    # Who can sign in no more can remove nobody.
    ids = [person.id for person in found if not person.is_closed]
    owner = next((id for id in (row.owner, row.created_by) if id in ids), ids[0] if ids else "")
    return RoomRow(id=row.id, name=row.name, members=people, owner=owner, contract=row.contract)


def ids_of(connection: Connection, account: str) -> tuple[str, ...]:
    """Ids of the rooms of an account, oldest membership first."""
    query = select(members.c.room).where(members.c.account == account).order_by(members.c.since)
    return tuple(connection.execute(query).scalars())


def rooms_of(connection: Connection, account: str) -> tuple[RoomRow, ...]:
    """The rooms of an account, oldest membership first."""
    found = (find(connection, room) for room in ids_of(connection, account))
    return tuple(room for room in found if room is not None)


def is_member(connection: Connection, room: str, account: str) -> bool:
    """Whether an account belongs to a room."""
    known = select(members.c.since).where(members.c.room == room, members.c.account == account)
    return connection.execute(known).first() is not None


def rename(connection: Connection, room: str, name: str) -> None:
    """Gives a room another name."""
    connection.execute(update(rooms).where(rooms.c.id == room).values(name=name))


def add_member(connection: Connection, room: str, act: Act) -> None:
    """Makes an account a member; what was said before counts as read."""
    # Whoever comes later stands later, also when the clock was set back: the order decides who owns the room.
    newest = connection.execute(select(func.max(members.c.since)).where(members.c.room == room)).scalar() or 0.0
    since = max(act.at, newest + 1e-6)
    connection.execute(insert(members).values(room=room, account=act.by, since=since))
    messages_table.mark_read(connection, act.by, room)
    # Of an earlier removal; the next one is to be told again.
    about = (notices.c.account == act.by, notices.c.kind == "removed", notices.c.room == room)
    connection.execute(delete(notices).where(*about))


def take_out(connection: Connection, room: str, account: str) -> None:
    """Ends a membership, with the invitations that it made: nobody comes back by a code of their own.

    When the owner goes, the member of longest standing owns the room. When the last one goes, nobody can come in any
    more: the room's data stays until what is kept expires, and goes with it.
    """
    before = find(connection, room)
    connection.execute(delete(members).where(members.c.room == room, members.c.account == account))
    unused = invitations.c.used_by.is_(None)
    connection.execute(delete(invitations).where(invitations.c.room == room, invitations.c.made_by == account, unused))
    messages_table.forget_read(connection, account, room)
    heir = next((member.id for member in before.members if member.id != account), None) if before else None
    if before is not None and before.owner == account and heir is not None:
        connection.execute(update(rooms).where(rooms.c.id == room).values(owner=heir))


def add_invitation(connection: Connection, invitation: Invitation, act: Act) -> None:
    """Keeps a one-use code; those of the room that are too old go, with the addresses to which they were mailed."""
    too_old = invitations.c.expires_at <= act.at
    connection.execute(delete(invitations).where(invitations.c.room == invitation.room, too_old))
    connection.execute(
        insert(invitations).values(
            fingerprint=invitation.fingerprint,
            room=invitation.room,
            made_by=act.by,
            made_at=act.at,
            email=invitation.email,
            expires_at=invitation.expires_at,
        )
    )


def use_invitation(connection: Connection, fingerprint: str, act: Act) -> str | None:
    """Makes an account a member by a code; returns the room, or None when the code is unknown, used or too old.

    A member who uses a code for their own room leaves it valid for somebody else. A room without members stays closed.
    """
    row = connection.execute(select(invitations).where(invitations.c.fingerprint == fingerprint)).first()
    if row is None or row.used_by is not None:
        return None
    # The first version kept no end.
    if act.at >= (row.made_at + INVITATION_LIFE_S if row.expires_at is None else row.expires_at):
        return None
    room = str(row.room)
    if connection.execute(select(members.c.account).where(members.c.room == room)).first() is None:
        return None
    if not is_member(connection, room, act.by):
        mine = invitations.c.fingerprint == fingerprint
        connection.execute(update(invitations).where(mine).values(used_by=act.by, used_at=act.at))
        add_member(connection, room, act)
    return room
