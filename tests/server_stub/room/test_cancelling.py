"""Planned meetings that are cancelled, on the real server; the tests move its clock."""

import pytest
from icalendar import Calendar

from app.wire.lobby import GuestDenied, LookAtLink
from app.wire.people import EndMeeting, MeetingEnded
from app.wire.rooms import (
    LeaveRoom,
    ListMessages,
    MeetingChanged,
    RemoveMember,
    RoomChanged,
)
from app.wire.schedule import (
    AskCalendarFile,
    CancelMeeting,
    ChangePlan,
)
from server_stub.room import cards
from server_stub.storage import administration, schedules
from server_stub.storage import meetings as meetings_table
from tests.fakes.clock import FakeClock
from tests.fakes.server_client import story
from tests.full_disk import FullDisk
from tests.people import ada_and_grace, alan, code_of, join, joining, knocking
from tests.planning import (
    AT_TEN,
    DAY,
    HOUR,
    MINUTE,
    becomes,
    next_card,
    plan,
    planned,
    rooms_of,
)
from tests.restarts import going_on

#: What the database keeps of a cancelled series.
REFUSED = [(meetings_table, "cancel"), (schedules, "set_state")]


@story(clock=FakeClock())
async def test_r34_the_rest_of_a_series_can_be_cancelled_while_one_of_it_runs(server):
    host, _, room = await ada_and_grace(server)
    card = await planned(host, room, repeats="daily")
    await server.backend.clock.pass_time(HOUR)
    await becomes(host, "joinable")
    await join(host, card.id)
    answer = await host.ask(CancelMeeting(meeting=card.id, whole_series=True))
    assert answer.meeting.state == "ongoing"
    await host.ask(EndMeeting(meeting=card.id))
    await becomes(host, "ended")
    assert cards.scheduled_in(server.backend, room) == ()
    await server.backend.clock.pass_time(DAY)
    assert len((await host.ask(ListMessages(room=room))).messages) == 1


@story(clock=FakeClock())
async def test_r34_one_meeting_of_a_series_is_cancelled_and_the_next_one_posted(server):
    host, member, room = await ada_and_grace(server)
    card = await planned(host, room, repeats="daily")
    assert await member.refused(CancelMeeting(meeting=card.id)) == "not_allowed"
    answer = await host.ask(CancelMeeting(meeting=card.id))
    assert isinstance(answer, MeetingChanged)
    assert (answer.meeting.id, answer.meeting.state) == (card.id, "cancelled")
    assert (await becomes(member, "cancelled")).id == card.id
    second = await next_card(member, {card.id})
    assert second.starts_at == AT_TEN + DAY
    assert await member.refused(joining(card.id)) in ("not_open", "meeting_ended")
    file = await member.ask(AskCalendarFile(meeting=second.id))
    (event,) = Calendar.from_ical(file.text).walk("VEVENT")
    assert [gone.dt.timestamp() for gone in event["EXDATE"].dts] == [AT_TEN]
    assert event["SEQUENCE"] == 1


@story(clock=FakeClock())
async def test_r34_a_whole_series_is_cancelled_and_its_link_says_so(server):
    host, member, room = await ada_and_grace(server)
    card = await planned(host, room, repeats="daily")
    await host.ask(CancelMeeting(meeting=card.id, whole_series=True))
    await becomes(member, "cancelled")
    assert cards.scheduled_in(server.backend, room) == ()
    guest = await server.connect()
    assert await guest.refused(LookAtLink(code=code_of(card))) == "meeting_ended"
    assert (await member.ask(LookAtLink(code=code_of(card)))).state == "cancelled"
    for ask in (
        CancelMeeting(meeting=card.id),
        AskCalendarFile(meeting=card.id),
        ChangePlan(meeting=card.id, plan=plan()),
    ):
        assert await host.refused(ask) == "meeting_ended"
    await server.backend.clock.pass_time(2 * DAY)
    assert len((await host.ask(ListMessages(room=room))).messages) == 1


