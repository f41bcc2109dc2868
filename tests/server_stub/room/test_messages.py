import asyncio
import itertools

import pytest
from sqlalchemy import select

from app.wire.accounts import Resume
from app.wire.errors import Refused
from app.wire.people import StartMeeting
from app.wire.rooms import (
    DeleteMessage,
    EditMessage,
    InviteMember,
    JoinRoom,
    LeaveRoom,
    ListMessages,
    MarkRead,
    MeetingChanged,
    MessageChanged,
    MessagePosted,
    PostExternalMeeting,
    PostMessage,
    RemoveMember,
    RoomRead,
)
from server_stub.storage import gate as gate_table
from server_stub.storage import messages as messages_table
from server_stub.storage.tables import messages
from tests.fakes.clock import FakeClock
from tests.fakes.server_client import running_server, story
from tests.people import ada, ada_and_grace, grace, in_a_meeting, make_room, sign_up

KEYS = itertools.count()
URL = "https://meet.example.com/abc?pwd=1"


async def post(client, room, text="Hello", key=None):
    return (await client.ask(PostMessage(room=room, text=text, key=key or f"k{next(KEYS)}"))).message


async def texts(client, room):
    return [message.text for message in (await client.ask(ListMessages(room=room))).messages]


async def unread(server, client):
    return (await (await server.connect()).ask(Resume(token=client.token))).unread


@story(clock=FakeClock())
async def test_r08_two_members_get_a_message_at_once_and_a_retry_posts_no_second(server):
    host, member, room = await ada_and_grace(server)
    for ask in (StartMeeting(room=room, key="start"), PostMessage(room=room, text="Hello <b>there</b>", key="k1")):
        # The server's clock stands still: nothing of it waits for time to pass.
        answer = await host.ask(ask)
        told = [await client.expect(MessagePosted) for client in (member,)]
        again = await host.ask(ask)
        assert again == type(again)(**{**fields(answer), "re": again.re})
        await member.settle()
        assert not [tell for tell in member.news if isinstance(tell, MessagePosted)]
    assert told[0].message.text == "Hello <b>there</b>"
    listed = (await member.ask(ListMessages(room=room))).messages
    assert [message.kind for message in listed] == ["meeting", "text"]
    assert listed[0].meeting.link.startswith(f"http://127.0.0.1:{server.port}/j/")


def fields(struct):
    return {name: getattr(struct, name) for name in struct.__struct_fields__}


@story()
async def test_a_retry_posts_nothing_new(server):
    host, member, room = await ada_and_grace(server)
    first = await post(host, room, "Once", "k1")
    assert await post(host, room, "Once", "k1") == first
    assert (await post(member, room, "Mine", "k1")).id != first.id
    assert await texts(host, room) == ["Once", "Mine"]


@story()
async def test_messages_come_in_pages(server):
    host = await ada(server)
    room = await make_room(host)
    for number in range(103):
        await post(host, room, str(number))
    newest = await host.ask(ListMessages(room=room))
    assert [newest.messages[0].text, newest.messages[-1].text] == ["3", "102"]
    assert newest.has_more
    older = await host.ask(ListMessages(room=room, before=newest.messages[0].id))
    assert [message.text for message in older.messages] == ["0", "1", "2"]
    assert not older.has_more


@story()
async def test_an_edited_message_says_so_to_everyone(server):
    host, member, room = await ada_and_grace(server)
    message = await post(host, room, "Helo")
    changed = await host.ask(EditMessage(message=message.id, text="Hello"))
    assert (changed.message.text, changed.message.is_deleted) == ("Hello", False)
    assert changed.message.edited_at >= message.at
    assert (await member.expect(MessageChanged)).message == changed.message
    assert (await member.ask(ListMessages(room=room))).messages == (changed.message,)
    # A retry changes nothing, and is not told again.
    assert (await host.ask(EditMessage(message=message.id, text="Hello"))).message == changed.message
    await member.settle()
    assert not [tell for tell in member.news if isinstance(tell, MessageChanged)]


@story()
async def test_the_text_of_a_deleted_message_is_gone_and_that_there_was_one_stays(server):
    host, member, room = await ada_and_grace(server)
    message = await post(host, room, "Canary", "k1")
    deleted = await host.ask(DeleteMessage(message=message.id))
    assert (deleted.message.text, deleted.message.is_deleted, deleted.message.author_name) == ("", True, "Ada")
    assert (await member.expect(MessageChanged)).message == deleted.message
    assert (await member.ask(ListMessages(room=room))).messages == (deleted.message,)
    assert (await host.ask(DeleteMessage(message=message.id))).message == deleted.message
    assert await host.refused(EditMessage(message=message.id, text="Back")) == "not_found"
    # A retry of the post that comes late does not bring it back.
    assert await post(host, room, "Canary", "k1") == deleted.message
    rows = await server.backend.store.do(lambda c: c.execute(select(messages)).all())
    assert "Canary" not in repr(rows)


def test_no_file_holds_what_was_deleted_or_written_over(tmp_path):
    async def tell():
        async with running_server(tmp_path) as server:
            host = await ada(server)
            room = await make_room(host)
            deleted, edited, kept = [await post(host, room, f"{word} " * 20) for word in ("Canary", "Finch", "Sparrow")]
            await host.ask(DeleteMessage(message=deleted.id))
            await host.ask(EditMessage(message=edited.id, text="Nothing"))
            assert kept.text in await texts(host, room)

    asyncio.run(tell())
    files = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    found = {word: any(word in content for content in files) for word in (b"Canary", b"Finch", b"Sparrow")}
    assert found == {b"Canary": False, b"Finch": False, b"Sparrow": True}


