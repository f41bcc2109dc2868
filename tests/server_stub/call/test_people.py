import asyncio

from app.wire.accounts import AcceptTerms, Resume, SignIn, SignOut
from app.wire.chat import PostChat
from app.wire.errors import Refused
from app.wire.lobby import LookAtLink
from app.wire.media import SubscribeOffer
from app.wire.people import (
    EndMeeting,
    HostChanged,
    LeaveMeeting,
    MeetingEnded,
    MeetingStarted,
    PersonChanged,
    PersonJoined,
    PersonLeft,
    ShowState,
    StartMeeting,
    Welcome,
)
from app.wire.rooms import ListMessages, MeetingChanged, MessagePosted
from server_stub.call import people
from server_stub.call.kept import AWAY_S
from server_stub.kernel.config import MeetingLimits
from tests.fakes.clock import START, FakeClock
from tests.fakes.server_client import running_server, story
from tests.patience import PATIENCE_S
from tests.people import (
    ADA,
    PASSWORD,
    ada,
    ada_and_grace,
    alan,
    code_of,
    in_a_meeting,
    join,
    joining,
    make_room,
    publishing,
    sign_up,
    start,
)

SHORT = MeetingLimits(keep_seat_s=0.2)


@story(clock=FakeClock())
async def test_r8_a_meeting_posts_one_message_with_its_link_to_everyone_before_any_time_passes(server):
    host, member, room = await ada_and_grace(server)
    started = await host.ask(StartMeeting(room=room, key="k1"))
    told = await member.expect(MessagePosted)
    assert told.message.kind == "meeting"
    assert told.message.meeting == started.meeting
    assert started.meeting.link.startswith(f"http://127.0.0.1:{server.port}/j/")
    assert len(started.meeting.link) <= 200
    again = await host.ask(StartMeeting(room=room, key="k1"))
    assert again.meeting == started.meeting
    listed = await host.ask(ListMessages(room=room))
    assert len(listed.messages) == 1


@story()
async def test_a_second_start_leads_into_the_running_meeting(server):
    host, member, room = await ada_and_grace(server)
    both = await asyncio.gather(
        host.ask(StartMeeting(room=room, key="mine")), member.ask(StartMeeting(room=room, key="mine"))
    )
    assert both[0].meeting.id == both[1].meeting.id
    assert len((await host.ask(ListMessages(room=room))).messages) == 1


@story()
async def test_a_late_retry_of_a_start_does_not_start_again(server):
    host, _, room = await ada_and_grace(server)
    card = await start(host, room, key="k1")
    await join(host, card.id)
    await host.ask(EndMeeting(meeting=card.id))
    again = await host.ask(StartMeeting(room=room, key="k1"))
    assert isinstance(again, MeetingStarted)
    assert again.meeting.state == "ended"
    assert again.meeting.id == card.id


@story()
async def test_two_meet(server):
    host, member, room = await ada_and_grace(server)
    card = await start(host, room)
    first = await join(host, card.id)
    assert (first.you, first.host) == (host.account.id, host.account.id)
    await host.ask(publishing(card.id, "camera"))
    second = await join(member, card.id, camera_on=False)
    assert [one.name for one in second.people] == ["Ada", "Grace"]
    assert second.host == host.account.id
    came = await host.expect(PersonJoined)
    assert came.person == second.people[1]
    assert not came.person.camera_on
    changed = await member.expect(MeetingChanged, lambda tell: tell.meeting.people == 2)
    assert changed.meeting.id == card.id
    kinds = [type(tell) for tell in member.heard]
    await member.expect(SubscribeOffer)
    assert kinds.index(Welcome) < [type(tell) for tell in member.heard].index(SubscribeOffer)
    shown = await member.ask(ShowState(meeting=card.id, microphone_on=False, camera_on=True))
    assert isinstance(shown, PersonChanged)
    assert await host.expect(PersonChanged) == type(shown)(meeting=card.id, person=shown.person)


@story()
async def test_terms_come_before_a_seat(server):
    host = await sign_up(server, **ADA, accept=False)
    room = await make_room(host)
    card = await start(host, room)
    assert await host.refused(joining(card.id)) == "terms_needed"
    await host.ask(AcceptTerms(version=1))
    assert isinstance(await host.ask(joining(card.id)), Welcome)


