import threading
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from app.media import outgoing
from app.media.effort import STEPS, WINDOW_FRAMES, BackgroundTooSlow
from app.media.outgoing import BackgroundLoading, Outgoing, reduced
from app.media.person_mask import MaskMissing
from app.media.types import Background, DeviceBusy, Frame, MediaError, Picture, View
from tests.fakes.camera import FakeCamera
from tests.patience import PATIENCE_S

LIMIT_S = 10.0


class HalfMask:
    """Takes the left half for the person.

    Attributes:
        may_go: While unset, `find` waits, as on a slow computer.
        finds: How often it was asked.
    """

    def __init__(self) -> None:
        self.may_go = threading.Event()
        self.may_go.set()
        self.entered = threading.Event()
        self.finds = 0
        self.is_closed = False
        self.is_broken = False

    def find(self, rgb: np.ndarray) -> np.ndarray:
        self.finds += 1
        self.entered.set()
        assert self.may_go.wait(LIMIT_S)
        if self.is_broken:
            raise MaskMissing
        mask = np.zeros((144, 256), np.float32)
        mask[:, :128] = 1.0
        return mask

    def close(self) -> None:
        self.is_closed = True


class Studio:
    """An Outgoing with everything round it."""

    def __init__(self) -> None:
        self.mask = HalfMask()
        self.mask_failure: MediaError | None = None
        self.may_load = threading.Event()
        self.may_load.set()
        self.loaded = threading.Event()
        self.shown: list[Picture] = []
        self.views: list[int] = []
        self.told: list[MediaError] = []
        self.was_told = threading.Event()
        self.outgoing = Outgoing(
            mask_model=Path("unused"), show=self.show, tell=self.tell, load_mask=self.load, size_px=(64, 36)
        )

    def show(self, view: int, picture: Picture) -> None:
        self.views.append(view)
        self.shown.append(picture)

    def tell(self, error: MediaError) -> None:
        self.told.append(error)
        self.was_told.set()

    def load(self, path: Path) -> HalfMask:
        assert self.may_load.wait(LIMIT_S)
        try:
            if self.mask_failure:
                raise self.mask_failure
            return self.mask
        finally:
            self.loaded.set()

    def use_camera(self) -> FakeCamera:
        camera = FakeCamera()
        self.outgoing.use_camera(camera)
        return camera

    def pass_through(self, camera: FakeCamera, pixels: np.ndarray | None = None) -> np.ndarray:
        """Gives one frame and waits for it; returns it as BGR."""
        given = camera.give(np.full((36, 64, 3), 90, np.uint8) if pixels is None else pixels)
        frame = self.outgoing.wait_next(given.captured_at_s - 0.5, limit_s=LIMIT_S)
        assert frame is not None
        assert (frame.form, frame.width_px, frame.height_px) == ("yuv420p", 64, 36)
        return cv2.cvtColor(frame.pixels, cv2.COLOR_YUV2BGR_I420)

    def wait_for_mask(self, camera: FakeCamera, pixels: np.ndarray) -> None:
        """Passes frames through until the loaded mask is in use."""
        assert self.loaded.wait(LIMIT_S)
        for _ in range(1000):
            self.pass_through(camera, pixels)
            if self.mask.finds:
                return
        raise AssertionError("the mask is not used")


@pytest.fixture
def studio() -> Iterator[Studio]:
    studio = Studio()
    yield studio
    studio.may_load.set()
    studio.mask.may_go.set()
    studio.outgoing.close()


@pytest.fixture
def wall(tmp_path: Path) -> Background:
    cv2.imwrite(str(tmp_path / "wall.png"), np.full((36, 64, 3), 240, np.uint8))
    return Background("image", tmp_path / "wall.png")


def halves() -> np.ndarray:
    pixels = np.full((36, 64, 3), 20, np.uint8)
    pixels[:, :32] = 120
    return pixels


def moved() -> np.ndarray:
    """Another picture than `halves`: the person is looked for anew in it."""
    return np.full((36, 64, 3), 90, np.uint8)


def test_a_frame_goes_to_the_track_and_mirrored_to_the_own_tile(studio: Studio) -> None:
    studio.outgoing.set_views({4: View(32, 18)})
    heard: list[Frame] = []
    studio.outgoing.listen(heard.append)
    bgr = studio.pass_through(studio.use_camera(), halves())
    assert abs(int(bgr[10, 5, 0]) - 120) < 4
    assert abs(int(bgr[10, 60, 0]) - 20) < 4
    assert (studio.shown[0].width_px, studio.shown[0].height_px) == (32, 18)
    assert abs(int(studio.shown[0].pixels[10, 2, 0]) - 20) < 4
    assert studio.views == [4]
    assert heard == [studio.outgoing.latest()]