@story()
async def test_one_changes_ones_own_texts_alone(server):
    host, member, room = await ada_and_grace(server)
    stranger = await sign_up(server, email="eve@example.org", name="Eve")
    message = await post(host, room)
    meeting = (await host.ask(StartMeeting(room=room, key="s"))).meeting
    card = (await host.ask(ListMessages(room=room))).messages[-1]
    assert card.meeting.id == meeting.id
    for ask in (EditMessage(message=message.id, text="x"), DeleteMessage(message=message.id)):
        assert await member.refused(ask) == "not_allowed"
        assert await stranger.refused(ask) == "not_found"
    for ask in (EditMessage(message=card.id, text="x"), DeleteMessage(message=card.id)):
        assert await host.refused(ask) == "not_allowed"
    assert await host.refused(DeleteMessage(message="none")) == "not_found"
    await host.ask(LeaveRoom(room=room))
    for ask in (EditMessage(message=message.id, text="x"), DeleteMessage(message=message.id)):
        assert await host.refused(ask) == "not_found"
    assert (await texts(member, room))[0] == "Hello"


@story()
async def test_r63_another_providers_link_is_a_plain_message(server):
    host, member, room = await ada_and_grace(server)
    posted = (await host.ask(PostExternalMeeting(room=room, url=URL, key="k1"))).message
    told = (await member.expect(MessagePosted)).message
    assert told == posted
    assert (told.kind, told.meeting) == ("text", None)
    assert URL in told.text
    assert "outside Parley" in told.text
    again = await host.ask(PostExternalMeeting(room=room, url=URL, key="k1"))
    assert again.message == posted
    # Nor does a link in an ordinary message become anything else, one of ours included.
    ours = (await host.ask(StartMeeting(room=room, key="s"))).meeting.link
    for text in (URL, ours):
        assert (await post(host, room, f"Look: {text}")).meeting is None
    assert not [tell for tell in member.heard if isinstance(tell, MeetingChanged) and tell.meeting.provider != "parley"]


@pytest.mark.parametrize("url", ["https://good.example\u202e/moc.live", "https://x.example/\u200b"])
def test_r63_an_address_that_hides_something_is_refused(tmp_path, url):
    @story()
    async def tell(server):
        host = await ada(server)
        room = await make_room(host)
        assert await host.refused(PostExternalMeeting(room=room, url=url, key="k")) == "malformed"
        assert await texts(host, room) == []

    tell(tmp_path)


@story()
async def test_a_server_without_other_providers_refuses_their_links(server):
    host = await ada(server)
    room = await make_room(host)
    settings = gate_table.GateSettings(offers_external=False)
    await server.backend.store.do(lambda c: gate_table.write(c, settings))
    assert await host.refused(PostExternalMeeting(room=room, url=URL, key="k")) == "gate_closed"
    assert (await post(host, room, URL)).text == URL


@story()
async def test_what_is_unread_is_counted_until_it_is_seen(server):
    host, member, room = await ada_and_grace(server)
    quiet = await make_room(host, member, name="Quiet")
    for number in range(3):
        gone = await post(host, room, str(number))
    await post(member, room, "My own does not count")
    assert await unread(server, member) == {room: 3}
    assert await unread(server, host) == {room: 1}
    await host.ask(DeleteMessage(message=gone.id))
    assert await unread(server, member) == {room: 2}
    assert isinstance(await member.ask(MarkRead(room=room)), RoomRead)
    await member.ask(MarkRead(room=quiet))
    assert await unread(server, member) == {}
    await post(host, room, "More")
    assert await unread(server, member) == {room: 1}


@story()
async def test_what_was_said_before_one_came_is_not_unread(server):
    host, member = await ada(server), await grace(server)
    room = await make_room(host)
    await post(host, room, "Before")
    code = (await host.ask(invitation(room))).code
    await member.ask(joining_room(code))
    assert await unread(server, member) == {}
    await post(host, room, "After")
    assert await unread(server, member) == {room: 1}
    # Who leaves and comes back begins anew.
    await member.ask(LeaveRoom(room=room))
    await post(host, room, "Meanwhile")
    await member.ask(joining_room((await host.ask(invitation(room))).code))
    assert await unread(server, member) == {}


def invitation(room):
    return InviteMember(room=room)


def joining_room(code):
    return JoinRoom(code=code)


@story()
async def test_a_meetings_message_is_unread_to_the_others(server):
    host, member, card = await in_a_meeting(server)
    assert await unread(server, member) == {card.room: 1}
    assert await unread(server, host) == {}


@story()
async def test_a_removal_that_overtakes_a_message_keeps_it_out(server):
    """Membership counts when the message is kept, not when it was asked for."""
    host, member, room = await ada_and_grace(server)
    answers = await asyncio.gather(
        host.ask(RemoveMember(room=room, account=member.account.id)),
        *(member.ask(PostMessage(room=room, text=str(n), key=f"k{n}")) for n in range(20)),
    )
    posted = [answer.message.text for answer in answers[1:] if not isinstance(answer, Refused)]
    assert await texts(host, room) == posted
    assert await member.refused(PostMessage(room=room, text="late", key="late")) == "not_found"


@story()
async def test_what_is_unread_stays_right_when_messages_are_removed_for_good(server):
    """SQLite gives the number of a removed newest message again."""
    host, member, room = await ada_and_grace(server)
    gone = await post(host, room, "Old")
    await member.ask(MarkRead(room=room))

    def remove(connection):
        connection.execute(messages.delete().where(messages.c.id == gone.id))
        messages_table.mend_reads(connection)

    await server.backend.store.do(remove)
    await post(host, room, "New")
    assert await unread(server, member) == {room: 1}
