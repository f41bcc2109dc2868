import asyncio
import datetime

import pytest

from app.wire.accounts import Resume
from app.wire.people import EndMeeting, LeaveMeeting
from app.wire.recap import ListRecaps, OpenRecap, RecapReady
from app.wire.recording import StartRecording, StopRecording
from app.wire.rooms import ListMessages, MeetingChanged, MessagePosted
from server_stub.call.kept import AWAY_S
from server_stub.kernel.config import NOTICE_VERSION
from server_stub.kernel.keeping import expiry
from server_stub.storage import meetings as meetings_table
from tests.fakes.clock import START, FakeClock
from tests.fakes.recap_maker import FakeMaker
from tests.fakes.server_client import running_server, story
from tests.people import alan_inside, film_ready, in_a_meeting, recap_fails, sign_up


def seconds(text):
    return datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.UTC).timestamp()


@pytest.mark.parametrize(
    ("ended", "expires"),
    [
        ("2026-01-15T10:00:00", "2026-07-15T10:00:00"),
        ("2026-08-31T23:59:59", "2027-02-28T23:59:59"),
        ("2027-08-31T00:00:00", "2028-02-29T00:00:00"),
        ("2026-12-31T12:00:00", "2027-06-30T12:00:00"),
    ],
)
def test_six_months_are_calendar_months(ended, expires):
    assert expiry(seconds(ended)) == seconds(expires)


@story()
async def test_from_the_first_leave_on_it_is_in_the_making_and_after_the_last_it_is_ready(server):
    host, member, card = await in_a_meeting(server, record=True)
    job = server.maker.jobs[0]
    assert job.notes == ["start"]
    await member.ask(LeaveMeeting(meeting=card.id))
    changed = await member.expect(MeetingChanged, lambda tell: tell.meeting.recap == "generating")
    assert changed.meeting.state == "ongoing"
    assert "still going on" in changed.meeting.recap_words
    assert job.notes == ["start", "first leave"]
    server.relay.events.voice_heard(card.id, host.account.id, 3.0, b"late")
    await host.ask(LeaveMeeting(meeting=card.id))
    ready = await member.expect(RecapReady)
    assert ready.meeting.recap == "ready"
    assert ready.meeting.state == "ended"
    assert ready.meeting.expires_at == expiry(ready.meeting.ended_at)
    assert job.notes == ["start", "first leave", "finish"]
    assert [call[0] for call in server.relay.calls if call[0] in ("stop_recording", "close")] == [
        "stop_recording",
        "close",
    ]
    posted = await member.expect(MessagePosted, lambda tell: tell.message.kind == "recap")
    assert posted.message.meeting == ready.meeting
    opened = await member.ask(OpenRecap(meeting=card.id))
    assert [one.start_s for one in opened.recap.transcript] == [3.0]
    assert opened.recap.meeting == card.id
    await film_ready(host, card.id)
    assert len([tell for tell in host.heard if isinstance(tell, RecapReady)]) == 1
    listed = await host.ask(ListRecaps(room=card.room))
    assert [one.id for one in listed.meetings] == [card.id]


@story()
async def test_r18_r46_without_ai_recording_there_is_no_recap_and_nothing_of_ai_on_disk(server):
    host, member, card = await in_a_meeting(server)
    await host.ask(EndMeeting(meeting=card.id))
    await member.expect(MeetingChanged, lambda tell: tell.meeting.state == "ended")
    opened = await member.ask(OpenRecap(meeting=card.id))
    assert (opened.meeting.recap, opened.recap) == ("none", None)
    assert (await host.ask(ListRecaps(room=card.room))).meetings == ()
    assert list(server.backend.settings.meetings_folder.iterdir()) == []
    assert server.maker.jobs == []


@story()
async def test_r46_with_ai_recording_the_recap_follows_in_the_room(server):
    host, member, card = await in_a_meeting(server, record=True)
    await host.ask(EndMeeting(meeting=card.id))
    assert (await member.expect(RecapReady)).meeting.id == card.id


@story()
async def test_a_recap_that_fails_says_why(server):
    server.maker.next_fails = True
    host, _, card = await in_a_meeting(server, record=True)
    failed = await recap_fails(host, card)
    assert failed.meeting.recap_words.startswith("There was no voice to hear.")
    opened = await host.ask(OpenRecap(meeting=card.id))
    assert (opened.meeting.recap, opened.recap) == ("failed", None)
    assert not server.backend.jobs.by_recording


