"""A picture that says "as before" changes nothing for any decoder, whatever was sent before and after it."""

import asyncio
from fractions import Fraction

import av
import numpy as np
import pytest

from app.media.types import Frame
from app.net.encoding import SCREEN_MOTION, SCREEN_TEXT, PictureEncoder
from app.net.guard.payloads import is_key_picture, may_be_decoded, vp8_descriptor
from app.net.tracks import PictureTrack
from server_stub.recap.still import still_picture


def moving_pages(size: tuple[int, int], count: int) -> list[np.ndarray]:
    """Pictures of marks that scroll, as planes."""
    width, height = size
    marks = np.random.default_rng(3).random((height, width // 2)) < 0.4
    marks = np.where(marks.repeat(2, axis=1), 20, 245).astype(np.uint8)
    pages = []
    for number in range(count):
        planes = np.full((height * 3 // 2, width), 120 + number, np.uint8)
        planes[:height] = np.roll(marks, 3 * number, axis=0)
        pages.append(planes)
    return pages


def as_a_client_sends(size: tuple[int, int], policy) -> list[bytes]:
    """The VP8 of some pictures, from the client's own encoder."""

    async def encode() -> list[bytes]:
        track = PictureTrack(policy)
        encoder, out = PictureEncoder(track), []
        for number, planes in enumerate(moving_pages(size, 5)):
            payloads, _ = encoder.encode(track._timed(Frame(planes, "yuv420p", number / 10)))
            out.append(b"".join(payload[vp8_descriptor(payload)[0] :] for payload in payloads))
        return out

    return asyncio.run(encode())


def as_a_camera_sends(size: tuple[int, int]) -> list[bytes]:
    """The VP8 of some pictures, from an encoder that keeps segments and probabilities from picture to picture."""
    encoder = av.CodecContext.create("libvpx", "w")
    encoder.width, encoder.height, encoder.pix_fmt, encoder.time_base = *size, "yuv420p", Fraction(1, 10)
    encoder.bit_rate, encoder.options = 400_000, {"deadline": "realtime", "lag-in-frames": "0", "error-resilient": "1"}
    out = []
    for number, planes in enumerate(moving_pages(size, 5)):
        frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
        frame.pts, frame.time_base = number, Fraction(1, 10)
        out += [bytes(packet) for packet in encoder.encode(frame)]
    return out


@pytest.mark.parametrize("codec", ["vp8", "libvpx"])
@pytest.mark.parametrize("size", [(1278, 718), (640, 360), (210, 118)])
def test_nothing_changes_by_it(codec: str, size: tuple[int, int]) -> None:
    for sent in (as_a_client_sends(size, SCREEN_TEXT), as_a_client_sends(size, SCREEN_MOTION), as_a_camera_sends(size)):
        assert is_key_picture(sent[0])
        plain, mixed = (av.CodecContext.create(codec, "r") for _ in range(2))
        plain.thread_count = mixed.thread_count = 1
        for data in sent:
            (expected,) = plain.decode(av.Packet(data))
            (shown,) = mixed.decode(av.Packet(data))
            assert np.array_equal(shown.to_ndarray(), expected.to_ndarray())
            for _ in range(2):
                (again,) = mixed.decode(av.Packet(still_picture(*size)))
                assert np.array_equal(again.to_ndarray(), expected.to_ndarray())


def test_it_is_small_and_passes_the_guard() -> None:
    for size in ((2560, 1440), (1920, 1080), (16, 16)):
        assert len(still_picture(*size)) < 600
        assert may_be_decoded(still_picture(*size))
        assert not is_key_picture(still_picture(*size))
