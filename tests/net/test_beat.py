"""How late an event loop is."""

import asyncio

from app.net.beat import Beat


async def _one_that_was_late(by_s):
    """What a beat tells of a loop whose clock has gone on by so much while something else ran."""
    loop, told = asyncio.get_running_loop(), asyncio.Queue()
    clock, ahead_s = loop.time, 0.0
    loop.time = lambda: clock() + ahead_s
    beat = Beat(told.put_nowait)
    beat.begin()
    ahead_s = by_s
    late_s = await told.get()
    beat.end()
    return late_s


def test_it_tells_how_late_the_loop_was():
    late_s = asyncio.run(_one_that_was_late(5.0))
    assert 4.9 < late_s < 6.0


async def _ended_twice():
    told = []
    beat = Beat(told.append)
    beat.begin()
    beat.begin()
    beat.end()
    beat.end()
    return [handle for handle in asyncio.get_running_loop()._scheduled if not handle.cancelled()]


def test_one_that_has_ended_leaves_nothing_that_runs():
    assert asyncio.run(_ended_twice()) == []