@pytest.mark.logs_warnings
@story()
async def test_a_fault_of_the_relay_at_the_end_does_not_cost_the_recap(server):
    host, _, card = await in_a_meeting(server, record=True)

    async def break_down(meeting):
        raise ZeroDivisionError

    server.relay.stop_recording = server.relay.close = break_down
    await host.ask(EndMeeting(meeting=card.id))
    assert (await host.expect(RecapReady)).meeting.state == "ended"


@story()
async def test_only_members_read_it(server):
    host, _, card = await in_a_meeting(server, record=True)
    guest = await alan_inside(server, host, card, notice_version=NOTICE_VERSION)
    stranger = await sign_up(server, email="eve@example.org", name="Eve")
    await host.ask(EndMeeting(meeting=card.id))
    await host.expect(RecapReady)
    assert await guest.refused(OpenRecap(meeting=card.id)) == "not_signed_in"
    assert await stranger.refused(OpenRecap(meeting=card.id)) == "not_found"
    assert await stranger.refused(ListRecaps(room=card.room)) == "not_found"
    assert await host.refused(OpenRecap(meeting="v" + "0" * 32)) == "not_found"
    for one in (guest, stranger):
        assert not [tell for tell in one.heard if isinstance(tell, RecapReady | MeetingChanged)]


def test_after_a_crash_the_recap_is_made_from_what_there_is(tmp_path):
    async def tell():
        async with running_server(tmp_path, clock=FakeClock()) as server:
            host, _, card = await in_a_meeting(server, record=True)
        assert server.maker.jobs[0].notes[-1] == "cancel"
        async with running_server(tmp_path, clock=FakeClock(START + AWAY_S + 1)) as server:
            client = await server.connect()
            signed_in = await client.ask(Resume(token=host.token))
            shown = signed_in.rooms[0].last_message.meeting
            assert (shown.state, shown.recap) == ("ended", "generating")
            assert "The server stopped during this meeting" in shown.recap_words
            server.maker.may_remake.set()
            assert (await client.expect(RecapReady)).meeting.id == card.id
            assert (await client.ask(OpenRecap(meeting=card.id))).recap.engine == "fake"
            assert server.maker.remade == [card.id]
        async with running_server(tmp_path, clock=FakeClock(START + AWAY_S + 1)) as server:
            client = await server.connect()
            await client.ask(Resume(token=host.token))
            listed = await client.ask(ListMessages(room=card.room))
            assert [message.kind for message in listed.messages] == ["meeting", "recap"]
            assert await server.backend.store.do(meetings_table.unfinished_recordings) == ()

    asyncio.run(tell())


def test_a_recap_that_failed_is_tried_again_at_the_next_start(tmp_path):
    async def tell():
        maker = FakeMaker()
        maker.next_fails = True
        async with running_server(tmp_path, maker=maker) as server:
            host, _, card = await in_a_meeting(server, record=True)
            await recap_fails(host, card)
        async with running_server(tmp_path) as server:
            client = await server.connect()
            await client.ask(Resume(token=host.token))
            server.maker.may_remake.set()
            assert (await client.expect(RecapReady)).meeting.id == card.id
            assert server.maker.remade == [card.id]

    asyncio.run(tell())


@pytest.mark.logs_warnings
@story()
async def test_a_recap_that_cannot_be_kept_is_told_and_the_others_are_made(server):
    host, _, card = await in_a_meeting(server, record=True)
    await host.ask(StopRecording(meeting=card.id))
    await host.ask(StartRecording(meeting=card.id))
    first, second = server.maker.jobs
    first.breaks_what_is_kept = True
    failed = await recap_fails(host, card)
    assert failed.meeting.id == card.id
    ready = await host.expect(RecapReady)
    assert ready.meeting.id == second.folder.name
    await film_ready(host, ready.meeting.id)
    await host.settle()
    assert server.backend.jobs.by_recording == {}


def test_after_a_crash_no_recording_counts_as_running_while_it_waits_for_its_turn(tmp_path):
    async def tell():
        async with running_server(tmp_path, clock=FakeClock()) as server:
            host, _, card = await in_a_meeting(server, record=True)
            await host.ask(StopRecording(meeting=card.id))
            await host.ask(StartRecording(meeting=card.id))
        async with running_server(tmp_path, clock=FakeClock(START + AWAY_S + 1)) as server:
            client = await server.connect()
            await client.ask(Resume(token=host.token))
            listed = await client.ask(ListRecaps(room=card.room))
            assert [one.recap for one in listed.meetings] == ["generating", "generating"]
            assert all("The server stopped during this meeting" in one.recap_words for one in listed.meetings)

    asyncio.run(tell())
