"""Rooms: making them, inviting, joining by a one-use code, and their messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.wire.accounts import Account
from app.wire.fields import Tell
from app.wire.rooms import (
    CreateRoom,
    InvitationMade,
    InviteMember,
    JoinRoom,
    ListMessages,
    Member,
    Message,
    MessagePosted,
    MessagesListed,
    PostMessage,
    RoomChanged,
    RoomInfo,
)
from server_stub import cards, links, names
from server_stub.cards import Subject
from server_stub.errors import Refusal
from server_stub.hub import Asker, tell_all
from server_stub.requests import Rule
from server_stub.session import Session
from server_stub.storage import Connection
from server_stub.storage import rooms as rooms_table
from server_stub.storage.rooms import Act, MessageRow, RoomRow

if TYPE_CHECKING:
    from server_stub.backend import Backend

#: A room with its newest message and what that shows.
Snapshot = tuple[RoomRow, MessageRow | None, dict[str, Subject]]


async def members_of(backend: Backend, room: str) -> frozenset[str]:
    """The accounts that belong to a room; none when there is no such room."""
    known = backend.room_members.get(room)
    if known is None:
        row = await backend.store.do(lambda connection: rooms_table.find(connection, room))
        known = frozenset(member.id for member in row.members) if row else frozenset()
        if row:
            # A join that was committed meanwhile has told itself here first: its answer is the newer one.
            known = backend.room_members.setdefault(room, known)
    return known


async def check_member(backend: Backend, account: Account, room: str) -> None:
    """Raises `Refusal` when an account does not belong to a room; a stranger does not learn whether it exists."""
    if account.id not in await members_of(backend, room):
        raise Refusal("not_found", "There is no such room, or you do not belong to it.")


def tell_room(backend: Backend, room: str, tell: Tell, asker: Asker | None = None) -> None:
    """Tells every session of every member, once the members are known."""
    known = backend.room_members.get(room)
    if known is not None:
        backend.hub.tell_accounts(known, tell, asker)
        return

    async def later() -> None:
        backend.hub.tell_accounts(await members_of(backend, room), tell, asker)

    backend.chores.start(later(), "telling a room")


def snapshot(connection: Connection, row: RoomRow) -> Snapshot:
    """What `show` needs of a room."""
    last = rooms_table.last_message(connection, row.id)
    return row, last, cards.find_subjects(connection, [last] if last else [])


def show(backend: Backend, found: Snapshot) -> RoomInfo:
    """A room as its members see it now."""
    row, last, subjects = found
    ongoing = backend.calls.of_room(row.id)
    return RoomInfo(
        id=row.id,
        name=row.name,
        members=tuple(
            Member(id=member.id, name=member.name, is_online=backend.hub.is_online(member.id)) for member in row.members
        ),
        last_message=cards.with_card(backend, last, subjects) if last else None,
        meeting=ongoing.card() if ongoing else None,
    )


async def rooms_of(backend: Backend, account: str) -> tuple[RoomInfo, ...]:
    """The rooms of an account."""

    def work(connection: Connection) -> list[Snapshot]:
        return [snapshot(connection, row) for row in rooms_table.rooms_of(connection, account)]

    found = await backend.store.do(work)
    for row, _, _ in found:
        backend.room_members.setdefault(row.id, frozenset(member.id for member in row.members))
    return tuple(show(backend, one) for one in found)


async def tell_presence(backend: Backend, account: str) -> None:
    """Tells the rooms of an account that it came online or went."""
    for info in await rooms_of(backend, account):
        others = [member.id for member in info.members if member.id != account]
        backend.hub.tell_accounts(others, RoomChanged(room=info))


async def create_room(backend: Backend, session: Session, ask: CreateRoom) -> Tell:
    """Makes a room with the asker as its only member."""
    account = session.signed_in
    room, name, now = links.new_id("r"), names.clean(ask.name), backend.now()

    def work(connection: Connection) -> Snapshot | None:
        rooms_table.add_room(connection, room, name, Act(account.id, now))
        row = rooms_table.find(connection, room)
        return snapshot(connection, row) if row else None

    made = await backend.store.do(work)
    if made is None:
        raise Refusal("failed", "The room could not be made.")
    backend.room_members[room] = frozenset((account.id,))
    return _tell_others(backend, session, room, RoomChanged(room=show(backend, made)))


async def invite_member(backend: Backend, session: Session, ask: InviteMember) -> Tell:
    """Makes a one-use code."""
    account = session.signed_in
    await check_member(backend, account, ask.room)
    code, now = links.new_code(), backend.now()
    await backend.store.do(
        lambda connection: rooms_table.add_invitation(
            connection, ask.room, links.fingerprint(code), Act(account.id, now)
        )
    )
    return InvitationMade(room=ask.room, code=code)


async def join_room(backend: Backend, session: Session, ask: JoinRoom) -> Tell:
    """Becomes a member by a code."""
    account = session.signed_in
    if not backend.code_tries.take(session.address, backend.tick()):
        raise Refusal("too_much", "That were too many codes. Please wait a minute.")
    mark, now = links.fingerprint(ask.code.strip()), backend.now()

    def work(connection: Connection) -> Snapshot | None:
        room = rooms_table.use_invitation(connection, mark, Act(account.id, now))
        row = rooms_table.find(connection, room) if room else None
        return snapshot(connection, row) if row else None

    found = await backend.store.do(work)
    if found is None:
        raise Refusal("bad_token", "This invitation is not known, or it has been used.")
    room = found[0].id
    backend.room_members[room] = frozenset(member.id for member in found[0].members)
    return _tell_others(backend, session, room, RoomChanged(room=show(backend, found)))


async def list_messages(backend: Backend, session: Session, ask: ListMessages) -> Tell:
    """Lists a page of messages."""
    await check_member(backend, session.signed_in, ask.room)

    def work(connection: Connection) -> tuple[tuple[MessageRow, ...], bool, dict[str, Subject]]:
        rows, has_more = rooms_table.list_messages(connection, ask.room, ask.before)
        return rows, has_more, cards.find_subjects(connection, rows)

    rows, has_more, subjects = await backend.store.do(work)
    return MessagesListed(
        room=ask.room,
        messages=tuple(cards.with_card(backend, row, subjects) for row in rows),
        has_more=has_more,
    )


async def post_message(backend: Backend, session: Session, ask: PostMessage) -> Tell:
    """Posts a text; a retry is answered with the message that stands already."""
    account = session.signed_in
    await check_member(backend, account, ask.room)
    message = Message(
        id=links.new_id("m"),
        room=ask.room,
        author=account.id,
        author_name=account.name,
        at=backend.now(),
        kind="text",
        text=ask.text,
        key=ask.key,
    )
    row, is_new = await backend.store.do(lambda connection: rooms_table.post(connection, message))
    tell = MessagePosted(message=row.message)
    return _tell_others(backend, session, ask.room, tell) if is_new else tell


def _tell_others(backend: Backend, session: Session, room: str, tell: Tell) -> Tell:
    """Tells all members but the asker's own session, and returns the same as the answer for that one."""
    others = {
        other
        for account in backend.room_members.get(room, frozenset())
        for other in backend.hub.of_account(account)
        if other is not session
    }
    tell_all(others, tell)
    return tell


RULES = (
    Rule(CreateRoom, create_room, needs="account", is_heavy=True),
    Rule(InviteMember, invite_member, needs="account"),
    Rule(JoinRoom, join_room, needs="account"),
    Rule(ListMessages, list_messages, needs="account"),
    Rule(PostMessage, post_message, needs="account"),
)
