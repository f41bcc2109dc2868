"""Where the disk refuses as AI recording begins or somebody agrees to it: what is told, and what stays."""

import pytest
from sqlalchemy import select

from app.wire.accounts import Resume
from app.wire.errors import Refused
from app.wire.gestures import GesturesSwitched
from app.wire.people import EndMeeting, PersonChanged, Welcome
from app.wire.recording import AcceptRecording, RecordingStarted, RecordingStopped, StartRecording, StopRecording
from app.wire.rooms import MeetingChanged
from server_stub.kernel.config import NOTICE_VERSION
from server_stub.storage import meetings as meetings_table
from server_stub.storage import tables
from tests.fakes.clock import FakeClock
from tests.fakes.server_client import story
from tests.people import ada_and_grace, in_a_meeting, join, start
from tests.restarts import going_on

pytestmark = pytest.mark.logs_warnings


@pytest.fixture
def refuse(monkeypatch):
    """Makes a function of the table of meetings fail, all times or some."""

    def patch(name, *times):
        real, calls = getattr(meetings_table, name), []

        def refused(*values, **named):
            calls.append(values)
            if not times or len(calls) in times:
                raise OSError(28, "No space left on device")
            return real(*values, **named)

        monkeypatch.setattr(meetings_table, name, refused)

    return patch


async def kept(server):
    """How many recordings and consents are kept."""
    found = (tables.recordings, tables.consents)
    return await server.backend.store.do(lambda c: [len(c.execute(select(table)).all()) for table in found])


def answers(client, *kinds):
    return [tell for tell in client.heard if isinstance(tell, kinds) and tell.re]


def test_what_cannot_be_taken_back_is_not_in_the_way_of_the_next_try(tmp_path, refuse):
    @story()
    async def tell(server):
        host, _, card = await in_a_meeting(server)
        server.relay.has_space = False
        refuse("drop_unbegun", 2)  # the first is of what was before
        refused = await host.ask(StartRecording(meeting=card.id))
        assert (refused.reason, "500 MB" in refused.words) == ("no_space", True)
        assert await kept(server) == [1, 1]
        assert not server.relay.folders
        server.relay.has_space = True
        assert isinstance(await host.ask(StartRecording(meeting=card.id)), RecordingStarted)
        assert await kept(server) == [1, 1]

    tell(tmp_path)


def test_what_cannot_be_taken_back_is_gone_when_the_meeting_is_over(tmp_path, refuse):
    @story()
    async def tell(server):
        host, _, card = await in_a_meeting(server)
        server.relay.has_space = False
        refuse("drop_unbegun", 2)
        assert await host.refused(StartRecording(meeting=card.id)) == "no_space"
        await host.ask(EndMeeting(meeting=card.id))
        while await kept(server) != [0, 0]:
            await host.settle()

    tell(tmp_path)


def test_what_the_end_cannot_take_back_either_goes_as_soon_as_the_disk_takes_it(tmp_path, refuse):
    @story(clock=FakeClock())
    async def tell(server):
        host, _, card = await in_a_meeting(server)
        server.relay.has_space = False
        refuse("drop_unbegun", 2, 3)
        assert await host.refused(StartRecording(meeting=card.id)) == "no_space"
        await host.ask(EndMeeting(meeting=card.id))
        await going_on("ending a meeting")
        assert server.maker.asked == []  # a recap of nothing
        assert await kept(server) == [1, 1]
        await server.backend.clock.pass_time(60)
        await going_on("keeping what could not be kept")
        assert await kept(server) == [0, 0]

    tell(tmp_path)


def test_a_relay_that_cannot_stop_what_did_not_begin_keeps_nothing_from_being_taken_back(tmp_path):
    @story()
    async def tell(server):
        host, _, card = await in_a_meeting(server)
        server.relay.has_space = False

        async def fail(meeting):
            raise OSError(5, "Input/output error")

        real, server.relay.stop_recording = server.relay.stop_recording, fail
        assert await host.refused(StartRecording(meeting=card.id)) == "no_space"
        assert await kept(server) == [0, 0]
        assert server.maker.jobs[0].notes[-1] == "cancel"
        server.relay.stop_recording = real

    tell(tmp_path)


