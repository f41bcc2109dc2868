"""Lifts a picture that is too dark: the shadows most, steadily, and never a picture that is bright enough."""

from __future__ import annotations

import math

import numpy as np

from app.media.camera import Camera, OnFrame
from app.media.types import Frame, PixelForm, Pixels

#: Mean brightness, 0.0 to 1.0, below which a picture is dark; and to which a black one would be lifted.
DARK, LIFTED = 0.36, 0.25
#: The strongest curve, and the most by which all of it is made brighter: more would show little but the camera's noise.
LEAST_GAMMA, MOST_GAIN = 0.6, 2.0
#: So bright the brightest 2 % may become.
BRIGHT, BRIGHT_SHARE = 0.85, 0.98
#: Shadows that are lifted lose colour.
COLOUR_GAIN = 1.2
#: Of each new picture's brightness so much is believed, so that a lamp in the picture does not make it pump.
SMOOTH = 0.05
#: A smaller change of the curve is not seen.
STEP = 0.02
_EVERY = 16
#: Black and white of each form.
_ENDS: dict[PixelForm, tuple[int, int]] = {"bgr24": (0, 255), "yuv420p": (16, 235)}


class LowLight:
    """Follows how dark it is, and lifts each frame by a curve."""

    def __init__(self) -> None:
        self._seen: tuple[float, float] | None = None
        self._curve = (1.0, 1.0)
        self._form: PixelForm = "bgr24"
        self._luma = self._colour = np.arange(256, dtype=np.uint8)

    def lift(self, frame: Frame) -> Frame:
        """Makes a brighter frame; the same one where it is bright enough."""
        import cv2

        self._follow(frame)
        if self._curve == (1.0, 1.0):
            return frame
        if frame.form == "bgr24":
            return Frame(_pixels(cv2.LUT(frame.pixels, self._luma)), frame.form, frame.captured_at_s)
        out = np.empty_like(frame.pixels)
        cv2.LUT(frame.pixels[: frame.height_px], self._luma, dst=out[: frame.height_px])
        cv2.LUT(frame.pixels[frame.height_px :], self._colour, dst=out[frame.height_px :])
        return Frame(out, frame.form, frame.captured_at_s)

    def _follow(self, frame: Frame) -> None:
        mean, high = brightness(frame)
        if self._seen is not None:
            mean, high = (old + SMOOTH * (new - old) for old, new in zip(self._seen, (mean, high), strict=True))
        self._seen = (mean, high)
        curve = curve_for(mean, high)
        is_news = max(abs(one - other) for one, other in zip(curve, self._curve, strict=True)) >= STEP
        if is_news or (curve == (1.0, 1.0)) != (self._curve == (1.0, 1.0)) or frame.form != self._form:
            self._curve, self._form = curve, frame.form
            self._draw()

    def _draw(self) -> None:
        gain, gamma = self._curve
        black, white = _ENDS[self._form]
        levels = np.arange(256, dtype=np.float64)
        lifted = np.clip((levels - black) / (white - black) * gain, 0, 1) ** gamma
        self._luma = np.rint(black + (white - black) * lifted).astype(np.uint8)
        more = gain * (1 + (COLOUR_GAIN - 1) * (1 - gamma) / (1 - LEAST_GAMMA))
        self._colour = np.clip(np.rint(128 + (levels - 128) * more), 0, 255).astype(np.uint8)


def curve_for(mean: float, high: float) -> tuple[float, float]:
    """The curve for a picture: (gain, gamma) of `(level * gain) ** gamma`; (1.0, 1.0) leaves it as it is.

    Args:
        mean: Its mean brightness, 0.0 black to 1.0 white.
        high: How bright its brightest BRIGHT_SHARE is.
    """
    if mean >= DARK:
        return 1.0, 1.0
    room = min(MOST_GAIN, max(1.0, BRIGHT / max(high, 1e-3)))
    # Little by little from where it begins to be dark, so that nothing jumps there.
    gain = 1 + (room - 1) * min(1.0, 2 * (DARK - mean) / DARK)
    brighter = min(mean * gain, DARK)
    wanted = LIFTED + brighter * (DARK - LIFTED) / DARK
    return gain, max(LEAST_GAMMA, min(1.0, math.log(wanted) / math.log(max(brighter, 1e-3))))


def brightness(frame: Frame) -> tuple[float, float]:
    """Mean brightness of a frame, and that of its brightest part, 0.0 to 1.0, from every 16th row and column."""
    rows = frame.pixels if frame.form == "bgr24" else frame.pixels[: frame.height_px]
    sample = rows[::_EVERY, ::_EVERY].ravel()
    black, white = _ENDS[frame.form]
    place = int((len(sample) - 1) * BRIGHT_SHARE)
    found = float(sample.mean()), float(np.partition(sample, place)[place])
    mean, high = (min(1.0, max(0.0, (one - black) / (white - black))) for one in found)
    return mean, high


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