@story()
async def test_leave_counts_at_once_and_a_mistaken_leave_is_mended(server):
    host, member, card = await in_a_meeting(server)
    left = await member.ask(LeaveMeeting(meeting=card.id))
    assert (left.person, left.reason) == (member.account.id, "left")
    told = await host.expect(PersonLeft)
    assert told.person == member.account.id
    assert await member.refused(ShowState(meeting=card.id, microphone_on=True, camera_on=True)) == "not_in_meeting"
    welcome = await join(member, card.id)
    assert len(welcome.people) == 2


@story(limits=SHORT)
async def test_a_lost_connection_keeps_the_seat_for_a_while(server):
    host, member, _ = await in_a_meeting(server)
    member.vanish()
    lost = await host.expect(PersonChanged, lambda tell: not tell.person.is_connected)
    assert lost.person.id == member.account.id
    left = await host.expect(PersonLeft)
    assert left.reason == "lost"
    assert ("leave", member.account.id) in server.relay.calls


@story()
async def test_a_seat_is_given_back_to_who_returns(server):
    host, member, card = await in_a_meeting(server)
    member.vanish()
    await host.expect(PersonChanged, lambda tell: not tell.person.is_connected)
    again = await server.connect()
    await again.ask(Resume(token=member.token))
    welcome = await join(again, card.id)
    assert len(welcome.people) == 2
    back = await host.expect(PersonChanged, lambda tell: tell.person.is_connected)
    assert back.person.id == member.account.id
    assert not [tell for tell in host.news if isinstance(tell, PersonLeft)]


@story()
async def test_the_same_sign_in_comes_back_over_a_connection_that_is_still_held_for_alive(server):
    host, member, card = await in_a_meeting(server)
    await host.settle()
    host.news.clear()
    back = await server.connect()
    await back.ask(Resume(token=member.token))
    await join(back, card.id)
    assert (await member.expect(PersonLeft)).reason == "moved"
    # What is left of it is closed, and the others see neither a second person nor anybody come or go.
    async with asyncio.timeout(PATIENCE_S):
        await member.closed.wait()
    await host.settle()
    assert not [tell for tell in host.news if isinstance(tell, PersonLeft | PersonJoined)]
    assert server.backend.calls.find(card.id).meeting.seats[member.account.id].lost_at is None
    assert len(server.backend.calls.find(card.id).meeting.seats) == 2
    # Once one has moved to another device, the one that was left does not take the seat back by itself.
    other = await server.connect()
    await other.ask(SignIn(email=member.account.email, password=PASSWORD))
    await join(other, card.id, moves=True)
    await back.expect(PersonLeft)
    assert await back.refused(joining(card.id)) == "in_elsewhere"
    await host.settle()


@story()
async def test_a_second_device_takes_the_seat_over_if_it_says_so(server):
    host, member, card = await in_a_meeting(server)
    other = await server.connect()
    await other.ask(SignIn(email=member.account.email, password=PASSWORD))
    assert await other.refused(joining(card.id)) == "in_elsewhere"
    await join(other, card.id, moves=True)
    moved = await member.expect(PersonLeft)
    assert moved.reason == "moved"
    assert await member.refused(LeaveMeeting(meeting=card.id)) == "not_in_meeting"
    await host.settle()
    assert not [tell for tell in host.news if isinstance(tell, PersonLeft)]
    assert not member.closed.is_set()
    await member.close()
    await host.settle()
    assert server.backend.calls.find(card.id).meeting.seats[member.account.id].lost_at is None


@story(limits=SHORT)
async def test_the_role_passes_when_the_host_stays_away(server):
    host, member, card = await in_a_meeting(server)
    await host.ask(LeaveMeeting(meeting=card.id))
    moved = await member.expect(HostChanged)
    assert moved.host == member.account.id
    assert isinstance(await member.ask(EndMeeting(meeting=card.id)), MeetingEnded)


@story()
async def test_only_the_host_ends_the_meeting_for_all(server):
    host, member, card = await in_a_meeting(server)
    assert await member.refused(EndMeeting(meeting=card.id)) == "not_host"
    assert isinstance(await host.ask(EndMeeting(meeting=card.id)), MeetingEnded)
    ended = await member.expect(MeetingEnded)
    assert ended.words
    changed = await member.expect(MeetingChanged, lambda tell: tell.meeting.state == "ended")
    assert changed.meeting.recap == "none"
    assert await member.refused(joining(card.id)) == "meeting_ended"
    await server.backend.store.do(lambda connection: None)
    assert ("close", card.id) in server.relay.calls


