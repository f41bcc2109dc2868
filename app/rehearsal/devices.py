"""Devices that play or write files, in place of the computer's own.

All of them keep to a schedule counted from their start, so they do not drift, and two of them with the same start
instant stay together, even in two processes of one computer.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
import queue
import threading
import wave
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from app.media.camera import OnFrame
from app.media.clock import Clock, SystemClock
from app.media.device_thread import DeviceThread
from app.media.microphone import OnBlock
from app.media.no_speaker import MOST_BACKLOG_S, NoSpeaker
from app.media.pictures import crop_and_scale, to_i420
from app.media.priority import yield_to_voices
from app.media.sounds import stream_blocks
from app.media.speaker import Pull
from app.media.types import BLOCK, BLOCK_S, RATE_HZ, FileUnreadable, Frame, Samples

if TYPE_CHECKING:
    import av

log = logging.getLogger(__name__)

STILL_S = 1 / 15
STALE_S = 0.1
SHOW_STALE_EVERY_S = 0.25
STILL_SUFFIXES = {".png", ".jpg", ".jpeg"}
WRITE_EVERY = 25
# Ten seconds of a sound file are decoded before their time, a quarter of a second at once.
AHEAD_BLOCKS, AT_ONCE_BLOCKS = 1000, 25
# A film that takes no more than this is decoded only once: what a file costs is no cost of a camera.
KEPT_BYTES = 128_000_000


class FileMicrophone:
    """A microphone that hears a sound file, in real time."""

    def __init__(
        self,
        path: Path,
        *,
        loop: bool = False,
        start_at_s: float | None = None,
        from_s: float = 0.0,
        clock: Clock | None = None,
    ) -> None:
        """Remembers what to play; opens nothing.

        Args:
            path: Any sound file, or a video with sound.
            loop: Begin again at the end; otherwise silence follows.
            start_at_s: The instant at which the file begins, for several devices in step. Silence before it; a
                device started later begins in the middle. Default: when started.
            from_s: Which second of the file belongs to that instant.
            clock: Another time than the computer's.
        """
        self._clock = clock or SystemClock()
        self._thread = DeviceThread("file microphone")
        self._path, self._loop, self._start_at_s, self._from_s = path, loop, start_at_s, from_s

    def start(self, on_block: OnBlock) -> None:
        """Begins to play; see `microphone.Microphone.start`.

        Args:
            on_block: Called from the device's own thread 100 times a second with float32 [BLOCK].

        Raises:
            FileUnreadable: The file cannot be read.
        """
        self.stop()
        next(stream_blocks(self._path), None)
        self._thread.begin(lambda stopped: self._run(on_block, stopped))

    def stop(self) -> None:
        """Ends; see `microphone.Microphone.stop`."""
        self._thread.end()

    def _run(self, on_block: OnBlock, stopped: threading.Event) -> None:
        now_s = self._clock.now_s()
        zero_s = now_s if self._start_at_s is None else self._start_at_s
        # Counted from the file's beginning; below zero it has not begun.
        number = round((now_s - zero_s) / BLOCK_S)
        from_s = self._from_s + max(0, number) * BLOCK_S
        silence = np.zeros(BLOCK, np.float32)
        with contextlib.closing(_read_ahead(self._blocks(from_s), stopped)) as blocks:
            while self._clock.wait_until(zero_s + number * BLOCK_S, stopped):
                block = silence if number < 0 else next(blocks, silence)
                is_lost = self._clock.now_s() - (zero_s + number * BLOCK_S) > MOST_BACKLOG_S
                number += 1
                if not is_lost:
                    on_block(block)

    def _blocks(self, from_s: float) -> Generator[Samples]:
        """Endless: the file from a second on, then again from its beginning, or silence."""
        yield from self._once(from_s)
        while self._loop:
            count = 0
            for block in self._once(0.0):
                count += 1
                yield block
            if not count:
                break
        silence = np.zeros(BLOCK, np.float32)
        while True:
            yield silence

    def _once(self, from_s: float) -> Iterator[Samples]:
        try:
            yield from stream_blocks(self._path, from_s=from_s)
        except FileUnreadable:
            log.warning("the rest of the sound file of a file microphone cannot be read; silence follows")


def _read_ahead(blocks: Generator[Samples], stopped: threading.Event) -> Generator[Samples]:
    """Has an endless file decoded in a thread of its own, as a driver has its sound ready when its time has come.

    Once it is closed nothing reads the file any more: it may be moved or deleted.
    """
    ready: queue.Queue[list[Samples]] = queue.Queue(AHEAD_BLOCKS // AT_ONCE_BLOCKS)
    is_closed = threading.Event()

    def read() -> None:
        yield_to_voices()
        while not is_closed.is_set() and (some := list(itertools.islice(blocks, AT_ONCE_BLOCKS))):
            ready.put(some)

    reader = threading.Thread(target=read, name="sound file", daemon=True)
    reader.start()
    try:
        while not stopped.is_set():
            with contextlib.suppress(queue.Empty):
                yield from ready.get(timeout=WRITE_EVERY * BLOCK_S)
    finally:
        is_closed.set()
        # It may wait for room.
        with contextlib.suppress(queue.Empty):
            ready.get_nowait()
        reader.join()
        blocks.close()


class FileCamera:
    """A camera that sees a video file, or one still picture, in real time.

    Attributes:
        most_fps: Frames beyond this rate are left out.
    """

    most_fps = 30.0

    def __init__(
        self,
        path: Path,
        *,
        size_px: tuple[int, int] | None = (640, 360),
        loop: bool = True,
        start_at_s: float | None = None,
        from_s: float = 0.0,
        clock: Clock | None = None,
    ) -> None:
        """Remembers what to play; opens nothing.

        Args:
            path: Any video file, or a PNG or JPEG picture.
            size_px: Width and height to give, cut to that shape; None gives the file's own.
            loop: Begin again at the end; otherwise the last picture stays.
            start_at_s: The instant at which the file begins; the first picture stands before it. Default: when started.
            from_s: Which second of the file belongs to that instant.
            clock: Another time than the computer's.
        """
        self._clock = clock or SystemClock()
        self._thread = DeviceThread("file camera")
        self._path, self._size_px, self._loop = path, size_px, loop
        self._start_at_s, self._from_s = start_at_s, from_s
        self._file_fps = 0.0
        self._film: list[tuple[float, av.VideoFrame]] = []

    def start(self, on_frame: OnFrame) -> None:
        """Begins to play; see `camera.Camera.start`.

        Args:
            on_frame: Called from the device's own thread with "yuv420p" frames.

        Raises:
            FileUnreadable: The file cannot be read or holds no picture.
        """
        self.stop()
        if next(self._decode(), None) is None:
            raise FileUnreadable(f"The file {self._path.name} has no picture in it.")
        self._thread.begin(lambda stopped: self._run(on_frame, stopped))

    def stop(self) -> None:
        """Ends; see `camera.Camera.stop`."""
        self._thread.end()

    def _run(self, on_frame: OnFrame, stopped: threading.Event) -> None:
        yield_to_voices()
        now_s = self._clock.now_s
        begun_s = now_s()
        start_s = begun_s if self._start_at_s is None else self._start_at_s
        zero_s, earliest_s = start_s - self._from_s, max(begun_s, start_s) - STILL_S
        given_s = due_before_s = float("-inf")
        standing: av.VideoFrame | None = None
        for at_s, picture in self._endless():
            due_s = zero_s + at_s
            if stopped.is_set():
                return
            if due_s < earliest_s:
                continue
            standing = standing or picture
            # Nothing new for a while: the last picture stands, as that of a real camera would.
            while due_s - now_s() > STILL_S:
                on_frame(self._shape(standing, now_s()))
                if not self._clock.wait_until(min(due_s, now_s() + STILL_S), stopped):
                    return
            standing = picture
            is_extra = due_s - due_before_s < 0.9 / self.most_fps
            is_stale = now_s() - due_s > STALE_S and now_s() - given_s < SHOW_STALE_EVERY_S
            if is_extra or is_stale:
                continue
            if not self._clock.wait_until(due_s, stopped):
                return
            given_s, due_before_s = now_s(), due_s
            on_frame(self._shape(picture, given_s))

    def _endless(self) -> Iterator[tuple[float, av.VideoFrame]]:
        """The file's pictures with the second at which each is due, on and on; the last one stands for ever."""
        offset_s = 0.0
        last: av.VideoFrame | None = None
        while True:
            length_s = 0.0
            try:
                for at_s, last in self._once():
                    length_s = at_s + 1 / (self._file_fps or self.most_fps)
                    yield offset_s + at_s, last
            except FileUnreadable:
                log.warning("the rest of the video file of a file camera cannot be read")
            if last is None:
                return
            if not self._loop or not length_s or self._path.suffix.lower() in STILL_SUFFIXES:
                yield float("inf"), last
                return
            offset_s += length_s

    def _once(self) -> Iterator[tuple[float, av.VideoFrame]]:
        """The file from its beginning to its end; the second time as it was kept, if it is short."""
        if self._film:
            yield from self._film
            return
        film, size = list[tuple[float, "av.VideoFrame"]](), 0
        for at_s, picture in self._decode():
            size += picture.width * picture.height * 3 // 2
            if size <= KEPT_BYTES:
                film.append((at_s, picture))
            else:
                film.clear()
            yield at_s, picture
        self._film = film

    def _decode(self) -> Iterator[tuple[float, av.VideoFrame]]:
        import av

        try:
            with av.open(str(self._path)) as container:
                if not container.streams.video:
                    return
                stream = container.streams.video[0]
                self._file_fps = float(stream.average_rate or 0.0)
                begin_s: float | None = None
                for picture in container.decode(stream):
                    begin_s = (picture.time or 0.0) if begin_s is None else begin_s
                    yield max(0.0, (picture.time or 0.0) - begin_s), picture
        except (OSError, av.FFmpegError) as error:
            raise FileUnreadable(f"The video file {self._path.name} cannot be read.") from error

    def _shape(self, picture: av.VideoFrame, captured_at_s: float) -> Frame:
        width, height = self._size_px or (picture.width // 2 * 2, picture.height // 2 * 2)
        has_shape = abs(picture.width * height - picture.height * width) <= picture.width + picture.height
        if has_shape or self._size_px is None:
            # Stills are full range and HD files BT.709; everything after this takes limited BT.601 for granted.
            pixels = picture.reformat(
                width=width,
                height=height,
                format="yuv420p",
                dst_colorspace="ITU601",
                dst_color_range="MPEG",
            ).to_ndarray()
            return Frame(np.ascontiguousarray(pixels), "yuv420p", captured_at_s)
        whole = Frame(picture.to_ndarray(format="bgr24"), "bgr24", captured_at_s)
        return to_i420(Frame(crop_and_scale(whole, size_px=(width, height)), "bgr24", captured_at_s))


class FileScreen(FileCamera):
    """A shared screen that is a video file or a picture, in its own size."""

    most_fps = 15.0

    def __init__(
        self, path: Path, *, start_at_s: float | None = None, from_s: float = 0.0, clock: Clock | None = None
    ) -> None:
        """Remembers what to show; opens nothing. Arguments as for FileCamera."""
        super().__init__(path, size_px=None, start_at_s=start_at_s, from_s=from_s, clock=clock)


class FileSpeaker:
    """A speaker that writes what would be heard into a WAV file, in real time."""

    def __init__(self, path: Path, *, clock: Clock | None = None) -> None:
        """Remembers where to write; the file is made by `start`.

        Args:
            path: The WAV file: 48 kHz, 16 bit, mono. An older file is replaced.
            clock: Another time than the computer's.
        """
        self._pace = NoSpeaker(take=self._take, clock=clock)
        self._path = path
        self._waiting: list[bytes] = []
        self._file: wave.Wave_write | None = None
        self._raw_file: BinaryIO | None = None

    def start(self, pull: Pull) -> None:
        """Begins to write; see `speaker.Speaker.start`.

        Args:
            pull: Called from this device's own thread 100 times a second.

        Raises:
            FileUnreadable: The file cannot be made.
        """
        self.stop()
        try:
            self._raw_file = self._path.open("wb")
        except OSError as error:
            raise FileUnreadable(f"The sound file {self._path.name} cannot be written.") from error
        self._file = wave.open(self._raw_file, "wb")  # noqa: SIM115 - closed by stop()
        self._file.setnchannels(1)
        self._file.setsampwidth(2)
        self._file.setframerate(RATE_HZ)
        self._pace.start(pull)

    def stop(self) -> None:
        """Ends and completes the file. Harmless when not started."""
        self._pace.stop()
        if self._file:
            self._write()
            self._file.close()
            self._file = None
        if self._raw_file:
            self._raw_file.close()
            self._raw_file = None

    def _take(self, samples: Samples) -> None:
        self._waiting.append((np.clip(samples, -1.0, 1.0) * 32767).astype("<i2").tobytes())
        if len(self._waiting) >= WRITE_EVERY:
            self._write()

    def _write(self) -> None:
        # writeframes brings the header up to date: the file is playable up to here even after kill -9.
        if self._file and self._raw_file and self._waiting:
            self._file.writeframes(b"".join(self._waiting))
            self._raw_file.flush()
            self._waiting.clear()
