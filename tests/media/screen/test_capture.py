"""A share is watched: only what has changed is handed on, and it ends in words."""

import threading

import numpy as np
import pytest

from app.media.screen.capture import CaptureEvents, ScreenCapture
from app.media.screen.types import Place, ScreenGone, ScreenRefused
from tests.patience import PATIENCE_S

LIMIT_S = PATIENCE_S


class FakeGrab:
    """What a test lets be seen."""

    def __init__(self):
        self.pixels = np.full((90, 161, 4), 200, np.uint8)
        self.looks = 0
        self.error = None
        self.is_closed = False
        self.looked = threading.Condition()

    def picture(self):
        with self.looked:
            self.looks += 1
            self.looked.notify_all()
        if self.error is not None:
            raise self.error
        return self.pixels

    def place(self):
        return Place(0, 0, 161, 90)

    def own_windows(self):
        return ()

    def is_paused(self):
        return self.pixels is None

    def close(self):
        self.is_closed = True

    def wait_looks(self, count):
        with self.looked:
            until = self.looks + count
            assert self.looked.wait_for(lambda: self.looks >= until, LIMIT_S)


class Watched:
    """A capture and what it told."""

    def __init__(self, open_grab, wish="automatic"):
        self.shown, self.moved, self.ended = [], [], []
        self.changed = threading.Condition()
        events = CaptureEvents(
            shown=lambda *told: self._take(self.shown, told),
            moved=lambda *told: self._take(self.moved, told),
            ended=lambda words: self._take(self.ended, words),
        )
        self.capture = ScreenCapture(open_grab, events, wish=wish)
        self.capture.start()

    def _take(self, where, told):
        with self.changed:
            where.append(told)
            self.changed.notify_all()

    def wait(self, is_true):
        with self.changed:
            assert self.changed.wait_for(is_true, LIMIT_S)


@pytest.fixture
def grab():
    return FakeGrab()


@pytest.fixture
def watch(grab):
    made = []

    def make(open_grab=lambda: grab, **more):
        made.append(Watched(open_grab, **more))
        return made[-1]

    yield make
    for one in made:
        one.capture.stop()


def test_what_stands_still_is_handed_on_once(grab, watch):
    watched = watch()
    watched.wait(lambda: watched.shown)
    grab.wait_looks(5)
    assert len(watched.shown) == 1
    frame, mode = watched.shown[0]
    assert (frame.width_px, frame.height_px, frame.form, mode) == (160, 90, "yuv420p", "text")
    changed = grab.pixels.copy()
    changed[:, :, :3] = 20
    grab.pixels = changed
    watched.wait(lambda: len(watched.shown) == 2)
    assert watched.shown[1][0].pixels[:90].mean() < 60
    assert watched.moved == [(Place(0, 0, 161, 90), False)]


def test_while_a_window_shows_nothing_its_last_picture_stands_and_that_is_told(grab, watch):
    watched = watch()
    watched.wait(lambda: watched.shown)
    grab.pixels = None
    watched.wait(lambda: len(watched.moved) == 2)
    assert watched.moved[1][1] is True
    assert len(watched.shown) == 1


def test_the_mode_by_hand_counts_while_nothing_moves(grab, watch):
    watched = watch()
    watched.wait(lambda: watched.shown)
    watched.capture.choose("motion")
    watched.wait(lambda: len(watched.shown) == 2)
    assert watched.shown[1][1] == "motion"


@pytest.mark.parametrize("error", [ScreenGone("Closed."), ScreenRefused("Not allowed.")])
def test_it_ends_in_words_and_lets_go(grab, watch, error):
    watched = watch()
    watched.wait(lambda: watched.shown)
    grab.error = error
    watched.wait(lambda: watched.ended)
    assert (watched.ended, grab.is_closed) == ([error.words], True)


@pytest.mark.logs_warnings
def test_a_fault_of_the_system_ends_it_in_words_too(grab, watch):
    watched = watch()
    watched.wait(lambda: watched.shown)
    grab.error = OSError("no traceback reaches the user")
    watched.wait(lambda: watched.ended)
    assert watched.ended == ["Your screen cannot be seen any more, so your share has ended."]


def test_one_that_cannot_be_opened_says_why(watch):
    def refuse():
        raise ScreenRefused

    watched = watch(refuse)
    watched.wait(lambda: watched.ended)
    assert watched.ended == [ScreenRefused.sentence]
    assert not watched.shown


def test_a_stopped_one_tells_nothing_more(grab, watch):
    watched = watch()
    watched.wait(lambda: watched.shown)
    watched.capture.stop()
    assert grab.is_closed
    assert not watched.ended
