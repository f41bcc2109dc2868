"""Lifts a picture that is too dark: the shadows most, steadily, and never a picture that is bright enough."""

from __future__ import annotations

import math

import numpy as np

from app.media.camera import Camera, OnFrame
from app.media.types import Frame, Pixels

#: Mean brightness, 0.0 to 1.0, below which a picture is dark; and to which a black one would be lifted.
DARK, LIFTED = 0.36, 0.25
#: The strongest curve: more would show little but the camera's noise.
LEAST_GAMMA = 0.5
#: Shadows that are lifted lose colour.
COLOUR_GAIN = 1.2
#: Of each new picture's brightness so much is believed, so that a lamp in the picture does not make it pump.
SMOOTH = 0.05
#: A smaller change of the curve is not seen.
STEP = 0.02
_EVERY = 16


class LowLight:
    """Follows how dark it is, and lifts each frame by a curve."""

    def __init__(self) -> None:
        self._mean: float | None = None
        self._gamma = 1.0
        self._luma = self._colour = np.arange(256, dtype=np.uint8)

    def lift(self, frame: Frame) -> Frame:
        """Makes a brighter frame; the same one where it is bright enough."""
        import cv2

        self._follow(brightness(frame))
        if self._gamma == 1.0:
            return frame
        if frame.form == "bgr24":
            return Frame(_pixels(cv2.LUT(frame.pixels, self._luma)), frame.form, frame.captured_at_s)
        out = np.empty_like(frame.pixels)
        cv2.LUT(frame.pixels[: frame.height_px], self._luma, dst=out[: frame.height_px])
        cv2.LUT(frame.pixels[frame.height_px :], self._colour, dst=out[frame.height_px :])
        return Frame(out, frame.form, frame.captured_at_s)

    def _follow(self, mean: float) -> None:
        self._mean = mean if self._mean is None else self._mean + SMOOTH * (mean - self._mean)
        gamma = gamma_for(self._mean)
        if abs(gamma - self._gamma) >= STEP or (gamma == 1.0 != self._gamma):
            self._gamma = gamma
            levels = np.arange(256, dtype=np.float64) / 255
            self._luma = np.rint(255 * levels**gamma).astype(np.uint8)
            gain = 1 + (COLOUR_GAIN - 1) * (1 - gamma) / (1 - LEAST_GAMMA)
            self._colour = np.clip(np.rint(128 + (255 * levels - 128) * gain), 0, 255).astype(np.uint8)


def gamma_for(mean: float) -> float:
    """The curve for a picture of that mean brightness: 1.0 leaves it as it is, LEAST_GAMMA lifts most.

    Args:
        mean: 0.0 black to 1.0 white.
    """
    if mean >= DARK:
        return 1.0
    wanted = LIFTED + mean * (DARK - LIFTED) / DARK
    return max(LEAST_GAMMA, min(1.0, math.log(wanted) / math.log(max(mean, 1e-3))))


def brightness(frame: Frame) -> float:
    """Mean brightness of a frame, 0.0 to 1.0, from every 16th row and column."""
    rows = frame.pixels if frame.form == "bgr24" else frame.pixels[: frame.height_px]
    return float(rows[::_EVERY, ::_EVERY].mean()) / 255


def _pixels(found: object) -> Pixels:
    return np.asarray(found, np.uint8)


class LiftedCamera:
    """A camera whose pictures are lifted while that is wanted; it can be switched while the camera runs.

    Attributes:
        is_on: Whether they are.
    """

    def __init__(self, camera: Camera, *, is_on: bool) -> None:
        """Takes the place of a camera.

        Args:
            camera: Not started yet.
            is_on: See the class.
        """
        self._camera = camera
        self._low_light = LowLight()
        self.is_on = is_on

    def start(self, on_frame: OnFrame) -> None:
        """Begins; see `Camera.start`."""
        self._camera.start(lambda frame: on_frame(self._low_light.lift(frame) if self.is_on else frame))

    def stop(self) -> None:
        """Ends; see `Camera.stop`."""
        self._camera.stop()
