"""Rooms: creating and renaming them, their members, and joining by a one-use code.

What a member may do is decided in the same transaction as it is done, by the table of members: whoever was taken out a
moment ago can do nothing more. `backend.room_members` holds the same for telling. It is written when a change of
members is on disk, always with the members that this change left; who only reads them fills a gap and replaces nothing.
As the store answers in the order of its commits, the newest change is written last.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from app.wire.accounts import Account
from app.wire.fields import Tell
from app.wire.people import LeaveReason
from app.wire.rooms import (
    CreateRoom,
    InvitationMade,
    InviteMember,
    JoinRoom,
    LeaveRoom,
    Member,
    RemoveMember,
    RenameRoom,
    RoomChanged,
    RoomInfo,
    RoomLeft,
)
from server_stub.call import meeting
from server_stub.kernel import links, names
from server_stub.kernel.errors import Refusal
from server_stub.kernel.hub import Asker, tell_all
from server_stub.kernel.requests import Rule
from server_stub.kernel.session import Session
from server_stub.post import mail, notices
from server_stub.room import cards, plans
from server_stub.room.cards import Subject
from server_stub.storage import Connection
from server_stub.storage import messages as messages_table
from server_stub.storage import rooms as rooms_table
from server_stub.storage.messages import MessageRow
from server_stub.storage.rooms import INVITATION_LIFE_S, Act, Invitation, RoomRow
from server_stub.storage.store import Work

if TYPE_CHECKING:
    from server_stub.backend import Backend

T = TypeVar("T")
#: A room with its newest message and what that shows.
Snapshot = tuple[RoomRow, MessageRow | None, dict[str, Subject]]
NO_ROOM = "There is no such room, or you do not belong to it."
BAD_CODE = "This invitation is not valid, has been used, or has expired."
_MAIL = """{name} invites you to the room "{room}" on Parley.

To join, open this link, or paste it into Parley ("Join with a link"):

{link}

It is valid for one person, for two weeks. Whoever uses it first gets in: please do not pass it on.
"""


async def members_of(backend: Backend, room: str) -> frozenset[str]:
    """The accounts that belong to a room; none when there is no such room."""
    known = backend.room_members.get(room)
    if known is None:
        row = await backend.store.do(lambda connection: rooms_table.find(connection, room))
        known = backend.room_members.setdefault(room, row.accounts) if row else frozenset()
    return known


async def check_member(backend: Backend, account: Account, room: str) -> None:
    """Raises `Refusal` when an account does not belong to a room; a stranger does not learn whether it exists."""
    if account.id not in await members_of(backend, room):
        raise Refusal("not_found", NO_ROOM)


async def do_as_member(backend: Backend, account: Account, room: str, work: Work[T]) -> T:
    """Runs work of the database for an account that belongs to a room at that moment.

    Raises:
        Refusal: it does not; nothing was done.
    """

    def checked(connection: Connection) -> T:
        if not rooms_table.is_member(connection, room, account.id):
            raise Refusal("not_found", NO_ROOM)
        return work(connection)

    return await backend.store.do(checked)


def tell_room(backend: Backend, room: str, tell: Tell, asker: Asker | None = None) -> None:
    """Tells every session of every member, once the members are known."""
    known = backend.room_members.get(room)
    if known is not None:
        backend.hub.tell_accounts(known, tell, asker)
        return

    async def later() -> None:
        backend.hub.tell_accounts(await members_of(backend, room), tell, asker)

    backend.chores.start(later(), "telling a room")


def tell_others(backend: Backend, session: Session, room: str, tell: Tell) -> Tell:
    """Tells all members but the asker's own session, and returns the same as the answer for that one."""
    others = {
        other
        for account in backend.room_members.get(room, frozenset())
        for other in backend.hub.of_account(account)
        if other is not session
    }
    tell_all(others, tell)
    return tell


def snapshot(connection: Connection, row: RoomRow) -> Snapshot:
    """What `show` needs of a room."""
    last = messages_table.last_message(connection, row.id)
    return row, last, cards.find_subjects(connection, [last] if last else [])


def snapshots(connection: Connection, account: str) -> list[Snapshot]:
    """What `show` needs of all rooms of an account."""
    return [snapshot(connection, row) for row in rooms_table.rooms_of(connection, account)]


