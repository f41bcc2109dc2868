import asyncio

import pytest

from app.wire.accounts import SignIn
from app.wire.errors import Refused
from app.wire.people import LeaveMeeting, PersonChanged, Welcome
from app.wire.recording import AcceptRecording, RecordingStarted, RecordingStopped, StartRecording, StopRecording
from app.wire.rooms import ListMessages, MeetingChanged
from server_stub.call import meeting as rules
from server_stub.kernel.config import NOTICE_VERSION
from server_stub.storage import meetings as meetings_table
from tests.fakes.server_client import story
from tests.people import GRACE, PASSWORD, ada_and_grace, alan, in_a_meeting, join, joining, knocking, start


async def consents(server, recording):
    rows = await server.backend.store.do(lambda connection: meetings_table.consents_of(connection, recording))
    return [(row.name, row.how, row.notice_version) for row in rows]


@story()
async def test_only_the_host_switches_recording_on_and_off(server):
    host, member, card = await in_a_meeting(server)
    assert await member.refused(StartRecording(meeting=card.id)) == "not_host"
    assert server.relay.recorded == {}
    assert isinstance(await host.ask(StartRecording(meeting=card.id)), RecordingStarted)
    assert await member.refused(StopRecording(meeting=card.id)) == "not_host"
    assert await host.refused(StartRecording(meeting=card.id)) == "already_in"
    stopped = await host.ask(StopRecording(meeting=card.id))
    assert stopped.reason == "host"
    assert await host.refused(StopRecording(meeting=card.id)) == "not_ready"
    assert (await member.expect(RecordingStopped)).words == stopped.words


@story()
async def test_everyone_is_told_at_once_in_the_lobby_too(server):
    host, member, card = await in_a_meeting(server)
    guest = await alan(server, card)
    started = await host.ask(StartRecording(meeting=card.id))
    assert started.by == host.account.id
    # Who waits is told that, not who: the lobby learns no ids.
    for one, by in ((member, started.by), (guest, "")):
        told = await one.expect(RecordingStarted)
        assert (told.at, told.by) == (started.at, by)
    changed = await member.expect(MeetingChanged, lambda tell: tell.meeting.recap == "recording")
    assert changed.meeting.id == card.id


@story()
async def test_only_who_agreed_is_recorded(server):
    host, member, card = await in_a_meeting(server)
    await host.ask(StartRecording(meeting=card.id))
    assert server.relay.recorded[card.id] == {host.account.id: "Ada"}
    assert await member.refused(AcceptRecording(meeting=card.id, notice_version=0)) == "notice_needed"
    changed = await member.ask(AcceptRecording(meeting=card.id, notice_version=NOTICE_VERSION))
    assert isinstance(changed, PersonChanged)
    assert changed.person.consents
    await member.settle()
    assert server.relay.recorded[card.id] == {host.account.id: "Ada", member.account.id: "Grace"}
    assert server.maker.jobs[0].people == {host.account.id: "Ada", member.account.id: "Grace"}
    assert await consents(server, card.id) == [
        ("Ada", "switched on", NOTICE_VERSION),
        ("Grace", "accepted", NOTICE_VERSION),
    ]


@story()
async def test_nobody_joins_a_recorded_meeting_without_the_notice(server):
    host, member, room = await ada_and_grace(server)
    card = await start(host, room)
    await join(host, card.id, record=True)
    await host.expect(RecordingStarted)
    assert await member.refused(joining(card.id)) == "notice_needed"
    assert await member.refused(joining(card.id, notice_version=99)) == "notice_needed"
    welcome = await join(member, card.id, notice_version=NOTICE_VERSION)
    assert welcome.recording_since is not None
    await member.settle()
    assert member.account.id in server.relay.recorded[card.id]
    assert ("Grace", "joined", NOTICE_VERSION) in await consents(server, card.id)


@story()
async def test_who_comes_back_has_agreed_already(server):
    host, member, card = await in_a_meeting(server, record=True)
    member.vanish()
    await host.expect(PersonChanged, lambda tell: not tell.person.is_connected)
    again = await server.connect()
    await again.ask(SignIn(email=GRACE["email"], password=PASSWORD))
    assert isinstance(await again.ask(joining(card.id)), Welcome)
    await again.settle()
    assert len(await consents(server, card.id)) == 2


@story()
async def test_a_member_who_is_not_host_does_not_record_by_joining(server):
    host, member, room = await ada_and_grace(server)
    card = await start(host, room)
    assert await member.refused(joining(card.id, record=True)) == "not_host"
    assert server.backend.calls.find(card.id).meeting.seats == {}


@story()
async def test_no_recording_starts_without_space(server):
    host, _, card = await in_a_meeting(server)
    server.relay.has_space = False
    refused = await host.ask(StartRecording(meeting=card.id))
    assert refused.reason == "no_space"
    assert "500 MB" in refused.words
    assert server.maker.jobs[0].notes[-1] == "cancel"
    assert await consents(server, card.id) == []
    server.relay.has_space = True
    assert isinstance(await host.ask(StartRecording(meeting=card.id)), RecordingStarted)


@story()
async def test_who_wanted_to_record_is_in_the_meeting_all_the_same_and_is_told(server):
    server.relay.has_space = False
    host, _, room = await ada_and_grace(server)
    card = await start(host, room)
    welcome = await join(host, card.id, record=True)
    assert welcome.recording_since is None
    stopped = await host.expect(RecordingStopped)
    assert stopped.reason == "disk_full"
    assert "MB" in stopped.words


