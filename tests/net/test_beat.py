"""How late an event loop is."""

import asyncio
import time

import pytest

from app.net import beat
from app.net.beat import Beat


@pytest.fixture
def clock(monkeypatch):
    """The instant, as a list of one: the loop's own clock goes on as it is."""
    now = [100.0]
    monkeypatch.setattr(beat.time, "monotonic", lambda: now[0])
    return now


def looking(steps):
    """What a beat says at each instant; between two the loop does what it is told to."""

    async def run():
        one, said = Beat(), []
        one.look(100.0)
        for act in steps:
            said.append(act(one))
        one.end()
        return said, one.own_wait_s(1e9)

    return asyncio.run(run())


def turn_at(clock, at_s):
    def turn(one):
        clock[0] = at_s
        one._turn()

    return turn


def test_what_is_read_before_the_beat_that_is_due_has_waited_since_then(clock):
    said, after = looking([lambda one: one.own_wait_s(100.02), lambda one: one.own_wait_s(100.225)])
    assert said == [0.0, pytest.approx(0.2)]
    assert after == 0.0, "one that has ended knows nothing"


def test_what_is_worked_off_after_it_has_waited_as_long_and_what_comes_later_has_not(clock):
    waits = (lambda one, at=at: one.own_wait_s(at) for at in (100.13, 100.1451, 100.15))
    said, _ = looking([turn_at(clock, 100.125), *waits])
    assert said[1:] == [pytest.approx(0.1), 0.0, 0.0]


def test_it_goes_on_for_who_asks_again(clock):
    said, _ = looking(
        [
            lambda one: one.look(101.0),
            turn_at(clock, 102.5),
            lambda one: one.own_wait_s(102.625),
            turn_at(clock, 103.5),
            lambda one: one.own_wait_s(104.0),
        ]
    )
    assert said[2:] == [pytest.approx(0.1), None, 0.0]


def test_it_ends_by_itself_and_begins_again(clock):
    said, _ = looking(
        [
            turn_at(clock, 102.5),
            lambda one: one.own_wait_s(103.0),
            lambda one: one.look(103.0),
            lambda one: one.own_wait_s(103.1),
        ]
    )
    assert said[1:] == [0.0, None, pytest.approx(0.075)]


def test_it_looks_by_itself_and_one_that_has_ended_leaves_nothing_that_runs():
    async def run():
        one, looked, now_s = Beat(), asyncio.Event(), time.monotonic()
        turn = one._turn
        one._turn = lambda: (turn(), looked.set())
        one.look(now_s)
        one.look(now_s)
        await asyncio.wait_for(looked.wait(), 30)
        one.end()
        one.end()
        return [handle for handle in asyncio.get_running_loop()._scheduled if not handle.cancelled()]

    assert asyncio.run(run()) == []
