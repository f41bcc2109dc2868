"""A recording that a stop of the server cut off goes on as another part, and asks nobody twice."""

import asyncio

import pytest

from app.wire.gestures import SwitchGestures
from app.wire.people import (
    EndMeeting,
)
from app.wire.recap import ListRecaps, RecapReady
from app.wire.recording import AcceptRecording, RecordingStopped, StartRecording, StopRecording
from app.wire.rooms import MeetingChanged
from server_stub.call.recording import CARRIED
from server_stub.kernel.config import NOTICE_VERSION
from server_stub.storage import meetings as meetings_table
from tests.fakes.clock import START, FakeClock
from tests.fakes.server_client import running_server
from tests.people import (
    alan_inside,
    in_a_meeting,
)
from tests.restarts import back, guest_back, kept_consents, recorded, restarted


async def _two_are_recorded(server):
    """Ada and Grace consent, Alan is in and has not answered."""
    host, member, card = await in_a_meeting(server)
    guest = await alan_inside(server, host, card)
    await host.ask(StartRecording(meeting=card.id))
    await member.ask(AcceptRecording(meeting=card.id, notice_version=NOTICE_VERSION))
    await host.ask(SwitchGestures(meeting=card.id, is_on=True))
    await member.settle()
    return host, member, guest, card


def test_recording_goes_on_as_a_second_part_of_those_who_consent(tmp_path):
    async def after(server, left):
        host, member, guest, card = left
        server.maker.may_remake.set()
        other = await guest_back(server, guest)
        # Nobody is back who is recorded; that it goes on is said at once.
        assert other.welcome.recording_since is not None
        assert other.welcome.gestures_on
        assert server.relay.recorded == {}
        grace = await back(server, member, card)
        assert all(one.consents == (one.id != guest.welcome.you) for one in grace.welcome.people)
        names = {host.account.id: "Ada", member.account.id: "Grace"}
        await recorded(server, card, names)
        ada = await back(server, host, card)
        await recorded(server, card, names)
        (job,) = server.maker.jobs
        assert job.people == names
        part = job.folder.name
        assert part != card.id
        assert sorted(await kept_consents(server, part)) == [("Ada", CARRIED), ("Grace", CARRIED)]
        assert not [tell for tell in ada.heard if isinstance(tell, RecordingStopped)]
        assert server.backend.calls.find(card.id).card().recap == "recording"
        # Who had not consented may still do so.
        await other.ask(AcceptRecording(meeting=card.id, notice_version=NOTICE_VERSION))
        await recorded(server, card, {**names, guest.welcome.you: "Alan"})
        await ada.ask(EndMeeting(meeting=card.id))
        ready = [(await ada.expect(RecapReady)).meeting for _ in range(2)]
        assert [one.id for one in ready] == [card.id, part]
        assert [one.title for one in ready] == ["Website", "Website (part 2)"]
        await ada.expect(MeetingChanged, lambda tell: tell.meeting.id == card.id and tell.meeting.film == "ready")
        listed = await ada.ask(ListRecaps(room=card.room))
        assert {one.recap for one in listed.meetings} == {"ready"}
        assert server.maker.remade == [card.id]

    restarted(tmp_path, _two_are_recorded, after)


def test_who_consents_first_after_the_return_begins_the_part_and_records_nobody_else_unasked(tmp_path):
    async def before(server):
        host, member, card = await in_a_meeting(server)
        await host.ask(StartRecording(meeting=card.id))
        await host.settle()
        return host, member, card

    async def after(server, left):
        host, member, card = left
        grace = await back(server, member, card)
        assert not grace.welcome.people[1].consents
        assert server.relay.recorded == {}
        await grace.ask(AcceptRecording(meeting=card.id, notice_version=NOTICE_VERSION))
        await recorded(server, card, {host.account.id: "Ada", member.account.id: "Grace"})
        (job,) = server.maker.jobs
        assert sorted(await kept_consents(server, job.folder.name)) == [("Ada", CARRIED), ("Grace", "accepted")]

    restarted(tmp_path, before, after)


def test_a_recording_that_the_host_had_stopped_stays_off(tmp_path):
    async def before(server):
        host, member, _, card = await _two_are_recorded(server)
        await host.ask(StopRecording(meeting=card.id))
        await host.settle()
        return host, member, card

    async def after(server, left):
        host, _, card = left
        server.maker.may_remake.set()
        ada = await back(server, host, card)
        assert (ada.welcome.recording_since, ada.welcome.gestures_on) == (None, False)
        await ada.settle()
        assert server.relay.recorded == {}
        # A new one asks anew, as ever, and is the second part.
        await ada.ask(StartRecording(meeting=card.id))
        await recorded(server, card, {host.account.id: "Ada"})
        await ada.ask(EndMeeting(meeting=card.id))
        assert [(await ada.expect(RecapReady)).meeting.title for _ in range(2)] == ["Website", "Website (part 2)"]

    restarted(tmp_path, before, after)


