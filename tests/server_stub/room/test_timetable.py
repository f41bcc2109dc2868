"""What time brings to planned meetings: doors, reminders, series; on the real server with a clock that tests move."""

import asyncio
import re
from datetime import UTC, datetime
from unittest.mock import patch

import pytest

from app.wire.lobby import LookAtLink
from app.wire.notices import NoticeTold
from app.wire.people import EndMeeting, LeaveMeeting, StartMeeting
from app.wire.recap import RecapReady
from app.wire.rooms import LeaveRoom, ListMessages, MeetingChanged
from app.wire.schedule import (
    AskCalendarFile,
    CancelMeeting,
    ChangePlan,
    ShowPlan,
)
from server_stub.room import cards, plans, timetable
from server_stub.room.timetable import BLOCKED
from tests.fakes.clock import START, FakeClock
from tests.fakes.recap_maker import FakeMaker
from tests.fakes.server_client import running_server, story
from tests.people import ada_and_grace, code_of, join, joining, make_room
from tests.planning import (
    AT_TEN,
    DAY,
    HOUR,
    MINUTE,
    becomes,
    mails,
    next_card,
    plan,
    planned,
    rooms_of,
)


class SlowMaker(FakeMaker):
    """Makes recaps that are ready when the test says so."""

    may_finish = asyncio.Event()

    def open(self, folder, people):
        job = super().open(folder, people)
        finish = job.finish

        async def wait(**times):
            await self.may_finish.wait()
            return await finish(**times)

        job.finish = wait
        return job


@story(clock=FakeClock())
async def test_the_doors_of_a_room_that_all_have_left_stay_shut(server):
    host, member, room = await ada_and_grace(server)
    card = await planned(host, room)
    for client in (member, host):
        await client.ask(LeaveRoom(room=room))
    await server.backend.clock.pass_time(HOUR + MINUTE)
    guest = await server.connect()
    assert (await guest.ask(LookAtLink(code=code_of(card)))).state == "scheduled"
    assert server.backend.calls.find(card.id) is None


@story(clock=FakeClock())
async def test_r36_a_card_goes_from_scheduled_over_joinable_and_ongoing_to_ended(server):
    host, member, room = await ada_and_grace(server)
    clock = server.backend.clock
    card = await planned(host, room)
    await clock.pass_time(50 * MINUTE - 1)
    assert await member.refused(joining(card.id)) == "not_open"
    assert not [tell for tell in member.news if isinstance(tell, MeetingChanged)]
    await clock.pass_time(1)
    joinable = await becomes(member, "joinable")
    assert (joinable.people, joinable.started_at, joinable.link) == (0, AT_TEN, card.link)
    (info,) = await rooms_of(server, member)
    assert info.meeting == joinable
    assert info.scheduled == ()
    await join(host, card.id)
    ongoing = await becomes(member, "ongoing")
    assert (ongoing.people, ongoing.started_at) == (1, START + 50 * MINUTE)
    await join(member, card.id)
    assert (await becomes(host, "ongoing", lambda seen: seen.people == 2)).starts_at == AT_TEN
    await host.ask(EndMeeting(meeting=card.id))
    ended = await becomes(member, "ended")
    assert (ended.ended_at, ended.recap) == (START + 50 * MINUTE, "none")
    listed = await host.ask(ListMessages(room=room))
    assert [message.meeting.state for message in listed.messages] == ["ended"]
    assert await host.refused(CancelMeeting(meeting=card.id)) == "meeting_ended"


@story(clock=FakeClock())
async def test_r36_a_planned_meeting_to_which_nobody_comes_ends_at_its_planned_end(server):
    host, _, room = await ada_and_grace(server)
    card = await planned(host, room)
    await server.backend.clock.pass_time(50 * MINUTE)
    await becomes(host, "joinable")
    await server.backend.clock.pass_time(40 * MINUTE - 1)
    assert await host.ask(ShowPlan(meeting=card.id))
    assert server.backend.calls.find(card.id) is not None
    await server.backend.clock.pass_time(1)
    assert (await becomes(host, "ended")).id == card.id