def test_oneself_is_in_as_many_views_as_are_open_and_in_none_where_none_is(studio: Studio) -> None:
    studio.outgoing.set_views({4: View(32, 18), 5: View(16, 9)})
    camera = studio.use_camera()
    studio.pass_through(camera)
    assert {view: one.width_px for view, one in zip(studio.views, studio.shown, strict=True)} == {4: 32, 5: 16}
    studio.outgoing.set_views({})
    studio.pass_through(camera)
    assert len(studio.shown) == 2


def test_another_shape_is_cut_to_the_outgoing_size(studio: Studio) -> None:
    studio.pass_through(studio.use_camera(), np.zeros((480, 640, 3), np.uint8))


def test_camera_off_sends_nothing_not_even_a_late_frame(studio: Studio) -> None:
    camera = studio.use_camera()
    studio.pass_through(camera)
    studio.outgoing.use_camera(None)
    assert studio.outgoing.latest() is None
    assert not camera.is_running
    shown = len(studio.shown)
    camera.give(halves())
    assert studio.outgoing.wait_next(0.0, limit_s=0.05) is None
    assert len(studio.shown) == shown


def test_a_frame_in_work_when_the_camera_goes_off_is_not_sent(studio: Studio) -> None:
    camera = studio.use_camera()
    studio.outgoing.set_background(Background("blur"))
    studio.wait_for_mask(camera, halves())
    studio.mask.may_go.clear()
    studio.mask.entered.clear()
    camera.give(moved())
    assert studio.mask.entered.wait(LIMIT_S)
    shown = len(studio.shown)
    studio.outgoing.use_camera(None)
    studio.mask.may_go.set()
    assert studio.outgoing.wait_next(0.0, limit_s=0.05) is None
    assert len(studio.shown) == shown


def test_a_camera_that_fails_leaves_none(studio: Studio) -> None:
    first = studio.use_camera()
    with pytest.raises(DeviceBusy):
        studio.outgoing.use_camera(FakeCamera(failure=DeviceBusy("camera")))
    assert not first.is_running
    assert studio.outgoing.latest() is None
    studio.pass_through(studio.use_camera())


def test_switching_the_background_does_not_touch_the_camera(studio: Studio, wall: Background) -> None:
    camera = studio.use_camera()
    assert abs(int(studio.pass_through(camera, halves())[10, 60, 0]) - 20) < 4
    studio.outgoing.set_background(wall)
    studio.wait_for_mask(camera, halves())
    bgr = studio.pass_through(camera, halves())
    assert abs(int(bgr[10, 60, 0]) - 240) < 6
    assert abs(int(bgr[10, 5, 0]) - 120) < 6
    studio.outgoing.set_background(Background())
    assert abs(int(studio.pass_through(camera, halves())[10, 60, 0]) - 20) < 4
    assert camera.starts == 1


@pytest.mark.logs_warnings
def test_the_room_is_hidden_while_the_model_loads_and_when_it_cannot(studio: Studio, wall: Background) -> None:
    studio.mask_failure = MaskMissing()
    studio.may_load.clear()
    camera = studio.use_camera()
    studio.outgoing.set_background(wall)
    assert np.abs(studio.pass_through(camera, halves()).astype(int) - 240).max() < 6
    studio.may_load.set()
    assert studio.was_told.wait(LIMIT_S)
    assert np.abs(studio.pass_through(camera, halves()).astype(int) - 240).max() < 6
    assert [type(error) for error in studio.told] == [MaskMissing]


def test_a_model_that_takes_its_time_to_load_is_told_of(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outgoing, "LOADING_AFTER_S", 0.0)
    studio.may_load.clear()
    studio.outgoing.set_background(Background("blur"))
    assert studio.was_told.wait(LIMIT_S)
    assert [type(error) for error in studio.told] == [BackgroundLoading]


@pytest.mark.logs_warnings
def test_the_room_is_hidden_when_the_model_fails_in_mid_call(studio: Studio, wall: Background) -> None:
    camera = studio.use_camera()
    studio.outgoing.set_background(wall)
    studio.wait_for_mask(camera, halves())
    studio.mask.is_broken = True
    assert np.abs(studio.pass_through(camera, moved()).astype(int) - 240).max() < 6
    assert studio.was_told.wait(LIMIT_S)
    assert [type(error) for error in studio.told] == [MaskMissing]


