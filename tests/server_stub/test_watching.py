"""What another process does to the database is noticed."""

import asyncio

import pytest

from app.wire.accounts import AccessChanged, SignedOut
from app.wire.notices import NoticeTold
from app.wire.people import HostChanged, LeaveMeeting, LockMeeting, PersonLeft
from app.wire.privacy import AskDeletion
from app.wire.recap import OpenRecap, RecapReady
from app.wire.rooms import CreateRoom, MeetingChanged
from server_stub import watching
from server_stub.storage import administration
from server_stub.storage import deletions as deletions_table
from server_stub.storage import gate as gate_table
from server_stub.storage.gate import GateSettings
from server_stub.storage.sqlite import changes_of_others
from server_stub.storage.store import transaction
from tests.fakes.server_client import running_server, story
from tests.people import ada, ada_and_grace, in_a_meeting

#: Of what was done a running server knows after this many seconds at most, where the machine has time for it.
WITHIN_S = 2.0


def test_it_is_looked_for_often_enough():
    assert 2 * watching.LOOK_EVERY_S <= WITHIN_S


def test_it_is_looked_for_as_often_as_that(monkeypatch):
    pauses = []

    async def pause(seconds):
        pauses.append(seconds)
        if len(pauses) == 3:
            raise asyncio.CancelledError

    async def look(self):
        return False

    monkeypatch.setattr(watching.Watcher, "look", look)
    monkeypatch.setattr(asyncio, "sleep", pause)
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(watching.watch(None))
    assert pauses == [watching.LOOK_EVERY_S] * 3


def beside(server):
    """A transaction of another process."""
    return transaction(server.backend.settings.database_url)


async def with_a_recap(server):
    host, member, card = await in_a_meeting(server, record=True)
    for client in (host, member):
        await client.ask(LeaveMeeting(meeting=card.id))
    for client in (host, member):
        await client.expect(RecapReady)
        await client.expect(NoticeTold)
    asked = await member.ask(AskDeletion(recording=card.id, reason="I said too much."))
    assert asked.meeting.deletion == "pending"
    return host, member, card


@story()
async def test_only_what_others_wrote_is_a_change(server):
    watcher = watching.Watcher(server.backend)
    assert await watcher.look()
    host = await ada(server)
    await host.ask(CreateRoom(name="Ours"))
    assert not await watcher.look()
    with beside(server) as connection:
        gate_table.write(connection, GateSettings())
    assert await watcher.look()
    assert not await watcher.look()
    await host.settle()
    assert not [tell for tell in host.heard if isinstance(tell, AccessChanged)]  # it says the same as before


@story()
async def test_a_closed_account_is_signed_out_everywhere(server):
    host, member, _ = await ada_and_grace(server)
    with beside(server) as connection:
        administration.set_closed(connection, member.account.id, True)
    await member.expect(SignedOut)
    assert await member.refused(CreateRoom(name="Mine")) == "not_signed_in"
    await host.settle()
    assert not [tell for tell in host.heard if isinstance(tell, SignedOut)]


@story()
async def test_a_host_whose_account_is_closed_is_host_no_more(server):
    host, member, card = await in_a_meeting(server)
    with beside(server) as connection:
        administration.set_closed(connection, host.account.id, True)
    await host.expect(SignedOut)
    assert (await member.expect(PersonLeft)).person == host.account.id
    assert (await member.expect(HostChanged)).host == member.account.id
    assert (await member.ask(LockMeeting(meeting=card.id, is_locked=True))).is_locked


@story()
async def test_an_approved_deletion_is_carried_out(server):
    host, member, card = await with_a_recap(server)
    with beside(server) as connection:
        deletions_table.answer(connection, card.id, "approved", "", 1.0)
    for client in (host, member):
        await client.expect(MeetingChanged, lambda tell: tell.meeting.deletion == "deleted")
        await client.expect(NoticeTold, lambda tell: tell.notices[0].kind == "deletion")
    opened = await host.ask(OpenRecap(meeting=card.id))
    assert opened.recap is None
    assert opened.meeting.recap == "deleted"


@story()
async def test_a_refused_deletion_says_why(server):
    host, _, card = await with_a_recap(server)
    with beside(server) as connection:
        deletions_table.answer(connection, card.id, "refused", "The contract asks for it.", server.backend.now())
    changed = await host.expect(MeetingChanged, lambda tell: tell.meeting.deletion == "refused")
    assert changed.meeting.deletion_words == "The contract asks for it."
    assert changed.meeting.recap == "ready"


def test_what_was_approved_while_no_server_ran_is_done_at_the_next_start(tmp_path):
    async def tell():
        async with asyncio.timeout(30), running_server(tmp_path) as server:
            _, _, card = await with_a_recap(server)
        with beside(server) as connection:
            deletions_table.answer(connection, card.id, "approved", "", 1.0)
        async with asyncio.timeout(30), running_server(tmp_path) as server:
            while await server.backend.store.do(lambda c: deletions_table.find(c, card.id).state) != "deleted":
                pass
            assert not (server.backend.settings.meetings_folder / card.id).exists()

    asyncio.run(tell())


@pytest.mark.logs_warnings
@story()
async def test_looks_that_fail_are_followed_by_others(server):
    host = await ada(server)
    real, failed, failures = server.backend.store.do, asyncio.Event(), []

    async def do(work):
        failures.append(work)
        if failures.count(changes_of_others) == 2:
            failed.set()
        raise OSError("the disk is full")

    server.backend.store.do = do
    await failed.wait()
    server.backend.store.do = real
    with beside(server) as connection:
        gate_table.write(connection, GateSettings(percentage=0))
    assert not (await host.expect(AccessChanged)).access.may_start
