"""What a server that is started again finds where the disk refused something before: what was ended stays ended."""

import asyncio

import pytest

from app.wire.hands import RaiseHand
from app.wire.people import EndMeeting, LockMeeting, RemovePerson
from app.wire.recording import RecordingStarted, StartRecording, StopRecording
from app.wire.rooms import MeetingChanged
from server_stub.call import kept, marks
from server_stub.call.meeting import CUT_OFF
from server_stub.storage import meetings as meetings_table
from server_stub.storage import running
from tests.fakes.clock import START, FakeClock
from tests.fakes.server_client import running_server
from tests.full_disk import FullDisk
from tests.people import ada_and_grace, in_a_meeting, join, joining, make_room, start
from tests.planning import HOUR, planned
from tests.restarts import again, all_kept, back, going_on, kept_consents, meeting_row, recorded, restarted

pytestmark = pytest.mark.logs_warnings

#: Longer than the longest pause between two tries.
LATER_S = 60.0


@pytest.fixture
def full(monkeypatch):
    return lambda place, name: FullDisk(monkeypatch, place, name)


async def state_of(server, card):
    rows = await server.backend.store.do(running.find_all)
    return kept.read(rows[card.id].state)


async def recordings_of(server, card):
    return await server.backend.store.do(lambda connection: meetings_table.recordings_of(connection, card.id))


async def later(server):
    """Lets the tries that are due be made, also of what was refused a moment ago."""
    await server.backend.store.do(lambda _: None)
    await server.backend.clock.pass_time(LATER_S)
    await all_kept()
    await going_on("keeping what could not be kept")


def test_the_end_of_a_meeting_is_kept_as_soon_as_the_disk_takes_it(tmp_path, full):
    disk = full(meetings_table, "end")

    async def tell():
        async with running_server(tmp_path, clock=FakeClock()) as server:
            host, _, card = await in_a_meeting(server, record=True)
            disk.is_full = True
            await host.ask(EndMeeting(meeting=card.id))
            await going_on("ending a meeting")
            await later(server)
            assert (await meeting_row(server, card)).state == "ongoing"
            disk.is_full = False
            await later(server)
            row = await meeting_row(server, card)
            assert (row.state, row.ended_at) == ("ended", START)
            assert await server.backend.store.do(running.find_all) == {}

    asyncio.run(tell())


def test_so_are_its_beginning_and_the_end_of_a_recording(tmp_path, full):
    begin, stop = full(meetings_table, "begin"), full(meetings_table, "end_recording")

    async def tell():
        async with running_server(tmp_path, clock=FakeClock()) as server:
            begin.is_full = stop.is_full = True
            host, _, card = await in_a_meeting(server, record=True)
            await going_on("beginning a meeting")
            await server.backend.clock.pass_time(LATER_S)
            await host.ask(StopRecording(meeting=card.id))
            for disk in (begin, stop):
                assert await asyncio.to_thread(disk.refused.wait, 10)
                disk.is_full = False
            await later(server)
            (recording,) = await recordings_of(server, card)
            assert (recording.recap, recording.ended_at) == ("generating", START + LATER_S)
            assert begin.wrote.is_set()

    asyncio.run(tell())


def test_a_meeting_whose_end_the_disk_never_took_is_not_taken_up(tmp_path, full):
    disk = full(meetings_table, "end")

    async def before(server):
        host, member, card = await in_a_meeting(server, record=True)
        disk.is_full = True
        await server.backend.clock.pass_time(30)
        await host.ask(EndMeeting(meeting=card.id))
        await going_on("ending a meeting")
        return member, card

    def between(_):
        disk.is_full = False

    async def after(server, left):
        member, card = left
        grace = await again(server, member)
        assert await grace.refused(joining(card.id)) == "meeting_ended"
        row = await meeting_row(server, card)
        assert (row.state, row.words, row.ended_at) == ("ended", CUT_OFF, START + 30)
        assert await server.backend.store.do(running.find_all) == {}
        assert marks.every(tmp_path) == {}

    restarted(tmp_path, before, after, off_s=60.0, between=between)


