"""Rooms: creating and renaming them, their members, and joining by a one-use code.

What a member may do is decided in the same transaction as it is done, by the table of members: whoever was taken out a
moment ago can do nothing more. `context.members` holds the same for telling.
"""

from __future__ import annotations

from typing import TypeVar

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
from server_stub.call.calls import Calls
from server_stub.errors import Refusal
from server_stub.kernel import links, names
from server_stub.kernel.context import Context
from server_stub.kernel.hub import Asker, tell_all
from server_stub.kernel.members import NOBODY
from server_stub.kernel.requests import Rule
from server_stub.kernel.session import Session
from server_stub.post import mail, notices
from server_stub.room import cards
from server_stub.room.cards import Subject
from server_stub.storage import Connection
from server_stub.storage import messages as messages_table
from server_stub.storage import rooms as rooms_table
from server_stub.storage.messages import MessageRow
from server_stub.storage.rooms import INVITATION_LIFE_S, Act, Invitation, RoomRow
from server_stub.storage.store import Work

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


async def check_member(context: Context, account: Account, room: str) -> None:
    """Raises `Refusal` when an account does not belong to a room; a stranger does not learn whether it exists."""
    if account.id not in await context.members.of(room):
        raise Refusal("not_found", NO_ROOM)


async def do_as_member(context: Context, account: Account, room: str, work: Work[T]) -> T:
    """Runs work of the database for an account that belongs to a room at that moment.

    Raises:
        Refusal: it does not; nothing was done.
    """

    def checked(connection: Connection) -> T:
        if not rooms_table.is_member(connection, room, account.id):
            raise Refusal("not_found", NO_ROOM)
        return work(connection)

    return await context.store.do(checked)


def tell_room(context: Context, room: str, tell: Tell, asker: Asker | None = None) -> None:
    """Tells every session of every member, once the members are known."""
    known = context.members.known(room)
    if known is not None:
        context.hub.tell_accounts(known, tell, asker)
        return

    async def later() -> None:
        context.hub.tell_accounts(await context.members.of(room), tell, asker)

    context.chores.start(later(), "telling a room")


