import asyncio

from app.wire.accounts import Resume, SignedIn
from app.wire.notices import NoticeTold
from app.wire.people import EndMeeting, HostChanged, MeetingEnded, PersonLeft
from app.wire.recap import OpenRecap, RecapReady
from app.wire.rooms import (
    CreateRoom,
    InviteMember,
    JoinRoom,
    LeaveRoom,
    ListMessages,
    MeetingChanged,
    MessagePosted,
    PostMessage,
    RemoveMember,
    RenameRoom,
    RoomChanged,
    RoomLeft,
    Search,
)
from server_stub.room import rooms
from server_stub.storage import rooms as rooms_table
from tests.fakes.clock import FakeClock
from tests.fakes.server_client import running_server, story
from tests.people import ada, ada_and_grace, alan_inside, grace, in_a_meeting, join, joining, make_room, sign_up, start
from tests.planning import becomes, planned
from tests.server_stub.strangers import asks_about, eve


def hold_next_work(store):
    """Whoever asks the store next has to wait for what it found: (it is found, the asker may go on)."""
    do, found_it, go_on = store.do, asyncio.Event(), asyncio.Event()

    async def slow(work):
        store.do = do
        found = await do(work)
        found_it.set()
        await go_on.wait()
        return found

    store.do = slow
    return found_it, go_on


@story()
async def test_a_room_has_a_contract_and_a_name_that_members_change(server):
    host = await ada(server)
    made = (await host.ask(CreateRoom(name="Website", contract="agency"))).room
    assert (made.contract, made.owner, made.scheduled) == ("agency", host.account.id, ())
    member = await grace(server)
    await member.ask(JoinRoom(code=(await host.ask(InviteMember(room=made.id))).code))
    assert await member.refused(RenameRoom(room=made.id, name="\u200b")) == "bad_name"
    renamed = await member.ask(RenameRoom(room=made.id, name=" New  name "))
    assert (renamed.room.name, renamed.room.contract) == ("New name", "agency")
    assert (await host.expect(RoomChanged, lambda tell: tell.room.name == "New name")).room == renamed.room


@story()
async def test_who_leaves_sees_nothing_of_the_room_from_then_on(server):
    host, member, room = await ada_and_grace(server)
    mine = (await member.ask(PostMessage(room=room, text="Mine", key="mine"))).message.id
    other = await server.connect()
    await other.ask(Resume(token=member.token))
    left = await member.ask(LeaveRoom(room=room))
    assert isinstance(left, RoomLeft)
    assert (await other.expect(RoomLeft)).room == room
    told = await host.expect(RoomChanged, lambda tell: len(tell.room.members) == 1)
    assert told.room.owner == host.account.id
    heard = len(member.heard), len(other.heard)
    await host.ask(PostMessage(room=room, text="Behind his back", key="k"))
    card = await start(host, room)
    await join(host, card.id)
    for ask in asks_about(room, message=mine, account=host.account.id):
        assert await member.refused(ask) == "not_found", ask
    assert (await member.ask(Search(words="back"))).messages == ()
    assert (await member.ask(Search(words="Mine"))).messages == ()
    assert await member.refused(joining(card.id)) == "not_found"
    await other.settle()
    assert [type(tell).__name__ for tell in member.heard[heard[0] :] if not tell.re] == []
    assert len(other.heard) == heard[1] + 1
    signed_in = await (await server.connect()).ask(Resume(token=member.token))
    assert (signed_in.rooms, signed_in.unread) == ((), {})


@story()
async def test_the_owner_takes_a_member_out_who_is_told(server):
    host, member, room = await ada_and_grace(server)
    third = await sign_up(server, email="c@example.org", name="Clara")
    await third.ask(JoinRoom(code=(await host.ask(InviteMember(room=room))).code))
    for_later = (await member.ask(InviteMember(room=room))).code
    assert await member.refused(RemoveMember(room=room, account=third.account.id)) == "not_allowed"
    assert await host.refused(RemoveMember(room=room, account=host.account.id)) == "not_allowed"
    assert await host.refused(RemoveMember(room=room, account="nobody")) == "not_found"
    answer = await host.ask(RemoveMember(room=room, account=member.account.id))
    assert [one.name for one in answer.room.members] == ["Ada", "Clara"]
    left = await member.expect(RoomLeft)
    assert "Website" in left.words
    await third.expect(RoomChanged, lambda tell: [one.name for one in tell.room.members] == ["Ada", "Clara"])
    notice = await member.expect(NoticeTold)
    assert [one.kind for one in notice.notices] == ["removed"]
    assert not [tell for tell in third.news if isinstance(tell, RoomChanged) and tell.room == answer.room]
    # Nor do they come back by a code of their own making; by a new one they do.
    assert await member.refused(JoinRoom(code=for_later)) == "bad_token"
    assert isinstance(await member.ask(JoinRoom(code=(await host.ask(InviteMember(room=room))).code)), RoomChanged)
    await host.ask(RemoveMember(room=room, account=member.account.id))
    assert (await member.expect(NoticeTold)).notices[0].id != notice.notices[0].id


