"""Meetings that ran when the server stopped: what a server that is started again finds, and how it is kept."""

import asyncio
import sqlite3

import pytest

from app.wire.chat import PostChat
from app.wire.hands import RaiseHand
from app.wire.people import (
    EndMeeting,
    HostChanged,
    LeaveMeeting,
    LockMeeting,
    MutePerson,
    PersonChanged,
    PersonJoined,
    PersonLeft,
    RejoinAsGuest,
    Welcome,
)
from app.wire.recap import RecapReady
from app.wire.rooms import MeetingChanged
from server_stub.call.kept import AWAY_S
from server_stub.call.meeting import CUT_OFF
from server_stub.storage import running
from server_stub.storage.running import RunningRow
from tests.fakes.clock import START, FakeClock
from tests.fakes.server_client import running_server
from tests.people import (
    ada_and_grace,
    alan_inside,
    code_of,
    in_a_meeting,
    join,
    joining,
    start,
)
from tests.restarts import again, all_kept, back, guest_back, meeting_row, restarted, say

KEEP_S = 120.0


def test_everyone_finds_their_seat_and_all_that_belongs_to_the_meeting(tmp_path):
    async def before(server):
        host, member, card = await in_a_meeting(server)
        await say(host, card, "Before the guest", "k1")
        guest = await alan_inside(server, host, card)
        await say(member, card, "With the guest", "k2")
        await host.ask(MutePerson(meeting=card.id, person=guest.welcome.you))
        await member.ask(RaiseHand(meeting=card.id))
        await host.ask(LockMeeting(meeting=card.id, is_locked=True))
        return host, member, guest, card

    async def after(server, left):
        host, member, guest, card = left
        grace = await back(server, member, card)
        shown = grace.signed_in.rooms[0].meeting
        assert (shown.id, shown.state, shown.people, shown.is_locked) == (card.id, "ongoing", 3, True)
        assert code_of(shown) == code_of(card)
        assert [one.id for one in grace.welcome.people] == [host.account.id, member.account.id, guest.welcome.you]
        assert [one.is_connected for one in grace.welcome.people] == [False, True, False]
        assert grace.welcome.host == host.account.id
        assert grace.welcome.is_locked
        assert [line.text for line in grace.welcome.chat] == ["Before the guest", "With the guest"]
        assert next(one for one in grace.welcome.people if one.id == member.account.id).raised_at == START
        ada, other = await back(server, host, card), await guest_back(server, guest)
        assert other.welcome.you == guest.welcome.you
        # Of what was said before they came a guest learns nothing by a restart, either.
        assert [line.text for line in other.welcome.chat] == ["With the guest"]
        own = next(one for one in other.welcome.people if one.id == guest.welcome.you)
        assert (own.is_guest, own.name, own.microphone_on) == (True, "Alan", False)
        await ada.settle()
        assert [tell.person.id for tell in ada.heard if isinstance(tell, PersonChanged)] == [guest.welcome.you]
        assert not [tell for one in (ada, grace, other) for tell in one.heard if isinstance(tell, PersonJoined)]
        # What it was before the stop it goes on to be: the host ends it for all.
        await ada.ask(EndMeeting(meeting=card.id))
        assert (await meeting_row(server, card)).started_at == START

    restarted(tmp_path, before, after)


def test_a_line_that_was_said_twice_stands_once(tmp_path):
    async def before(server):
        host, _, card = await in_a_meeting(server)
        return host, card, await say(host, card, "Once", "k")

    async def after(server, left):
        host, card, line = left
        ada = await back(server, host, card)
        assert [one.key for one in ada.welcome.chat] == ["k"]
        assert await say(ada, card, "Once", "k") == line
        ongoing = server.backend.calls.find(card.id)
        assert [one.text for one in ongoing.lines] == ["Once"]

    restarted(tmp_path, before, after)


def test_a_seat_is_kept_for_two_minutes_from_the_servers_return(tmp_path):
    async def before(server):
        host, member, card = await in_a_meeting(server)
        return host, member, await alan_inside(server, host, card), card

    async def after(server, left):
        host, member, guest, card = left
        grace = await back(server, member, card)
        await server.backend.clock.pass_time(KEEP_S - 1)
        assert not [tell for tell in grace.heard if isinstance(tell, PersonLeft)]
        await server.backend.clock.pass_time(1)
        gone = {(await grace.expect(PersonLeft)).person for _ in range(2)}
        assert gone == {host.account.id, guest.welcome.you}
        # The role of an absent host passes on as it does after any loss.
        assert (await grace.expect(HostChanged)).host == member.account.id
        late = await server.connect()
        assert await late.refused(RejoinAsGuest(token=guest.welcome.guest_token)) == "bad_token"
        ada = await again(server, host)
        assert (await join(ada, card.id)).host == member.account.id

    restarted(tmp_path, before, after, off_s=AWAY_S - 1)


def test_a_meeting_to_which_nobody_comes_back_has_ended_when_the_server_stopped(tmp_path):
    async def before(server):
        host, _, card = await in_a_meeting(server, record=True)
        return host, card

    async def after(server, left):
        host, card = left
        ada = await again(server, host)
        server.maker.may_remake.set()
        assert ada.signed_in.rooms[0].meeting.recap == "generating"
        await server.backend.clock.pass_time(KEEP_S)
        over = await ada.expect(MeetingChanged, lambda tell: tell.meeting.state == "ended")
        assert over.meeting.ended_at == START
        told = await ada.expect(MeetingChanged, lambda tell: CUT_OFF in tell.meeting.recap_words)
        assert told.meeting.id == card.id
        assert (await ada.expect(RecapReady)).meeting.id == card.id
        row = await meeting_row(server, card)
        assert (row.state, row.words, row.ended_at) == ("ended", CUT_OFF, START)
        assert await server.backend.store.do(running.find_all) == {}
        assert await ada.refused(joining(card.id)) == "meeting_ended"

    restarted(tmp_path, before, after, off_s=60.0)


