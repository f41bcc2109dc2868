"""A caller whom nobody hears sends nothing, and is seen again at once when somebody does; with the real relay."""

import asyncio

from tests.net.relayed import Playing, house
from tests.patience import PATIENCE_S


async def _has_taken(track, more):
    """So many more pictures have been taken to be sent, of which nobody hears."""
    taken, enough, recv = asyncio.Event(), iter(range(more)), track.recv

    async def counting():
        one = await recv()
        if next(enough, None) is None:
            taken.set()
        return one

    track.recv = counting
    await asyncio.wait_for(taken.wait(), PATIENCE_S)


async def _story():
    playing = {}
    async with house() as made:
        ada = await made.caller("ada", lambda source, track: playing.setdefault(source, Playing(track, grey=200)))
        bob = await made.caller("bob")
        await made.until(lambda: bob.decoded("ada", "camera") > 2)
        ada.peers.hush(True)
        # What was on its way comes in meanwhile.
        await _has_taken(ada.tracks["camera"], 3)
        packets = made.relay.statistics().packets_in
        await _has_taken(ada.tracks["camera"], 10)
        still = made.relay.statistics().packets_in - packets
        shown = bob.decoded("ada", "camera")
        ada.peers.hush(False)
        await made.until(lambda: bob.decoded("ada", "camera") > shown + 5)
        for one in playing.values():
            await one.stop()
        return still


def test_nothing_comes_from_who_is_hushed_and_their_picture_is_back_afterwards():
    assert asyncio.run(_story()) == 0