def show(backend: Backend, found: Snapshot) -> RoomInfo:
    """A room as its members see it now."""
    row, last, subjects = found
    backend.room_members.setdefault(row.id, row.accounts)
    ongoing = backend.calls.of_room(row.id)
    return RoomInfo(
        id=row.id,
        name=row.name,
        members=tuple(
            Member(id=member.id, name=member.name, is_online=backend.hub.is_online(member.id)) for member in row.members
        ),
        last_message=cards.with_card(backend, last, subjects) if last else None,
        meeting=ongoing.card() if ongoing else None,
        owner=row.owner,
        contract=row.contract,
        scheduled=plans.scheduled_in(backend, row.id),
    )


async def rooms_of(backend: Backend, account: str) -> tuple[RoomInfo, ...]:
    """The rooms of an account."""
    found = await backend.store.do(lambda connection: snapshots(connection, account))
    return tuple(show(backend, one) for one in found)


async def load(backend: Backend, room: str) -> RoomInfo | None:
    """A room as its members see it now; nothing is awaited after it was read."""

    def work(connection: Connection) -> Snapshot | None:
        row = rooms_table.find(connection, room)
        return snapshot(connection, row) if row else None

    found = await backend.store.do(work)
    return show(backend, found) if found else None


async def tell_changed(backend: Backend, room: str) -> None:
    """Tells the members of a room how it is now."""
    info = await load(backend, room)
    if info is not None:
        backend.hub.tell_accounts(backend.room_members.get(room, frozenset()), RoomChanged(room=info))


async def answer_changed(backend: Backend, session: Session, room: str) -> Tell:
    """Tells the others how a room is now, and returns the same for who changed it.

    Raises:
        Refusal: they have been removed meanwhile.
    """
    info = await load(backend, room)
    if info is None or session.signed_in.id not in backend.room_members.get(room, frozenset()):
        raise Refusal("not_found", NO_ROOM)
    return tell_others(backend, session, room, RoomChanged(room=info))


async def tell_presence(backend: Backend, account: str) -> None:
    """Tells the rooms of an account that it came online or went."""
    for info in await rooms_of(backend, account):
        others = backend.room_members.get(info.id, frozenset()) - {account}
        backend.hub.tell_accounts(others, RoomChanged(room=info))


async def create_room(backend: Backend, session: Session, ask: CreateRoom) -> Tell:
    """Creates a room with the asker as its only member."""
    account = session.signed_in
    row = RoomRow(id=links.new_id("r"), name=names.clean(ask.name), contract=ask.contract)
    now = backend.now()
    await backend.store.do(lambda connection: rooms_table.add_room(connection, row, Act(account.id, now)))
    backend.room_members[row.id] = frozenset((account.id,))
    return await answer_changed(backend, session, row.id)


async def rename_room(backend: Backend, session: Session, ask: RenameRoom) -> Tell:
    """Gives a room another name."""
    name = names.clean(ask.name)
    await do_as_member(backend, session.signed_in, ask.room, lambda c: rooms_table.rename(c, ask.room, name))
    return await answer_changed(backend, session, ask.room)


def _may_mail(backend: Backend, session: Session) -> bool:
    now = backend.tick()
    of_account = backend.invitation_mails.take(session.signed_in.id, now)
    return of_account and backend.network_mails.take(session.network, now)


async def invite_member(backend: Backend, session: Session, ask: InviteMember) -> Tell:
    """Makes a one-use code, and mails it where the asker wants it mailed."""
    account, now = session.signed_in, backend.now()
    if ask.email and not _may_mail(backend, session):
        raise Refusal("too_much", "You have sent many invitations. Please wait a few minutes.")
    address = await mail.check_takes(backend, ask.email) if ask.email else None
    code, email = links.new_code(), address.text if address else ""
    expires_at = now + INVITATION_LIFE_S
    kept = Invitation(fingerprint=links.fingerprint(code), room=ask.room, email=email, expires_at=expires_at)

    def work(connection: Connection) -> str:
        rooms_table.add_invitation(connection, kept, Act(account.id, now))
        row = rooms_table.find(connection, ask.room)
        return row.name if row else ""

    room_name = await do_as_member(backend, account, ask.room, work)
    if email:
        text = _MAIL.format(name=account.name, room=room_name, link=links.invitation(backend.address, code))
        subject = f"{account.name} invites you to a room on Parley"
        await mail.send(backend, to=email, subject=subject, text=text, about=ask.room)
    return InvitationMade(room=ask.room, code=code, email=email, expires_at=expires_at)