@story(clock=FakeClock())
async def test_r36_a_clock_that_is_set_is_noticed(server):
    host, _, room = await ada_and_grace(server)
    await planned(host, room, starts="2026-11-25T10:00")
    server.backend.clock.jump(2 * DAY + 50 * MINUTE)
    await server.backend.clock.pass_time(10 * MINUTE)
    await becomes(host, "joinable")


@story(clock=FakeClock())
async def test_r36_a_planned_meeting_waits_until_another_one_of_its_room_is_over(server):
    host, member, room = await ada_and_grace(server)
    card = await planned(host, room)
    running = (await host.ask(StartMeeting(room=room, key="start-1"))).meeting
    await join(host, running.id)
    await server.backend.clock.pass_time(HOUR)
    assert await member.refused(joining(card.id)) == "not_open"
    await host.ask(EndMeeting(meeting=running.id))
    assert (await becomes(member, "joinable")).id == card.id
    await join(member, card.id)


@story(clock=FakeClock())
async def test_r36_a_planned_meeting_whose_time_another_one_took_ends_in_words(server):
    host, _, room = await ada_and_grace(server)
    card = await planned(host, room)
    running = (await host.ask(StartMeeting(room=room, key="start-1"))).meeting
    await join(host, running.id)
    await server.backend.clock.pass_time(90 * MINUTE)
    await becomes(host, "ended", lambda seen: seen.id == card.id)
    assert server.backend.calls.find(running.id) is not None
    assert cards.scheduled_in(server.backend, room) == ()
    kept = await plans.find_by_code(server.backend, code_of(card))
    assert (kept.state, kept.words) == ("ended", BLOCKED)


@pytest.mark.parametrize(
    ("day", "first_utc", "second_utc"),
    # Mondays before the clocks go forward (29 March) and back (25 October).
    [("2026-03-23", "10:00", "09:00"), ("2026-10-19", "09:00", "10:00")],
)
def test_r34_a_weekly_meeting_at_ten_in_lisbon_opens_at_ten_to_ten_there_over_both_changes(
    tmp_path, day, first_utc, second_utc
):
    def utc(text):
        return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()

    first = utc(f"{day}T{first_utc}")
    clock = FakeClock(first - HOUR)

    async def tell():
        async with asyncio.timeout(30), running_server(tmp_path / "data", clock=clock) as server:
            host, _, room = await ada_and_grace(server)
            fields = {"starts": f"{day}T10:00", "time_zone": "Europe/Lisbon", "repeats": "weekly"}
            card = await planned(host, room, **fields)
            assert card.starts_at == first
            await clock.pass_time(50 * MINUTE)
            await becomes(host, "joinable")
            await clock.pass_time(40 * MINUTE)
            await becomes(host, "ended")
            second = await next_card(host, {card.id})
            a_week = 7 * DAY + (utc(f"{day}T{second_utc}") - first)
            assert second.starts_at - first == a_week
            assert second.starts_at % DAY == utc(f"{day}T{second_utc}") % DAY
            await clock.pass_time(second.starts_at - clock.now() - 10 * MINUTE - 1)
            assert await host.refused(joining(second.id)) == "not_open"
            await clock.pass_time(1)
            assert (await becomes(host, "joinable")).id == second.id
            assert second.link == card.link
            file = await host.ask(AskCalendarFile(meeting=second.id))
            assert f"DTSTART;TZID=Europe/Lisbon:{day.replace('-', '')}T100000" in file.text
            assert "RRULE:FREQ=WEEKLY;UNTIL=" in file.text

    asyncio.run(tell())


