"""Links are shared out bit by bit, and packets go on in between."""

import asyncio

import pytest

from server_stub.relay import rtcp
from server_stub.relay.sharing import Rounds, Steps
from server_stub.relay.source import Source
from tests.server_stub.relay.test_links import TYPE, call
from tests.server_stub.relay.virtual_loop import run


class Work:
    """Three steps, of which it is noted when each was done."""

    def __init__(self):
        self.done, self.failing = [], None

    def __call__(self):
        for step in range(3):
            if step == self.failing:
                raise ValueError("this step fails")
            self.done.append(step)
            yield


def test_what_comes_meanwhile_is_done_between_two_steps():
    async def scene():
        work = Work()
        steps = Steps(work)
        steps.ask()
        asyncio.get_running_loop().call_soon(work.done.append, "packet")
        await asyncio.sleep(1)
        assert sorted(work.done[:3], key=str) == [0, 1, "packet"]

    run(scene())


def test_work_that_is_asked_for_while_it_is_done_is_done_once_more_behind_it():
    async def scene():
        work = Work()
        steps = Steps(work)
        for _ in range(5):
            steps.ask()
        await asyncio.sleep(1)
        assert work.done == [0, 1, 2, 0, 1, 2]
        steps.ask()
        await asyncio.sleep(1)
        assert work.done == [0, 1, 2] * 3

    run(scene())


def test_nothing_is_done_after_the_end():
    async def scene():
        work = Work()
        steps = Steps(work)
        steps.ask()
        steps.ask()
        steps.stop()
        await asyncio.sleep(1)
        assert work.done == [0]
        steps.ask()
        await asyncio.sleep(1)
        assert work.done == [0, 0, 1, 2]

    run(scene())


def test_a_step_may_ask_for_more_and_may_stop_the_rest():
    async def scene():
        work = Work()
        steps = Steps(lambda: map(act, work()))

        def act(_):
            if len(work.done) == 2:
                steps.ask()
            elif len(work.done) == 5:
                steps.stop()

        steps.ask()
        await asyncio.sleep(1)
        assert work.done == [0, 1, 2, 0, 1]

    run(scene())


def test_a_step_that_fails_does_not_keep_the_next_ones_from_being_done():
    async def scene():
        work = Work()
        steps = Steps(work)
        work.failing = 0
        with pytest.raises(ValueError, match="fails"):
            steps.ask()
        work.failing = None
        steps.ask()
        await asyncio.sleep(1)
        assert work.done == [0, 1, 2]

    run(scene())


def rounds_in(seconds, *, is_calm=lambda: True, after=lambda rounds: None):
    """After which times a clock shared out within so many seconds of a meeting that nothing had happened in for long.

    Args:
        seconds: how long.
        is_calm: says so.
        after: what happens then.
    """

    past = []

    async def scene():
        def work(past_s):
            past.append(past_s)
            yield

        rounds = Rounds(work, is_calm)
        rounds.begin()
        rounds.begin()
        await asyncio.sleep(10.01)
        past.clear()
        after(rounds)
        await asyncio.sleep(seconds)
        rounds.end()
        await asyncio.sleep(5)

    run(scene())
    return past


def test_a_calm_meeting_is_shared_out_half_as_often():
    assert rounds_in(2.0, is_calm=lambda: False) == [0.25] * 8
    assert rounds_in(2.0) == [0.5] * 4


def test_what_changes_is_looked_at_more_often_until_it_has_settled():
    past = rounds_in(6.0, after=Rounds.stir)
    assert past[:9].count(0.25) >= 7
    assert past[-4:] == [0.5] * 4
    assert sum(past) == pytest.approx(6.0, abs=0.5)


def test_what_cannot_wait_is_done_at_once_and_no_time_is_counted_twice():
    assert rounds_in(1.0, after=Rounds.ask) == [0.25] * 5


def test_what_is_not_calm_once_has_to_settle():
    calm = [True]

    def falls_once(rounds):
        calm[0] = False
        asyncio.get_running_loop().call_later(0.3, calm.__setitem__, 0, True)

    past = rounds_in(6.0, is_calm=lambda: calm[0], after=falls_once)
    assert past[:8].count(0.25) >= 7
    assert past[-4:] == [0.5] * 4


@pytest.mark.parametrize(
    ("link_bps", "is_calm"), [(60_000_000, True), (4_000_000, True), (750_000, False), (200_000, False)]
)
def test_it_is_calm_where_all_have_all_with_room_to_spare(link_bps, is_calm):
    @call(3)
    def play(one):
        one.go_on(3.0)
        for someone in one.people:
            someone.downlink.heed(rtcp.MostRate(60_000_000, (1,)))
        one.people[1].downlink.heed(rtcp.MostRate(link_bps, (1,)))
        one.share_out()
        assert [someone.downlink.is_calm for someone in one.people] == [True, is_calm, True]

    play()


@call(3)
def test_it_is_not_calm_any_more_where_a_link_carries_less(one):
    one.go_on(3.0)
    someone = one.people[1].downlink
    someone.heed(rtcp.MostRate(9_000_000, (1,)))
    one.share_out()
    assert someone.is_calm
    someone.heed(rtcp.MostRate(8_900_000, (1,)))
    assert someone.is_calm, "it goes up and down all the time"
    someone.heed(rtcp.MostRate(8_000_000, (1,)))
    assert not someone.is_calm


@call(3)
def test_who_leaves_between_two_steps_keeps_nobody_from_their_share(one):
    ada, grace, alan = one.people
    one.go_on(2.0)
    grace.downlink.heed(rtcp.MostRate(200_000, (1,)))
    alan.downlink.heed(rtcp.MostRate(200_000, (1,)))
    steps = one.steps()
    next(steps)
    downlink, uplink, alan.downlink, alan.uplink = alan.downlink, alan.uplink, None, None
    for _ in steps:
        pass
    assert ada.uplink.link.rates(11)[-1] == pytest.approx(92_000), "half of what is for pictures"
    alan.downlink, alan.uplink = downlink, uplink


@pytest.mark.parametrize("source", ["microphone", "camera"])
def test_what_was_reckoned_for_a_stream_is_not_told_to_who_owns_it_by_the_end(source):
    @call(3)
    def play(one):
        ada, *viewers = one.people
        stream = ada.uplink.streams[source]
        one.go_on(2.0)
        for viewer in viewers:
            viewer.downlink.heed(rtcp.MostRate(200_000, (1,)))
        steps = one.steps()
        next(steps), next(steps)
        stream.unbind()
        stream.bind(Source(ada.uplink.link, "p1", source, 77, TYPE, ada.uplink.estimate.has_room))
        for _ in steps:
            pass
        assert not ada.uplink.link.rates(77)
        for viewer in viewers:
            viewer.downlink.answered[stream] = stream.generation
        one.share_out()
        assert ada.uplink.link.rates(77)

    play()
