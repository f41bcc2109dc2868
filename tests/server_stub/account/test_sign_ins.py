import asyncio

import pytest

from app.wire.accounts import (
    AskPasswordReset,
    Hello,
    Resume,
    SignedIn,
    SignedOut,
    SignIn,
    SignInOwner,
    SignOut,
)
from app.wire.codec import PROTOCOL
from app.wire.lobby import LobbyChanged
from app.wire.rooms import (
    CreateRoom,
    ListMessages,
    MarkRead,
    MessagePosted,
    PostMessage,
    RoomChanged,
    RoomRead,
)
from server_stub.account import sign_ins
from server_stub.kernel import links
from server_stub.storage import accounts as accounts_table
from server_stub.storage import messages as messages_table
from tests.fakes.clock import FakeClock
from tests.fakes.server_client import running_server, story
from tests.people import (
    ADA,
    PASSWORD,
    ada,
    ada_and_grace,
    alan_inside,
    grace,
    in_a_meeting,
    knocking,
    sign_up,
)
from tests.server_stub.devices import again, listed

SECRET = "0123456789abcdef0123"
DAY_S = 86_400.0


async def chores_done(name):
    if tasks := [task for task in asyncio.all_tasks() if task.get_name() == name]:
        await asyncio.wait(tasks)


async def only_one_is_online(server, client):
    """Returns when the server has noticed that all other connections of the account are gone."""
    while len(server.backend.hub.of_account(client.account.id)) > 1:
        await (await client.socket.ping())


@story()
async def test_a_token_signs_in_until_it_is_signed_out_on_each_of_its_connections(server):
    client = await ada(server)
    other = await server.connect()
    resumed = await other.ask(Resume(token=client.token))
    assert isinstance(resumed, SignedIn)
    assert resumed.token == client.token
    assert isinstance(await other.ask(SignOut()), SignedOut)
    await client.expect(SignedOut)
    for signed_out in (client, other):
        assert await signed_out.refused(CreateRoom(name="x")) == "not_signed_in"
        assert await signed_out.refused(Resume(token=client.token)) == "bad_token"


def test_a_token_of_another_server_is_refused_and_said_so(tmp_path):
    async def tell():
        async with running_server(tmp_path / "one") as one, running_server(tmp_path / "two") as two:
            token = (await ada(one)).token
            client = await two.connect()
            refused = await client.ask(Resume(token=token))
            assert refused.reason == "bad_token"
            assert "another server" in refused.words

    asyncio.run(tell())


def test_where_an_account_is_signed_in_is_listed_without_secrets(tmp_path):
    clock = FakeClock()

    @story(clock=clock)
    async def tell(server):
        client = await ada(server)
        clock.jump(60)
        other = await again(server, device="  Linux\u202e\n ")
        stranger = await grace(server)
        assert len(await listed(stranger)) == 1
        newest, oldest = await listed(other)
        assert (newest.device, newest.is_this, newest.is_online) == ("Linux", True, True)
        assert (oldest.device, oldest.is_this, oldest.is_online) == ("", False, True)
        assert newest.since == oldest.since + 60 == clock.now()
        assert newest.last_seen == oldest.last_seen == clock.now()
        assert newest.id != oldest.id
        for one in (newest, oldest):
            for secret in (client.token, other.token, links.fingerprint(client.token)):
                assert one.id not in secret
                assert secret not in repr(one)
        await other.close()
        await only_one_is_online(server, client)
        assert [one.is_online for one in await listed(client)] == [False, True]

    tell(tmp_path)


def test_the_use_of_a_sign_in_is_kept_once_a_minute(tmp_path):
    clock = FakeClock()

    @story(clock=clock)
    async def tell(server):
        client = await ada(server)
        kept = accounts_table.note_use
        writes = []
        try:
            accounts_table.note_use = lambda *args: writes.append(args) or kept(*args)
            for _ in range(10):
                await clock.pass_time(20)
                await client.settle()
                await chores_done("noting that a sign-in is in use")
        finally:
            accounts_table.note_use = kept
        assert len(writes) == 3
        other = await again(server)
        await clock.pass_time(100)
        await client.close()
        await only_one_is_online(server, other)
        await chores_done("noting that a sign-in is in use")
        seen = [one.last_seen for one in await listed(other) if not one.is_this]
        assert seen == [clock.now()]

    tell(tmp_path)