@story(clock=FakeClock())
async def test_r34_a_series_goes_on_with_one_link_and_stops_after_its_last_day(server):
    host, member, room = await ada_and_grace(server)
    clock = server.backend.clock
    card = await planned(host, room, repeats="daily", until="2026-11-25")
    seen = [card]
    for day in range(2):
        await clock.pass_time(seen[-1].starts_at - clock.now())
        await becomes(member, "joinable")
        await join(member, seen[-1].id)
        await member.ask(LeaveMeeting(meeting=seen[-1].id))
        await clock.pass_time(301)
        await becomes(member, "ended")
        seen.append(await next_card(member, {one.id for one in seen}))
        assert seen[-1].starts_at == AT_TEN + (day + 1) * DAY
        assert seen[-1].link == card.link
        assert (seen[-1].state, seen[-1].repeats) == ("scheduled", "daily")
        assert (await member.ask(LookAtLink(code=code_of(card)))).starts_at == seen[-1].starts_at
    await clock.pass_time(DAY + HOUR)
    assert (await becomes(member, "ended")).id == seen[-1].id
    assert cards.scheduled_in(server.backend, room) == ()
    guest = await server.connect()
    assert await guest.refused(LookAtLink(code=code_of(card))) == "meeting_ended"
    assert (await host.ask(LookAtLink(code=code_of(card)))).state == "ended"


def told_of(client, kind):
    """Words of the notices of a kind that have arrived."""
    found = (notice for tell in client.heard if isinstance(tell, NoticeTold) for notice in tell.notices)
    return [notice.words for notice in found if notice.kind == kind]


@story(clock=FakeClock())
async def test_r34_members_are_reminded_once_when_the_doors_open_and_when_it_starts(server):
    host, member, room = await ada_and_grace(server)
    clock = server.backend.clock
    card = await planned(host, room)
    await clock.pass_time(50 * MINUTE)
    soon = await member.expect(NoticeTold)
    assert (soon.notices[0].kind, soon.notices[0].subject, soon.notices[0].room) == ("meeting_soon", card.id, room)
    assert soon.notices[0].words == "“Kick-off” begins in 10 minutes."
    await host.expect(NoticeTold)
    await join(host, card.id)
    started = await member.expect(NoticeTold)
    assert (started.notices[0].kind, started.notices[0].words) == ("meeting_started", "Ada is in “Kick-off”.")
    await clock.pass_time(20 * MINUTE)
    await server.backend.timetable.look()
    await member.settle()
    await host.settle()
    assert len(told_of(member, "meeting_soon")) == len(told_of(member, "meeting_started")) == 1
    assert told_of(host, "meeting_started") == []


@story(clock=FakeClock())
async def test_r34_a_start_at_which_nobody_is_there_is_told_to_all(server):
    host, member, room = await ada_and_grace(server)
    card = await planned(host, room)
    await server.backend.clock.pass_time(50 * MINUTE)
    await becomes(host, "joinable")
    await server.backend.clock.pass_time(10 * MINUTE)
    for client in (host, member):
        told = await client.expect(NoticeTold, lambda tell: tell.notices[0].kind == "meeting_started")
        assert told.notices[0].words == "“Kick-off” begins now."
    await join(host, card.id)
    await server.backend.timetable.look()
    await member.settle()
    assert len(told_of(member, "meeting_started")) == 1


@story(clock=FakeClock())
async def test_r34_members_are_told_of_a_cancellation_but_not_who_did_it(server):
    host, member, room = await ada_and_grace(server)
    card = await planned(host, room)
    await host.ask(CancelMeeting(meeting=card.id))
    told = await member.expect(NoticeTold)
    assert (told.notices[0].kind, told.notices[0].words) == ("meeting_cancelled", "“Kick-off” was cancelled.")
    await host.settle()
    assert told_of(host, "meeting_cancelled") == []


@story(clock=FakeClock())
async def test_r36_a_meeting_that_is_planned_for_soon_can_be_joined_at_once(server):
    host, member, room = await ada_and_grace(server)
    card = await planned(host, room, starts="2026-11-23T09:05")
    assert (await becomes(member, "joinable")).id == card.id
    soon = await member.expect(NoticeTold)
    assert soon.notices[0].words == "“Kick-off” begins in 5 minutes."
    await join(member, card.id)


@story(clock=FakeClock())
async def test_r36_open_doors_are_closed_when_the_clock_is_set_past_the_planned_end(server):
    host, _, room = await ada_and_grace(server)
    card = await planned(host, room, repeats="daily")
    await server.backend.clock.pass_time(50 * MINUTE)
    await becomes(host, "joinable")
    server.backend.clock.jump(DAY - 2 * HOUR)
    await server.backend.clock.pass_time(MINUTE)
    assert (await becomes(host, "ended")).id == card.id
    assert (await next_card(host, {card.id})).starts_at == AT_TEN + DAY


