"""On a busy computer threads that make pictures come after those that carry voices."""

import os
import sys
import threading

import pytest

from app.media import priority
from app.net.loop import NetworkLoop


def niceness():
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux gives threads a priority of their own")
def test_a_thread_that_yields_comes_after_the_others_and_they_stay_where_they_were():
    before, after = niceness(), []

    def run():
        priority.yield_to_voices()
        after.append(niceness())

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert after == [min(19, before + 2)]
    assert niceness() == before


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux gives threads a priority of their own")
def test_the_network_s_own_thread_does_not_yield_and_its_helpers_do():
    loop = NetworkLoop()
    loop.start()

    async def look():
        return niceness(), await loop.asyncio_loop.run_in_executor(None, niceness)

    try:
        own, helper = loop.submit(look()).result(10)
    finally:
        loop.stop()
    assert own == niceness()
    assert helper == min(19, own + 2)


def test_where_it_cannot_be_set_nothing_happens(monkeypatch):
    def refuse(*asked):
        raise PermissionError

    monkeypatch.setattr(priority.os, "setpriority", refuse, raising=False)
    priority.yield_to_voices()