def test_nor_is_a_planned_one_of_which_not_even_the_beginning_was_kept(tmp_path, full):
    begin, end = full(meetings_table, "begin"), full(meetings_table, "end")

    async def before(server):
        host, _, room = await ada_and_grace(server)
        card = await planned(host, room)
        begin.is_full = end.is_full = True
        await server.backend.clock.pass_time(HOUR)
        await join(host, card.id)
        await host.ask(EndMeeting(meeting=card.id))
        await going_on("ending a meeting")
        return host, card

    def between(_):
        begin.is_full = end.is_full = False

    async def after(server, left):
        host, card = left
        assert await (await again(server, host)).refused(joining(card.id)) == "meeting_ended"
        assert (await meeting_row(server, card)).state == "ended"

    restarted(tmp_path, before, after, off_s=HOUR + 5, between=between)


def test_a_planned_one_whose_beginning_was_not_kept_goes_on_as_it_was(tmp_path, full):
    begin = full(meetings_table, "begin")

    async def before(server):
        host, member, room = await ada_and_grace(server)
        card = await planned(host, room)
        begin.is_full = True
        await server.backend.clock.pass_time(HOUR)
        await join(host, card.id)
        await join(member, card.id)
        await host.ask(RemovePerson(meeting=card.id, person=member.account.id))
        await all_kept()
        return host, member, card

    def between(_):
        begin.is_full = False

    async def after(server, left):
        host, member, card = left
        assert await (await again(server, member)).refused(joining(card.id)) == "removed"
        assert (await back(server, host, card)).welcome.host == host.account.id

    restarted(tmp_path, before, after, off_s=HOUR + 5, between=between)


def test_a_server_that_took_leave_while_the_disk_was_full_takes_nothing_up(tmp_path, full):
    disk = full(running, "drop_all")

    async def tell():
        async with running_server(tmp_path, secret="the-secret-of-an-owner") as server:
            host, _, card = await in_a_meeting(server)
            await all_kept()
            disk.is_full = True
        disk.is_full = False
        async with running_server(tmp_path, secret="the-secret-of-an-owner") as server:
            assert await (await again(server, host)).refused(joining(card.id)) == "meeting_ended"

    asyncio.run(tell())


def test_what_could_not_be_kept_is_kept_without_another_change(tmp_path, full):
    disk = full(running, "keep")

    async def before(server):
        host, member, card = await in_a_meeting(server, record=True)
        await all_kept()
        disk.is_full = True
        await host.ask(StopRecording(meeting=card.id))
        await host.ask(RemovePerson(meeting=card.id, person=member.account.id))
        await all_kept()
        await later(server)
        assert (await state_of(server, card)).is_recording
        assert list(marks.every(tmp_path)) == [card.id]
        disk.is_full = False
        await later(server)
        now = await state_of(server, card)
        assert not now.is_recording
        assert [one.id for one in now.seats] == [host.account.id]
        assert now.barred == (member.account.id,)
        assert marks.every(tmp_path) == {}
        return host, member, card

    async def after(server, left):
        host, member, card = left
        assert (await back(server, host, card)).welcome.recording_since is None
        assert await (await again(server, member)).refused(joining(card.id)) == "removed"

    restarted(tmp_path, before, after)


def test_what_changes_during_a_write_that_fails_is_kept_with_the_next_try(tmp_path, full):
    disk = full(running, "keep")

    async def tell():
        async with running_server(tmp_path, clock=FakeClock()) as server:
            host, member, card = await in_a_meeting(server)
            await all_kept()
            disk.is_full = True
            disk.may_refuse.clear()
            # Nobody but the host writes to the database now, and waits for it.
            asking = asyncio.create_task(member.ask(RaiseHand(meeting=card.id)))
            await asyncio.to_thread(disk.refused.wait, 10)
            await host.ask(LockMeeting(meeting=card.id, is_locked=True))
            disk.may_refuse.set()
            await asking
            await all_kept()
            disk.is_full = False
            await later(server)
            assert (await state_of(server, card)).is_locked

    asyncio.run(tell())


@pytest.mark.parametrize("decision", ["stop recording", "remove", "lock"])
def test_a_meeting_in_which_a_decision_of_the_host_was_never_kept_does_not_go_on_without_it(tmp_path, full, decision):
    disk = full(running, "keep")

    async def before(server):
        host, member, card = await in_a_meeting(server, record=True)
        await all_kept()
        disk.is_full = True
        asked = {
            "stop recording": StopRecording(meeting=card.id),
            "remove": RemovePerson(meeting=card.id, person=member.account.id),
            "lock": LockMeeting(meeting=card.id, is_locked=True),
        }
        await host.ask(asked[decision])
        await all_kept()
        return host, card

    def between(_):
        disk.is_full = False

    async def after(server, left):
        host, card = left
        assert await (await again(server, host)).refused(joining(card.id)) == "meeting_ended"

    restarted(tmp_path, before, after, between=between)