def test_an_empty_meeting_stays_joinable_for_its_five_minutes(tmp_path):
    async def before(server):
        host, member, room = await ada_and_grace(server)
        card = await start(host, room)
        await join(host, card.id)
        await host.ask(LeaveMeeting(meeting=card.id))
        return member, card

    async def after(server, left):
        member, card = left
        grace = await again(server, member)
        await server.backend.clock.pass_time(100)
        assert isinstance(await grace.ask(joining(card.id)), Welcome)

    restarted(tmp_path, before, after, off_s=150.0)


def test_one_whose_five_minutes_passed_while_the_server_was_off_has_ended(tmp_path):
    async def before(server):
        host, _, room = await ada_and_grace(server)
        card = await start(host, room)
        return host, card

    async def after(server, left):
        host, card = left
        ada = await again(server, host)
        assert await ada.refused(joining(card.id)) == "meeting_ended"

    restarted(tmp_path, before, after, off_s=301.0)


@pytest.mark.parametrize("state", [b"", b"{}", b"\xff", b'{"form": 99}', b"[" * 10_000], ids=range(5))
@pytest.mark.logs_warnings
def test_what_cannot_be_read_has_ended_and_the_server_runs(tmp_path, state, caplog):
    async def before(server):
        host, _, card = await in_a_meeting(server, record=True)
        await host.settle()
        return host, card

    def between(path):
        with sqlite3.connect(path) as database:
            assert database.execute("UPDATE running SET state = ?", (state,)).rowcount == 1
        database.close()

    async def after(server, left):
        host, card = left
        ada = await again(server, host)
        assert await ada.refused(joining(card.id)) == "meeting_ended"
        row = await meeting_row(server, card)
        assert (row.words, row.ended_at) == (CUT_OFF, START)
        server.maker.may_remake.set()
        assert (await ada.expect(RecapReady)).meeting.id == card.id
        (said,) = [one.getMessage() for one in caplog.records if "meeting" in one.getMessage()]
        assert "cannot be read" in said
        assert "Ada" not in said

    restarted(tmp_path, before, after, between=between)


def test_of_a_meeting_that_an_older_program_left_nothing_is_known_and_it_has_ended(tmp_path):
    def between(path):
        with sqlite3.connect(path) as database:
            database.execute("DROP TABLE running")
            database.execute("UPDATE schema_version SET version = 8")
        database.close()

    async def before(server):
        host, _, card = await in_a_meeting(server)
        return host, card

    async def after(server, left):
        host, card = left
        assert await (await again(server, host)).refused(joining(card.id)) == "meeting_ended"

    restarted(tmp_path, before, after, between=between)


def test_a_server_that_took_leave_of_everyone_finds_nothing_to_go_on_with(tmp_path):
    secret = "the-secret-of-an-owner"

    async def tell():
        async with running_server(tmp_path, secret=secret) as server:
            host, _, card = await in_a_meeting(server)
        async with running_server(tmp_path, secret=secret) as server:
            ada = await again(server, host)
            assert await ada.refused(joining(card.id)) == "meeting_ended"
            assert await server.backend.store.do(running.find_all) == {}

    asyncio.run(tell())


def test_seats_and_marks_are_kept_as_fingerprints_and_go_with_the_meeting(tmp_path):
    async def tell():
        async with running_server(tmp_path, clock=FakeClock()) as server:
            host, _, card = await in_a_meeting(server)
            guest = await alan_inside(server, host, card, installation="his-computer")
            await all_kept()
            rows = await server.backend.store.do(running.find_all)
            assert list(rows) == [card.id]
            state = rows[card.id].state.decode()
            assert guest.welcome.you in state
            for secret in (guest.welcome.guest_token, "his-computer", host.token, code_of(card)):
                assert secret not in state
            await host.ask(EndMeeting(meeting=card.id))
            await host.settle()
            assert await server.backend.store.do(running.find_all) == {}

    asyncio.run(tell())


@pytest.mark.logs_warnings
def test_a_disk_that_was_full_for_a_while_costs_nothing_but_that_while(tmp_path, monkeypatch):
    keep, is_full = running.keep, []

    def may_keep(connection, row: RunningRow):
        if is_full:
            raise OSError("no space")
        keep(connection, row)

    monkeypatch.setattr(running, "keep", may_keep)

    async def before(server):
        host, member, card = await in_a_meeting(server)
        is_full.append(True)
        await host.ask(LockMeeting(meeting=card.id, is_locked=True))
        await all_kept()
        is_full.clear()
        await member.ask(RaiseHand(meeting=card.id))
        await member.settle()
        return host, card

    async def after(server, left):
        host, card = left
        assert (await back(server, host, card)).welcome.is_locked

    restarted(tmp_path, before, after)


def test_a_meeting_is_written_when_it_changes_and_not_otherwise(tmp_path, monkeypatch):
    keep, kept = running.keep, []
    monkeypatch.setattr(running, "keep", lambda connection, row: (kept.append(row), keep(connection, row)))

    async def tell():
        async with running_server(tmp_path, clock=FakeClock()) as server:
            host, member, card = await in_a_meeting(server)
            await all_kept()
            count = len(kept)
            await say(host, card, "Hello", "k")
            await member.ask(PostChat(meeting=card.id, text="Hello", key="k"))
            await server.backend.clock.pass_time(300)
            await all_kept()
            assert len(kept) == count
            await host.ask(LockMeeting(meeting=card.id, is_locked=True))
            await all_kept()
            assert len(kept) == count + 1

    asyncio.run(tell())
