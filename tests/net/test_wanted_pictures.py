"""Senders and viewers over the real relay: what nobody looks at costs nothing, what is small costs little."""

import asyncio
import time
from types import SimpleNamespace

import numpy as np
import pytest
from aiortc.rtp import RTCP_PSFB_PLI, RtcpPsfbPacket, RtcpRtpfbPacket, RtpPacket

from app.media.types import Frame
from app.net import picture_stream
from app.net.encoding import CAMERA, SCREEN_TEXT
from app.net.screen_track import ScreenTrack
from app.net.tracks import PictureTrack
from tests.net import relayed
from tests.net.receiving import run
from tests.net.relayed import MEETING, Playing

ADAS = ("ada", "camera")


def test_what_nobody_shows_is_not_encoded_and_comes_again_when_it_is_shown():
    async def main():
        async with relayed.house() as house:
            playing = []
            ada = await house.caller("ada", lambda source, track: playing.append(Playing(track, grey=200)))
            grace = await house.caller("grace")
            await house.until(lambda: grace.decoded(*ADAS) > 3)
            camera, voice = ada.tracks["camera"], playing[0]
            house.relay.want(MEETING, "grace", {})
            await house.until(lambda: house.wanted[-1] == (*ADAS, 0))
            said, encoded = len(voice.taken), camera.pictures
            # The voice goes on for a second, and of the picture at most the one that was in the encoder is left.
            await house.until(lambda: len(grace.got["ada", "microphone"]) > 0)
            heard = len(grace.got["ada", "microphone"])
            await house.until(lambda: len(grace.got["ada", "microphone"]) > heard + 50)
            assert len(voice.taken) > said
            assert camera.pictures <= encoded + 1
            before = grace.decoded(*ADAS)
            house.relay.want(MEETING, "grace", {ADAS: 180})
            await house.until(lambda: grace.decoded(*ADAS) > before + 3)
            assert camera.budget.height == 180
            assert camera.budget.rate <= 150_000
            for one in playing:
                await one.stop()

    asyncio.run(main())


def frame(grey):
    pixels = np.full((135, 160), 128, np.uint8)
    pixels[:90] = grey
    return Frame(pixels, "yuv420p", 0.0)


@pytest.mark.parametrize(("kind", "policy"), [(PictureTrack, CAMERA), (ScreenTrack, SCREEN_TEXT)])
def test_a_track_that_rests_gives_nothing_and_then_the_newest_that_was_left(kind, policy):
    async def main():
        track = kind(policy)
        track.show(frame(1))
        await track.recv()
        track.rest(True)
        waiting = asyncio.ensure_future(track.recv())
        for grey in (2, 3):
            track.show(frame(grey))
        track.repeat()
        for _ in range(50):
            await asyncio.sleep(0)
        assert not waiting.done()
        track.rest(False)
        taken = await asyncio.wait_for(waiting, 5)
        assert taken.to_ndarray()[0, 0] == 3

    asyncio.run(main())


def test_a_screen_that_stands_still_while_nobody_looks_is_there_when_somebody_does():
    async def main():
        track = ScreenTrack(SCREEN_TEXT)
        track.show(frame(7))
        await track.recv()
        track.rest(True)
        waiting = asyncio.ensure_future(track.recv())
        track.rest(False)
        track.repeat()
        assert (await asyncio.wait_for(waiting, 5)).to_ndarray()[0, 0] == 7

    asyncio.run(main())


def key_wishes(scene):
    return [one for one in scene.transport.of_kind(RtcpPsfbPacket) if one.fmt == RTCP_PSFB_PLI]


def test_nobody_asks_for_a_key_picture_of_what_is_not_shown():
    async def story(scene):
        shown, scene.views = scene.views, {}
        await scene.begin()
        scene.picture(is_key=True)
        await scene.give(scene.picture())
        assert not key_wishes(scene)
        scene.views = shown
        await scene.give(scene.picture())
        assert len(key_wishes(scene)) == 1

    run(story)


@pytest.mark.parametrize("later_s", [0.0, 3.0])
@pytest.mark.parametrize("packets", [200, 20_000, 40_000, 60_000, 200_000])
def test_a_picture_goes_on_after_it_was_hidden_while_others_saw_many_packets(monkeypatch, packets, later_s):
    async def story(scene):
        await scene.begin()
        await scene.give(scene.picture(is_key=True))
        await scene.until(lambda: scene.decoded == 1)
        first = scene.seq
        for step in range(4096, packets, 4096):
            # What the relay sends so that both sides count on together: a header and nothing else.
            scene.seq = (first + step) & 0xFFFF
            bare = RtpPacket(payload_type=97, sequence_number=scene.seq, timestamp=scene.number * 3000, ssrc=11)
            await scene.give([bare])
        scene.seq = (first + packets) & 0xFFFF
        await scene.give(scene.picture(is_key=True))
        await scene.until(lambda: scene.decoded == 2)
        now = time.monotonic
        monkeypatch.setattr(picture_stream, "time", SimpleNamespace(monotonic=lambda: now() + later_s))
        await scene.give(scene.picture())
        await scene.until(lambda: scene.decoded == 3)
        assert not scene.transport.of_kind(RtcpRtpfbPacket), "nothing of what was hidden is asked for"

    run(story)


def test_what_was_lost_before_a_key_picture_that_came_ends_nothing_when_it_is_given_up(monkeypatch):
    async def story(scene):
        passed_s, now = 0.0, time.monotonic
        monkeypatch.setattr(picture_stream, "time", SimpleNamespace(monotonic=lambda: now() + passed_s))
        await scene.begin()
        await scene.give(scene.picture(is_key=True))
        await scene.until(lambda: scene.decoded == 1)
        for _ in range(2):
            lacking = scene.picture()
            await scene.give([lacking[0], *lacking[2:]])
            passed_s += 0.4
        await scene.give([*scene.picture(is_key=True), *scene.picture()])
        await scene.until(lambda: scene.decoded == 3)
        passed_s += 0.5
        await scene.give(scene.picture())
        await scene.until(lambda: scene.decoded == 4)
        assert scene.receiver.picture_statistics()["grace", "camera"].skipped == 1

    run(story)
