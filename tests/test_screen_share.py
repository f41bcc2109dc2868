"""One's own share: what is captured goes out by one track, one share after the other, and nothing of a past one."""

import asyncio
import threading

import numpy as np

from app.net.encoding import SCREEN_MOTION, SCREEN_TEXT
from app.screen_share import ScreenShare, ShareEvents
from app.state.slices.sharing import OwnShare, ShareSource


class Grab:
    """One colour."""

    def __init__(self, grey):
        self.pixels = np.full((90, 160, 4), grey, np.uint8)
        self.is_closed = threading.Event()

    def picture(self):
        return self.pixels

    def place(self):
        return None

    def own_windows(self):
        return ()

    def is_paused(self):
        return False

    def close(self):
        self.is_closed.set()


class Screens:
    """Sources whose ids are their greys."""

    def __init__(self):
        self.opened = []

    def open(self, id):
        self.opened.append(Grab(int(id)))
        return self.opened[-1]


def own(number, grey, mode="text"):
    return OwnShare(number, ShareSource(str(grey), "A screen", "screen"), mode)


def run(story, **more):
    async def told():
        screens, heard = Screens(), []
        events = ShareEvents(
            began=lambda number: heard.append(("began", number)),
            moved=lambda number, place, is_paused, mode: heard.append(("moved", number, mode)),
            ended=lambda number, words: heard.append(("ended", number)),
        )
        known = {"aside": lambda act: act(), "saves_data": lambda: False, **more}
        share = ScreenShare(lambda: screens, events, **known)
        try:
            await asyncio.wait_for(story(share, screens, heard), 10)
        finally:
            share.follow(None)

    asyncio.run(told())


async def until(is_true):
    """What is told comes from another thread."""
    while not is_true():  # noqa: ASYNC110
        await asyncio.sleep(0.01)


async def grey_of(track):
    return round(float((await track.recv()).to_ndarray()[:90].mean()))


def test_another_source_goes_out_by_the_same_track_and_nothing_of_the_first_follows():
    async def story(share, screens, heard):
        share.follow(own(1, 40))
        track = share.track
        first = await grey_of(track)
        await until(lambda: ("moved", 1, "text") in heard)
        share.follow(own(2, 200))
        assert share.track is track
        assert screens.opened[0].is_closed.is_set()
        assert await grey_of(track) > first + 50
        await until(lambda: ("began", 2) in heard)
        share.follow(None)
        assert share.track is None
        assert screens.opened[1].is_closed.is_set()
        assert [one for one in heard if one[0] == "ended"] == []

    run(story)


def test_the_mode_changes_while_it_runs():
    async def story(share, screens, heard):
        share.follow(own(1, 40))
        await until(lambda: heard)
        assert share.track.policy == SCREEN_TEXT
        share.follow(own(1, 40, "motion"))
        await until(lambda: ("moved", 1, "motion") in heard)
        assert share.track.policy == SCREEN_MOTION
        assert len(screens.opened) == 1

    run(story)


def test_r75_at_data_saver_a_share_costs_less():
    async def story(share, screens, heard):
        share.follow(own(1, 40))
        await until(lambda: heard)
        assert share.track.policy == SCREEN_TEXT.saving()
        assert share.track.policy.most_rate == SCREEN_TEXT.saver_rate

    run(story, saves_data=lambda: True)
