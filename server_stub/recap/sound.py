"""Reads sound out of packets and files, with the time at which each piece was heard."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from app.net.guard.payloads import voice_ms
from server_stub.recap.voice import RATE_HZ, Samples

OPUS_RATE_HZ = 48_000
#: 48 kHz to 16 kHz.
STEP = 3
#: A windowed sinc that lets 0-7.8 kHz pass: 127 taps delay by 1.3 ms, which no cut notices.
TAPS = 127
PASS_HZ = 7_800
#: Lost packets are covered for the first so long; a longer gap than the last is no loss but a muted microphone. A
#: shorter one is the clocks' own. Seconds. Source: libopus fades what it makes up within a tenth of a second.
COVERED_S = 0.1
LONGEST_LOSS_S = 1.0
SLIP_S = 0.01
#: Seconds. No meeting lasts longer; a file whose clock says so is damaged, or made to fill whoever reads it.
LONGEST_S = 24 * 3600.0
#: A decoder that begins in the middle of a file is right after so many seconds. Source: RFC 7845 section 4.6.
PRE_ROLL_S = 0.08


class SoundError(Exception):
    """A file holds no sound that can be read; the message is for people."""


def _low_pass() -> Samples:
    at = np.arange(TAPS) - TAPS // 2
    taps = np.sinc(2 * PASS_HZ / OPUS_RATE_HZ * at) * np.hamming(TAPS)
    return np.asarray(taps / taps.sum(), dtype=np.float32)


class OpusListener:
    """Decodes one person's Opus packets, as they come from the network, to 16 kHz mono; covers those that were lost."""

    def __init__(self) -> None:
        self._taps = _low_pass()
        self._tail: Samples = np.zeros(TAPS - 1, np.float32)
        #: The packet decoded last, at 48 kHz; None where it holds no sound.
        self.whole: Samples | None = None
        self._decoder = self._open()
        self._last: tuple[float, bytes] | None = None

    def follow(self, start_s: float, packet: bytes) -> Iterator[tuple[float, Samples]]:
        """The sound of a packet that was said at `start_s`, and before it what stands in for those that are missing.

        Yields:
            (start_s, samples): as `decode` gives them; nothing for a packet that cannot be decoded.
        """
        if self._last is not None:
            end_s, before = self._last
            if SLIP_S < start_s - end_s <= LONGEST_LOSS_S:
                yield end_s, self._cover(before, min(COVERED_S, start_s - end_s))
        samples = self.decode(packet)
        self._last = None
        if samples.size:
            self._last = start_s + len(samples) / RATE_HZ, packet
            yield start_s, samples

    def _cover(self, before: bytes, length_s: float) -> Samples:
        """Sound in place of lost packets, in the manner of the last one and fading.

        A packet of the first byte alone is an empty frame, for which the decoder makes up what may have been there.
        """
        empty = bytes([before[0] & ~3])
        count = max(1, round(length_s * 1000 / voice_ms(empty)))
        return np.concatenate([self.decode(empty) for _ in range(count)])

    def decode(self, packet: bytes) -> Samples:
        """Float32 mono at 16 kHz; empty for a packet that cannot be decoded."""
        self.whole = None
        if not voice_ms(packet):
            return np.zeros(0, np.float32)
        try:
            frames = self._decoder.decode(av.Packet(packet))
        except (av.FFmpegError, ValueError):
            self._decoder = self._open()
            return np.zeros(0, np.float32)
        sound = [_mono(frame) for frame in frames]
        if not sound:
            return np.zeros(0, np.float32)
        self.whole = np.concatenate(sound)
        joined = np.concatenate([self._tail, *sound])
        self._tail = joined[-(TAPS - 1) :]
        # The taps read the same backwards, so this is the filter, worked out for the samples that are kept only.
        return np.asarray(sliding_window_view(joined, TAPS)[::STEP] @ self._taps, np.float32)

    @staticmethod
    def _open() -> Any:
        decoder = av.CodecContext.create("libopus", "r")
        decoder.sample_rate = OPUS_RATE_HZ
        decoder.layout = "mono"
        return decoder


def _mono(frame: Any) -> Samples:
    """A decoded frame as float32 mono, -1 to 1, whatever layout the decoder chose."""
    raw = frame.to_ndarray()
    if raw.dtype == np.int16:
        raw = raw.astype(np.float32) / 32768.0
    if not frame.format.is_planar:
        raw = raw.reshape(-1, frame.layout.nb_channels).T
    return np.asarray(raw[0] if len(raw) == 1 else raw.mean(axis=0), dtype=np.float32)


def read_sound(path: Path, rate_hz: int, *, from_s: float = 0.0) -> Iterator[tuple[float, Samples]]:
    """Plays a file's first sound track from beginning to end, however abruptly it ends.

    Args:
        path: any file that FFmpeg reads; a person's Matroska file among them.
        rate_hz: samples per second wanted.
        from_s: sound that ends before this second is left out, and mostly not even read.

    Yields:
        (start_s, samples): seconds by the file's own clock, float32 mono within -1 to 1. Gaps of the file stay gaps;
        a file of floats that goes beyond full scale is made softer as a whole, by its peak. Where a file's clock runs
        to before its beginning or beyond a day, it ends.

    Raises:
        SoundError: it cannot be opened, or has no sound track.
    """
    with _open(path, from_s) as file:
        frames = _frames(file)
        if file.streams.audio[0].codec_context.name.startswith("pcm_f"):
            frames = _scaled(frames, _peak(path))
        yield from _decoded(frames, rate_hz, from_s)