def test_one_in_which_something_small_was_never_kept_goes_on(tmp_path, full):
    disk = full(running, "keep")

    async def before(server):
        host, member, card = await in_a_meeting(server)
        await all_kept()
        disk.is_full = True
        await member.ask(RaiseHand(meeting=card.id))
        await all_kept()
        return host, card

    def between(_):
        disk.is_full = False

    async def after(server, left):
        host, card = left
        assert len((await back(server, host, card)).welcome.people) == 2

    restarted(tmp_path, before, after, between=between)


def test_the_last_try_is_made_as_the_server_stops(tmp_path, full):
    keep, end = full(running, "keep"), full(meetings_table, "end")

    async def before(server):
        host, _, card = await in_a_meeting(server, record=True)
        over = await start(host, await make_room(host, name="Another"))
        await all_kept()
        keep.is_full = end.is_full = True
        await host.ask(StopRecording(meeting=card.id))
        await server.backend.clock.pass_time(300)  # nobody came to the other one
        await going_on("ending a meeting")
        await all_kept()
        keep.is_full = end.is_full = False
        return host, card, over

    async def after(server, left):
        host, card, over = left
        ada = await back(server, host, card)
        assert ada.welcome.recording_since is None
        row = await meeting_row(server, over)
        assert (row.state, row.words == CUT_OFF) == ("ended", False)

    restarted(tmp_path, before, after, off_s=305.0)


def test_a_recording_that_ran_keeps_its_consents_and_its_folder_though_the_meeting_could_not_be_kept(tmp_path, full):
    disk = full(running, "keep")

    async def before(server):
        host, _, card = await in_a_meeting(server)
        await all_kept()
        disk.is_full = True
        await host.ask(StartRecording(meeting=card.id))
        await all_kept()
        (tmp_path / "meetings" / card.id / "utterances.jsonl").write_text("said before\n")
        return host, card

    def between(_):
        disk.is_full = False

    async def after(server, left):
        host, card = left
        server.maker.may_remake.set()
        ada = await back(server, host, card)
        # Whether the host had stopped it meanwhile nobody knows: it is on only where that is kept.
        assert ada.welcome.recording_since is None
        assert await kept_consents(server, card.id) == [("Ada", "switched on")]
        assert isinstance(await ada.ask(StartRecording(meeting=card.id)), RecordingStarted)
        first, second = await recordings_of(server, card)
        assert (first.id, first.recap, second.part) == (card.id, "generating", 2)
        assert (tmp_path / "meetings" / first.id / "utterances.jsonl").read_text() == "said before\n"
        assert not (tmp_path / "meetings" / second.id / "utterances.jsonl").exists()
        await ada.ask(EndMeeting(meeting=card.id))
        await ada.expect(MeetingChanged, lambda tell: (tell.meeting.id, tell.meeting.recap) == (card.id, "ready"))

    restarted(tmp_path, before, after, between=between)


def test_one_that_was_just_beginning_goes_with_its_folder(tmp_path):
    left_behind = tmp_path / "meetings"

    async def before(server):
        host, _, card = await in_a_meeting(server)
        server.relay.may_start.clear()
        asking = asyncio.create_task(host.ask(StartRecording(meeting=card.id)))
        await server.relay.starts.wait()
        (left_behind / card.id / "utterances.jsonl").write_text("")
        asking.cancel()
        return host, card

    async def after(server, left):
        host, card = left
        assert not (left_behind / card.id).exists()
        assert await recordings_of(server, card) == ()
        ada = await back(server, host, card)
        await ada.ask(StartRecording(meeting=card.id))
        await recorded(server, card, {host.account.id: "Ada"})

    restarted(tmp_path, before, after)


def test_a_recording_begins_in_an_empty_folder_whatever_a_try_before_has_left(tmp_path):
    async def tell():
        async with running_server(tmp_path, clock=FakeClock()) as server:
            host, _, card = await in_a_meeting(server)
            folder = tmp_path / "meetings" / card.id
            folder.mkdir()
            (folder / "utterances.jsonl").write_text("said before\n")
            await host.ask(StartRecording(meeting=card.id))
            assert sorted(path.name for path in folder.iterdir()) == ["recording.json"]

    asyncio.run(tell())
