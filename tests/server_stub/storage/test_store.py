import asyncio
import threading

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, insert, inspect, select
from sqlalchemy.exc import IntegrityError, OperationalError

from server_stub.errors import StoreError
from server_stub.storage import facts, migrations, tables
from server_stub.storage.migrations import migrate
from server_stub.storage.store import Store


def in_store(url, story):
    async def tell():
        store = Store(url)
        await store.open()
        try:
            return await story(store)
        finally:
            await store.close()

    return asyncio.run(tell())


def test_what_was_done_is_there_when_it_is_opened_again(url):
    async def write(store):
        await store.do(lambda connection: facts.write(connection, "name", "value"))
        await store.do(lambda connection: facts.write(connection, "name", "newer"))
        assert await store.do(lambda connection: facts.read_or_set(connection, "name", "other")) == "newer"
        assert await store.do(lambda connection: facts.read(connection, "unknown")) is None

    async def read(store):
        return await store.do(lambda connection: facts.read(connection, "name"))

    in_store(url, write)
    assert in_store(url, read) == "newer"


def test_work_runs_in_one_thread_in_the_order_it_was_asked_for(url):
    async def tell(store):
        seen = []
        jobs = [store.do(lambda _, n=n: seen.append((n, threading.current_thread().name))) for n in range(200)]
        await asyncio.gather(*jobs)
        assert seen == [(n, "storage") for n in range(200)]

    in_store(url, tell)


def test_work_that_fails_takes_nothing_else_with_it(url):
    def fail(connection):
        facts.write(connection, "bad", "1")
        raise ZeroDivisionError

    async def tell(store):
        hold = threading.Event()
        first = asyncio.ensure_future(store.do(lambda _: hold.wait(5)))
        # These three wait behind the first and so share one commit.
        jobs = [
            asyncio.ensure_future(store.do(work))
            for work in (
                lambda connection: facts.write(connection, "one", "1"),
                fail,
                lambda connection: facts.write(connection, "two", "2"),
            )
        ]
        await asyncio.sleep(0)
        hold.set()
        assert await first
        answers = await asyncio.gather(*jobs, return_exceptions=True)
        assert [type(answer) for answer in answers] == [type(None), ZeroDivisionError, type(None)]
        found = await store.do(lambda c: [facts.read(c, name) for name in ("one", "bad", "two")])
        assert found == ["1", None, "2"]

    in_store(url, tell)


def test_work_that_ends_the_transaction_of_all_is_kept_for_none_and_all_are_told(url):
    """SQLite rolls back everything where a large insert finds the disk full."""

    def fill(connection):
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 3}")
        facts.write(connection, "large", "x" * 100_000)

    async def tell(store):
        hold, begun = threading.Event(), threading.Event()
        first = asyncio.ensure_future(store.do(lambda _: begun.set() or hold.wait(5)))
        await asyncio.to_thread(begun.wait)
        # These three wait behind the first and so share one commit.
        works = (lambda c: facts.write(c, "one", "1"), fill, lambda c: facts.write(c, "two", "2"))
        jobs = [asyncio.ensure_future(store.do(work)) for work in works]
        await asyncio.sleep(0)
        hold.set()
        assert await first
        answers = await asyncio.gather(*jobs, return_exceptions=True)
        assert [isinstance(answer, OperationalError) for answer in answers] == [True, True, True]
        assert await store.do(lambda c: [facts.read(c, name) for name in ("one", "large", "two")]) == [None] * 3
        await store.do(lambda c: facts.write(c, "after", "3"))
        assert await store.do(lambda c: facts.read(c, "after")) == "3"

    in_store(url, tell)


def test_a_caller_who_gave_up_harms_nobody(url):
    async def tell(store):
        hold = threading.Event()
        waits = asyncio.ensure_future(store.do(lambda _: hold.wait(5)))
        await asyncio.sleep(0)
        waits.cancel()
        hold.set()
        assert await store.do(lambda _: 5) == 5

    in_store(url, tell)


def test_a_database_that_cannot_be_opened_is_said_in_words(tmp_path):
    async def tell():
        store = Store(f"sqlite:///{tmp_path / 'no folder' / 'test.sqlite'}")
        with pytest.raises(StoreError, match="cannot be opened"):
            await store.open()
        await store.close()

    asyncio.run(tell())


def test_a_newer_database_is_left_alone(url):
    async def raise_version(store):
        await store.do(lambda connection: connection.execute(tables.schema.update().values(version=99)))

    in_store(url, raise_version)
    with pytest.raises(StoreError, match="newer version"):
        in_store(url, raise_version)


def test_steps_that_are_missing_run_once_and_in_order(url):
    more = Table("more", MetaData(), Column("n", Integer))
    ran = []

    def second(connection):
        ran.append(2)
        more.create(connection)

    def third(connection):
        ran.append(3)
        connection.execute(insert(more).values(n=3))

    async def tell(store):
        await store.do(lambda connection: facts.write(connection, "name", "value"))
        steps = (*migrations.STEPS, second, third)
        assert await store.do(lambda connection: migrate(connection, steps)) == len(steps)
        assert await store.do(lambda connection: migrate(connection, steps)) == len(steps)
        assert ran == [2, 3]
        assert await store.do(lambda connection: connection.execute(select(more.c.n)).scalars().all()) == [3]
        assert await store.do(lambda connection: facts.read(connection, "name")) == "value"

    in_store(url, tell)


def test_the_first_step_makes_every_table(url):
    async def tell(store):
        names = await store.do(lambda connection: set(inspect(connection).get_table_names()))
        assert names == set(tables.metadata.tables)

    in_store(url, tell)


def test_an_error_of_the_database_does_not_say_what_was_to_be_kept(url):
    """Errors are logged, and logs hold neither chat nor names."""

    async def tell(store):
        with pytest.raises(IntegrityError) as caught:
            await store.do(lambda c: c.execute(insert(tables.facts).values([{"name": "secret", "value": "words"}] * 2)))
        assert "secret" not in str(caught.value)
        assert "words" not in str(caught.value)

    in_store(url, tell)
