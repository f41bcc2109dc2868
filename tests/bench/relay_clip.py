"""A few seconds of VP8 and Opus for the load: made in the run, so that the bench needs no file."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

WIDTH_PX, HEIGHT_PX, RATE_FPS = 640, 360, 30
_PAYLOAD_BYTES = 1_150


@dataclass(frozen=True, slots=True)
class Clip:
    """What each person sends again and again: per picture its RTP payloads, and Opus packets of 20 ms."""

    pictures: list[list[bytes]]
    voice: list[bytes]


def make_clip(seconds: int = 4) -> Clip:
    """Encodes a moving picture of about 500 kbit/s at 640x360 and 30 fps, and a tone at 32 kbit/s."""
    return Clip([_payloads(frame) for frame in _pictures(seconds * RATE_FPS)], _voice(seconds * 50))


def _pictures(count: int) -> list[bytes]:
    import av

    noise = np.random.default_rng(1)
    codec = av.CodecContext.create("libvpx", "w")
    codec.width, codec.height, codec.pix_fmt = WIDTH_PX, HEIGHT_PX, "yuv420p"
    codec.bit_rate, codec.gop_size = 500_000, 60
    codec.time_base, codec.framerate = Fraction(1, RATE_FPS), RATE_FPS
    # More threads only wait for each other, and spin while they do.
    codec.thread_count = 1
    codec.options = {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"} | dict.fromkeys(
        ("minrate", "maxrate", "bufsize"), "500000"
    )
    scene = noise.integers(90, 160, (HEIGHT_PX * 3 // 2 // 60, WIDTH_PX // 40), dtype=np.uint8)
    frames = []
    for number in range(count):
        picture = np.roll(np.kron(scene, np.ones((60, 40), np.uint8)), number, axis=1)
        picture = picture + noise.integers(0, 4, picture.shape, dtype=np.uint8)
        frame = av.VideoFrame.from_ndarray(picture, format="yuv420p")
        frame.pts, frame.time_base = number, codec.time_base
        frames += [bytes(packet) for packet in codec.encode(frame)]
    return frames


def _payloads(frame: bytes) -> list[bytes]:
    """One frame as RTP payloads. Source: RFC 7741 section 4.2, the one-byte descriptor."""
    parts = [frame[at : at + _PAYLOAD_BYTES] for at in range(0, len(frame), _PAYLOAD_BYTES)]
    return [(b"\x00" if number else b"\x10") + part for number, part in enumerate(parts)]


def _voice(count: int) -> list[bytes]:
    import av

    codec = av.CodecContext.create("libopus", "w")
    codec.sample_rate, codec.layout, codec.format, codec.bit_rate = 48_000, "mono", "s16", 32_000
    codec.time_base = Fraction(1, 48_000)
    noise = np.random.default_rng(2)
    packets = []
    for number in range(count):
        time_s = (np.arange(960) + number * 960) / 48_000
        sound = 6_000 * np.sin(2 * np.pi * 220 * time_s) + noise.normal(0, 300, 960)
        frame = av.AudioFrame.from_ndarray(sound.astype(np.int16).reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = 48_000, number * 960, codec.time_base
        packets += [bytes(packet) for packet in codec.encode(frame)]
    return packets
