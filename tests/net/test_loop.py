import asyncio
import logging
import threading

import pytest

from app.net.loop import NetworkLoop
from tests.patience import PATIENCE_S


@pytest.fixture
def loop():
    loop = NetworkLoop()
    loop.start()
    yield loop
    loop.stop()


def test_calls_run_on_the_network_thread(loop):
    done = threading.Event()
    names = []
    loop.call(lambda: (names.append(threading.current_thread().name), done.set()))
    assert done.wait(PATIENCE_S)
    assert names == ["network"]


def test_a_coroutine_gives_its_result(loop):
    async def add(one, other):
        await asyncio.sleep(0)
        return one + other

    assert loop.submit(add(1, 2)).result(PATIENCE_S) == 3


@pytest.mark.logs_warnings
def test_an_error_in_a_task_is_logged_with_its_name_and_goes_no_further(loop, caplog):
    async def fail():
        raise ValueError("secret words")

    async def start():
        task = loop.spawn(fail(), name="a task of ours")
        await asyncio.wait([task])

    loop.submit(start()).result(PATIENCE_S)
    assert loop.submit(asyncio.sleep(0, "alive")).result(PATIENCE_S) == "alive"
    assert "a task of ours" in caplog.text


@pytest.mark.logs_warnings
def test_an_unhandled_error_is_logged_by_its_kind_alone(loop, caplog):
    def fail():
        raise ValueError("secret words")

    loop.call(fail)
    loop.submit(asyncio.sleep(0)).result(PATIENCE_S)
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == [
        "unhandled on the network loop: ValueError"
    ]


def test_stopping_cancels_what_runs():
    loop = NetworkLoop()
    loop.start()
    cancelled = threading.Event()

    async def wait():
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    async def start():
        loop.spawn(wait(), name="waiting")
        await asyncio.sleep(0)

    loop.submit(start()).result(PATIENCE_S)
    loop.stop()
    assert cancelled.is_set()
    assert not loop.is_running
    loop.call(print)  # after the end: nothing happens