def test_a_host_who_cannot_record_as_they_join_is_answered_once_and_told(tmp_path, refuse):
    @story()
    async def tell(server):
        refuse("add_recording")
        host, _, room = await ada_and_grace(server)
        card = await start(host, room)
        await join(host, card.id, record=True, gestures=True)
        stopped = await host.expect(RecordingStopped)
        assert (stopped.reason, "could not begin" in stopped.words) == ("failed", True)
        assert "AI recording" in (await host.expect(GesturesSwitched)).words
        await host.settle()
        assert len(answers(host, Welcome, Refused)) == 1
        assert await kept(server) == [0, 0]

    tell(tmp_path)


def test_who_joins_and_whose_consent_cannot_be_kept_is_in_and_not_recorded(tmp_path, refuse):
    @story()
    async def tell(server):
        host, member, room = await ada_and_grace(server)
        card = await start(host, room)
        await join(host, card.id, record=True)
        await host.expect(RecordingStarted)
        refuse("add_consent_once")
        await join(member, card.id, notice_version=NOTICE_VERSION)
        changed = await host.expect(PersonChanged, lambda tell: tell.person.id == member.account.id)
        assert not changed.person.consents
        await member.settle()
        assert len(answers(member, Welcome, Refused)) == 1
        assert server.relay.recorded[card.id] == {host.account.id: "Ada"}

    tell(tmp_path)


def test_who_agrees_and_whose_consent_cannot_be_kept_is_answered_once_and_not_recorded(tmp_path, refuse):
    @story()
    async def tell(server):
        host, member, card = await in_a_meeting(server)
        await host.ask(StartRecording(meeting=card.id))
        refuse("add_consent_once", 1)
        assert (await member.ask(AcceptRecording(meeting=card.id, notice_version=NOTICE_VERSION))).person.consents
        changed = await member.expect(PersonChanged, lambda tell: tell.person.id == member.account.id)
        assert not changed.person.consents
        await member.settle()
        assert len(answers(member, PersonChanged, Refused)) == 1
        assert server.relay.recorded[card.id] == {host.account.id: "Ada"}
        await member.ask(AcceptRecording(meeting=card.id, notice_version=NOTICE_VERSION))
        await member.settle()
        assert member.account.id in server.relay.recorded[card.id]

    tell(tmp_path)


def test_who_is_recorded_and_comes_back_stays_recorded_and_is_shown_so(tmp_path, refuse):
    @story()
    async def tell(server):
        host, member, card = await in_a_meeting(server, record=True)
        await member.settle()
        refuse("add_consent_once")
        member.vanish()
        await host.expect(PersonChanged, lambda tell: not tell.person.is_connected)
        again = await server.connect()
        await again.ask(Resume(token=member.token))
        await join(again, card.id)
        await again.settle()
        assert server.backend.calls.find(card.id).meeting.seats[member.account.id].person.consents
        assert member.account.id in server.relay.recorded[card.id]

    tell(tmp_path)


def test_a_relay_that_cannot_stop_keeps_the_recording_from_nothing(tmp_path):
    @story()
    async def tell(server):
        host, member, card = await in_a_meeting(server, record=True)

        async def fail(meeting):
            raise OSError(5, "Input/output error")

        real, server.relay.stop_recording = server.relay.stop_recording, fail
        assert (await host.ask(StopRecording(meeting=card.id))).reason == "host"
        await member.expect(MeetingChanged, lambda tell: tell.meeting.recap == "generating")
        await host.settle()
        assert answers(host, Refused) == []
        assert server.maker.jobs[0].notes[-1] == "rest"
        server.relay.stop_recording = real

    tell(tmp_path)
