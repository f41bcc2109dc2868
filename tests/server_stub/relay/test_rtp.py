"""Headers that are read once: extensions, padding, VP8 descriptors, wraps."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server_stub.relay.rtp import begins_key_frame, payload_of, payload_start, unwrap, vp8_descriptor

FIXED = struct.pack("!BHLL", 96, 7, 8, 9)
TIME = b"\xbe\xde\x00\x01\x32\x01\x02\x03"


@pytest.mark.parametrize(
    ("packet", "start"),
    [
        (b"\x80" + FIXED + b"voice", 12),
        (b"\x82" + FIXED + b"CSRCcsrc" + b"voice", 20),
        (b"\x90" + FIXED + b"\xbe\xde\x00\x01" + b"ext." + b"voice", 20),
        (b"\x91" + FIXED + b"CSRC" + b"\xbe\xde\x00\x02" + b"ext.ext." + b"voice", 28),
        (b"\x80" + FIXED, 12),
        (b"\x90" + FIXED, -1),
        (b"\x90" + FIXED + b"\xbe\xde\xff\xff", -1),
        (b"\x8f" + FIXED + b"short", -1),
    ],
)
def test_the_payload_begins_behind_csrcs_and_extension(packet, start):
    assert payload_start(packet) == start


@pytest.mark.parametrize(
    ("packet", "payload"),
    [
        (b"\x80" + FIXED + b"voice", b"voice"),
        (b"\xa0" + FIXED + b"voice\x00\x00\x03", b"voice"),
        (b"\xa0" + FIXED + b"\x01", b""),
        (b"\xa0" + FIXED + b"voice\x00", b""),
        (b"\xa0" + FIXED + b"voice\xff", b""),
        (b"\x90" + FIXED + TIME + b"picture", b"picture"),
        (b"\xb0" + FIXED + TIME + b"picture\x00\x00\x03", b"picture"),
        (b"\xb0" + FIXED + TIME + b"\x01", b""),
        (b"\xb0" + FIXED + TIME + b"picture\x0f", b""),
    ],
)
def test_padding_and_the_time_of_sending_are_taken_off(packet, payload):
    assert payload_of(packet) == payload


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        (b"\x10\x00", (1, True)),
        (b"\x00\x00", (1, False)),
        (b"\x11\x00", (1, False)),
        (b"\x90\x80\x05\x00", (3, True)),
        (b"\x90\x80\x85\x01\x00", (4, True)),
        (b"\x90\xe0\x85\x01\x02\x03\x00", (6, True)),
        (b"", (0, False)),
        (b"\x10", (0, False)),
        (b"\x90\x80", (0, False)),
        (b"\x90\x80\x85\x01", (0, False)),
    ],
)
def test_vp8_descriptors(payload, expected):
    assert vp8_descriptor(payload) == expected


@pytest.mark.parametrize(("payload", "is_key"), [(b"\x10\x10", True), (b"\x10\x11", False), (b"\x00\x10", False)])
def test_key_frames_are_known_by_their_first_bit(payload, is_key):
    assert begins_key_frame(payload) is is_key


@given(st.binary(max_size=40))
def test_no_payload_makes_the_readers_raise(data):
    vp8_descriptor(data)
    begins_key_frame(data)
    payload_of(b"\xa0" + FIXED + data)
    payload_start(b"\x9f" + FIXED + data)


@given(st.integers(0, 2**40), st.integers(-30_000, 30_000))
def test_counting_goes_on_past_the_wrap(last, ahead):
    assert unwrap((last + ahead) % 65_536, last, 16) == last + ahead
