"""A viewer learns from the relay's reports what was lost on their own link; what others lost is not theirs."""

import asyncio
import itertools

from aioice import Connection

from tests.net.relayed import MEETING, Playing, house


def _is_media(data):
    return 127 < data[0] < 192 and not 192 <= data[1] <= 223


async def _loss(monkeypatch, *, of_viewer, of_sender):
    """What a viewer's link is found to lose where each so-many-th packet is lost on it, or on the sender's."""
    playing, recv, count = [], Connection.recv, itertools.count(1)

    async def what_is_left(connection):
        data = await recv(connection)
        while of_viewer and _is_media(data) and next(count) % of_viewer == 0:
            data = await recv(connection)
        return data

    # Before it is decrypted: what is sent once more is no copy then. The relay does not read this way.
    monkeypatch.setattr(Connection, "recv", what_is_left)
    async with house() as made:
        await made.caller("ada", lambda source, track: playing.append(Playing(track, grey=200)))
        bob = await made.caller("bob")
        if of_sender:
            (stream,) = [one for one in made.relay._meetings[MEETING].streams() if one.source.source == "microphone"
                         and one.source.person == "ada"]  # fmt: skip
            take = stream.take
            stream.take = lambda packet: take(packet) if packet[3] % of_sender else None
        link = bob.receiver.link
        judged, heed = asyncio.Queue(), link._heed_loss
        monkeypatch.setattr(link, "_heed_loss", lambda now_s: (heed(now_s), judged.put_nowait(link.loss)))
        # The first look may hold what was on its way when it began.
        await judged.get()
        loss = await judged.get()
        for one in playing:
            await one.stop()
        return loss


def test_what_is_lost_on_the_viewers_link_is_theirs(monkeypatch):
    loss = asyncio.run(_loss(monkeypatch, of_viewer=4, of_sender=0))
    assert 0.12 < loss < 0.38


def test_what_never_reached_the_relay_is_not(monkeypatch):
    loss = asyncio.run(_loss(monkeypatch, of_viewer=0, of_sender=4))
    assert loss < 0.05