def read_voice(path: Path, *, from_s: float = 0.0) -> Iterator[tuple[float, Samples]]:
    """Plays a person's file for the recogniser, at 16 kHz: as `read_sound`, with what is missing of Opus covered.

    Raises:
        SoundError: it cannot be opened, or has no sound track.
    """
    with _open(path, from_s) as file:
        if file.streams.audio[0].codec_context.name in ("opus", "libopus"):
            listener = OpusListener()
            for packet in _packets(file):
                if packet.pts is None or not packet.size:
                    continue
                at_s = float(packet.pts * packet.time_base)
                if not 0 <= at_s + voice_ms(bytes(packet)) / 1000 <= LONGEST_S:
                    return
                for start_s, samples in listener.follow(at_s, bytes(packet)):
                    if start_s + len(samples) / RATE_HZ > from_s:
                        yield start_s, samples
            return
    yield from read_sound(path, RATE_HZ, from_s=from_s)


def _open(path: Path, from_s: float) -> Any:
    try:
        file = av.open(str(path), metadata_errors="ignore")
    except (av.FFmpegError, OSError, ValueError) as error:
        raise SoundError(f"{path} cannot be read: {_why(error)}.") from error
    if not file.streams.audio:
        file.close()
        raise SoundError(f"{path} holds no sound.")
    if from_s > PRE_ROLL_S:
        _skip_to(file, from_s - PRE_ROLL_S)
    return file


def _skip_to(file: Any, at_s: float) -> None:
    """Reads on from a little before that second; where a file cannot do that, from its beginning."""
    # By the sound's own track: a picture track may be empty, or have its key frames far apart.
    sound = file.streams.audio[0]
    try:
        file.seek(round(at_s / sound.time_base), stream=sound)
    except (av.FFmpegError, OSError):
        file.seek(0)


def _decoded(frames: Iterator[Any], rate_hz: int, from_s: float) -> Iterator[tuple[float, Samples]]:
    resampler, next_s = _resampler(rate_hz), None
    for frame in frames:
        start_s = frame.time if frame.time is not None else (next_s or 0.0)
        length_s = frame.samples / frame.sample_rate
        if next_s is not None and abs(start_s - next_s) > 0.03:
            resampler = _resampler(rate_hz)
        elif next_s is not None:
            start_s = next_s
        next_s = start_s + length_s
        if not 0 <= next_s <= LONGEST_S:
            return
        frame.pts = None
        for piece in resampler.resample(frame):
            # A lossy codec goes a little beyond full scale.
            samples = np.clip(piece.to_ndarray().reshape(-1), -1.0, 1.0).astype(np.float32)
            if samples.size and next_s > from_s:
                yield start_s, samples


def _packets(file: Any) -> Iterator[Any]:
    """The sound's packets; a file cut off in the middle just ends."""
    packets = file.demux(file.streams.audio[0])
    while True:
        try:
            packet = next(packets)
        except (StopIteration, av.FFmpegError, ValueError):
            return
        yield packet


def _frames(file: Any) -> Iterator[Any]:
    """Decoded frames; damaged packets are passed over."""
    for packet in _packets(file):
        try:
            yield from packet.decode()
        except (av.FFmpegError, ValueError):
            continue


def _peak(path: Path) -> float:
    """The loudest sample of a file of floats, 1.0 at least; what is no number counts for nothing."""
    peak = 1.0
    with av.open(str(path), metadata_errors="ignore") as file:
        for frame in _frames(file):
            peak = max(peak, float(np.abs(_numbers(frame)).max(initial=0.0)))
    return peak


def _scaled(frames: Iterator[Any], peak: float) -> Iterator[Any]:
    """The same frames with full scale at their peak, and silence where there is no number."""
    for frame in frames:
        loud = np.asarray(_numbers(frame)[None] / peak, np.float32)
        made = av.AudioFrame.from_ndarray(loud, format="fltp", layout="mono")
        made.sample_rate, made.pts, made.time_base = frame.sample_rate, frame.pts, frame.time_base
        yield made


def _numbers(frame: Any) -> NDArray[np.float64]:
    """A frame's channels as one; what is no number is silence."""
    raw = np.asarray(frame.to_ndarray(), np.float64)
    if not frame.format.is_planar:
        raw = raw.reshape(-1, frame.layout.nb_channels).T
    return np.asarray(np.where(np.isfinite(raw), raw, 0.0).mean(axis=0), np.float64)


def _resampler(rate_hz: int) -> Any:
    return av.AudioResampler(format="flt", layout="mono", rate=rate_hz)


def _why(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "there is no such file"
    if isinstance(error, PermissionError):
        return "this user may not read it"
    return "it is not a sound or video file"
