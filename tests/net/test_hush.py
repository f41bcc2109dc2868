"""A caller whom nobody hears sends nothing, and is seen again at once when somebody does; with the real relay."""

import asyncio

from tests.net.relayed import Playing, house


async def _has_taken(playing, more):
    """The sender has taken so many more pictures, of which nobody hears."""
    enough = len(playing.taken) + more
    while len(playing.taken) < enough:
        await asyncio.sleep(0)


async def _story():
    playing = {}
    async with house() as made:
        ada = await made.caller("ada", lambda source, track: playing.setdefault(source, Playing(track, grey=200)))
        bob = await made.caller("bob")
        await made.until(lambda: bob.decoded("ada", "camera") > 2)
        ada.peers.hush(True)
        # What was on its way comes in meanwhile.
        await _has_taken(playing["camera"], 3)
        packets = made.relay.statistics().packets_in
        await _has_taken(playing["camera"], 10)
        still = made.relay.statistics().packets_in - packets
        shown = bob.decoded("ada", "camera")
        ada.peers.hush(False)
        await made.until(lambda: bob.decoded("ada", "camera") > shown + 5)
        for one in playing.values():
            await one.stop()
        return still


def test_nothing_comes_from_who_is_hushed_and_their_picture_is_back_afterwards():
    assert asyncio.run(_story()) == 0
