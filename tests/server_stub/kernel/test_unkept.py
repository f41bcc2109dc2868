"""Writes that are tried again: by a real database, on a disk that refuses and beside writes that never pass."""

import asyncio
import logging

import pytest
from sqlalchemy import text

from server_stub.kernel.chores import Chores
from server_stub.kernel.unkept import Unkept
from server_stub.storage.sqlite import url_of
from server_stub.storage.store import Store
from tests.fakes.clock import FakeClock

pytestmark = pytest.mark.logs_warnings


class Desk:
    """An `Unkept` over a database in a folder.

    Attributes:
        refusal: what the disk says to each write; None: it takes them.
        wrote: names of what was written, in order.
        tries: of the write that never passes.
        meanwhile: happens once, between the next write and the news of it.
    """

    def __init__(self, folder):
        self.refusal, self.wrote, self.tries = None, [], 0
        self.meanwhile = None
        self.clock, self.chores = FakeClock(), Chores()
        self.store = Store(url_of(folder / "some.sqlite"))
        self.unkept = Unkept(self.clock, self.chores, self.do)

    async def do(self, work):
        try:
            return await self.store.do(work)
        finally:
            if self.meanwhile is not None:
                happens, self.meanwhile = self.meanwhile, None
                await happens()

    def write(self, name):
        def work(connection):
            if self.refusal is not None:
                raise self.refusal
            connection.execute(text("SELECT 1"))
            self.wrote.append(name)

        return work

    def never(self, connection):
        self.tries += 1
        if self.refusal is not None:
            raise self.refusal
        connection.execute(text("INSERT INTO nowhere VALUES (1)"))

    async def pass_time(self, by_s):
        for _ in range(by_s):
            await self.clock.pass_time(1)
            await self.chores.settle()


@pytest.fixture
def story(tmp_path):
    def play(tell):
        async def main():
            desk = Desk(tmp_path)
            await desk.store.open()
            try:
                await tell(desk)
            finally:
                await desk.unkept.stop()
                await desk.store.close()

        asyncio.run(main())

    return play


def test_what_the_disk_refused_is_written_in_its_order_once_there_is_room(story):
    async def tell(desk):
        desk.refusal = OSError(28, "No space left on device")
        for name in ("first", "second", "third"):
            assert not await desk.unkept.keep(name, desk.write(name))
        await desk.pass_time(5)
        desk.refusal = None
        await desk.pass_time(60)
        assert desk.wrote == ["first", "second", "third"]

    story(tell)


def test_a_write_that_never_passes_keeps_no_other_one_from_being_written(story, caplog):
    async def tell(desk):
        desk.refusal = OSError(28, "No space left on device")
        await desk.unkept.keep("wrong", desk.never)
        await desk.unkept.keep("right", desk.write("right"))
        desk.refusal = None
        await desk.pass_time(10)
        assert desk.wrote == ["right"]
        first = desk.tries
        await desk.pass_time(600)
        assert 15 <= desk.tries - first <= 30, "with growing pauses, and for as long as the server runs"

    with caplog.at_level(logging.ERROR):
        story(tell)
    said = [record.getMessage() for record in caplog.records]
    assert said.count("the database could not be written: OperationalError") == 1
    assert said.count("the database could not be written: OSError") == 2, "of each write once"


def test_a_write_that_never_passes_does_not_make_others_wait_longer(story):
    async def tell(desk):
        await desk.unkept.keep("wrong", desk.never)
        await desk.pass_time(300)
        desk.refusal = OSError(28, "No space left on device")
        await desk.unkept.keep("right", desk.write("right"))
        desk.refusal = None
        await desk.pass_time(1)
        assert desk.wrote == ["right"]

    story(tell)


@pytest.mark.parametrize("is_kept_again", [False, True], ids=["while another is tried", "while it is tried itself"])
def test_an_older_write_is_not_done_after_a_newer_one_of_its_name(story, is_kept_again):
    async def tell(desk):
        async def newer():
            desk.refusal = None
            await desk.unkept.keep("state", desk.write("newer"))

        desk.refusal = OSError(28, "No space left on device")
        await desk.unkept.keep("another", desk.write("another"))
        if is_kept_again:
            desk.meanwhile = newer
        await desk.unkept.keep("state", desk.write("older"))
        desk.refusal = None
        if not is_kept_again:
            desk.meanwhile = newer
        await desk.pass_time(60)
        assert sorted(desk.wrote) == ["another", "newer"]

    story(tell)


def test_the_last_try_is_of_all_that_is_left_also_of_what_rests(story):
    async def tell(desk):
        desk.refusal = ValueError()
        await desk.unkept.keep("one", desk.write("one"))
        desk.refusal = OSError(28, "No space left on device")
        await desk.unkept.keep("another", desk.write("another"))
        desk.refusal = None
        await desk.unkept.stop()
        assert desk.wrote == ["one", "another"]
        await desk.pass_time(60)
        assert desk.wrote == ["one", "another"]

    story(tell)
