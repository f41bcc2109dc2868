import asyncio
import time

from app.wire.accounts import Resume
from app.wire.rooms import (
    CreateRoom,
    InviteMember,
    JoinRoom,
    ListMessages,
    MessagePosted,
    PostMessage,
    RoomChanged,
)
from tests.fakes.server_client import running_server, story
from tests.people import ada, ada_and_grace, grace, make_room, sign_up


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
    stranger = await sign_up(server, email="eve@example.org", name="Eve")
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
async def test_a_message_is_with_everyone_within_a_second(server):
    host, member, room = await ada_and_grace(server)
    began = time.perf_counter()
    posted = await host.ask(PostMessage(room=room, text="Hello <b>there</b>", key="k1"))
    told = await member.expect(MessagePosted)
    assert time.perf_counter() - began < 1.0
    assert told.message == posted.message
    assert told.message.text == "Hello <b>there</b>"


@story()
async def test_a_retry_posts_nothing_new(server):
    host, member, room = await ada_and_grace(server)
    first = await host.ask(PostMessage(room=room, text="Once", key="k1"))
    again = await host.ask(PostMessage(room=room, text="Once", key="k1"))
    assert again.message == first.message
    other = await member.ask(PostMessage(room=room, text="Mine", key="k1"))
    assert other.message.id != first.message.id
    listed = await host.ask(ListMessages(room=room))
    assert [message.text for message in listed.messages] == ["Once", "Mine"]


@story()
async def test_messages_come_in_pages(server):
    host = await ada(server)
    room = await make_room(host)
    for number in range(103):
        await host.ask(PostMessage(room=room, text=str(number), key=f"k{number}"))
    newest = await host.ask(ListMessages(room=room))
    assert [newest.messages[0].text, newest.messages[-1].text] == ["3", "102"]
    assert newest.has_more
    older = await host.ask(ListMessages(room=room, before=newest.messages[0].id))
    assert [message.text for message in older.messages] == ["0", "1", "2"]
    assert not older.has_more


@story()
async def test_a_stranger_learns_nothing_of_a_room(server):
    host = await ada(server)
    room = await make_room(host)
    stranger = await sign_up(server, email="eve@example.org", name="Eve")
    for ask in (ListMessages(room=room), PostMessage(room=room, text="x", key="k"), InviteMember(room=room)):
        assert await stranger.refused(ask) == "not_found"
        unknown = type(ask)(**{**{f: getattr(ask, f) for f in ask.__struct_fields__}, "room": "none"})
        assert await stranger.refused(unknown) == "not_found"
    await host.ask(PostMessage(room=room, text="x", key="k"))
    await stranger.settle()
    assert not [tell for tell in stranger.news if isinstance(tell, MessagePosted)]


def test_everything_is_there_after_a_restart(tmp_path):
    async def tell():
        async with running_server(tmp_path) as server:
            host, _, room = await ada_and_grace(server)
            posted = await host.ask(PostMessage(room=room, text="Kept", key="k1"))
        async with running_server(tmp_path) as server:
            client = await server.connect()
            signed_in = await client.ask(Resume(token=host.token))
            assert [one.id for one in signed_in.rooms] == [room]
            assert signed_in.rooms[0].last_message == posted.message
            assert [one.name for one in signed_in.rooms[0].members] == ["Ada", "Grace"]
            again = await client.ask(PostMessage(room=room, text="Kept", key="k1"))
            assert again.message == posted.message

    asyncio.run(tell())