@story()
async def test_who_is_taken_out_loses_his_seat_and_the_recaps(server):
    host, member, card = await in_a_meeting(server, record=True)
    await host.ask(EndMeeting(meeting=card.id))
    await host.expect(RecapReady)
    second = await start(host, card.room, key="second")
    for one in (host, member):
        await join(one, second.id)
    account = member.account.id
    await host.ask(RemoveMember(room=card.room, account=account))
    for one in (host, member):
        gone = await one.expect(PersonLeft)
        assert (gone.person, gone.reason) == (account, "removed")
    assert account not in server.backend.calls.find(second.id).meeting.seats
    assert await member.refused(OpenRecap(meeting=card.id)) == "not_found"
    assert await member.refused(joining(second.id)) == "not_found"
    assert await member.refused(EndMeeting(meeting=second.id)) == "not_in_meeting"
    heard = len(member.heard)
    await host.ask(EndMeeting(meeting=second.id))
    await host.expect(MeetingChanged, lambda tell: tell.meeting.state == "ended")
    await member.settle()
    assert not [tell for tell in member.heard[heard:] if isinstance(tell, MeetingChanged | MessagePosted | RoomChanged)]


@story()
async def test_a_kept_seat_goes_with_the_membership_too(server):
    host, member, card = await in_a_meeting(server)
    member.vanish()
    await host.expect(RoomChanged, lambda tell: not tell.room.members[1].is_online)
    await host.ask(RemoveMember(room=card.room, account=member.account.id))
    assert member.account.id not in server.backend.calls.find(card.id).meeting.seats


@story()
async def test_a_meeting_ends_with_the_last_member_who_leaves_the_room(server):
    host, member, card = await in_a_meeting(server)
    guest = await alan_inside(server, host, card)
    for one in (host, member):
        assert isinstance(await one.ask(LeaveRoom(room=card.room)), RoomLeft)
    await guest.expect(MeetingEnded)
    assert server.backend.calls.find(card.id) is None


@story()
async def test_ownership_passes_to_the_member_of_longest_standing_and_stays_there(server):
    host, second, room = await ada_and_grace(server)
    third = await sign_up(server, email="c@example.org", name="Clara")
    await third.ask(JoinRoom(code=(await host.ask(InviteMember(room=room))).code))
    code = (await second.ask(InviteMember(room=room))).code
    await host.ask(LeaveRoom(room=room))
    told = await third.expect(RoomChanged, lambda tell: len(tell.room.members) == 2)
    assert told.room.owner == second.account.id
    back = await host.ask(JoinRoom(code=code))
    assert back.room.owner == second.account.id
    assert await host.refused(RemoveMember(room=room, account=third.account.id)) == "not_allowed"
    assert isinstance(await second.ask(RemoveMember(room=room, account=host.account.id)), RoomChanged)


def test_members_stand_in_the_order_in_which_they_came_whatever_the_clock_says(tmp_path):
    clock = FakeClock()

    @story(clock=clock)
    async def tell(server):
        host = await ada(server)
        room = await make_room(host)
        for number in range(4):
            clock.jump(-3600)
            client = await sign_up(server, email=f"p{number}@example.org", name=f"P{number}")
            await client.ask(JoinRoom(code=(await host.ask(InviteMember(room=room))).code))
        members = (await host.ask(RenameRoom(room=room, name="x"))).room.members
        assert [member.name for member in members] == ["Ada", "P0", "P1", "P2", "P3"]

    tell(tmp_path)


@story()
async def test_a_room_that_everyone_left_lets_nobody_in(server):
    host, member, room = await ada_and_grace(server)
    code = (await host.ask(InviteMember(room=room))).code
    stranger = await eve(server)
    # The code outlives its maker only where somebody is left.
    await server.backend.store.do(lambda c: rooms_table.take_out(c, room, "nobody"))
    await member.ask(LeaveRoom(room=room))
    await host.ask(LeaveRoom(room=room))
    assert await stranger.refused(JoinRoom(code=code)) == "bad_token"
    for client in (host, member, stranger):
        for ask in asks_about(room):
            assert await client.refused(ask) == "not_found", ask
    assert await server.backend.members.of(room) == frozenset()


@story()
async def test_a_stranger_learns_nothing_of_a_room(server):
    host = await ada(server)
    room = await make_room(host)
    kept = (await host.ask(PostMessage(room=room, text="Secret words", key="k"))).message
    stranger, nobody = await eve(server), await server.connect()
    for ask in asks_about(room, message=kept.id, account=host.account.id):
        assert await nobody.refused(ask) == "not_signed_in", ask
        refused = await stranger.ask(ask)
        fields = {name: getattr(ask, name) for name in ask.__struct_fields__}
        unknown = type(ask)(**{**fields, **{name: "none" for name in ("room", "message") if name in fields}})
        told = await stranger.ask(unknown)
        assert (refused.reason, refused.words) == (told.reason, told.words), ask
    assert (await stranger.ask(Search(words="Secret"))).messages == ()
    await host.ask(PostMessage(room=room, text="x", key="k2"))
    await stranger.settle()
    assert not [tell for tell in stranger.news if isinstance(tell, MessagePosted)]
    listed = await host.ask(ListMessages(room=room))
    assert [message.text for message in listed.messages] == ["Secret words", "x"]
    (shown,) = (await (await server.connect()).ask(Resume(token=host.token))).rooms
    assert (shown.name, [one.name for one in shown.members]) == ("Website", ["Ada"])


