"""Joins the highlights into one WebM file: everyone's picture side by side, everyone's sound mixed.

While a screen is shared it is large, with everyone small beside it; then the whole reel is as large as letters need.
Everyone has a name, whoever speaks a ring, and below stands what they say. Of many people only who speaks is shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from app.wire.recap import Highlight, Utterance
from server_stub.recap.canvas import Canvas, Over
from server_stub.recap.lettering import Row, Stamp, stamp, wrap
from server_stub.recap.mix import RATE_HZ
from server_stub.recap.pictures import Pictures, Screens, widest
from server_stub.recap.shares import Shared
from server_stub.recap.subtitles import Subtitle, Subtitles
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
#: More people than these are shown only in the clips in which they speak.
TOGETHER = 4
#: Letters' size in parts of the picture's height: of words beside faces and below a screen, where three rows must
#: have room. Of names in parts of the picture's and of the face's height, whichever is less.
WORDS, SCREEN_WORDS = 19, 32
NAMES, FACE_NAMES = 27, 7


def cut_spans(highlights: Sequence[Highlight]) -> list[tuple[float, float]]:
    """The highlights' spans on the reel's grid of pictures, so that sound and picture are equally long."""
    return [
        (each.start_s, each.start_s + max(1, round((each.end_s - each.start_s) * FPS)) / FPS) for each in highlights
    ]


def cut_lines(highlights: Sequence[Highlight], transcript: Sequence[Utterance]) -> list[list[Utterance]]:
    """What is said in each highlight."""
    said = {utterance.id: utterance for utterance in transcript}
    return [[said[each] for each in highlight.evidence if each in said] for highlight in highlights]


def make_reel(
    files: Mapping[str, Path],
    spans: Sequence[tuple[float, float]],
    sound: Sequence[Samples],
    out: Path,
    shares: Sequence[Shared] = (),
    lines: Sequence[Sequence[Utterance]] = (),
) -> float:
    """Writes the reel, and returns its length in seconds.

    Args:
        files: by name, in the order of joining; none gives a plain ground with the sound.
        spans: from `cut_spans`.
        sound: of each span, float32 mono at 48 kHz.
        out: where the file goes.
        shares: the screens that were shared.
        lines: what is said in each span, from `cut_lines`; where there are none there are no subtitles.

    Raises:
        OSError: the disk is full or the folder cannot be written.
    """
    shares = [one for one in shares if any(_overlaps(one, *span) for span in spans)]
    people, screens = {name: Pictures(path) for name, path in files.items()}, Screens(shares)
    width, height, bits = _shape(shares)
    frames = 0
    with av.open(str(out), "w", format="webm", options={"fflags": "+bitexact"}) as file:
        video, audio = open_video(file, width, height, bits), open_audio(file)
        for number, ((start_s, end_s), samples) in enumerate(zip(spans, sound, strict=True)):
            said = lines[number] if lines else ()
            shown = {name: people[name] for name in choose_people(list(people), said)}
            for person in shown.values():
                person.skip_to(start_s)
            clip, first = _Clip(shown, screens, said, (width, height)), frames
            for step in range(round((end_s - start_s) * FPS)):
                if clip.look(start_s + step / FPS) or step % SCREEN_STEP == 0:
                    mux(file, video, clip.draw(frames))
                frames += 1
            write_sound(file, audio, samples[: (frames - first) * RATE_HZ // FPS], first * RATE_HZ // FPS)
        for stream in (video, audio):
            file.mux(stream.encode(None))
    return round(frames / FPS, 3)


def choose_people(names: Sequence[str], said: Sequence[Utterance]) -> Sequence[str]:
    """Who is shown in a clip: everyone, or of many those who speak in it."""
    speakers = {utterance.speaker for utterance in said}
    speaking = [name for name in names if name in speakers]
    return names if len(names) <= TOGETHER or not speaking else speaking


class _Clip:
    """One clip of the reel, looked at second by second."""

    def __init__(
        self, people: Mapping[str, Pictures], screens: Screens, said: Sequence[Utterance], size: tuple[int, int]
    ) -> None:
        self._people, self._screens = people, screens
        self._canvas = Canvas(size, len(people))
        self._height = size[1]
        self._subtitles: dict[bool, Subtitles] = {}
        self._said = said
        self._stamps: dict[tuple[Row, ...], Stamp | None] = {}
        self._at_s, self._screen = 0.0, None

    def look(self, at_s: float) -> bool:
        """Goes on to that second; says whether faces alone are shown then, which move more than a screen."""
        self._at_s, self._screen = at_s, self._screens.at(at_s)
        return self._screen is None

    def draw(self, number: int) -> Any:
        """The picture of that second as the frame of that number."""
        self._canvas.draw([person.at(self._at_s) for person in self._people.values()], self._screen)
        subtitles = self._words()
        speakers = subtitles.speakers(self._at_s)
        ringed = [place for place, name in enumerate(self._people) if name in speakers]
        over = [*self._names(), *self._below(subtitles.at(self._at_s))]
        return self._canvas.frame(number, FPS, over, ringed)

    def _words(self) -> Subtitles:
        """The subtitles, in rows as wide as there is room beside a screen or without one."""
        has_screen = self._screen is not None
        if has_screen not in self._subtitles:
            size_px, width = self._word_px(), self._canvas.free[2]
            self._subtitles[has_screen] = Subtitles(self._said, lambda text: wrap(text, width * 0.92, size_px))
        return self._subtitles[has_screen]

    def _word_px(self) -> int:
        return self._height // (WORDS if self._screen is None else SCREEN_WORDS)

    def _names(self) -> list[Over]:
        found = []
        for name, (x, y, width, height) in zip(self._people, self._canvas.faces, strict=True):
            made = self._stamp((Row(name, min(self._height // NAMES, height // FACE_NAMES)),), width)
            found += [(made, x, y)] if made else []
        return found

    def _below(self, shown: Subtitle | None) -> list[Over]:
        """The speaker's name and words, in the middle at the bottom."""
        if shown is None:
            return []
        x, _, width, height = self._canvas.free
        size_px = self._word_px()
        rows = (Row(shown.speaker, size_px * 3 // 4, is_bold=True), *(Row(row, size_px) for row in shown.rows))
        made = self._stamp(rows, width)
        return [(made, x + (width - made.width) // 4 * 2, (height - made.height) // 2 * 2)] if made else []

    def _stamp(self, rows: tuple[Row, ...], most_px: int) -> Stamp | None:
        if rows not in self._stamps:
            self._stamps[rows] = stamp(rows, most_px)
        return self._stamps[rows]


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