def test_the_host_can_stop_it_before_the_next_part_has_begun(tmp_path):
    async def after(server, left):
        host, _, _, card = left
        server.relay.may_start.clear()
        ada = await back(server, host, card)
        await server.relay.starts.wait()
        stopping = asyncio.create_task(ada.ask(StopRecording(meeting=card.id)))
        server.relay.may_start.set()
        assert isinstance(await stopping, RecordingStopped)
        await ada.settle()
        assert server.relay.recorded == {}

    restarted(tmp_path, _two_are_recorded, after)


@pytest.mark.logs_warnings
def test_a_full_disk_after_the_return_is_told_and_the_call_goes_on(tmp_path):
    async def after(server, left):
        host, member, _, card = left
        server.relay.has_space = False
        ada = await back(server, host, card)
        assert (await ada.expect(RecordingStopped)).reason == "disk_full"
        assert server.maker.jobs[0].notes[-1] == "cancel"
        grace = await back(server, member, card)
        assert grace.welcome.recording_since is None
        rows = await server.backend.store.do(lambda c: meetings_table.recordings_of(c, card.id))
        assert [row.part for row in rows] == [1]

    restarted(tmp_path, _two_are_recorded, after)


def test_a_consent_to_another_wording_is_asked_for_anew(tmp_path, monkeypatch):
    async def after(server, left):
        host, _, guest, card = left
        other = await guest_back(server, guest)
        assert not any(one.consents for one in other.welcome.people)
        ada = await back(server, host, card)
        await ada.settle()
        assert server.relay.recorded == {}
        await ada.ask(AcceptRecording(meeting=card.id, notice_version=NOTICE_VERSION + 1))
        await recorded(server, card, {host.account.id: "Ada"})

    def reworded(_):
        monkeypatch.setattr("server_stub.kernel.config.NOTICE_VERSION", NOTICE_VERSION + 1)

    restarted(tmp_path, _two_are_recorded, after, between=reworded)


def test_each_stop_of_the_server_makes_a_part(tmp_path):
    async def tell():
        async with running_server(tmp_path, clock=FakeClock()) as server:
            host, member, _, card = await _two_are_recorded(server)
            names = {host.account.id: "Ada", member.account.id: "Grace"}
            server.backend.begin_to_stop()
        for number in (1, 2):
            async with running_server(tmp_path, clock=FakeClock(START + number)) as server:
                await back(server, host, card)
                await recorded(server, card, names)
                server.backend.begin_to_stop()
        async with running_server(tmp_path, clock=FakeClock(START + 3)) as server:
            server.maker.may_remake.set()
            ada = await back(server, host, card)
            await recorded(server, card, names)
            await ada.ask(EndMeeting(meeting=card.id))
            titles = [(await ada.expect(RecapReady)).meeting.title for _ in range(4)]
            assert titles == ["Website", "Website (part 2)", "Website (part 3)", "Website (part 4)"]

    asyncio.run(tell())


def test_a_part_that_was_just_beginning_when_the_server_stopped_again_begins_anew(tmp_path):
    async def tell():
        async with running_server(tmp_path, clock=FakeClock()) as server:
            host, member, _, card = await _two_are_recorded(server)
            server.backend.begin_to_stop()
        async with running_server(tmp_path, clock=FakeClock(START + 1)) as server:
            server.relay.may_start.clear()
            await back(server, host, card)
            await server.relay.starts.wait()
            server.backend.begin_to_stop()
        async with running_server(tmp_path, clock=FakeClock(START + 2)) as server:
            await back(server, host, card)
            await recorded(server, card, {host.account.id: "Ada", member.account.id: "Grace"})
            rows = await server.backend.store.do(lambda c: meetings_table.recordings_of(c, card.id))
            assert [row.part for row in rows] == [1, 2]
            assert sorted(await kept_consents(server, rows[1].id)) == [("Ada", CARRIED), ("Grace", CARRIED)]

    asyncio.run(tell())


@pytest.mark.logs_warnings
def test_a_part_that_cannot_be_looked_up_keeps_no_other_waiting(tmp_path, monkeypatch):
    async def after(server, left):
        host, member, _, card = left
        ada = await back(server, host, card)
        await recorded(server, card, {host.account.id: "Ada", member.account.id: "Grace"})

        def refuse(connection, meeting):
            raise OSError("no space")

        monkeypatch.setattr(meetings_table, "recordings_of", refuse)
        await ada.ask(EndMeeting(meeting=card.id))
        assert (await ada.expect(RecapReady)).meeting.title == "Website (part 2)"

    restarted(tmp_path, _two_are_recorded, after)
