"""Films the people of the demo call: moves a face by its voice and writes the camera's WebM file."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from demo_brush import CANVAS_HEIGHT, CANVAS_WIDTH, LOOKS, Look, Pose
from demo_faces import draw_person
from demo_rooms import paint_room
from demo_voice import VOICE_RATE_HZ, Samples
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter

WIDTH_PX, HEIGHT_PX = 640, 360
PICTURES_PER_S = 30
# Drawn larger and scaled down: finer edges than Qt's own antialiasing.
OVERSIZE = 2
VIDEO_BITS_PER_S = 170_000
BLINK = (0.6, 0.15, 0.0, 0.35, 0.8)


def mouth_curves(voice: Samples) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How far the mouth opens and how wide it is, per picture.

    Loudness opens the mouth, bright sounds widen it: not lip reading, but the eye accepts it.

    Args:
        voice: int16, shape (n,), 16 kHz mono.

    Returns:
        opening and width, each float64 of shape (pictures,), 0 to 1.
    """
    step = VOICE_RATE_HZ / PICTURES_PER_S
    count = round(len(voice) / step)
    opened, wide = np.zeros(count), np.full(count, 0.5)
    for index in range(count):
        piece = voice[int(index * step) : int((index + 1) * step)].astype(np.float64) / 32768
        opened[index] = np.sqrt(np.mean(piece**2))
        if opened[index] > 0.005:
            power = np.abs(np.fft.rfft(piece * np.hanning(len(piece)))) ** 2
            bins_hz = np.fft.rfftfreq(len(piece), 1 / VOICE_RATE_HZ)
            bright = power[bins_hz > 1500].sum() / power.sum()
            wide[index] = 0.25 + 0.75 * np.sqrt(bright)
    spoken = opened[opened > 0.005]
    if len(spoken):
        opened = np.clip(opened / np.percentile(spoken, 92), 0, 1) ** 0.8
    return smooth(opened, 0.65), smooth(wide, 0.4)


def smooth(values: NDArray[np.float64], share: float) -> NDArray[np.float64]:
    """A one-pole filter: `share` of each new value is taken."""
    result = np.empty_like(values)
    state = values[0]
    for index, value in enumerate(values):
        state += share * (value - state)
        result[index] = state
    return result


def eyes_curve(count: int, generator: np.random.Generator) -> NDArray[np.float64]:
    """How open the eyes are, per picture: a blink every three to five seconds, now and then two."""
    eyes = np.ones(count)
    at = int(generator.uniform(1.0, 2.5) * PICTURES_PER_S)
    while at + len(BLINK) < count:
        eyes[at : at + len(BLINK)] = BLINK
        again_s = 0.35 if generator.random() < 0.15 else generator.uniform(2.6, 5.2)
        at += int(again_s * PICTURES_PER_S)
    return eyes


def plan_poses(voice: Samples, seed: int) -> list[Pose]:
    """Plans one pose per picture of a track; the same voice and seed give the same poses."""
    generator = np.random.default_rng(seed)
    opened, wide = mouth_curves(voice)
    count = len(opened)
    eyes = eyes_curve(count, generator)
    clock_s = np.arange(count) / PICTURES_PER_S
    phases = generator.uniform(0, 2 * np.pi, 6)

    def wave(period_s: float, phase: int) -> NDArray[np.float64]:
        return np.sin(2 * np.pi * clock_s / period_s + phases[phase])

    lively = smooth(opened, 0.06)
    accent = np.clip(smooth(opened, 0.25) - lively, 0, 1)
    sway_x = 5 * wave(6.3, 0) + 2.2 * wave(3.1, 1) * (0.4 + lively)
    sway_y = 1.6 * wave(4.1, 2) + 9 * accent
    turn = 0.35 * wave(7.7, 3) + 0.3 * wave(2.9, 4) * (0.2 + lively)
    tilt = 1.6 * wave(9.1, 5) + 1.4 * wave(3.7, 1) * lively
    brows = np.clip(1.6 * accent + 0.15 * lively, 0, 1)
    return [Pose(*map(float, row)) for row in zip(sway_x, sway_y, turn, tilt, eyes, opened, wide, brows, strict=True)]


def paint_picture(room: QImage, look: Look, pose: Pose) -> QImage:
    """Paints one picture, RGB888 of 640x360."""
    large = room.copy()
    painter = QPainter(large)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(large.width() / CANVAS_WIDTH, large.height() / CANVAS_HEIGHT)
    draw_person(painter, look, pose)
    painter.end()
    how = Qt.TransformationMode.SmoothTransformation
    small = large.scaled(WIDTH_PX, HEIGHT_PX, Qt.AspectRatioMode.IgnoreAspectRatio, how)
    return small.convertToFormat(QImage.Format.Format_RGB888)


def write_camera(path: Path, name: str, voice: Samples) -> None:
    """Films one person for as long as the track is.

    Args:
        path: the WebM file to make: VP8, 640x360, 30 pictures a second.
        name: whose look and room, a key of `LOOKS`.
        voice: int16, shape (n,), 16 kHz mono.
    """
    room = paint_room(name, WIDTH_PX * OVERSIZE, HEIGHT_PX * OVERSIZE)
    room = room.convertToFormat(QImage.Format.Format_RGB32)
    # bitexact keeps the muxer from drawing random numbers; one thread keeps the encoder's choices the same.
    with av.open(str(path), "w", format="webm", options={"fflags": "+bitexact"}) as container:
        options = {"deadline": "good", "cpu-used": "3", "auto-alt-ref": "1", "lag-in-frames": "16", "threads": "1"}
        stream = container.add_stream("libvpx", rate=PICTURES_PER_S, options=options)
        stream.width, stream.height, stream.pix_fmt = WIDTH_PX, HEIGHT_PX, "yuv420p"
        stream.bit_rate = VIDEO_BITS_PER_S
        # A key frame every four seconds, so that a player can start anywhere.
        stream.gop_size = 4 * PICTURES_PER_S
        for index, pose in enumerate(plan_poses(voice, seed=len(name) + ord(name[0]))):
            image = paint_picture(room, LOOKS[name], pose)
            rows = np.frombuffer(image.constBits(), np.uint8).reshape(HEIGHT_PX, image.bytesPerLine())
            pixels = np.ascontiguousarray(rows[:, : WIDTH_PX * 3]).reshape(HEIGHT_PX, WIDTH_PX, 3)
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            frame.pts, frame.time_base = index, Fraction(1, PICTURES_PER_S)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
