"""A camera is asked for the format that is cheapest at the size and rate that are wanted."""

import cv2
import numpy as np
import pytest

from app.media.camera_format import Capture, planes_of_yuyv, prepare

SMALL, LARGE = (640, 360), (1280, 720)
#: What a USB 2 camera can do: format -> size -> pictures a second.
WEBCAM = {"YUYV": {SMALL: 30, LARGE: 10}, "MJPG": {SMALL: 30, LARGE: 30}}


class Driver:
    """As `cv2.VideoCapture` over V4L2: it takes what is near to what was asked for, and says what it took."""

    def __init__(self, formats, *, converts=True, tells_fps=True):
        self.formats, self.converts, self.tells_fps = formats, converts, tells_fps
        self.code, self.size, self.is_raw, self.asked = next(iter(formats)), [640, 480], False, {}
        self.is_released = False

    def set(self, prop, value):
        self.asked[prop] = value
        if prop == cv2.CAP_PROP_FOURCC:
            code = int(value).to_bytes(4, "little").decode()
            self.code = code if code in self.formats else self.code
        elif prop in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT):
            self.size[prop == cv2.CAP_PROP_FRAME_HEIGHT] = int(value)
        elif prop == cv2.CAP_PROP_CONVERT_RGB:
            self.is_raw = self.converts and not value
            return self.converts
        return True

    def _taken(self):
        sizes = self.formats[self.code]
        return tuple(self.size) if tuple(self.size) in sizes else max(sizes)

    def get(self, prop):
        if prop == cv2.CAP_PROP_FOURCC:
            return float(cv2.VideoWriter.fourcc(*self.code))
        if prop == cv2.CAP_PROP_FPS:
            return float(self.formats[self.code][self._taken()]) if self.tells_fps else 0.0
        return float(self._taken()[prop == cv2.CAP_PROP_FRAME_HEIGHT])

    def read(self):
        width, height = self._taken()
        return True, np.full((height, width, 2 if self.is_raw else 3), 90, np.uint8)

    def release(self):
        self.is_released = True


@pytest.mark.parametrize(("formats", "size", "code", "form"), [
    (WEBCAM, SMALL, "YUYV", "yuv420p"),
    (WEBCAM, LARGE, "MJPG", "bgr24"),
    ({"YUYV": {SMALL: 30, LARGE: 30}}, LARGE, "YUYV", "yuv420p"),
    ({"YUYV": {SMALL: 30}, "MJPG": {LARGE: 30}}, LARGE, "MJPG", "bgr24"),
    # Neither suits: what there is is used, however slow.
    ({"YUYV": {SMALL: 15}}, SMALL, "YUYV", "yuv420p"),
    ({"NV12": {LARGE: 30}}, LARGE, "NV12", "bgr24"),
])  # fmt: skip
def test_the_format_is_chosen_by_what_the_camera_says(formats, size, code, form):
    driver = Driver(formats)
    capture = prepare(driver, size, "linux")
    assert (driver.code, capture.form) == (code, form)
    got, pixels = capture.read()
    width, height = driver._taken()
    assert (got, pixels.shape) == (True, (height * 3 // 2, width) if form == "yuv420p" else (height, width, 3))
    assert driver.asked[cv2.CAP_PROP_BUFFERSIZE] == 1
    capture.release()
    assert driver.is_released


def test_a_driver_that_does_not_say_how_fast_it_is_is_believed():
    assert prepare(Driver(WEBCAM, tells_fps=False), LARGE, "linux").form == "yuv420p"


def test_a_driver_that_unpacks_all_the_same_is_taken_as_it_is():
    assert prepare(Driver(WEBCAM, converts=False), SMALL, "linux").form == "bgr24"
    driver = Driver({"YUYV": {SMALL: 30}})
    driver.is_raw = False
    capture = Capture(driver, "yuv420p")
    got, pixels = capture.read()
    assert (got, capture.form, pixels.shape) == (True, "bgr24", (360, 640, 3))


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_other_systems_choose_by_themselves(platform):
    driver = Driver(WEBCAM)
    assert prepare(driver, LARGE, platform).form == "bgr24"
    assert cv2.CAP_PROP_FOURCC not in driver.asked
    assert [driver.asked[one] for one in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FPS)] == [1280, 30]


def test_nothing_read_is_nothing_given():
    driver = Driver(WEBCAM)
    driver.read = lambda: (False, None)
    assert Capture(driver, "yuv420p").read() == (False, None)


def test_planes_are_those_that_opencv_makes():
    bgr = cv2.GaussianBlur(np.random.default_rng(3).integers(0, 255, (48, 64, 3), np.uint8), (0, 0), 4)
    raw = cv2.cvtColor(bgr, cv2.COLOR_BGR2YUV_YUYV)
    expected = cv2.cvtColor(cv2.cvtColor(raw, cv2.COLOR_YUV2BGR_YUYV), cv2.COLOR_BGR2YUV_I420)
    assert np.abs(planes_of_yuyv(raw).astype(int) - expected).max() <= 2


@pytest.mark.parametrize("size", [(65, 48), (64, 49), (65, 49)])
def test_of_an_odd_raw_picture_the_last_row_or_column_is_left_out(size):
    raw = np.random.default_rng(4).integers(0, 255, (size[1], size[0], 2), np.uint8)
    assert np.array_equal(planes_of_yuyv(raw), planes_of_yuyv(raw[:48, :64]))


@pytest.mark.parametrize("pixels", [
    np.full((48, 64), 90, np.uint8), np.full((48, 64, 1), 90, np.uint8), np.full((48, 64, 4), 90, np.uint8),
    np.full((48, 64), 90 * 256, np.uint16), np.full((48, 64, 3), 90, np.uint8),
])  # fmt: skip
def test_a_camera_without_colours_or_with_a_fourth_channel_is_seen(pixels):
    driver = Driver(WEBCAM)
    driver.read = lambda: (True, pixels)
    got, seen = Capture(driver, "bgr24").read()
    assert (got, seen.dtype, seen.shape) == (True, np.uint8, (48, 64, 3))
    assert (seen == 90).all()


def test_a_raw_picture_that_nobody_unpacks_is_unpacked_here():
    driver = Driver({"YUYV": {SMALL: 30}})
    driver.read = lambda: (True, np.full((48, 64, 2), 128, np.uint8))
    assert Capture(driver, "bgr24").read()[1].shape == (48, 64, 3)


def test_a_picture_of_no_size_is_none():
    driver = Driver(WEBCAM)
    driver.read = lambda: (True, np.zeros((0, 0, 3), np.uint8))
    assert Capture(driver, "bgr24").read() == (False, None)
