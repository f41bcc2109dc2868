"""Opening a websocket by several tries: which one is taken, and what becomes of the others."""

import asyncio

import pytest

from app.net import attempts
from tests.patience import PATIENCE_S


class Socket:
    """What a try opens."""

    def __init__(self, number):
        self.number, self.is_aborted, self.transport = number, False, self

    def abort(self):
        self.is_aborted = True


class Tries:
    """Opens what a test lets it, in the order of the tries."""

    def __init__(self):
        self.ends, self.sockets, self.cancelled = [], [], []
        self.begun = asyncio.Condition()

    async def open(self):
        number, end = len(self.ends), asyncio.get_running_loop().create_future()
        self.ends.append(end)
        async with self.begun:
            self.begun.notify_all()
        try:
            await end
        except asyncio.CancelledError:
            self.cancelled.append(number)
            raise
        self.sockets.append(Socket(number))
        return self.sockets[-1]

    async def until(self, count):
        async with asyncio.timeout(PATIENCE_S), self.begun:
            await self.begun.wait_for(lambda: len(self.ends) >= count)


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(attempts, "_FRESH_S", 0.01)


def run(story):
    async def told():
        tries, hurried = Tries(), asyncio.Event()
        race = asyncio.ensure_future(attempts.race(tries.open, hurried))
        await story(tries, race, hurried)
        for end in tries.ends:
            end.cancel()

    asyncio.run(told())


def test_a_try_that_is_answered_at_once_stays_alone():
    async def story(tries, race, hurried):
        await tries.until(1)
        tries.ends[0].set_result(None)
        assert (await race).number == 0
        assert len(tries.ends) == 1

    run(story)


def test_the_first_that_opens_is_taken_and_the_others_end(quick):
    async def story(tries, race, hurried):
        await tries.until(3)
        tries.ends[1].set_result(None)
        assert (await race).number == 1
        await asyncio.sleep(0)
        assert 0 in tries.cancelled
        assert not [one for one in tries.sockets if one.is_aborted]

    run(story)


def test_the_oldest_goes_on_and_few_are_out_at_once(quick):
    async def story(tries, race, hurried):
        await tries.until(6)
        assert sum(not end.done() for end in tries.ends) <= attempts._MOST + 1
        tries.ends[0].set_result(None)
        assert (await race).number == 0

    run(story)


def test_two_that_open_together_are_not_both_kept(quick):
    async def story(tries, race, hurried):
        await tries.until(2)
        for end in tries.ends[:2]:
            end.set_result(None)
        taken = await race
        await asyncio.sleep(0)
        assert [one.number for one in tries.sockets if not one.is_aborted] == [taken.number]

    run(story)


def test_an_answer_that_is_a_refusal_ends_it(quick):
    async def story(tries, race, hurried):
        await tries.until(2)
        tries.ends[1].set_exception(ConnectionRefusedError())
        with pytest.raises(ConnectionRefusedError):
            await race
        await asyncio.sleep(0)
        assert 0 in tries.cancelled

    run(story)


def test_who_is_hurried_tries_once_more_at_once(monkeypatch):
    monkeypatch.setattr(attempts, "_FRESH_S", 3600.0)

    async def story(tries, race, hurried):
        await tries.until(1)
        hurried.set()
        await tries.until(2)
        tries.ends[1].set_result(None)
        assert (await race).number == 1
        assert len(tries.ends) == 2

    run(story)


def test_a_race_that_is_given_up_leaves_nothing_open(quick):
    async def story(tries, race, hurried):
        await tries.until(2)
        tries.ends[0].set_result(None)
        race.cancel()
        await asyncio.gather(race, return_exceptions=True)
        await asyncio.sleep(0)
        assert race.cancelled() or race.done()
        assert all(end.done() for end in tries.ends)
        assert all(one.is_aborted for one in tries.sockets)

    run(story)
