import asyncio
import threading

import pytest
from sqlalchemy.exc import OperationalError

from app.wire.accounts import Resume
from app.wire.recap import RecapReady
from app.wire.recording import StartRecording, StopRecording
from server_stub import backend as backend_module
from server_stub.call.kept import AWAY_S
from server_stub.errors import StoreError
from server_stub.storage import facts
from server_stub.storage import meetings as meetings_table
from tests.fakes.clock import START, FakeClock
from tests.fakes.server_client import running_server, story
from tests.full_disk import FullDisk
from tests.people import in_a_meeting


@pytest.mark.logs_warnings
def test_signs_of_life_go_on_after_a_full_disk(tmp_path, monkeypatch):
    monkeypatch.setattr(backend_module, "HEARTBEAT_S", 0.01)

    @story()
    async def tell(server):
        disk = FullDisk(monkeypatch, facts, "write", is_full=True)
        assert await asyncio.to_thread(disk.refused.wait, 5)
        disk.is_full = False
        assert await asyncio.to_thread(disk.wrote.wait, 5)

    tell(tmp_path)


@pytest.mark.logs_warnings
def test_a_full_disk_does_not_keep_the_server_from_ending(tmp_path, monkeypatch):
    async def tell():
        others = set(threading.enumerate())
        async with running_server(tmp_path) as server:
            await in_a_meeting(server, record=True)
            FullDisk(monkeypatch, facts, "write", is_full=True)
        assert server.maker.jobs[0].notes[-1] == "cancel"
        assert "storage" not in {thread.name for thread in set(threading.enumerate()) - others}

    asyncio.run(tell())


@pytest.mark.logs_warnings
def test_one_recap_that_cannot_be_kept_does_not_keep_the_next_from_being_made_again(tmp_path, monkeypatch):
    async def tell():
        async with running_server(tmp_path, clock=FakeClock()) as server:
            host, _, card = await in_a_meeting(server, record=True)
            await host.ask(StopRecording(meeting=card.id))
            await host.ask(StartRecording(meeting=card.id))
        first, second = (job.folder.name for job in server.maker.jobs)
        set_recap, keep_recap = meetings_table.set_recap, meetings_table.keep_recap

        def refuse_to_set(connection, recording, state, words):
            if recording == first and state == "failed":
                raise OperationalError("UPDATE", {}, Exception("database or disk is full"))
            set_recap(connection, recording, state, words)

        def refuse_to_keep(connection, recap, expires_at):
            if recap.recording == first:
                raise OperationalError("UPDATE", {}, Exception("database or disk is full"))
            keep_recap(connection, recap, expires_at)

        monkeypatch.setattr(meetings_table, "set_recap", refuse_to_set)
        monkeypatch.setattr(meetings_table, "keep_recap", refuse_to_keep)
        async with running_server(tmp_path, clock=FakeClock(START + AWAY_S + 1)) as server:
            client = await server.connect()
            await client.ask(Resume(token=host.token))
            server.maker.may_remake.set()
            assert (await client.expect(RecapReady)).meeting.id == second
            assert server.maker.remade == [first, second]

    asyncio.run(tell())


def test_a_full_disk_at_the_start_is_said_in_words(tmp_path, monkeypatch):
    async def tell():
        FullDisk(monkeypatch, facts, "read_or_set", is_full=True)
        with pytest.raises(StoreError, match="cannot be written"):
            async with running_server(tmp_path):
                pass

    asyncio.run(tell())
