"""A screen that stands still costs nothing once it is sharp, and is there for whoever needs it."""

import asyncio
import contextlib

import av
import numpy as np
import pytest
from aiortc.codecs.vpx import vp8_depayload

from app.media.types import Frame
from app.net.encoding import SCREEN_TEXT, PictureEncoder
from app.net.quantiser import quantiser_of
from app.net.rate import Budget
from app.net.screen_track import ScreenTrack
from app.net.tracks import Released
from tests.patience import PATIENCE_S


def page(seed=1, size=(640, 360)):
    """Something like text: small dark marks on white."""
    width, height = size
    planes = np.full((height * 3 // 2, width), 128, np.uint8)
    marks = np.random.default_rng(seed).random((height // 2, width // 2)) < 0.4
    planes[:height] = np.where(marks.repeat(2, axis=0).repeat(2, axis=1), 20, 245)
    return Frame(planes, "yuv420p", 1.0)


async def sent(track, encoder, seconds=0.6):
    """What goes out until nothing has come for a while, as VP8."""
    out = []
    with contextlib.suppress(TimeoutError):
        while True:
            async with asyncio.timeout(seconds):
                picture = await track.recv()
            payloads, _ = await asyncio.to_thread(encoder.encode, picture)
            out.append(b"".join(vp8_depayload(one) for one in payloads))
    return out


def run(story):
    async def told():
        track = ScreenTrack(SCREEN_TEXT)
        await story(track, PictureEncoder(track))

    asyncio.run(told())


def test_what_stands_still_becomes_sharp_and_then_costs_nothing():
    async def story(track, encoder):
        track.budget = Budget(7_000_000)
        track.show(page(size=(1280, 720)))
        out = await sent(track, encoder)
        quantisers = [quantiser_of(one) for one in out]
        assert quantisers[-1] <= 14
        assert max(quantisers) <= 48
        assert 1 < len(out) <= 61
        assert await sent(track, encoder, 0.3) == []
        assert track.figures.pictures == len(out)
        assert track.figures.quantiser == quantisers[-1]

    run(story)


def test_whoever_asks_gets_the_standing_picture_though_nothing_moves():
    async def story(track, encoder):
        track.show(page())
        await sent(track, encoder)
        asked = asyncio.create_task(track.recv())
        await asyncio.sleep(0)
        track.repeat()
        picture = await asyncio.wait_for(asked, PATIENCE_S)
        payloads, _ = encoder.encode(picture, force_keyframe=True)
        key = b"".join(vp8_depayload(one) for one in payloads)
        assert not key[0] & 1
        decoded = av.CodecContext.create("libvpx", "r").decode(av.Packet(key))[0]
        assert abs(decoded.to_ndarray().astype(int) - page().pixels).mean() < 12

    run(story)


def test_who_asks_while_a_picture_is_in_the_encoder_is_not_forgotten():
    async def story(track, encoder):
        track.show(page())
        await sent(track, encoder)
        track.repeat()
        picture = await asyncio.wait_for(track.recv(), PATIENCE_S)
        track.repeat()
        encoder.encode(picture)
        assert await asyncio.wait_for(track.recv(), PATIENCE_S)

    run(story)


def test_another_line_begins_with_the_standing_picture():
    async def story(track, encoder):
        track.show(page())
        await sent(track, encoder)
        waiting = asyncio.create_task(track.recv())
        await asyncio.sleep(0)
        track.release()
        with pytest.raises(Released):
            await waiting
        assert (await asyncio.wait_for(track.recv(), PATIENCE_S)).width == 640

    run(story)


def test_what_was_hidden_does_not_come_again():
    async def story(track, encoder):
        track.show(page())
        await sent(track, encoder)
        track.hide()
        track.repeat()
        assert await sent(track, encoder, 0.2) == []

    run(story)


def test_what_was_hidden_while_it_was_in_the_encoder_is_not_looked_for_again_and_again():
    async def story(track, encoder):
        track.show(page(size=(1280, 720)))
        picture = await track.recv()
        track.hide()
        await asyncio.to_thread(encoder.encode, picture)
        takes = []
        track._take = lambda: takes.append(1)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(track.recv(), 0.5)
        assert len(takes) < 5

    run(story)


def test_a_large_picture_holds_the_next_ones_back_until_it_is_through():
    async def story(track, encoder):
        noise = np.random.default_rng(2).integers(0, 255, (1080, 1280), np.uint8)
        track.show(Frame(noise, "yuv420p", 1.0))
        first = await track.recv()
        payloads, _ = encoder.encode(first)
        seconds = sum(map(len, payloads)) * 8 / SCREEN_TEXT.start_rate
        assert seconds > 0.1
        began = asyncio.get_running_loop().time()
        track.show(Frame(noise, "yuv420p", 2.0))
        await track.recv()
        assert asyncio.get_running_loop().time() - began > 0.5 * (seconds - 0.1)

    run(story)
