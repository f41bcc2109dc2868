"""The codes by which one becomes a member of a room."""

import asyncio

from app.wire.accounts import Resume
from app.wire.links import parse_link
from app.wire.rooms import (
    CreateRoom,
    InvitationMade,
    InviteMember,
    JoinRoom,
    RenameRoom,
    RoomChanged,
)
from server_stub.kernel.limiter import Limit
from server_stub.storage import rooms as rooms_table
from tests.fakes.clock import FakeClock
from tests.fakes.server_client import allow, story
from tests.people import ada, grace, make_room, sign_up
from tests.server_stub.outbox import mails_of
from tests.server_stub.strangers import asks_about, eve

DAY_S = 86_400.0


@story()
async def test_an_invitation_makes_one_member_and_no_more(server):
    host, member = await ada(server), await grace(server)
    room = (await host.ask(CreateRoom(name="  Website  "))).room
    assert room.name == "Website"
    code = (await host.ask(InviteMember(room=room.id))).code
    joined = await member.ask(JoinRoom(code=code))
    assert [one.name for one in joined.room.members] == ["Ada", "Grace"]
    told = await host.expect(RoomChanged, lambda tell: len(tell.room.members) == 2)
    assert told.room.id == room.id
    stranger = await eve(server)
    assert await stranger.refused(JoinRoom(code=code)) == "bad_token"
    assert await stranger.refused(JoinRoom(code="guessed")) == "bad_token"


@story()
async def test_a_member_who_uses_a_code_leaves_it_good(server):
    host, member = await ada(server), await grace(server)
    room = await make_room(host)
    code = (await host.ask(InviteMember(room=room))).code
    await host.ask(JoinRoom(code=code))
    assert isinstance(await member.ask(JoinRoom(code=code)), RoomChanged)


@story()
async def test_membership_follows_the_code_and_never_an_address(server):
    host, invited = await ada(server), await grace(server)
    stranger, late = await eve(server), await sign_up(server, email="late@example.org", name="Late")
    room = await make_room(host)
    made = await host.ask(InviteMember(room=room, email="grace@example.org"))
    assert made.email == "grace@example.org"
    (mail,) = await mails_of(server)
    assert mail["To"] == "grace@example.org"
    # The invited address by itself opens nothing.
    assert (await (await server.connect()).ask(Resume(token=invited.token))).rooms == ()
    for ask in asks_about(room):
        assert await invited.refused(ask) in ("not_found",), ask
    assert not [tell for tell in invited.heard if isinstance(tell, RoomChanged)]
    # A link of the mail opens the room to whoever has it, once.
    link = parse_link(next(word for word in mail.get_payload().split() if "/i/" in word))
    assert (link.kind, link.code) == ("room", made.code)
    joined = await stranger.ask(JoinRoom(code=link.code))
    assert [one.name for one in joined.room.members] == ["Ada", "Eve"]
    assert await invited.refused(JoinRoom(code=made.code)) == "bad_token"
    assert await late.refused(JoinRoom(code=made.code)) == "bad_token"


@story()
async def test_of_two_who_use_one_code_at_once_one_gets_in(server):
    host = await ada(server)
    guests = [await sign_up(server, email=f"p{n}@example.org", name=f"P{n}") for n in range(4)]
    room = await make_room(host)
    for _ in range(3):
        code = (await host.ask(InviteMember(room=room))).code
        answers = await asyncio.gather(*(guest.ask(JoinRoom(code=code)) for guest in guests))
        outside = [guest for guest, answer in zip(guests, answers, strict=True) if not isinstance(answer, RoomChanged)]
        assert len(outside) == len(guests) - 1
        guests = outside
    members = (await host.ask(RenameRoom(room=room, name="Counted"))).room.members
    assert len(members) == 4


def test_an_invitation_is_good_for_two_weeks(tmp_path):
    clock = FakeClock()

    @story(clock=clock)
    async def tell(server):
        host, member = await ada(server), await grace(server)
        room = await make_room(host)
        old = await host.ask(InviteMember(room=room))
        assert old.expires_at == clock.now() + 14 * DAY_S
        clock.jump(7 * DAY_S)
        newer = await host.ask(InviteMember(room=room))
        clock.jump(7 * DAY_S)
        assert await member.refused(JoinRoom(code=old.code)) == "bad_token"
        assert isinstance(await member.ask(JoinRoom(code=newer.code)), RoomChanged)
        # What is too old goes when a new one is made.
        await host.ask(InviteMember(room=room))
        kept = await server.backend.store.do(lambda c: c.execute(rooms_table.invitations.select()).all())
        assert len(kept) == 2

    tell(tmp_path)


@story()
async def test_invitations_are_mailed_only_so_often(server):
    host = await ada(server)
    room = await make_room(host)
    asked = [await host.ask(InviteMember(room=room, email=f"p{n}@example.org")) for n in range(21)]
    assert [type(answer) for answer in asked[:20]] == [InvitationMade] * 20
    assert asked[20].reason == "too_much"
    assert len(await mails_of(server)) == 20
    assert isinstance(await host.ask(InviteMember(room=room)), InvitationMade)


@story()
async def test_a_code_of_a_room_without_members_is_worthless(server):
    host, stranger = await ada(server), await eve(server)
    room = await make_room(host)
    code = (await host.ask(InviteMember(room=room))).code

    def empty(connection):
        connection.execute(rooms_table.members.delete().where(rooms_table.members.c.room == room))

    await server.backend.store.do(empty)
    assert await stranger.refused(JoinRoom(code=code)) == "bad_token"


@story()
async def test_codes_cannot_be_guessed_for_ever(server):
    host = await ada(server)
    allow(server.backend, "code", Limit(0.001, 2))
    asked = [await host.refused(JoinRoom(code=f"guess-{number}")) for number in range(3)]
    assert asked == ["bad_token", "bad_token", "too_much"]