def test_a_sign_in_that_nobody_used_for_180_days_is_worthless(tmp_path):
    clock = FakeClock()

    @story(clock=clock)
    async def tell(server):
        used, unused = await ada(server), await again(server)
        await unused.close()
        for _ in range(2):
            await used.close()
            clock.jump(100 * DAY_S)
            token, used = used.token, await server.connect()
            used.token = (await used.ask(Resume(token=token))).token
        assert len(await listed(used)) == 1
        late = await server.connect()
        assert await late.refused(Resume(token=unused.token)) == "bad_token"
        assert await sign_ins.account_of(server.backend, unused.token) is None
        assert (await sign_ins.account_of(server.backend, used.token)).email == ADA["email"]

    tell(tmp_path)


@story()
async def test_who_is_online_for_long_keeps_the_sign_in(server):
    client = await ada(server)
    await sign_ins.check_tokens(server.backend)
    assert isinstance(await client.ask(CreateRoom(name="x")), RoomChanged)


@story()
async def test_two_devices_of_one_account_hear_the_same(server):
    host, member, room = await ada_and_grace(server)
    other = await again(server)
    await member.ask(PostMessage(room=room, text="Hello", key="k1"))
    texts = [(await device.expect(MessagePosted)).message.text for device in (host, other)]
    assert texts == ["Hello", "Hello"]
    await other.ask(PostMessage(room=room, text="From the other", key="k2"))
    assert (await host.expect(MessagePosted)).message.text == "From the other"
    made = await host.ask(CreateRoom(name="Website"))
    assert (await other.expect(RoomChanged, lambda tell: tell.room.id == made.room.id)).room == made.room
    assert isinstance(await other.ask(MarkRead(room=room)), RoomRead)
    assert (await host.expect(RoomRead)).room == room
    assert not [tell for tell in member.heard if isinstance(tell, RoomRead)]


@story()
async def test_what_was_missed_comes_once_after_a_reconnect(server):
    host, member, room = await ada_and_grace(server)
    await member.ask(PostMessage(room=room, text="Before", key="k0"))
    await host.ask(MarkRead(room=room))
    host.vanish()
    await host.closed.wait()
    for number in range(3):
        await member.ask(PostMessage(room=room, text=f"Missed {number}", key=f"k{number + 1}"))
    back = await server.connect()
    signed_in = await back.ask(Resume(token=host.token))
    assert signed_in.unread == {room: 3}
    assert signed_in.rooms[0].last_message.text == "Missed 2"
    told = await back.ask(ListMessages(room=room))
    assert [message.text for message in told.messages] == ["Before", "Missed 0", "Missed 1", "Missed 2"]
    await back.settle()
    assert not [tell for tell in back.news if isinstance(tell, MessagePosted)]


@story(secret=SECRET, is_reachable=True)
async def test_a_reachable_embedded_server_knows_its_owner_by_the_secret_alone(server):
    client = await server.connect()
    greeting = await client.ask(Hello(version="1", protocol=PROTOCOL))
    assert (greeting.is_embedded, greeting.is_reachable) == (True, True)
    assert await client.refused(SignInOwner(secret="0" * 20, name="Eve")) == "not_allowed"
    assert isinstance(await client.ask(SignInOwner(secret=SECRET, name="Ada")), SignedIn)
    other = await ada(server)
    assert other.account.email == ADA["email"]
    assert (await other.ask(AskPasswordReset(email="x@example.org"))).words


@story()
async def test_one_signs_in_once_on_a_connection_and_not_with_a_guest_seat(server):
    host, _, card = await in_a_meeting(server)
    guest = await alan_inside(server, host, card)
    for client in (host, guest):
        for ask in (Resume(token=host.token), SignIn(email=ADA["email"], password=PASSWORD)):
            assert await client.refused(ask) == "already_in"
    assert guest.guest in server.backend.calls.find(card.id).meeting.seats


@story()
async def test_who_signs_out_waits_in_no_lobby(server):
    host, _, card = await in_a_meeting(server)
    eve = await sign_up(server, email="eve@example.org", name="Eve")
    await eve.ask(knocking(card))
    await host.expect(LobbyChanged, lambda tell: len(tell.waiting) == 1)
    assert isinstance(await eve.ask(SignOut()), SignedOut)
    await host.expect(LobbyChanged, lambda tell: not tell.waiting)


@pytest.mark.logs_warnings
@story()
async def test_a_sign_in_that_fails_leaves_nobody_signed_in(server):
    client, other = await ada(server), await server.connect()
    unread = messages_table.unread

    def fail(connection, account):
        raise ZeroDivisionError

    messages_table.unread = fail
    try:
        assert await other.refused(Resume(token=client.token)) == "failed"
    finally:
        messages_table.unread = unread
    assert await other.refused(CreateRoom(name="x")) == "not_signed_in"
    assert len(server.backend.hub.of_account(client.account.id)) == 1
    assert isinstance(await other.ask(Resume(token=client.token)), SignedIn)