@story(clock=FakeClock())
async def test_r34_a_meeting_that_was_moved_after_its_reminder_is_reminded_of_again(server):
    host, member, room = await ada_and_grace(server)
    external = {"provider": "external", "url": "https://meet.elsewhere.example/abc"}
    card = await planned(host, room, **external)

    def soon(tell):
        return tell.rings and [notice.kind for notice in tell.notices] == ["meeting_soon"]

    await server.backend.clock.pass_time(50 * MINUTE)
    await member.expect(NoticeTold, soon)
    await host.ask(ChangePlan(meeting=card.id, plan=plan(starts="2026-11-23T15:00", **external)))
    await server.backend.clock.pass_time(5 * HOUR)
    assert (await member.expect(NoticeTold, soon)).notices[0].subject == card.id


@story(clock=FakeClock(), maker=SlowMaker())
async def test_r36_the_next_meeting_of_a_series_does_not_wait_for_the_recap_of_the_last(server):
    host, _, room = await ada_and_grace(server)
    card = await planned(host, room, repeats="daily")
    await server.backend.clock.pass_time(HOUR)
    await join(host, card.id, record=True)
    await host.ask(EndMeeting(meeting=card.id))
    following = await next_card(host, but=(card.id,))
    assert (following.state, following.link) == ("scheduled", card.link)
    SlowMaker.may_finish.set()


@pytest.mark.logs_warnings
@story(clock=FakeClock())
async def test_r36_a_meeting_that_fails_keeps_no_other_doors_shut(server):
    host, member, room = await ada_and_grace(server)
    first = await planned(host, room, starts="2026-11-23T09:59")
    second = await planned(host, await make_room(host, member, name="Other"), key="plan-2")
    real = server.backend.timetable._look_at

    async def look_at(row):
        if row.id == first.id:
            raise LookupError("a time zone that nobody knows")
        await real(row)

    with patch.object(server.backend.timetable, "_look_at", look_at):
        await server.backend.clock.pass_time(50 * MINUTE)
        assert (await becomes(member, "joinable")).id == second.id
    server.backend.timetable.wake()
    assert (await becomes(member, "joinable")).id == first.id


@pytest.mark.logs_warnings
@story(clock=FakeClock())
async def test_r34_a_series_that_could_not_go_on_is_tried_again(server):
    host, _, room = await ada_and_grace(server)
    card = await planned(host, room, repeats="daily")
    await server.backend.clock.pass_time(HOUR)
    await join(host, card.id)
    real, tries = timetable._plan_next, []

    def plan_next(*asked):
        tries.append(asked)
        if len(tries) == 1:
            raise OSError("the disk is full")
        return real(*asked)

    with patch.object(timetable, "_plan_next", plan_next):
        await host.ask(EndMeeting(meeting=card.id))
        following = await next_card(host, but=(card.id,))
    assert (following.state, following.link, len(tries)) == ("scheduled", card.link, 2)


@story(clock=FakeClock())
async def test_r59_the_link_in_the_mail_leads_to_this_recap_and_not_to_the_next_of_the_series(server):
    host, member, room = await ada_and_grace(server)
    card = await planned(host, room, repeats="daily")
    await server.backend.clock.pass_time(HOUR)
    await join(host, card.id, record=True)
    await host.ask(EndMeeting(meeting=card.id))
    await member.expect(RecapReady)
    for _ in range(500):  # a task of the server writes it and tells nobody
        if found := [one for one in mails(server, member.account.email) if "recap" in one["Subject"]]:
            break
        await asyncio.sleep(0.01)
    (code,) = re.findall(r"/j/([A-Za-z0-9_-]+)", found[0].get_content())
    shown = await member.ask(LookAtLink(code=code))
    assert (shown.meeting, shown.state) == (card.id, "ended")
    guest = await server.connect()
    assert await guest.refused(LookAtLink(code=code)) == "meeting_ended"
