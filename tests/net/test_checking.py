"""A check of the connection against the real relay: one at a time, and each told under its own number."""

import asyncio
import contextlib

from app.net.checking import ConnectionCheck
from app.net.ice import Ice
from app.wire.media import MediaChecked
from server_stub.relay.forwarder import Forwarder
from tests.patience import PATIENCE_S


class Asked:
    """What the check says and tells, each as it comes."""

    def __init__(self):
        self.sent, self.told = asyncio.Queue(), asyncio.Queue()
        self.check = ConnectionCheck(self.sent.put_nowait, lambda *found: self.told.put_nowait(found))

    async def next(self, queue):
        return await asyncio.wait_for(queue.get(), PATIENCE_S)


@contextlib.asynccontextmanager
async def asking():
    relay, asked = Forwarder(None), Asked()

    async def answer(ask):
        asked.check.heard(MediaChecked(re=ask.request, sdp=await relay.check("ada", ask.sdp)))

    try:
        yield asked, answer
    finally:
        await asked.check.end()
        await relay.shutdown()


def test_the_way_to_the_relay_is_found():
    async def run():
        async with asking() as (asked, answer):
            asked.check.begin(7, Ice())
            await answer(await asked.next(asked.sent))
            number, is_good, words = await asked.next(asked.told)
            assert (number, is_good) == (7, True)
            assert words

    asyncio.run(run())


def test_the_next_check_ends_the_one_that_runs_and_nothing_is_told_of_that():
    async def run():
        async with asking() as (asked, answer):
            asked.check.begin(1, Ice())
            first = await asked.next(asked.sent)
            asked.check.begin(2, Ice())
            second = await asked.next(asked.sent)
            await answer(first)  # late, from the server that was left
            await answer(second)
            assert (await asked.next(asked.told))[:2] == (2, True)
            assert asked.told.empty()

    asyncio.run(run())


def test_an_end_tells_nothing():
    async def run():
        async with asking() as (asked, answer):
            asked.check.begin(1, Ice())
            ask = await asked.next(asked.sent)
            await asked.check.end()
            await answer(ask)
            assert asked.told.empty()

    asyncio.run(run())
