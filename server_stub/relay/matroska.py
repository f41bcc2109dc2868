"""Writes one person's Opus packets and VP8 frames as they are into a Matroska file that survives a crash."""

from __future__ import annotations

import os
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from app.net.guard.payloads import key_frame_size, voice_ms

#: A cluster is written when it is a second long, and at once to the disk: kill -9 loses at most that second. The muxer
#: would hold one track back for ten seconds to wait for the other: half a second is enough.
CONTAINER_OPTIONS = {"cluster_time_limit": "1000", "flush_packets": "1", "max_interleave_delta": "500000"}
#: The size that the head of the file names when no picture came in time; VP8 key frames carry their own.
NOMINAL_SIZE = (640, 360)
#: How long the head waits for a first picture.
HEAD_WAIT_MS = 1_000
#: The muxer holds a voice back for as long as no picture comes, however long. So it is told this often that there was
#: none until `LATE_MS` ago: a picture that comes even later takes the time that was told.
NO_PICTURE_MS, LATE_MS = 500, 1_500
_MILLISECOND = Fraction(1, 1000)


@dataclass(frozen=True, slots=True)
class Sample:
    """One Opus packet or VP8 frame.

    Attributes:
        kind: "audio" or "video".
        start_ms: since the recording's start.
        data: as it was sent.
        is_key: whether decoding can begin here (always, for audio).
    """

    kind: str
    start_ms: int
    data: bytes
    is_key: bool


class MatroskaFile:
    """One file; belongs to the recorder's thread. Every method may raise OSError when the disk is full."""

    def __init__(self, path: Path, *, has_audio: bool = True, open_container: Any = None) -> None:
        """Makes the file, empty, readable by its owner only.

        Args:
            path: must not exist.
            has_audio: False for a shared screen.
            open_container: stands in for av.open in tests.
        """
        self.path = path
        self._has_audio = has_audio
        self._open_container = open_container
        self._container: Any = None
        self._tracks: dict[str, Any] = {}
        self._held: list[Sample] = []
        self._picture_ms = 0
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))

    def write(self, sample: Sample) -> None:
        """Writes one sample; the first ones are held until the file's head can be written."""
        if self._container is None:
            self._held.append(sample)
            size = key_frame_size(sample.data) if sample.kind == "video" and sample.is_key else None
            if size or sample.start_ms - self._held[0].start_ms >= HEAD_WAIT_MS:
                self._open(size or NOMINAL_SIZE)
        else:
            self._mux(sample)

    def close(self) -> None:
        """Completes the file: duration and index. Without a single sample it stays empty."""
        try:
            if self._container is None and self._held:
                self._open(NOMINAL_SIZE)
        finally:
            container, self._container = self._container, None
            if container is not None:
                container.close()

    def _open(self, size: tuple[int, int]) -> None:
        import av

        make = self._open_container or av.open
        container = self._container = make(str(self.path), "w", format="matroska", options=dict(CONTAINER_OPTIONS))
        picture = container.add_mux_stream("vp8", rate=30, width=size[0], height=size[1])
        picture.time_base = _MILLISECOND
        self._tracks["video"] = picture
        if self._has_audio:
            voice = container.add_stream("libopus", rate=48_000)
            voice.layout = "stereo"
            # Opened only so that it writes the OpusHead that Matroska needs; it never encodes.
            voice.codec_context.open()
            self._tracks["audio"] = voice
        held, self._held = self._held, []
        for sample in sorted(held, key=lambda one: one.start_ms):
            self._mux(sample)

    def _mux(self, sample: Sample) -> None:
        if sample.kind == "video":
            self._picture_ms = max(self._picture_ms, sample.start_ms)
            self._container.mux(self._packet(sample, self._picture_ms))
            return
        if sample.start_ms - LATE_MS - self._picture_ms >= NO_PICTURE_MS:
            self._picture_ms = sample.start_ms - LATE_MS
            # Empty: nothing of it is written.
            self._container.mux(self._packet(Sample("video", self._picture_ms, b"", False), self._picture_ms))
        packet = self._packet(sample, sample.start_ms)
        packet.duration = round(voice_ms(sample.data))
        self._container.mux(packet)

    def _packet(self, sample: Sample, at_ms: int) -> Any:
        from av import Packet

        packet = Packet(sample.data)
        packet.stream = self._tracks[sample.kind]
        packet.time_base = _MILLISECOND
        packet.pts = packet.dts = at_ms
        packet.is_keyframe = sample.is_key
        return packet
