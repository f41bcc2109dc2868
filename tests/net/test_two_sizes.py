"""Callers over the real relay: a face is sent small as well where one size does not do for all who see it."""

import asyncio
import contextlib
import time

import numpy as np
import pytest

from app.media.types import Frame
from tests.net import relayed
from tests.net.relayed import MEETING, Playing

pytestmark = pytest.mark.usefixtures("wide_links")
FACE, LOW, VOICE = ("ada", "camera"), ("ada", "camera-low"), ("ada", "microphone")
WIDTH, HEIGHT, FPS = 640, 360, 15


class Camera:
    """Shows pictures of the size of a large view, of which a quarter moves: that costs bits."""

    def __init__(self, track):
        noise = np.random.default_rng(1).integers(60, 200, (HEIGHT // 8, WIDTH // 8), np.uint8)
        self._luma = noise.repeat(8, 0).repeat(8, 1)
        self._track = track
        self.task = asyncio.get_running_loop().create_task(self._play())

    async def _play(self):
        number = 0
        while True:
            pixels = np.full((HEIGHT * 3 // 2, WIDTH), 128, np.uint8)
            pixels[:HEIGHT] = self._luma
            pixels[: HEIGHT // 2, : WIDTH // 2] = np.roll(self._luma, number * 5, 1)[: HEIGHT // 2, : WIDTH // 2]
            number += 1
            self._track.show(Frame(pixels, "yuv420p", time.monotonic()))
            await asyncio.sleep(1 / FPS)


class Noting(list):
    """Notes when something is added."""

    def __init__(self, at_s):
        self.at_s = at_s

    def append(self, one):
        self.at_s.append(time.monotonic())


class Call:
    """Ada, whose camera is on, and those who see her."""

    def __init__(self, house, camera, people):
        self.house, self.camera, self.people = house, camera, people

    @property
    def sent(self):
        return self.house.callers["ada"].peers.sending

    def asked(self):
        """The heights in which Ada's face was wanted small, oldest first."""
        return [height for person, source, height in self.house.wanted if (person, source) == LOW]

    def flows(self, viewer, key):
        """Waits on: whether more of it comes from now on."""
        got, before = viewer.got[key], len(viewer.got[key])
        return self.house.until(lambda: len(got) > before + 30)

    async def bytes_of(self, pictures, *viewers):
        """What the face costs each of some viewers, in whatever size, while the first one sees so many pictures."""

        def size(viewer):
            arrivals = viewer.receiver.arrivals()
            return sum(arrivals[key].size for key in (FACE, LOW) if key in arrivals)

        before, seen = [size(one) for one in viewers], viewers[0].decoded(*FACE)
        await self.house.until(lambda: viewers[0].decoded(*FACE) > seen + pictures)
        return [size(one) - before[number] for number, one in enumerate(viewers)]


@contextlib.asynccontextmanager
async def call_of(wants):
    """Ada and some who show her that high; None: they say nothing."""
    cameras, voices = [], []
    async with relayed.house() as house:
        for name, height in wants.items():
            if height is not None:
                house.relay.want(MEETING, name, {FACE: height})

        def on_track(source, track):
            if source == "camera":
                cameras.append(Camera(track))
            elif source == "microphone":
                voices.append(Playing(track))

        await house.caller("ada", on_track)
        call = Call(house, cameras[0], [await house.caller(name) for name in wants])
        await house.until(lambda: all(one.decoded(*FACE) > 3 for one in call.people))
        try:
            yield call
        finally:
            cameras[0].task.cancel()
            await voices[0].stop()


def play(**wants):
    def decorate(story):
        def test():
            async def main():
                async with call_of(wants) as call:
                    await story(call, *call.people)

            asyncio.run(main())

        test.__name__ = story.__name__
        return test

    return decorate


@play(grace=720, alan=180)
async def test_who_shows_a_face_small_gets_it_small_and_large_without_a_gap_when_they_enlarge_it(call, grace, alan):
    await call.flows(alan, LOW)
    assert call.asked() == [180]
    assert not grace.got[LOW]
    large, small = await call.bytes_of(40, grace, alan)
    assert small < 0.5 * large
    statistics = alan.receiver.picture_statistics()[FACE]
    assert (statistics.is_small, statistics.size_px) == (True, (320, 180))
    shown_s = []
    alan.greys[FACE] = Noting(shown_s)
    await call.house.until(lambda: len(shown_s) > 20)
    call.house.relay.want(MEETING, "alan", {FACE: 720})
    await call.house.until(lambda: not alan.receiver.picture_statistics()[FACE].is_small)
    seen = len(shown_s)
    await call.house.until(lambda: len(shown_s) > seen + 20)
    gaps = np.diff(shown_s)
    # The computer may be busy: the pictures before and after tell how much.
    assert gaps.max() < max(0.5, 3 * np.percentile(gaps, 90))
    assert alan.receiver.picture_statistics()[FACE].size_px[1] > 180
    await call.house.until(lambda: call.asked()[-1] == 0)
    encoded = call.sent.tracks["camera-low"].pictures
    await call.flows(alan, FACE)
    assert call.sent.tracks["camera-low"].pictures <= encoded + 1, "nothing is encoded for nobody"


@play(grace=None, alan=None)
async def test_a_narrow_link_gets_the_face_small_in_place_of_none_and_the_other_keeps_it_large(call, grace, alan):
    await call.house.until(lambda: call.sent.rates.link_bps is not None)
    link = alan.receiver.link
    link.bps, link.note = 200_000.0, lambda *packet: True
    await call.flows(alan, LOW)
    await call.flows(grace, FACE)
    assert not grace.got[LOW]
    large, small = await call.bytes_of(40, grace, alan)
    assert small < 0.6 * large
    assert call.sent.tracks["camera-low"].budget.rate < 200_000
    assert call.sent.rates.budgets(["camera"], time.monotonic())["camera"].rate > 400_000
    del link.note
    link.bps = 3_000_000.0
    await call.house.until(lambda: not alan.receiver.picture_statistics()[FACE].is_small)


@play(grace=180)
async def test_in_a_call_of_two_there_is_one_picture_of_a_face(call, grace):
    await call.flows(grace, FACE)
    link = grace.receiver.link
    link.bps, link.note = 150_000.0, lambda *packet: True
    await call.flows(grace, FACE)
    assert call.asked() == []
    assert "camera-low" not in call.sent.tracks


@play(grace=720, alan=180)
async def test_what_the_host_mutes_or_nobody_shows_flows_and_is_encoded_in_neither_size(call, grace, alan):
    await call.flows(alan, LOW)
    relay, tracks = call.house.relay, call.sent.tracks
    relay.allow(MEETING, "ada", frozenset({"microphone"}))
    await call.flows(grace, VOICE)
    pictures = len(grace.got[FACE]), len(alan.got[LOW])
    await call.flows(grace, VOICE)
    await call.flows(alan, VOICE)
    assert (len(grace.got[FACE]), len(alan.got[LOW])) == pictures
    relay.allow(MEETING, "ada", relayed.ALL)
    await call.flows(grace, FACE)
    await call.flows(alan, LOW)

    for name in ("grace", "alan"):
        relay.want(MEETING, name, {})
    await call.house.until(lambda: tracks["camera"]._is_resting and tracks["camera-low"]._is_resting)
    encoded = tracks["camera"].pictures, tracks["camera-low"].pictures
    await call.flows(grace, VOICE)
    await call.flows(alan, VOICE)
    assert tracks["camera"].pictures <= encoded[0] + 1
    assert tracks["camera-low"].pictures <= encoded[1] + 1


@play(grace=720, alan=180)
async def test_a_camera_that_is_off_sends_neither_size(call, grace, alan):
    await call.flows(alan, LOW)
    call.camera.task.cancel()
    call.sent.tracks["camera"].hide()
    await call.flows(grace, VOICE)
    pictures = len(grace.got[FACE]), len(alan.got[LOW])
    await call.flows(grace, VOICE)
    assert (len(grace.got[FACE]), len(alan.got[LOW])) == pictures
    call.sent.remove("camera")
    assert "camera-low" not in call.sent.tracks, "it ends with the large one"
    await call.house.until(lambda: set(call.house.callers["ada"].offers[-1].sources.values()) == {"microphone"})
