"""One's face made small beside the large one: when it is sent, of what it is made, and what it may cost."""

import asyncio

import numpy as np
import pytest

from app.media.types import Frame
from app.net.encoding import CAMERA, CAMERA_HD
from app.net.layers import SmallFace, give
from app.net.rate import Budget, Rates
from app.net.tracks import MicrophoneTrack, PictureTrack


class Sent:
    """What is sent, as `Sending` has it: it does what is due with each change."""

    def __init__(self, policy=CAMERA):
        self.camera, self.height, self.added = PictureTrack(policy), None, []
        self.low = self.refuse = None
        self.small = SmallFace(self.add, self.remove)

    def add(self, track, refused):
        self.low, self.refuse = track, refused
        self.added.append(track)
        self.follow()

    def remove(self):
        self.low = None
        self.follow()

    def want(self, height):
        self.height = height
        self.follow()

    def follow(self):
        self.small.follow(self.camera, self.height)


def play(story):
    async def main():
        await story()

    asyncio.run(main())


def frame(grey):
    pixels = np.full((135, 160), 128, np.uint8)
    pixels[:90] = grey
    return Frame(pixels, "yuv420p", 0.0)


def test_it_is_made_when_it_is_asked_for_and_rests_when_it_is_not_and_ends_with_the_connection():
    async def story():
        sent = Sent()
        sent.want(0)
        assert sent.low is None, "nobody has asked for it yet"
        sent.want(180)
        first = sent.low
        for height in (270, 0, 180):
            sent.want(height)
        assert sent.added == [first]
        sent.want(None)
        assert sent.low is None
        sent.want(180)
        assert sent.low not in (None, first)

    play(story)


def test_it_is_made_of_the_pictures_of_the_large_one():
    async def story():
        sent = Sent()
        sent.want(180)
        sent.camera.show(frame(7))
        assert (await sent.low.recv()).to_ndarray()[0, 0] == 7
        assert (await sent.camera.recv()).to_ndarray()[0, 0] == 7
        waiting = asyncio.ensure_future(sent.low.recv())
        sent.camera.show(frame(9))
        sent.camera.hide()
        for _ in range(50):
            await asyncio.sleep(0)
        assert not waiting.done(), "what the camera no longer shows does not go out small"
        low = sent.low
        sent.want(None)
        sent.camera.show(frame(11))
        for _ in range(50):
            await asyncio.sleep(0)
        assert not waiting.done()
        assert sent.camera.also is None
        low.release()
        waiting.cancel()

    play(story)


@pytest.mark.parametrize("policy", [CAMERA, CAMERA_HD])
def test_it_ends_while_data_is_saved_and_with_the_camera(policy):
    async def story():
        sent = Sent(policy.saving())
        sent.want(180)
        assert sent.low is None
        sent.camera.policy = policy
        sent.follow()
        assert sent.low is not None
        assert sent.low.policy.rate_for(None) <= 150_000
        assert sent.low.policy.rate_for(5_000_000) <= 450_000
        sent.camera.policy = policy.saving()
        sent.follow()
        assert sent.low is None
        sent.camera.policy = policy
        sent.follow()
        before, camera = sent.low, sent.camera
        sent.camera = PictureTrack(policy)
        sent.follow()
        assert sent.low not in (None, before)
        assert camera.also is None, "it follows another camera"
        sent.camera = None
        sent.follow()
        assert sent.low is None

    play(story)


def test_where_the_server_refuses_it_is_not_offered_again_over_the_same_connection():
    async def story():
        sent = Sent()
        sent.want(180)
        sent.refuse("No.")
        sent.remove()
        sent.want(270)
        assert len(sent.added) == 1
        sent.want(None)
        sent.want(180)
        assert len(sent.added) == 2

    play(story)


def test_each_size_may_cost_what_its_views_need():
    async def story():
        tracks = {
            "microphone": MicrophoneTrack(),
            "camera": PictureTrack(CAMERA),
            "camera-low": PictureTrack(CAMERA),
            "screen": PictureTrack(CAMERA),
        }
        budgets = dict.fromkeys(tracks, Budget(3_000_000))
        give(tracks, {"camera": 720, "camera-low": 180, "screen": None}, budgets, Rates())
        assert [tracks[one].budget.height for one in ("camera", "camera-low", "screen")] == [720, 180, 0]
        assert [tracks[one].budget.rate for one in ("camera", "camera-low")] == [2_500_000, 150_000]
        for height in (271, 4320, None):
            give(tracks, {"camera-low": height}, budgets, Rates())
            assert tracks["camera-low"].budget.height == 270, "whatever a server asks for"
        give(tracks, {"camera-low": 0}, {}, Rates())
        assert tracks["camera-low"]._is_resting
        assert not tracks["camera"]._is_resting

    play(story)
