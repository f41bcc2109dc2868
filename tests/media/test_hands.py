"""Watching hands: the model on a photo, and the thread that looks."""

import queue
import threading
from pathlib import Path

import cv2
import numpy as np
import pytest

from app.media.gestures import NOTHING, Held, Sight
from app.media.hands import LOOK_EVERY_S, SEARCH_EVERY_S, HandReader, HandsMissing, HandWatch
from app.media.types import Frame
from tests.fakes.camera import FakeCamera

ROOT = Path(__file__).parents[2]
MODEL = ROOT / "resources" / "models" / "hand_full.task"
PHOTO = cv2.imread(str(ROOT / "tests" / "data" / "hands" / "palm.jpg"))


def shown(pixels, at_s, form="bgr24"):
    return Frame(cv2.cvtColor(pixels, cv2.COLOR_BGR2YUV_I420) if form == "yuv420p" else pixels, form, at_s)


class TestReader:
    def test_r17_an_open_palm_is_seen_in_every_form_and_size_and_moves_or_not(self):
        reader = HandReader(MODEL)
        assert reader.read(shown(PHOTO, 1.0)) == Sight("hand", False), "nobody knows yet whether it moves"
        assert reader.read(shown(PHOTO, 1.2, "yuv420p")) == Sight("hand", True)
        assert reader.has_hand
        large = cv2.resize(PHOTO, (1280, 960), interpolation=cv2.INTER_CUBIC)
        assert reader.read(shown(large, 1.4)) == Sight("hand", True)
        moved = np.roll(PHOTO, -80, axis=1)
        assert reader.read(shown(moved, 1.6)) == Sight("hand", False)
        assert reader.read(shown(moved, 1.8)) == Sight("hand", True)
        assert reader.read(shown(moved, 9.0)) == Sight("hand", False), "too long ago to say"
        assert reader.read(shown(np.full_like(PHOTO, 120), 9.2)) == NOTHING
        assert not reader.has_hand
        reader.close()

    def test_a_broken_model_is_said_in_words(self, tmp_path):
        (tmp_path / "model.task").write_bytes(b"no model")
        for name in ("model.task", "none.task"):
            with pytest.raises(HandsMissing, match="Gestures cannot be used"):
                HandReader(tmp_path / name)


class Paced:
    """A clock that lets the thread look once each time it is told to."""

    def __init__(self):
        self.present_s = 100.0
        self.waits = []
        self._turn, self._waited = threading.Semaphore(0), threading.Semaphore(0)

    def now_s(self):
        return self.present_s

    def wait_until(self, when_s, stopped):
        self.waits.append(when_s)
        self._waited.release()
        while not (stopped.is_set() or self._turn.acquire(timeout=0.02)):
            pass
        self.present_s = max(self.present_s, when_s)
        return not stopped.is_set()

    def looked(self):
        """Returns when a look is over."""
        assert self._waited.acquire(timeout=20)

    def let_look(self):
        """Lets the next look begin."""
        self._turn.release()

    def look(self):
        """Lets one look happen."""
        self.let_look()
        self.looked()


class Desk:
    """A watch over a camera whose pictures say what they show: their first pixel is a number of `SIGHTS`."""

    SIGHTS = (NOTHING, Sight("hand", True), Sight("victory", True))

    def __init__(self):
        self.held, self.failed, self.reads = [], queue.SimpleQueue(), []
        self.is_quiet, self.costs_s, self.breaks, self.loads = True, 0.0, False, True
        self.opened, self.closed = 0, threading.Event()
        self.clock, self.camera = Paced(), FakeCamera()
        self.watch = HandWatch(
            MODEL, held=self.held.append, failed=self.failed.put, is_quiet=lambda: self.is_quiet,
            load=self.load, clock=self.clock,
        )  # fmt: skip
        self.seen, self.has_hand = [], True
        self.watch.over(self.camera).start(self.seen.append)

    def load(self, path):
        if not self.loads:
            raise HandsMissing
        self.opened += 1
        return self

    def read(self, frame):
        if self.breaks:
            raise RuntimeError
        self.reads.append(frame.captured_at_s)
        self.clock.present_s += self.costs_s
        return self.SIGHTS[int(frame.pixels[0, 0, 0])]

    def close(self):
        self.closed.set()

    def show(self, number):
        """The camera's next picture."""
        self.watch.see(Frame(np.full((2, 2, 3), number, np.uint8), "bgr24", self.clock.present_s))

    def looks(self, number, count):
        for _ in range(count):
            self.show(number)
            self.clock.look()


