"""Planned meetings of a server that was off for a while."""

import asyncio

from app.wire.accounts import Resume
from app.wire.people import EndMeeting
from app.wire.rooms import ListMessages
from server_stub.call.meeting import CUT_OFF
from server_stub.room.timetable import AGAIN, NEXT, SERVER_WAS_OFF
from server_stub.storage import meetings as meetings_table
from tests.fakes.clock import START, FakeClock
from tests.fakes.server_client import running_server
from tests.people import ada_and_grace, code_of, join
from tests.planning import (
    AT_TEN,
    DAY,
    HOUR,
    MINUTE,
    becomes,
    next_card,
    planned,
)


def restarted(tmp_path, before, off_s, after):
    """Runs `before(server)`, lets time pass while nothing runs, and runs `after(server, what before returned)`."""

    async def tell():
        async with asyncio.timeout(30):
            async with running_server(tmp_path / "data", clock=FakeClock()) as server:
                left = await before(server)
            async with running_server(tmp_path / "data", clock=FakeClock(START + off_s)) as server:
                await after(server, left)

    asyncio.run(tell())


async def _ada_plans_daily(server):
    host, _, room = await ada_and_grace(server)
    return await planned(host, room, repeats="daily", until="2026-11-30"), host.token, room


async def _ada_again(server, token):
    client = await server.connect()
    return client, (await client.ask(Resume(token=token))).rooms[0]


def test_r36_after_a_restart_what_should_be_open_opens_at_once(tmp_path):
    async def after(server, left):
        card, token, _ = left
        host, info = await _ada_again(server, token)
        assert (info.meeting.id, info.meeting.state) == (card.id, "joinable")
        await join(host, card.id)

    restarted(tmp_path, _ada_plans_daily, HOUR + 5 * MINUTE, after)


def test_r36_after_a_restart_what_was_missed_has_ended_in_words_and_the_series_goes_on(tmp_path):
    async def after(server, left):
        card, token, room = left
        host, info = await _ada_again(server, token)
        assert info.meeting is None
        (shown,) = info.scheduled
        assert shown.starts_at == AT_TEN + 3 * DAY
        assert code_of(shown) == code_of(card)
        listed = await host.ask(ListMessages(room=room))
        assert [message.meeting.state for message in listed.messages] == ["ended", "scheduled"]
        found = await server.backend.store.do(lambda connection: meetings_table.find(connection, card.id))
        assert found.words == SERVER_WAS_OFF

    restarted(tmp_path, _ada_plans_daily, 2 * DAY + 2 * HOUR, after)


async def _ada_is_in_the_daily(server):
    card, token, room = await _ada_plans_daily(server)
    await server.backend.clock.pass_time(HOUR)
    client, _ = await _ada_again(server, token)
    await join(client, card.id)
    await becomes(client, "ongoing")
    await client.settle()
    return card, token, room


def test_r36_a_planned_meeting_goes_on_after_a_crash_as_the_same_one(tmp_path):
    async def after(server, left):
        card, token, room = left
        host, info = await _ada_again(server, token)
        assert (info.meeting.id, info.meeting.state, code_of(info.meeting)) == (card.id, "ongoing", code_of(card))
        await join(host, card.id)
        listed = await host.ask(ListMessages(room=room))
        assert [message.meeting.state for message in listed.messages] == ["ongoing"]
        await host.ask(EndMeeting(meeting=card.id))
        assert (await next_card(host)).starts_at == AT_TEN + DAY

    restarted(tmp_path, _ada_is_in_the_daily, HOUR + 5 * MINUTE, after)


def test_r36_a_planned_meeting_to_which_nobody_came_back_is_open_again_while_its_time_lasts(tmp_path):
    async def after(server, left):
        card, token, room = left
        host, _ = await _ada_again(server, token)
        await server.backend.clock.pass_time(server.backend.settings.limits.keep_seat_s)
        again = await becomes(host, "joinable")
        assert (again.starts_at, code_of(again)) == (AT_TEN, code_of(card))
        listed = await host.ask(ListMessages(room=room))
        assert [message.meeting.state for message in listed.messages] == ["ended", "joinable"]
        assert listed.messages[1].text == AGAIN
        found = await server.backend.store.do(lambda connection: meetings_table.find(connection, card.id))
        assert (found.words, found.ended_at) == (CUT_OFF, START + HOUR)

    restarted(tmp_path, _ada_is_in_the_daily, HOUR + 5 * MINUTE, after)


def test_r36_a_meeting_that_a_crash_cut_off_long_ago_is_open_again_while_its_time_lasts(tmp_path):
    async def after(server, left):
        card, token, room = left
        host, info = await _ada_again(server, token)
        assert info.meeting.state == "joinable"
        assert (info.meeting.starts_at, code_of(info.meeting)) == (AT_TEN, code_of(card))
        listed = await host.ask(ListMessages(room=room))
        assert [message.meeting.state for message in listed.messages] == ["ended", "joinable"]
        assert listed.messages[1].text == AGAIN
        await join(host, info.meeting.id)
        await host.ask(EndMeeting(meeting=info.meeting.id))
        assert (await next_card(host)).starts_at == AT_TEN + DAY

    restarted(tmp_path, _ada_is_in_the_daily, HOUR + 15 * MINUTE, after)


def test_r36_a_meeting_that_a_crash_cut_off_has_ended_when_its_time_is_over(tmp_path):
    async def after(server, left):
        _, token, room = left
        host, info = await _ada_again(server, token)
        assert [shown.starts_at for shown in info.scheduled] == [AT_TEN + DAY]
        listed = await host.ask(ListMessages(room=room))
        assert [message.meeting.state for message in listed.messages] == ["ended", "scheduled"]
        assert listed.messages[1].text == NEXT

    restarted(tmp_path, _ada_is_in_the_daily, HOUR + 35 * MINUTE, after)