@story(limits=MeetingLimits(empty_s=0.15))
async def test_a_meeting_that_nobody_joins_ends(server):
    host, _, room = await ada_and_grace(server)
    card = await start(host, room)
    changed = await host.expect(MeetingChanged, lambda tell: tell.meeting.state == "ended")
    assert changed.meeting.id == card.id
    assert (await start(host, room, key="again")).id != card.id


@story()
async def test_r22_ten_have_seats_and_those_who_race_for_the_last_get_one(server):
    host = await ada(server)
    people = [await sign_up(server, email=f"p{n}@example.org", name=f"P{n}") for n in range(11)]
    room = await make_room(host, *people)
    card = await start(host, room)
    await join(host, card.id)
    for one in people[:8]:
        await join(one, card.id)
    answers = await asyncio.gather(*(one.ask(joining(card.id)) for one in people[8:]))
    assert sorted(type(answer).__name__ for answer in answers) == ["Refused", "Refused", "Welcome"]
    assert {answer.reason for answer in answers if isinstance(answer, Refused)} == {"meeting_full"}
    assert "10/10" in next(answer.words for answer in answers if isinstance(answer, Refused))
    await people[0].ask(LeaveMeeting(meeting=card.id))
    late = next(one for one, answer in zip(people[8:], answers, strict=True) if isinstance(answer, Refused))
    assert isinstance(await late.ask(joining(card.id)), Welcome)


@story()
async def test_a_stranger_neither_joins_nor_learns_that_there_is_a_meeting(server):
    _, _, card = await in_a_meeting(server)
    stranger = await sign_up(server, email="eve@example.org", name="Eve")
    assert await stranger.refused(joining(card.id)) == "not_found"
    assert await stranger.refused(joining("v" + "0" * 32)) == "not_found"
    assert await stranger.refused(PostChat(meeting=card.id, text="x", key="k")) == "not_in_meeting"


@story()
async def test_one_connection_is_in_one_meeting(server):
    host, _, card = await in_a_meeting(server)
    assert await host.refused(joining(card.id)) == "already_in"
    other = await start(host, await make_room(host, name="Other"))
    assert await host.refused(joining(other.id)) == "already_in"


@story()
async def test_signing_out_gives_the_seat_up(server):
    host, member, _ = await in_a_meeting(server)
    await member.ask(SignOut())
    assert (await host.expect(PersonLeft)).reason == "left"


def test_a_meeting_that_a_crash_cut_off_has_ended_where_the_server_was_away_too_long(tmp_path):
    async def tell():
        async with running_server(tmp_path, clock=FakeClock()) as server:
            host, _, card = await in_a_meeting(server)
            guest = await alan(server, card)
        async with running_server(tmp_path, clock=FakeClock(START + AWAY_S + 1)) as server:
            client = await server.connect()
            signed_in = await client.ask(Resume(token=host.token))
            assert signed_in.rooms[0].meeting is None
            message = signed_in.rooms[0].last_message
            assert message.meeting.state == "ended"
            assert message.meeting.ended_at == START
            assert await client.refused(joining(card.id)) == "meeting_ended"
            assert (await client.ask(LookAtLink(code=code_of(card)))).state == "ended"
        assert guest.closed.is_set()

    asyncio.run(tell())


@story()
async def test_a_retry_never_wakes_a_meeting_whose_end_is_not_on_disk_yet(server):
    host, _, room = await ada_and_grace(server)
    card = await start(host, room, key="k1")
    server.backend.calls.remove(card.id)
    again = await host.ask(StartMeeting(room=room, key="k1"))
    assert (again.meeting.id, again.meeting.state) == (card.id, "ended")
    assert server.backend.calls.all() == ()


@story()
async def test_who_waits_for_media_when_the_meeting_ends_gets_none(server):
    host, _, card = await in_a_meeting(server)
    ongoing = server.backend.calls.find(card.id)
    async with ongoing.media_lock(host.account.id):
        entering = asyncio.create_task(people.enter_media(server.backend, ongoing, host.account.id))
        await host.ask(EndMeeting(meeting=card.id))
        server.relay.calls.clear()
    await entering
    assert ("join", host.account.id) not in server.relay.calls
