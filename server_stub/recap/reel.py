"""Joins the highlights into one WebM file: everyone's picture side by side, everyone's sound mixed.

While a screen is shared it is large, with everyone small beside it; then the whole reel is as large as letters need.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from app.wire.recap import Highlight
from server_stub.recap.canvas import Canvas
from server_stub.recap.mix import RATE_HZ
from server_stub.recap.pictures import Pictures, Screens, widest
from server_stub.recap.shares import Shared
from server_stub.recap.voice import Samples

FPS = 24
#: Width, height and bits a second: of faces alone, and with screens that are at most so wide. At 1920 letters of 11
#: pixels are 10 high in the reel.
FACES = (640, 360, 700_000)
SCREENS = {1280: (1280, 720, 1_800_000), 4096: (1920, 1080, 3_000_000)}
#: While a screen is large, only each second picture is made: a picture nine times as large costs that much more.
SCREEN_STEP = 2
#: Negative holds libvpx's speed; positive lets it follow the clock, and the same input would give other bytes.
VIDEO_OPTIONS = {
    "deadline": "realtime",
    "cpu-used": "-12",
    "lag-in-frames": "0",
    "threads": "1",
    "static-thresh": "80",
    "crf": "18",
}
AUDIO_BITS = 48_000


def cut_spans(highlights: Sequence[Highlight]) -> list[tuple[float, float]]:
    """The highlights' spans on the reel's grid of pictures, so that sound and picture are equally long."""
    return [
        (each.start_s, each.start_s + max(1, round((each.end_s - each.start_s) * FPS)) / FPS) for each in highlights
    ]


def make_reel(
    files: Sequence[Path],
    spans: Sequence[tuple[float, float]],
    sound: Sequence[Samples],
    out: Path,
    shares: Sequence[Shared] = (),
) -> float:
    """Writes the reel, and returns its length in seconds.

    Args:
        files: of the people who have pictures; none gives a plain ground with the sound.
        spans: from `cut_spans`.
        sound: of each span, float32 mono at 48 kHz.
        out: where the file goes.
        shares: the screens that were shared.

    Raises:
        OSError: the disk is full or the folder cannot be written.
    """
    shares = [one for one in shares if any(_overlaps(one, *span) for span in spans)]
    people, screens = [Pictures(path) for path in files], Screens(shares)
    width, height, bits = _shape(shares)
    canvas = Canvas((width, height), len(people))
    frames = 0
    with av.open(str(out), "w", format="webm", options={"fflags": "+bitexact"}) as file:
        video, audio = open_video(file, width, height, bits), open_audio(file)
        for (start_s, end_s), samples in zip(spans, sound, strict=True):
            for person in people:
                person.skip_to(start_s)
            first = frames
            for number in range(round((end_s - start_s) * FPS)):
                at_s = start_s + number / FPS
                screen = screens.at(at_s)
                if screen is None or number % SCREEN_STEP == 0:
                    canvas.draw([person.at(at_s) for person in people], screen)
                    mux(file, video, canvas.frame(frames, FPS))
                frames += 1
            write_sound(file, audio, samples[: (frames - first) * RATE_HZ // FPS], first * RATE_HZ // FPS)
        for stream in (video, audio):
            file.mux(stream.encode(None))
    return round(frames / FPS, 3)


def _overlaps(share: Shared, start_s: float, end_s: float) -> bool:
    return share.start_s < end_s and (share.end_s is None or start_s < share.end_s)


def _shape(shares: Sequence[Shared]) -> tuple[int, int, int]:
    """Width, height and bits a second of a reel that shows these shares."""
    wide = widest(Path(one.path) for one in shares)
    return next(shape for most, shape in SCREENS.items() if wide <= most) if wide else FACES


def open_video(file: Any, width: int, height: int, bits: int) -> Any:
    """Adds a picture stream of that size (pixels) and rate (bits a second)."""
    video = file.add_stream("libvpx", rate=FPS, options=VIDEO_OPTIONS)
    video.width, video.height, video.pix_fmt = width, height, "yuv420p"
    video.bit_rate, video.gop_size = bits, 4 * FPS
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
