"""A dark picture is lifted, steadily; a bright one is left alone."""

import numpy as np
import pytest

from app.media.low_light import DARK, LEAST_GAMMA, MOST_GAIN, LiftedCamera, LowLight, brightness, curve_for
from app.media.types import Frame
from tests.fakes.camera import FakeCamera


def frame(level, form="bgr24"):
    if form == "bgr24":
        return Frame(np.full((36, 64, 3), level, np.uint8), form, 1.0)
    pixels = np.full((54, 64), 128, np.uint8)
    pixels[:36] = level
    return Frame(pixels, form, 1.0)


def mean(one):
    return brightness(one)[0]


@pytest.mark.parametrize("form", ["bgr24", "yuv420p"])
def test_a_dark_picture_is_lifted_and_not_too_far(form):
    dark = frame(40, form)
    lifted = LowLight().lift(dark)
    assert (lifted.form, lifted.captured_at_s, lifted.pixels.shape) == (form, 1.0, dark.pixels.shape)
    before = 40 / 255 if form == "bgr24" else 24 / 219
    assert mean(dark) == pytest.approx(before), "never written"
    assert before + 0.1 < mean(lifted) < 0.5


@pytest.mark.parametrize("form", ["bgr24", "yuv420p"])
def test_black_stays_black_and_what_is_bright_in_the_dark_is_not_burnt_out(form):
    dark = frame(40, form)
    black = 0 if form == "bgr24" else 16
    dark.pixels[:4] = black
    dark.pixels[14:18] = 150
    lifted = LowLight().lift(dark).pixels
    assert lifted[0].max() == black
    assert 180 < lifted[16].max() < 245


@pytest.mark.parametrize("form", ["bgr24", "yuv420p"])
def test_a_bright_picture_is_the_same_one(form):
    bright = frame(120, form)
    assert LowLight().lift(bright) is bright


def test_colours_that_lifting_washes_out_are_given_back():
    dark = frame(30, "yuv420p")
    dark.pixels[36:] = 120
    assert LowLight().lift(dark).pixels[36:].max() < 120


def test_the_curve_goes_from_nothing_to_its_limit_without_a_step():
    means = np.linspace(0, 1, 400)
    for spread in (1.2, 3.0):
        curves = [curve_for(one, min(1.0, spread * one)) for one in means]
        assert curves[-1] == curve_for(DARK, DARK * spread) == (1.0, 1.0)
        assert min(gamma for _, gamma in curves) == curves[1][1] == LEAST_GAMMA
        assert max(gain for gain, _ in curves) <= MOST_GAIN
        assert np.abs(np.diff(curves, axis=0)).max() < 0.05
        lifted = np.array([(one * gain) ** gamma for one, (gain, gamma) in zip(means, curves, strict=True)])
        assert all(lifted >= means)
        assert max(lifted[means < DARK]) < 0.6


def test_a_lamp_that_is_switched_on_lets_it_settle_slowly_and_wholly():
    low_light = LowLight()
    low_light.lift(frame(30))
    first = low_light.lift(frame(150))
    assert mean(first) > 150 / 255, "one bright picture changes little"
    for _ in range(200):
        last = low_light.lift(frame(150))
    assert mean(last) == pytest.approx(150 / 255)


def test_it_is_switched_while_the_camera_runs():
    camera, seen = FakeCamera(), []
    lifted = LiftedCamera(camera, is_on=False)
    lifted.start(seen.append)
    given = camera.give(frame(30).pixels)
    lifted.is_on = True
    camera.give(frame(30).pixels)
    assert seen[0] is given
    assert mean(seen[1]) > mean(given) + 0.1
    lifted.stop()
    assert not camera.is_running