def tell_others(context: Context, session: Session, room: str, tell: Tell) -> Tell:
    """Tells all members but the asker's own session, and returns the same as the answer for that one."""
    others = {
        other
        for account in context.members.known(room) or NOBODY
        for other in context.hub.of_account(account)
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


def show(context: Context, found: Snapshot) -> RoomInfo:
    """A room as its members see it now."""
    row, last, subjects = found
    context.members.fill(row.id, row.accounts)
    ongoing = context.part(Calls).of_room(row.id)
    return RoomInfo(
        id=row.id,
        name=row.name,
        members=tuple(
            Member(id=member.id, name=member.name, is_online=context.hub.is_online(member.id)) for member in row.members
        ),
        last_message=cards.with_card(context, last, subjects) if last else None,
        meeting=ongoing.card() if ongoing else None,
        owner=row.owner,
        contract=row.contract,
        scheduled=cards.scheduled_in(context, row.id),
    )


async def rooms_of(context: Context, account: str) -> tuple[RoomInfo, ...]:
    """The rooms of an account."""
    found = await context.store.do(lambda connection: snapshots(connection, account))
    return tuple(show(context, one) for one in found)


async def load(context: Context, room: str) -> RoomInfo | None:
    """A room as its members see it now; nothing is awaited after it was read."""

    def work(connection: Connection) -> Snapshot | None:
        row = rooms_table.find(connection, room)
        return snapshot(connection, row) if row else None

    found = await context.store.do(work)
    return show(context, found) if found else None


async def tell_changed(context: Context, room: str) -> None:
    """Tells the members of a room how it is now."""
    info = await load(context, room)
    if info is not None:
        context.hub.tell_accounts(context.members.known(room) or NOBODY, RoomChanged(room=info))


async def answer_changed(context: Context, session: Session, room: str) -> Tell:
    """Tells the others how a room is now, and returns the same for who changed it.

    Raises:
        Refusal: they have been removed meanwhile.
    """
    info = await load(context, room)
    if info is None or session.signed_in.id not in (context.members.known(room) or NOBODY):
        raise Refusal("not_found", NO_ROOM)
    return tell_others(context, session, room, RoomChanged(room=info))


async def tell_presence(context: Context, account: str) -> None:
    """Tells the rooms of an account that it came online or went."""
    for info in await rooms_of(context, account):
        others = (context.members.known(info.id) or NOBODY) - {account}
        context.hub.tell_accounts(others, RoomChanged(room=info))


async def create_room(context: Context, session: Session, ask: CreateRoom) -> Tell:
    """Creates a room with the asker as its only member."""
    account = session.signed_in
    row = RoomRow(id=links.new_id("r"), name=names.clean(ask.name), contract=ask.contract)
    now = context.now()
    await context.store.do(lambda connection: rooms_table.add_room(connection, row, Act(account.id, now)))
    context.members.changed(row.id, frozenset((account.id,)))
    return await answer_changed(context, session, row.id)


async def rename_room(context: Context, session: Session, ask: RenameRoom) -> Tell:
    """Gives a room another name."""
    name = names.clean(ask.name)
    await do_as_member(context, session.signed_in, ask.room, lambda c: rooms_table.rename(c, ask.room, name))
    return await answer_changed(context, session, ask.room)


async def _may_mail(context: Context, session: Session) -> bool:
    of_account = await context.limiter.take("invitation mail", session.signed_in.id)
    return of_account and await context.limiter.take("mail from network", session.network)


async def invite_member(context: Context, session: Session, ask: InviteMember) -> Tell:
    """Makes a one-use code, and mails it where the asker wants it mailed."""
    account, now = session.signed_in, context.now()
    if ask.email and not await _may_mail(context, session):
        raise Refusal("too_much", "You have sent many invitations. Please wait a few minutes.")
    address = await mail.check_takes(context, ask.email) if ask.email else None
    code, email = links.new_code(), address.text if address else ""
    expires_at = now + INVITATION_LIFE_S
    kept = Invitation(fingerprint=links.fingerprint(code), room=ask.room, email=email, expires_at=expires_at)

    def work(connection: Connection) -> str:
        rooms_table.add_invitation(connection, kept, Act(account.id, now))
        row = rooms_table.find(connection, ask.room)
        return row.name if row else ""

    room_name = await do_as_member(context, account, ask.room, work)
    if email:
        text = _MAIL.format(name=account.name, room=room_name, link=links.invitation(context.address, code))
        subject = f"{account.name} invites you to a room on Parley"
        await mail.send(context, to=email, subject=subject, text=text, about=ask.room)
    return InvitationMade(room=ask.room, code=code, email=email, expires_at=expires_at)


async def join_room(context: Context, session: Session, ask: JoinRoom) -> Tell:
    """Becomes a member by a code."""
    account = session.signed_in
    if not await context.limiter.take("code", session.network):
        raise Refusal("too_much", "Too many codes. Please wait a minute.")
    mark, now = links.fingerprint(ask.code.strip()), context.now()

    def work(connection: Connection) -> RoomRow | None:
        room = rooms_table.use_invitation(connection, mark, Act(account.id, now))
        return rooms_table.find(connection, room) if room else None

    found = await context.store.do(work)
    if found is None:
        raise Refusal("bad_token", BAD_CODE)
    is_news = account.id not in (context.members.known(found.id) or NOBODY)
    context.members.changed(found.id, found.accounts)
    if not is_news and (info := await load(context, found.id)) is not None:
        return RoomChanged(room=info)
    return await answer_changed(context, session, found.id)


async def leave_room(context: Context, session: Session, ask: LeaveRoom) -> Tell | None:
    """Ends the asker's own membership."""
    account = session.signed_in
    row = await do_as_member(context, account, ask.room, _taking_out(ask.room, account.id))
    _let_go(context, row, account.id, "left")
    tell = RoomLeft(room=row.id, words=f"You have left the room “{row.name}”.")
    context.hub.tell_accounts((account.id,), tell, Asker(session, ask.request))
    await tell_changed(context, ask.room)
    return None


async def remove_member(context: Context, session: Session, ask: RemoveMember) -> Tell:
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

    row = await do_as_member(context, account, ask.room, work)
    words = f"You were removed from the room “{row.name}”."
    _let_go(context, row, ask.account, "removed")
    context.hub.tell_accounts((ask.account,), RoomLeft(room=row.id, words=words))
    told = notices.add(context, (ask.account,), "removed", room=ask.room, subject=ask.room, words=words)
    context.chores.start(told, "telling who was removed")
    return await answer_changed(context, session, ask.room)


def _taking_out(room: str, account: str) -> Work[RoomRow]:
    def work(connection: Connection) -> RoomRow:
        rooms_table.take_out(connection, room, account)
        row = rooms_table.find(connection, room)
        assert row is not None  # it has just had a member
        return row

    return work


def _let_go(context: Context, row: RoomRow, account: str, reason: LeaveReason) -> None:
    """A membership has ended, `row` is the room without them: they hear nothing more of it, and have no seat."""
    context.members.changed(row.id, row.accounts)
    unseat(context, account, room=row.id, reason=reason)
    for ongoing in context.part(Calls).all():
        if ongoing.row.room == row.id:
            ongoing.apply(meeting.resign(ongoing.meeting, account))


def unseat(context: Context, account: str, *, room: str | None = None, reason: LeaveReason = "left") -> None:
    """Frees the seats of an account, kept ones too, in the running meeting of a room or in all."""
    for ongoing in context.part(Calls).all():
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
