import asyncio
import logging

import pytest

from server_stub.kernel.chores import Chores


@pytest.mark.logs_warnings
def test_what_fails_is_logged_with_its_name(caplog):
    async def tell():
        chores = Chores()

        async def fail():
            raise ZeroDivisionError

        chores.start(fail(), "dividing")
        await chores.settle()

    asyncio.run(tell())
    assert ("server_stub.kernel.chores", logging.ERROR, "dividing failed") in caplog.record_tuples


def test_settle_waits_for_what_is_begun_meanwhile():
    async def tell():
        chores, done = Chores(), []

        async def second():
            done.append(2)

        async def first():
            chores.start(second(), "second")
            done.append(1)

        chores.start(first(), "first")
        await chores.settle()
        assert done == [1, 2]

    asyncio.run(tell())


def test_stop_ends_what_would_never_end():
    async def tell():
        chores = Chores()
        task = chores.start(asyncio.Event().wait(), "waiting")
        await chores.stop(within_s=0.01)
        assert task.cancelled()

    asyncio.run(tell())