@pytest.fixture
def desk():
    made = Desk()
    yield made
    made.watch.close()


class TestWatch:
    def test_the_camera_goes_on_as_before(self, desk):
        frame = desk.camera.give()
        assert desk.seen == [frame]
        assert desk.opened == 0, "nothing is loaded before it is wanted"

    def test_r17_what_is_held_is_told_and_counts_once(self, desk):
        desk.watch.watch(True)
        desk.clock.looked()
        desk.looks(1, 8)
        assert [one.made for one in desk.held if one.made] == ["hand"]
        assert [one.share for one in desk.held] == pytest.approx([0, 0.256, 0.513, 0.769, 1, 0], abs=0.01)
        desk.looks(0, 12)
        assert desk.held[-2:] == [Held(is_gone=True), Held()]
        assert len(set(desk.reads)) == len(desk.reads), "no picture is looked at twice"

    def test_r17_while_one_speaks_nothing_is_read(self, desk):
        desk.is_quiet = False
        desk.watch.watch(True)
        desk.clock.looked()
        desk.looks(1, 6)
        assert desk.reads == desk.held == []

    def test_a_camera_that_is_off_shows_no_hand(self, desk):
        desk.watch.watch(True)
        desk.clock.looked()
        desk.looks(1, 5)
        for _ in range(12):
            desk.clock.look()
        assert desk.held[-2:] == [Held(is_gone=True), Held()]

    def test_it_searches_less_often_than_it_follows(self, desk):
        desk.watch.watch(True)
        desk.clock.looked()
        desk.looks(1, 2)
        desk.has_hand = False
        desk.looks(0, 2)
        assert np.diff(desk.clock.waits) == pytest.approx([LOOK_EVERY_S, LOOK_EVERY_S, SEARCH_EVERY_S, SEARCH_EVERY_S])

    def test_on_a_slow_computer_it_takes_half_of_a_core_at_most(self, desk):
        desk.costs_s = 0.5
        desk.watch.watch(True)
        desk.clock.looked()
        desk.looks(0, 3)
        steps = np.diff([desk.clock.waits[0], *desk.clock.waits[1:]])
        assert steps.min() >= 2 * desk.costs_s - 1e-9
        assert LOOK_EVERY_S == 0.2

    def test_switched_off_it_frees_the_model_and_lets_the_hand_go(self, desk):
        desk.watch.watch(True)
        desk.clock.looked()
        desk.looks(1, 6)
        desk.watch.watch(False)
        desk.watch.watch(False)
        assert desk.closed.wait(20)
        desk.watch.close()
        assert desk.opened == 1
        desk.show(1)
        assert len(desk.reads) == 6, "a picture that comes later is not even kept"

    @pytest.mark.logs_warnings
    def test_a_model_that_fails_is_said_in_words(self, desk):
        desk.breaks = True
        desk.watch.watch(True)
        desk.clock.looked()
        desk.show(1)
        desk.clock.let_look()
        assert isinstance(desk.failed.get(timeout=20), HandsMissing)
        assert desk.closed.wait(20)

    @pytest.mark.logs_warnings
    def test_a_model_that_does_not_load_is_said_in_words(self, desk):
        desk.loads = False
        desk.watch.watch(True)
        assert isinstance(desk.failed.get(timeout=20), HandsMissing)
