"""While AI recording begins or stops: who may come in, and what they and the host are told."""

import asyncio

import pytest

from app.wire.accounts import Resume, SignIn
from app.wire.errors import Refused
from app.wire.lobby import KnockHeard
from app.wire.people import LeaveMeeting, LinkRenewed, PersonLeft, RenewLink, Welcome
from app.wire.recording import RecordingStarted, RecordingStopped, StartRecording, StopRecording
from app.wire.rooms import InviteMember, JoinRoom, LeaveRoom, RemoveMember
from server_stub.call.recordings import Recordings
from server_stub.kernel.config import NOTICE_VERSION
from server_stub.room.turns import starting
from tests.fakes.server_client import story
from tests.people import ADA, GRACE, PASSWORD, ada_and_grace, in_a_meeting, join, joining, knocking, sign_up, start
from tests.server_stub.devices import again as another_device


async def beginning(server, host, card):
    """The host has come in and recording is beginning; it begins when `server.relay.may_start` is set."""
    await join(host, card.id)
    server.relay.may_start.clear()
    asked = asyncio.create_task(host.ask(StartRecording(meeting=card.id)))
    await server.relay.starts.wait()
    return asked


async def waiting(server, asked):
    """What has been asked has arrived and waits."""
    coming = asyncio.create_task(asked)
    await (await server.connect()).settle()
    assert not coming.done()
    return coming


async def other_device(server, who):
    client = await server.connect()
    await client.ask(SignIn(email=who["email"], password=PASSWORD))
    return client


def remove(room, member):
    return ADA, RemoveMember(room=room, account=member.account.id)


def leave(room, member):
    return GRACE, LeaveRoom(room=room)


@pytest.mark.parametrize("go", [remove, leave])
def test_who_does_not_belong_to_the_room_any_more_gets_no_seat(tmp_path, go):
    @story()
    async def tell(server):
        host, member, room = await ada_and_grace(server)
        card = await start(host, room)
        started = await beginning(server, host, card)
        coming = await waiting(server, member.ask(joining(card.id, notice_version=NOTICE_VERSION)))
        who, ask = go(room, member)
        assert not isinstance(await (await other_device(server, who)).ask(ask), Refused)
        server.relay.may_start.set()
        assert isinstance(await started, RecordingStarted)
        assert (await coming).reason == "not_found"
        ongoing = server.backend.calls.find(card.id)
        assert set(ongoing.meeting.seats) == {host.account.id}
        await host.ask(LeaveMeeting(meeting=card.id))
        assert server.backend.calls.find(card.id) is None, "nobody was left to be its host"

    tell(tmp_path)


@story()
async def test_who_was_taken_out_while_a_start_waited_is_not_led_into_the_meeting(server):
    host, member, room = await ada_and_grace(server)
    await start(host, room)
    async with server.backend.locks.hold(starting(room)):
        coming = await waiting(server, start(member, room))
        await host.ask(RemoveMember(room=room, account=member.account.id))
    with pytest.raises(AttributeError, match="Refused"):
        await coming


@story()
async def test_a_link_that_ended_while_a_guest_waited_lets_nobody_knock(server):
    host, _, room = await ada_and_grace(server)
    card = await start(host, room)
    started = await beginning(server, host, card)
    guest = await server.connect()
    coming = await waiting(server, guest.ask(knocking(card, notice_version=NOTICE_VERSION)))
    again = await another_device(server)
    await join(again, card.id, moves=True)
    assert isinstance(await again.ask(RenewLink(meeting=card.id)), LinkRenewed)
    server.relay.may_start.set()
    await started
    assert (await coming).reason == "not_found"
    assert server.backend.calls.find(card.id).meeting.waiting == {}


@story()
async def test_who_became_a_member_while_they_waited_does_not_knock(server):
    host, _, room = await ada_and_grace(server)
    eve = await sign_up(server, email="eve@example.org", name="Eve")
    card = await start(host, room)
    code = (await host.ask(InviteMember(room=room))).code
    started = await beginning(server, host, card)
    coming = await waiting(server, eve.ask(knocking(card, notice_version=NOTICE_VERSION)))
    await (await other_device(server, {"email": "eve@example.org"})).ask(JoinRoom(code=code))
    server.relay.may_start.set()
    await started
    assert (await coming).reason == "not_allowed"


