"""Clients that make their connections anew by themselves, on the real relay: what still comes of the old ones."""

import asyncio

import pytest

from app.net import peers
from app.net.encoding import SCREEN_TEXT
from app.net.tracks import PictureTrack
from tests.net import relayed
from tests.net.relayed import Playing

pytestmark = pytest.mark.logs_warnings


def is_whole(caller):
    receiving = caller.peers.ways[1]
    return caller.peers.is_up and receiving is not None and receiving.connectionState == "connected"


async def ada_and_grace(house):
    """Both in the call, and each receives the other."""
    playing = []
    ada = await house.caller("ada", lambda source, track: playing.append(Playing(track, grey=200)))
    grace = await house.caller("grace")
    await house.until(lambda: is_whole(ada) and is_whole(grace) and grace.decoded("ada", "camera"))
    return ada, grace, playing


async def is_as_before(house, grace):
    """New connections, made once, and the picture comes by them."""
    await house.until(lambda: is_whole(grace) and grace.decoded("ada", "camera"))
    assert grace.lost == 1
    assert len(grace.offers) == 2


def test_the_goodbye_of_connections_that_were_replaced_is_no_loss_of_the_new_ones():
    async def main():
        async with relayed.house() as house:
            _, grace, playing = await ada_and_grace(house)
            grace.may_publish.clear()
            grace.peers.renew("the way is silent")
            await house.until(lambda: house.lost and len(grace.offers) == 2)
            grace.may_publish.set()
            await is_as_before(house, grace)
            assert [name for name, _ in house.lost] == ["grace"]
            for one in playing:
                await one.stop()

    asyncio.run(main())


@pytest.fixture
def may_close(monkeypatch):
    """Connections of before say goodbye only when this is set."""
    may, close = asyncio.Event(), peers._close_all

    async def late(*args):
        await may.wait()
        await close(*args)

    monkeypatch.setattr(peers, "_close_all", late)
    return may


def test_a_goodbye_that_comes_after_the_new_offer_is_no_loss(may_close):
    async def main():
        async with relayed.house() as house:
            _, grace, playing = await ada_and_grace(house)
            grace.peers.renew("the way is silent")
            await is_as_before(house, grace)
            may_close.set()
            await grace.peers.closed()
            before = grace.decoded("ada", "camera")
            await house.until(lambda: grace.decoded("ada", "camera") > before + 10)
            assert house.lost == []
            assert len(grace.offers) == 2
            for one in playing:
                await one.stop()

    asyncio.run(main())


def test_an_offer_for_the_connections_before_does_not_hold_the_new_ones_up(may_close):
    async def main():
        async with relayed.house() as house:
            ada, grace, playing = await ada_and_grace(house)
            grace.may_publish.clear()
            grace.peers.renew("the way is silent")
            old = grace.peers.ways[1]
            assert old is None
            ada.peers.sending.add("screen", PictureTrack(SCREEN_TEXT))
            # The relay does not know yet that Grace has begun anew.
            await house.until(lambda: grace.peers.ways[1] is not None and len(grace.offers) == 2)
            stale = grace.peers.ways[1]
            grace.may_publish.set()
            await is_as_before(house, grace)
            assert grace.peers.ways[1] is not stale
            may_close.set()
            for one in playing:
                await one.stop()

    asyncio.run(main())