@story()
async def test_the_members_that_are_known_stay_right_when_a_removal_overtakes_a_listing(server):
    """A listing reads the old members; the removal is on disk and told before the listing goes on."""
    host, member, room = await ada_and_grace(server)
    backend, account = server.backend, member.account.id
    backend.members.forget(room)
    read, go_on = hold_next_work(backend.store)
    listing = asyncio.create_task(backend.members.of(room))
    await read.wait()
    await host.ask(RemoveMember(room=room, account=account))
    go_on.set()
    assert account not in await listing
    assert backend.members.known(room) == {host.account.id}
    await host.ask(PostMessage(room=room, text="x", key="k"))
    await member.settle()
    assert not [tell for tell in member.heard if isinstance(tell, MessagePosted)]


@story()
async def test_presence_that_overtakes_a_removal_tells_the_removed_nothing(server):
    host, member, room = await ada_and_grace(server)
    backend = server.backend
    read, go_on = hold_next_work(backend.store)
    telling = asyncio.create_task(rooms.tell_presence(backend, host.account.id))
    await read.wait()
    await host.ask(RemoveMember(room=room, account=member.account.id))
    await member.expect(RoomLeft)
    heard = len(member.heard)
    go_on.set()
    await telling
    await member.settle()
    assert not [tell for tell in member.heard[heard:] if isinstance(tell, RoomChanged)]


@story()
async def test_a_request_under_way_leads_to_no_seat_of_a_former_member(server):
    """They were a member when they asked to join; when the answer is made, they no longer are."""
    host, member, room = await ada_and_grace(server)
    card = await start(host, room)
    await join(host, card.id)
    server.backend.members.forget(room)
    read, go_on = hold_next_work(server.backend.store)
    joining_still = asyncio.create_task(member.ask(joining(card.id)))
    await read.wait()
    await host.ask(RemoveMember(room=room, account=member.account.id))
    await member.expect(RoomLeft)
    go_on.set()
    await joining_still
    assert set(server.backend.calls.find(card.id).meeting.seats) == {host.account.id}


@story()
async def test_a_room_whose_members_are_not_known_yet_is_told_too(server):
    host, member, room = await ada_and_grace(server)
    server.backend.members.forget(room)
    rooms.tell_room(server.backend, room, RoomLeft(room=room))
    for client in (host, member):
        assert (await client.expect(RoomLeft)).room == room


@story()
async def test_who_is_taken_out_while_he_renames_the_room_learns_nothing_of_it(server):
    host, member, room = await ada_and_grace(server)
    read, go_on = hold_next_work(server.backend.store)
    renaming = asyncio.create_task(member.ask(RenameRoom(room=room, name="Renamed")))
    await read.wait()
    await host.ask(RemoveMember(room=room, account=member.account.id))
    go_on.set()
    assert (await renaming).reason == "not_found"


def test_everything_is_there_after_a_restart(tmp_path):
    async def tell():
        async with running_server(tmp_path) as server:
            host, _, room = await ada_and_grace(server)
            posted = await host.ask(PostMessage(room=room, text="Kept", key="k1"))
        async with running_server(tmp_path) as server:
            client = await server.connect()
            signed_in = await client.ask(Resume(token=host.token))
            assert isinstance(signed_in, SignedIn)
            assert [one.id for one in signed_in.rooms] == [room]
            assert signed_in.rooms[0].last_message == posted.message
            assert [one.name for one in signed_in.rooms[0].members] == ["Ada", "Grace"]
            again = await client.ask(PostMessage(room=room, text="Kept", key="k1"))
            assert again.message == posted.message

    asyncio.run(tell())


@story()
async def test_the_host_who_leaves_the_room_gives_his_role_on_at_once(server):
    host, member, card = await in_a_meeting(server)
    await host.ask(LeaveRoom(room=card.room))
    assert (await member.expect(HostChanged)).host == member.account.id
    assert isinstance(await member.ask(EndMeeting(meeting=card.id)), MeetingEnded)


@story(clock=FakeClock())
async def test_whoever_planned_a_meeting_and_has_left_the_room_keeps_nobody_waiting_for_a_host(server):
    host, member, room = await ada_and_grace(server)
    early = await planned(host, room)
    later = await planned(host, room, key="plan-2", starts="2026-11-23T12:00")
    clock = server.backend.clock
    await clock.pass_time(50 * 60)
    await becomes(member, "joinable")
    await host.ask(LeaveRoom(room=room))
    for card in (early, later):
        await join(member, card.id)
        await clock.pass_time(0)
        assert (await member.expect(HostChanged)).host == member.account.id
        assert isinstance(await member.ask(EndMeeting(meeting=card.id)), MeetingEnded)
        if card is early:
            await becomes(member, "ended")
            await clock.pass_time(7200)
            await becomes(member, "joinable")