@story()
async def test_r31_who_comes_while_the_host_is_still_coming_to_record_waits_too(server):
    host, member, room = await ada_and_grace(server)
    card = await start(host, room)
    server.relay.may_join.clear()
    await join(host, card.id, record=True)
    await server.relay.joins.wait()
    coming = await waiting(server, member.ask(joining(card.id)))
    server.relay.may_join.set()
    assert (await coming).reason == "notice_needed"


@story()
async def test_a_host_who_comes_twice_to_record_is_not_told_that_it_stopped(server):
    host, _, room = await ada_and_grace(server)
    card = await start(host, room)
    server.relay.may_start.clear()
    await join(host, card.id, record=True)
    await server.relay.starts.wait()
    again = await server.connect()
    await again.ask(Resume(token=host.token))
    await join(again, card.id, record=True)
    assert (await host.expect(PersonLeft)).reason == "moved"
    server.relay.may_start.set()
    await again.expect(RecordingStarted)
    await again.settle()
    assert server.relay.recorded[card.id] == {host.account.id: "Ada"}
    for one in (host, again):
        assert [tell for tell in one.heard if isinstance(tell, RecordingStopped)] == []


@story()
async def test_a_host_who_has_moved_is_told_where_they_are_now_that_nothing_is_recorded(server):
    host, _, room = await ada_and_grace(server)
    card = await start(host, room)
    server.relay.has_space = False
    server.relay.may_start.clear()
    await join(host, card.id, record=True)
    await server.relay.starts.wait()
    again = await another_device(server)
    await join(again, card.id, moves=True)
    server.relay.may_start.set()
    assert (await again.expect(RecordingStopped)).reason == "disk_full"
    await host.settle()
    assert [tell for tell in host.heard if isinstance(tell, RecordingStopped)] == []


def test_who_comes_waits_until_no_recording_is_beginning():
    async def tell():
        recordings, reads = Recordings(), []

        async def read():
            reads.append(1)
            return len(reads)

        assert await recordings.settled(read) == 1
        with recordings.beginning():
            with recordings.beginning():
                coming = asyncio.create_task(recordings.settled(read))
                await asyncio.sleep(0)
            await asyncio.sleep(0)
            assert not coming.done()
        assert await coming == 3, "what was read before the wait does not count"

    asyncio.run(tell())


@story()
async def test_nobody_waits_at_the_door_while_a_recording_stops(server):
    host, member, room = await ada_and_grace(server)
    card = await start(host, room)
    await join(host, card.id, record=True)
    await host.expect(RecordingStarted)
    server.relay.may_stop.clear()
    stopping = asyncio.create_task(host.ask(StopRecording(meeting=card.id)))
    await server.relay.stops.wait()
    assert (await join(member, card.id)).recording_since is None
    guest = await server.connect()
    assert isinstance(await guest.ask(knocking(card)), KnockHeard)
    assert server.relay.recorded != {}, "it is still stopping"
    server.relay.may_stop.set()
    assert (await stopping).reason == "host"


@story()
async def test_a_recording_begins_only_after_the_last_one_has_stopped(server):
    host, _, card = await in_a_meeting(server, record=True)
    server.relay.stops.clear()
    server.relay.may_stop.clear()
    server.relay.starts.clear()
    stopping = asyncio.create_task(host.ask(StopRecording(meeting=card.id)))
    await server.relay.stops.wait()
    again = await server.connect()
    await again.ask(Resume(token=host.token))
    assert isinstance(await again.ask(joining(card.id, record=True)), Welcome)
    await (await server.connect()).settle()
    assert not server.relay.starts.is_set()
    server.relay.may_stop.set()
    await stopping
    await again.expect(RecordingStarted)
    assert [job.notes for job in server.maker.jobs] == [["start", "rest"], ["start"]]