@pytest.mark.parametrize(("reason", "shown"), [("disk_full", "disk_full"), ("failed", "failed"), ("other", "failed")])
def test_a_recording_that_breaks_off_is_told_and_the_call_goes_on(tmp_path, reason, shown):
    @story()
    async def tell(server):
        host, member, card = await in_a_meeting(server, record=True)
        server.relay.events.recording_stopped(card.id, reason)
        server.relay.events.recording_stopped(card.id, reason)
        for one in (host, member):
            stopped = await one.expect(RecordingStopped)
            assert stopped.reason == shown
            assert "call goes on" in stopped.words
        assert not server.backend.calls.find(card.id).meeting.people[0].consents
        assert isinstance(await member.ask(LeaveMeeting(meeting=card.id)), object)

    tell(tmp_path)


@story()
async def test_a_second_recording_loses_nothing_of_the_first(server):
    host, member, card = await in_a_meeting(server, record=True)
    server.relay.events.voice_heard(card.id, host.account.id, 0.5, b"one")
    await host.ask(StopRecording(meeting=card.id))
    await host.ask(StartRecording(meeting=card.id))
    server.relay.events.voice_heard(card.id, host.account.id, 0.1, b"two")
    first, second = server.maker.jobs
    assert first.folder.name == card.id
    assert second.folder.name != card.id
    assert [heard[2] for heard in first.heard] == [b"one"]
    assert [heard[2] for heard in second.heard] == [b"two"]
    assert server.relay.recorded[card.id] == {host.account.id: "Ada"}
    await member.ask(LeaveMeeting(meeting=card.id))
    await host.ask(LeaveMeeting(meeting=card.id))
    ready = {}
    while len(ready) < 2:
        told = await host.expect(MeetingChanged, lambda tell: tell.meeting.recap == "ready")
        ready[told.meeting.id] = told.meeting.title
    assert ready == {card.id: "Website", second.folder.name: "Website (part 2)"}
    listed = await host.ask(ListMessages(room=card.room))
    assert [message.kind for message in listed.messages] == ["meeting", "recap", "recap"]


@story()
async def test_r31_who_comes_while_recording_is_being_switched_on_is_asked_to_read_the_notice(server):
    host, member, room = await ada_and_grace(server)
    card = await start(host, room)
    server.relay.may_start.clear()
    await join(host, card.id, record=True)
    guest = await server.connect()
    coming = [asyncio.create_task(member.ask(joining(card.id))), asyncio.create_task(guest.ask(knocking(card)))]
    await server.relay.starts.wait()
    await (await server.connect()).settle()  # time enough to let them in
    server.relay.may_start.set()
    assert [(await one).reason for one in coming] == ["notice_needed", "notice_needed"]
    assert set(server.backend.calls.find(card.id).meeting.seats) == {host.account.id}


@story()
async def test_a_start_and_an_end_at_the_same_time_leave_nothing_running(server):
    host, _, card = await in_a_meeting(server)
    server.relay.may_start.clear()
    other = asyncio.create_task(host.ask(StartRecording(meeting=card.id)))
    await server.relay.starts.wait()
    ongoing = server.backend.calls.find(card.id)
    ongoing.apply(rules.end(ongoing.meeting, host.account.id, server.backend.now()))
    server.relay.may_start.set()
    refused = await other
    assert isinstance(refused, Refused)
    assert refused.reason == "meeting_ended"
    assert server.relay.recorded == {}
    assert server.maker.jobs[0].notes[-1] == "cancel"
    assert await server.backend.store.do(meetings_table.unfinished_recordings) == ()


@pytest.mark.logs_warnings
@story()
async def test_a_recording_that_could_not_begin_leaves_nothing_and_can_begin_again(server):
    host, _, card = await in_a_meeting(server)
    place = server.backend.settings.meetings_folder / card.id
    place.write_text("in the way")
    refused = await host.ask(StartRecording(meeting=card.id))
    assert (refused.reason, "recording" in refused.words) == ("failed", True)
    assert await server.backend.store.do(meetings_table.unfinished_recordings) == ()
    place.unlink()
    assert isinstance(await host.ask(StartRecording(meeting=card.id)), RecordingStarted)


@story()
async def test_a_recording_that_stopped_needs_no_worker_while_the_call_goes_on(server):
    host, _, card = await in_a_meeting(server, record=True)
    await host.ask(StopRecording(meeting=card.id))
    await host.ask(StartRecording(meeting=card.id))
    first, second = server.maker.jobs
    assert first.notes == ["start", "rest"]
    assert second.notes == ["start"]


@story()
async def test_a_recording_that_did_not_begin_leaves_no_files(server):
    host, _, card = await in_a_meeting(server)
    server.relay.may_start.clear()
    asked = asyncio.create_task(host.ask(StartRecording(meeting=card.id)))
    await server.relay.starts.wait()
    ongoing = server.backend.calls.find(card.id)
    ongoing.apply(rules.leave(ongoing.meeting, host.account.id, server.backend.now()))
    server.relay.may_start.set()
    assert (await asked).reason == "not_in_meeting"
    assert server.relay.folders, "the relay had begun to write"
    assert not server.relay.folders[0].exists()