@pytest.mark.logs_warnings
def test_after_a_failure_the_next_background_tries_the_model_again(studio: Studio, wall: Background) -> None:
    studio.mask_failure = MaskMissing()
    camera = studio.use_camera()
    studio.outgoing.set_background(wall)
    assert studio.was_told.wait(LIMIT_S)
    studio.mask_failure = None
    studio.loaded.clear()
    studio.outgoing.set_background(wall)
    studio.wait_for_mask(camera, halves())
    assert len(studio.told) == 1


@pytest.mark.logs_warnings
def test_one_picture_that_cannot_be_made_is_not_the_last(studio: Studio, wall: Background) -> None:
    camera = studio.use_camera()
    studio.outgoing.set_background(wall)
    studio.wait_for_mask(camera, halves())
    find, failed = studio.mask.find, threading.Event()

    def fails(rgb: np.ndarray) -> np.ndarray:
        failed.set()
        raise ValueError("nothing that anybody has thought of")

    studio.mask.find = fails  # type: ignore[method-assign]
    camera.give(moved())
    assert failed.wait(LIMIT_S)
    studio.mask.find = find  # type: ignore[method-assign]
    studio.pass_through(camera, halves())


def test_on_a_slow_computer_the_newest_frame_wins(studio: Studio) -> None:
    camera = studio.use_camera()
    studio.outgoing.set_background(Background("blur"))
    studio.wait_for_mask(camera, halves())
    studio.mask.may_go.clear()
    studio.mask.entered.clear()
    camera.give(moved())
    assert studio.mask.entered.wait(LIMIT_S)
    finds = studio.mask.finds
    for _ in range(20):
        last = camera.give(halves())
    studio.mask.may_go.set()
    frame = studio.outgoing.wait_next(last.captured_at_s - 0.5, limit_s=LIMIT_S)
    assert frame is not None
    assert frame.captured_at_s == last.captured_at_s
    assert studio.mask.finds == finds + 1


def test_a_computer_that_cannot_keep_up_gets_a_cheaper_background_and_hears_of_it(studio: Studio) -> None:
    camera = studio.use_camera()
    studio.outgoing.set_background(Background("blur"))
    studio.wait_for_mask(camera, halves())
    studio.mask.may_go.clear()
    studio.mask.entered.clear()
    camera.give(moved())
    assert studio.mask.entered.wait(LIMIT_S)
    for _ in range(WINDOW_FRAMES):
        camera.give(halves())
    studio.mask.may_go.set()
    assert studio.was_told.wait(LIMIT_S)
    assert [type(one) for one in studio.told] == [BackgroundTooSlow]
    finds, asked = studio.mask.finds, 6 * STEPS[1].look_every
    for number in range(asked):
        studio.pass_through(camera, halves() if number % 2 else moved())
    assert studio.mask.finds == finds + asked // STEPS[1].look_every


@pytest.mark.parametrize(
    ("size", "by", "smaller"),
    [((1280, 720), 1, (1280, 720)), ((1280, 720), 2, (640, 360)), ((1280, 720), 4, (320, 180)),
     ((640, 360), 4, (320, 180)), ((320, 180), 2, (320, 180)), ((64, 36), 4, (64, 36))],
)  # fmt: skip
def test_a_picture_gets_smaller_but_not_smaller_than_that_of_saved_data(
    size: tuple[int, int], by: int, smaller: tuple[int, int]
) -> None:
    assert reduced(size, by) == smaller


def test_close_lets_everything_go() -> None:
    studio = Studio()
    camera = studio.use_camera()
    studio.outgoing.set_background(Background("blur"))
    studio.wait_for_mask(camera, halves())
    studio.outgoing.close()
    assert not camera.is_running
    assert studio.mask.is_closed
    assert studio.outgoing.wait_next(0.0, limit_s=LIMIT_S) is None


def test_a_model_that_comes_too_late_is_freed_once():
    """Freed by two threads, MediaPipe's model takes the whole process with it."""
    freed = []
    was_freed = threading.Event()

    class LateMask(HalfMask):
        def close(self):
            freed.append(self)
            was_freed.set()

    def load(model):
        # The end is wished for while the model loads, and the painting thread has not heard of it yet.
        with outgoing._changed:
            outgoing._is_closed = True
        return LateMask()

    outgoing = Outgoing(
        mask_model=Path("unused"), show=lambda picture: None, tell=lambda error: None, load_mask=load, size_px=(64, 36)
    )
    outgoing.set_background(Background("blur"))
    assert was_freed.wait(PATIENCE_S)
    outgoing.close()
    assert len(freed) == 1
