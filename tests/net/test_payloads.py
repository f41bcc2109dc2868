"""What pictures and voices claim, before a decoder sees them."""

from fractions import Fraction

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.net.guard.payloads import (
    MAX_PIXELS,
    MAX_SIDE_PX,
    key_frame_size,
    may_be_decoded,
    may_be_sent_on,
    may_begin,
    voice_ms,
    vp8_descriptor,
)
from tests.fakes.vp8 import BOMB, key_frame


def encoded(width, height, *, is_noise=False, options=None):
    """A real key frame of libvpx."""
    encoder = av.CodecContext.create("libvpx", "w")
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuv420p"
    encoder.time_base, encoder.bit_rate = Fraction(1, 30), 100_000
    encoder.options = {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0", "qmin": "60", "qmax": "63"}
    encoder.options |= options or {}
    shape = (height * 3 // 2, width)
    grain = np.random.default_rng(3).integers(0, 255, shape) if is_noise else np.full(shape, 128)
    frame = av.VideoFrame.from_ndarray(grain.astype(np.uint8), format="yuv420p")
    return b"".join(bytes(packet) for packet in [*encoder.encode(frame), *encoder.encode(None)][:1])


@pytest.mark.parametrize(
    "size", [(16, 16), (160, 90), (640, 360), (1280, 720), (2560, 1440), (4096, 2304), (2304, 4096)]
)
def test_real_pictures_of_every_size_pass_even_where_there_is_nothing_to_see(size):
    data = encoded(*size)
    assert key_frame_size(data) == size
    assert may_be_decoded(data)
    assert may_be_sent_on(b"\x10" + data[:1200])


@pytest.mark.parametrize("options", [{}, {"token-parts": "3"}, {"error-resilient": "1"}, {"screen-content-mode": "1"}])
def test_real_pictures_full_of_detail_pass_however_they_are_encoded(options):
    assert may_be_decoded(encoded(320, 180, is_noise=True, options=options))


@pytest.mark.parametrize(
    ("data", "may"),
    [
        (BOMB, False),
        (key_frame(16_383, 16_383), False),
        (key_frame(8192, 8192), False),
        (key_frame(MAX_SIDE_PX + 1, 16), False),
        (key_frame(16, MAX_SIDE_PX + 1), False),
        (key_frame(MAX_SIDE_PX, MAX_SIDE_PX), False),
        (key_frame(4096, 2304), True),
        (key_frame(2304, 4096), True),
        (key_frame(3840, 2160, scaling=3), True),
        (key_frame(1, 1), True),
        (key_frame(0, 0), False),
        (key_frame(0, 100), False),
        (key_frame(100, 0, scaling=3), False),
        (key_frame(640, 360, partition=100), False),
        (b"", False),
        (b"\x00", False),
        (b"\x10\x00\x00\x00\x00\x00" + bytes(20), False),
        (b"\x01", True),
        (b"\x31between", True),
    ],
)
def test_which_picture_may_begin(data, may):
    assert may_begin(data) is may
    assert MAX_PIXELS == 4096 * 2304


def test_a_picture_whose_first_partition_is_cut_short_is_not_decoded():
    assert may_be_decoded(key_frame(640, 360))
    assert may_begin(key_frame(640, 360, spare=1))
    assert not may_be_decoded(key_frame(640, 360, spare=1))


@pytest.mark.parametrize(
    "descriptor",
    [
        b"\x10",
        b"\x18",
        b"\x90\x80\x05",
        b"\x90\x80\x85\x01",
        b"\x90\xf0\x85\x01\x01\x20",
        b"\x00",
        b"\x11",
        b"\x08",
        b"\x80\x00",
    ],
)
def test_a_bomb_is_found_behind_every_descriptor(descriptor):
    assert not may_be_sent_on(descriptor + BOMB)
    assert may_be_sent_on(descriptor + key_frame())


@pytest.mark.parametrize("payload", [b"\x10" + BOMB[:5], b"\x10" + BOMB[:9], b"\x10\x00"])
def test_a_head_that_is_spread_over_packets_is_not_sent_on(payload):
    assert not may_be_sent_on(payload)


@given(st.binary(max_size=40))
def test_nothing_makes_them_raise_and_what_passes_is_within_the_limit(data):
    vp8_descriptor(data)
    may_be_sent_on(data)
    voice_ms(data)
    if may_be_decoded(data) and not data[0] & 1:
        width, height = key_frame_size(data)
        assert width * height <= MAX_PIXELS


@pytest.mark.parametrize(
    ("opus", "ms"),
    [
        (b"", 0),
        (bytes([0 << 3]), 10),
        (bytes([3 << 3]), 60),
        (bytes([3 << 3 | 1]), 120),
        (bytes([12 << 3]), 10),
        (bytes([31 << 3 | 1]), 40),
        (bytes([28 << 3]), 2.5),
        (bytes([28 << 3 | 3, 48]), 120),
        (bytes([28 << 3 | 3, 49]), 0),
        (bytes([31 << 3 | 3, 6]), 120),
        (bytes([31 << 3 | 3, 7]), 0),
        (bytes([31 << 3 | 3, 63]), 0),
        (bytes([31 << 3 | 3, 0]), 0),
        (bytes([31 << 3 | 3]), 0),
        (bytes([3 << 3 | 3, 3]), 0),
    ],
)
def test_a_voice_packet_tells_how_long_it_is(opus, ms):
    assert voice_ms(opus) == ms


def test_the_length_that_is_told_is_the_one_that_is_heard():
    encoder = av.CodecContext.create("libopus", "w")
    encoder.sample_rate, encoder.format, encoder.layout, encoder.bit_rate = 48_000, "s16", "stereo", 64_000
    encoder.options = {"frame_duration": "60"}
    frame = av.AudioFrame.from_ndarray(np.zeros((1, 2 * 2880), np.int16), format="s16", layout="stereo")
    frame.sample_rate = 48_000
    (packet,) = encoder.encode(frame)
    assert voice_ms(bytes(packet)) == 60
