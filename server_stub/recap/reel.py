"""Joins the highlights into one WebM file: everyone's picture side by side, everyone's sound mixed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from app.wire.recap import Highlight, Reel
from server_stub.recap.mix import RATE_HZ
from server_stub.recap.pictures import Pictures
from server_stub.recap.voice import Samples

WIDTH_PX, HEIGHT_PX = 640, 360
FPS = 24
#: A quiet dark blue-grey behind the tiles, and a little lighter where a camera is off: Y, U, V.
GROUND = (26, 132, 126)
TILE = (40, 134, 125)
#: Negative holds libvpx's speed; positive lets it follow the clock, and the same input would give other bytes.
VIDEO_OPTIONS = {
    "deadline": "realtime",
    "cpu-used": "-12",
    "lag-in-frames": "0",
    "threads": "1",
    "static-thresh": "80",
    "crf": "18",
}
VIDEO_BITS, AUDIO_BITS = 700_000, 48_000

Plane = NDArray[np.uint8]
Rect = tuple[int, int, int, int]


def cut_spans(highlights: Sequence[Highlight]) -> list[tuple[float, float]]:
    """The highlights' spans on the reel's grid of pictures, so that sound and picture are equally long."""
    return [
        (each.start_s, each.start_s + max(1, round((each.end_s - each.start_s) * FPS)) / FPS) for each in highlights
    ]


def make_reel(files: Sequence[Path], spans: Sequence[tuple[float, float]], sound: Sequence[Samples], out: Path) -> Reel:
    """Writes the reel.

    Args:
        files: of the people who have pictures; none gives a plain ground with the sound.
        spans: from `cut_spans`.
        sound: of each span, float32 mono at 48 kHz.
        out: where the file goes.

    Raises:
        OSError: the disk is full or the folder cannot be written.
    """
    people = [Pictures(path) for path in files]
    canvas = _Canvas(len(people))
    frames = 0
    with av.open(str(out), "w", format="webm", options={"fflags": "+bitexact"}) as file:
        video, audio = open_video(file), open_audio(file)
        for (start_s, end_s), samples in zip(spans, sound, strict=True):
            for person in people:
                person.skip_to(start_s)
            first = frames
            for number in range(round((end_s - start_s) * FPS)):
                for place, person in enumerate(people):
                    canvas.draw(place, person.at(start_s + number / FPS))
                mux(file, video, canvas.frame(frames))
                frames += 1
            write_sound(file, audio, samples[: (frames - first) * RATE_HZ // FPS], first * RATE_HZ // FPS)
        for stream in (video, audio):
            file.mux(stream.encode(None))
    return Reel(file=out.name, duration_s=round(frames / FPS, 3))


def open_video(file: Any) -> Any:
    """Adds the reel's picture stream."""
    video = file.add_stream("libvpx", rate=FPS, options=VIDEO_OPTIONS)
    video.width, video.height, video.pix_fmt = WIDTH_PX, HEIGHT_PX, "yuv420p"
    video.bit_rate, video.gop_size = VIDEO_BITS, 4 * FPS
    video.time_base = video.codec_context.time_base = Fraction(1, FPS)
    return video


def open_audio(file: Any) -> Any:
    """Adds a stream of Opus, mono."""
    audio = file.add_stream("libopus", rate=RATE_HZ)
    audio.layout, audio.bit_rate = "mono", AUDIO_BITS
    audio.codec_context.time_base = Fraction(1, RATE_HZ)
    return audio


def write_sound(file: Any, audio: Any, samples: Samples, at: int) -> None:
    """Encodes samples (float32 mono, 48 kHz) that begin `at` samples after the file's start."""
    step = RATE_HZ // 50
    for start in range(0, len(samples), step):
        part = (np.clip(samples[start : start + step], -1, 1) * 32767).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(part[None], format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE_HZ, at + start, Fraction(1, RATE_HZ)
        mux(file, audio, frame)


def mux(file: Any, stream: Any, frame: Any) -> None:
    """Encodes one frame and writes what comes of it."""
    packets = stream.encode(frame)
    if packets:
        file.mux(packets)


def tile_rects(count: int) -> list[Rect]:
    """Where each of `count` tiles lies, as (x, y, width, height) with even numbers: rows as full as they go."""
    if count == 0:
        return []
    columns = math.ceil(math.sqrt(count))
    rows = math.ceil(count / columns)
    width, height = WIDTH_PX // columns // 4 * 4, HEIGHT_PX // rows // 4 * 4
    height = min(height, width * 9 // 16 // 2 * 2)
    top = (HEIGHT_PX - rows * height) // 4 * 2
    rects = []
    for place in range(count):
        row, column = divmod(place, columns)
        in_row = min(columns, count - row * columns)
        left = (WIDTH_PX - in_row * width) // 4 * 2
        rects.append((left + column * width, top + row * height, width, height))
    return rects


class _Canvas:
    """The three planes of the picture that is being put together."""

    def __init__(self, tiles: int) -> None:
        self._planes: list[Plane] = [
            np.full((HEIGHT_PX, WIDTH_PX), GROUND[0], np.uint8),
            np.full((HEIGHT_PX // 2, WIDTH_PX // 2), GROUND[1], np.uint8),
            np.full((HEIGHT_PX // 2, WIDTH_PX // 2), GROUND[2], np.uint8),
        ]
        self._rects = tile_rects(tiles)
        self._shown: list[Any] = [self] * tiles

    def draw(self, place: int, frame: Any) -> None:
        """Puts one person's frame into its tile, whole and undistorted; None leaves the tile plain."""
        if frame is self._shown[place]:
            return
        self._shown[place] = frame
        x, y, width, height = self._rects[place]
        if frame is None:
            self._fill((x + 2, y + 2, width - 4, height - 4), TILE)
            return
        scale = min(width / frame.width, height / frame.height)
        shown_w, shown_h = (max(16, round(side * scale) // 2 * 2) for side in (frame.width, frame.height))
        shown_w, shown_h = min(shown_w, width), min(shown_h, height)
        small = frame.reformat(width=shown_w, height=shown_h, format="yuv420p", interpolation="BILINEAR")
        if (shown_w, shown_h) != (width, height):
            self._fill((x, y, width, height), GROUND)
        left, top = x + (width - shown_w) // 4 * 2, y + (height - shown_h) // 4 * 2
        for plane, source, half in zip(self._planes, small.planes, (1, 2, 2), strict=True):
            rows = np.frombuffer(source, np.uint8).reshape(-1, source.line_size)
            part = rows[: shown_h // half, : shown_w // half]
            plane[top // half : (top + shown_h) // half, left // half : (left + shown_w) // half] = part

    def frame(self, number: int) -> Any:
        """The picture as a frame for the encoder."""
        stacked = np.concatenate([plane.reshape(-1) for plane in self._planes]).reshape(-1, WIDTH_PX)
        made = av.VideoFrame.from_ndarray(stacked, format="yuv420p")
        made.pts, made.time_base = number, Fraction(1, FPS)
        return made

    def _fill(self, rect: Rect, colour: tuple[int, int, int]) -> None:
        x, y, width, height = rect
        for plane, value, half in zip(self._planes, colour, (1, 2, 2), strict=True):
            plane[y // half : (y + height) // half, x // half : (x + width) // half] = value
