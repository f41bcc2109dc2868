"""Reads the pictures of people's files in one pass: packets for copying, decoded frames for clips."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av

from app.net.guard.payloads import is_key_picture, key_frame_size, may_be_decoded
from server_stub.recap.shares import Shared, newest_at

#: A picture older than this is no longer shown: the camera was switched off.
STALE_S = 2.0
#: What lies further ahead is looked up in the file's index; what is nearer is read on to.
FAR_S = 20.0


@dataclass(frozen=True)
class Shot:
    """One compressed picture: seconds on the meeting's clock, whether it stands alone, and its bytes."""

    at_s: float
    is_key: bool
    data: bytes


def read_shots(path: Path, *, from_s: float = 0.0) -> Iterator[Shot]:
    """A file's VP8 packets in order, however abruptly it ends; none where it has no pictures.

    From a second on: from the key frame before it, or from the beginning where the file cannot find that.

    The file may be another's work (a backup that was put in): a picture that no decoder should be given is left out,
    with all that builds on it.
    """
    try:
        file = av.open(str(path), metadata_errors="ignore")
    except (av.FFmpegError, OSError, ValueError):
        return
    with file:
        streams = [stream for stream in file.streams.video if stream.codec_context.name in ("vp8", "libvpx")]
        if not streams:
            return
        step_s = float(streams[0].time_base)
        if from_s > 0:
            _skip_to(file, streams[0], from_s)
        packets, is_whole = file.demux(streams[0]), True
        while True:
            try:
                packet = next(packets)
            except (StopIteration, av.FFmpegError, ValueError):
                return
            if packet.pts is None or not packet.size:
                continue
            data = bytes(packet)
            is_whole = may_be_decoded(data) and (is_whole or is_key_picture(data))
            if is_whole:
                yield Shot(packet.pts * step_s, is_key_picture(data), data)


def _skip_to(file: Any, stream: Any, at_s: float) -> None:
    try:
        file.seek(round(at_s / stream.time_base), stream=stream)
    except (av.FFmpegError, OSError):
        file.seek(0)


class Pictures:
    """One person's pictures, asked for in order of time."""

    def __init__(self, path: Path, *, stale_s: float | None = STALE_S) -> None:
        """Begins before the first.

        Args:
            path: the person's file.
            stale_s: how long a picture is shown at most; None where it stands until the next, however long.
        """
        self._stale_s = stale_s
        self._path = path
        self._shots = read_shots(path)
        self._next: Shot | None = next(self._shots, None)
        self._decoder = _open_decoder()
        self._latest: Any = None
        self._latest_s = -1e9

    def skip_to(self, at_s: float) -> None:
        """Passes to a later second, decoding only from the key frame before it."""
        if self._next is not None and at_s - self._next.at_s > FAR_S:
            self._shots = read_shots(self._path, from_s=at_s)
            self._next = next(self._shots, None)
        group: list[Shot] = []
        while self._next is not None and self._next.at_s <= at_s:
            if self._next.is_key:
                group = []
            group.append(self._next)
            self._next = next(self._shots, None)
        if group and group[0].is_key:
            self._decoder = _open_decoder()
        for shot in group:
            self._decode(shot)

    def at(self, at_s: float) -> Any:
        """The frame to be seen at that second; None while the camera is off."""
        while self._next is not None and self._next.at_s <= at_s:
            self._decode(self._next)
            self._next = next(self._shots, None)
        return self._latest if self._stale_s is None or at_s - self._latest_s <= self._stale_s else None

    def _decode(self, shot: Shot) -> None:
        try:
            frames = self._decoder.decode(av.Packet(shot.data))
        except (av.FFmpegError, ValueError):
            return
        if frames:
            self._latest, self._latest_s = frames[-1], shot.at_s


class Screens:
    """The screen that is large, asked for in order of time. One on which nothing moves has no new pictures."""

    def __init__(self, shares: Sequence[Shared]) -> None:
        self._shares = shares
        self._files = {one.path: Pictures(Path(one.path), stale_s=None) for one in shares}
        self._shown: Shared | None = None

    def at(self, at_s: float) -> Any:
        """The frame of the screen that is large at that second; None where nothing is shared."""
        share, before = newest_at(self._shares, at_s), self._shown
        self._shown = share
        if share is None:
            return None
        if share != before:
            self._files[share.path].skip_to(at_s)
        return self._files[share.path].at(at_s)


def widest(paths: Iterable[Path]) -> int:
    """The width in pixels of the widest picture in these files; 0 where there is none."""
    heads = (key_frame_size(shot.data) for path in sorted(set(paths)) for shot in read_shots(path) if shot.is_key)
    return max((size[0] for size in heads if size), default=0)


def _open_decoder() -> Any:
    decoder = av.CodecContext.create("vp8", "r")
    decoder.thread_count = 1
    return decoder
