"""A dark picture is lifted, steadily; a bright one is left alone."""

import numpy as np
import pytest

from app.media.low_light import DARK, LEAST_GAMMA, LiftedCamera, LowLight, brightness, gamma_for
from app.media.types import Frame
from tests.fakes.camera import FakeCamera


def frame(level, form="bgr24"):
    if form == "bgr24":
        return Frame(np.full((36, 64, 3), level, np.uint8), form, 1.0)
    pixels = np.full((54, 64), 128, np.uint8)
    pixels[:36] = level
    return Frame(pixels, form, 1.0)


@pytest.mark.parametrize("form", ["bgr24", "yuv420p"])
def test_a_dark_picture_is_lifted_and_not_too_far(form):
    dark = frame(40, form)
    lifted = LowLight().lift(dark)
    assert (lifted.form, lifted.captured_at_s, lifted.pixels.shape) == (form, 1.0, dark.pixels.shape)
    assert brightness(dark) + 0.1 < brightness(lifted) <= DARK
    assert brightness(dark) == pytest.approx(40 / 255), "never written"


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
    curve = [gamma_for(mean) for mean in means]
    assert curve[-1] == gamma_for(DARK) == 1.0
    assert min(curve) == curve[1] == LEAST_GAMMA
    assert max(abs(np.diff(curve))) < 0.02
    # What is darker stays darker.
    lifted = [mean ** gamma_for(mean) for mean in means]
    assert all(np.diff(lifted) > 0)


def test_a_lamp_that_is_switched_on_lets_it_settle_slowly_and_wholly():
    low_light = LowLight()
    low_light.lift(frame(30))
    first = low_light.lift(frame(150))
    assert brightness(first) > 150 / 255, "one bright picture changes little"
    for _ in range(200):
        last = low_light.lift(frame(150))
    assert brightness(last) == pytest.approx(150 / 255)


def test_it_is_switched_while_the_camera_runs():
    camera, seen = FakeCamera(), []
    lifted = LiftedCamera(camera, is_on=False)
    lifted.start(seen.append)
    given = camera.give(frame(30).pixels)
    lifted.is_on = True
    camera.give(frame(30).pixels)
    assert seen[0] is given
    assert brightness(seen[1]) > brightness(given) + 0.1
    lifted.stop()
    assert not camera.is_running