@story(clock=FakeClock())
async def test_r34_the_rooms_owner_cancels_what_somebody_planned_who_has_left(server):
    host, member, room = await ada_and_grace(server)
    card = await planned(member, room)
    assert await host.refused(CancelMeeting(meeting=card.id)) == "not_allowed"
    await member.ask(LeaveRoom(room=room))
    answer = await host.ask(CancelMeeting(meeting=card.id))
    assert answer.meeting.state == "cancelled"


@story(clock=FakeClock())
async def test_r24_a_guest_who_waits_at_open_doors_is_told_when_the_meeting_is_cancelled(server):
    host, _, room = await ada_and_grace(server)
    card = await planned(host, room)
    await server.backend.clock.pass_time(55 * MINUTE)
    await becomes(host, "joinable")
    guest = await alan(server, card)
    answer = await host.ask(CancelMeeting(meeting=card.id))
    assert answer.meeting.state == "cancelled"
    told = await guest.expect(MeetingEnded)
    assert told.words == "This meeting was cancelled."
    assert not any(isinstance(tell, GuestDenied) for tell in guest.heard)
    assert await guest.refused(knocking(card)) == "meeting_ended"
    listed = await host.ask(ListMessages(room=room))
    assert [message.meeting.state for message in listed.messages] == ["cancelled"]


@story(clock=FakeClock())
async def test_what_belongs_to_a_closed_account_is_the_rooms_to_end(server):
    host, member, room = await ada_and_grace(server)
    card = await planned(host, room)
    assert await member.refused(CancelMeeting(meeting=card.id)) == "not_allowed"
    await server.backend.store.do(lambda c: administration.set_closed(c, host.account.id, True))
    (info,) = await rooms_of(server, member)
    assert info.owner == member.account.id
    assert (await member.ask(CancelMeeting(meeting=card.id))).meeting.state == "cancelled"
    assert isinstance(await member.ask(RemoveMember(room=room, account=host.account.id)), RoomChanged)


@pytest.mark.logs_warnings
@pytest.mark.parametrize(("place", "name"), REFUSED, ids=["meeting", "plan"])
def test_a_series_is_cancelled_as_a_whole_or_not_at_all(tmp_path, monkeypatch, place, name):
    disk = FullDisk(monkeypatch, place, name)

    @story(clock=FakeClock())
    async def tell(server):
        host, _, room = await ada_and_grace(server)
        card = await planned(host, room, repeats="daily")
        disk.is_full = True
        assert await host.refused(CancelMeeting(meeting=card.id, whole_series=True)) == "failed"
        assert [one.id for one in cards.scheduled_in(server.backend, room)] == [card.id]
        disk.is_full = False
        answer = await host.ask(CancelMeeting(meeting=card.id, whole_series=True))
        assert answer.meeting.state == "cancelled"
        assert await server.backend.store.do(schedules.find_open) == ()

    tell(tmp_path)


@pytest.mark.logs_warnings
@pytest.mark.parametrize(("place", "name"), REFUSED, ids=["meeting", "plan"])
def test_one_whose_doors_are_open_is_cancelled_as_soon_as_the_disk_takes_it(tmp_path, monkeypatch, place, name):
    disk = FullDisk(monkeypatch, place, name)

    @story(clock=FakeClock())
    async def tell(server):
        host, member, room = await ada_and_grace(server)
        card = await planned(host, room, repeats="daily")
        await server.backend.clock.pass_time(55 * MINUTE)
        await becomes(host, "joinable")
        disk.is_full = True
        answer = await host.ask(CancelMeeting(meeting=card.id, whole_series=True))
        assert answer.meeting.state == "cancelled"
        assert await member.refused(joining(card.id)) == "not_open"
        await going_on("ending a meeting")
        disk.is_full = False
        await server.backend.clock.pass_time(MINUTE)
        await going_on("keeping what could not be kept")
        row = await server.backend.store.do(lambda connection: meetings_table.find(connection, card.id))
        assert row.state == "cancelled"
        assert await server.backend.store.do(schedules.find_open) == ()

    tell(tmp_path)