async def join_room(backend: Backend, session: Session, ask: JoinRoom) -> Tell:
    """Becomes a member by a code."""
    account = session.signed_in
    if not backend.code_tries.take(session.network, backend.tick()):
        raise Refusal("too_much", "Too many codes. Please wait a minute.")
    mark, now = links.fingerprint(ask.code.strip()), backend.now()

    def work(connection: Connection) -> RoomRow | None:
        room = rooms_table.use_invitation(connection, mark, Act(account.id, now))
        return rooms_table.find(connection, room) if room else None

    found = await backend.store.do(work)
    if found is None:
        raise Refusal("bad_token", BAD_CODE)
    is_news = account.id not in backend.room_members.get(found.id, frozenset())
    backend.room_members[found.id] = found.accounts
    if not is_news and (info := await load(backend, found.id)) is not None:
        return RoomChanged(room=info)
    return await answer_changed(backend, session, found.id)


async def leave_room(backend: Backend, session: Session, ask: LeaveRoom) -> Tell | None:
    """Ends the asker's own membership."""
    account = session.signed_in
    row = await do_as_member(backend, account, ask.room, _taking_out(ask.room, account.id))
    _let_go(backend, row, account.id, "left")
    tell = RoomLeft(room=row.id, words=f"You have left the room “{row.name}”.")
    backend.hub.tell_accounts((account.id,), tell, Asker(session, ask.request))
    await tell_changed(backend, ask.room)
    return None


async def remove_member(backend: Backend, session: Session, ask: RemoveMember) -> Tell:
    """The owner ends somebody else's membership."""
    account = session.signed_in

    def work(connection: Connection) -> RoomRow:
        row = rooms_table.find(connection, ask.room)
        if row is None or row.owner != account.id:
            raise Refusal("not_allowed", "Only the owner of the room can remove members.")
        if ask.account == account.id:
            raise Refusal("not_allowed", "You cannot remove yourself. Leave the room instead.")
        if ask.account not in row.accounts:
            raise Refusal("not_found", "This person is not a member of the room.")
        return _taking_out(ask.room, ask.account)(connection)

    row = await do_as_member(backend, account, ask.room, work)
    words = f"You were removed from the room “{row.name}”."
    _let_go(backend, row, ask.account, "removed")
    backend.hub.tell_accounts((ask.account,), RoomLeft(room=row.id, words=words))
    told = notices.add(backend, (ask.account,), "removed", room=ask.room, subject=ask.room, words=words)
    backend.chores.start(told, "telling who was removed")
    return await answer_changed(backend, session, ask.room)


def _taking_out(room: str, account: str) -> Work[RoomRow]:
    def work(connection: Connection) -> RoomRow:
        rooms_table.take_out(connection, room, account)
        row = rooms_table.find(connection, room)
        assert row is not None  # it has just had a member
        return row

    return work


def _let_go(backend: Backend, row: RoomRow, account: str, reason: LeaveReason) -> None:
    """A membership has ended, `row` is the room without them: they hear nothing more of it, and have no seat."""
    backend.room_members[row.id] = row.accounts
    unseat(backend, account, room=row.id, reason=reason)
    for ongoing in backend.calls.all():
        if ongoing.row.room == row.id:
            ongoing.apply(meeting.resign(ongoing.meeting, account))


def unseat(backend: Backend, account: str, *, room: str | None = None, reason: LeaveReason = "left") -> None:
    """Frees the seats of an account, kept ones too, in the running meeting of a room or in all."""
    for ongoing in backend.calls.all():
        if room in (None, ongoing.row.room):
            ongoing.remove_member(account, reason=reason)


RULES = (
    Rule(CreateRoom, create_room, needs="account", is_heavy=True),
    Rule(RenameRoom, rename_room, needs="account"),
    Rule(LeaveRoom, leave_room, needs="account"),
    Rule(RemoveMember, remove_member, needs="account"),
    Rule(InviteMember, invite_member, needs="account"),
    Rule(JoinRoom, join_room, needs="account"),
)
