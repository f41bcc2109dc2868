"""What a VP8 or Opus payload says about itself, read before a decoder sees it; pure.

A decoder believes a picture's head: 27 bytes that claim 16383 x 16383 pixels cost libvpx three seconds and 0.9 GB
before it finds that the rest is missing. So the relay, the recorder, the client and the recap ask here first.

Source: RFC 7741 section 4.2 (payload descriptor), RFC 6386 sections 9.1 and 11.2 (VP8 key frames), RFC 6716 section 3
(Opus packets).
"""

from __future__ import annotations

#: The largest picture anybody may show. Source: a screen of 3840 x 2160 and a camera's 4096 x 2304 pass, either way up;
#: decoding one takes some 0.1 s and 60 MB, which a viewer survives.
MAX_PIXELS = 4096 * 2304
MAX_SIDE_PX = 4096
#: The head of a key frame.
_HEAD_BYTES = 10
_START_CODE = b"\x9d\x01\x2a"
#: Bits that a key frame spends on each 16 x 16 pixels at least. Source: its modes are coded with fixed probabilities
#: (RFC 6386 section 11.2), of which the cheapest pair takes 3.4; less is a picture that is not all there.
_LEAST_BITS = 3
#: Voice. Source: RFC 6716 section 3.2.1: no packet holds more.
MAX_VOICE_MS = 120


def vp8_descriptor(payload: bytes) -> tuple[int, bool]:
    """Reads the descriptor before the VP8 bytes of an RTP packet.

    Returns:
        Its length in bytes, and whether the packet begins a picture. (0, False) for a payload that holds no VP8 bytes.
    """
    if len(payload) < 2:
        return 0, False
    first = payload[0]
    length = 1
    if first & 0x80:
        extended = payload[1]
        length = 2
        if extended & 0x80:
            if len(payload) < 3:
                return 0, False
            length += 2 if payload[2] & 0x80 else 1
        length += bool(extended & 0x40) + bool(extended & 0x30)
    if length >= len(payload):
        return 0, False
    # The bit above the three of the partition's number is reserved, and to be ignored.
    return length, bool(first & 0x10) and not first & 0x07


def is_key_picture(data: bytes) -> bool:
    """Whether a picture that begins with these VP8 bytes needs no other."""
    return bool(data) and not data[0] & 1


def key_frame_size(data: bytes) -> tuple[int, int] | None:
    """Width and height in pixels that a VP8 key frame's first ten bytes claim; None where they are no such head.

    The two bits beside each side ask for scaling on the screen, which no decoder of ours does: they do not count.
    """
    if len(data) < _HEAD_BYTES or data[3:6] != _START_CODE:
        return None
    width, height = int.from_bytes(data[6:8], "little") & 0x3FFF, int.from_bytes(data[8:10], "little") & 0x3FFF
    return (width, height) if width and height else None


def may_begin(data: bytes) -> bool:
    """Whether a picture that begins with these VP8 bytes may be handed on.

    Refused is a key frame whose head is not whole, whose size is nothing or beyond the limit, or whose first partition
    is too short for its size: what a decoder would make room for in vain.
    """
    if not data:
        return False
    if not is_key_picture(data):
        return True
    size = key_frame_size(data)
    if size is None:
        return False
    width, height = size
    if width > MAX_SIDE_PX or height > MAX_SIDE_PX or width * height > MAX_PIXELS:
        return False
    blocks = ((width + 15) // 16) * ((height + 15) // 16)
    return _partition_bytes(data) * 8 >= blocks * _LEAST_BITS


def may_be_decoded(data: bytes) -> bool:
    """Whether a decoder may be given this whole picture: it may begin so, and its first partition is not cut short."""
    return may_begin(data) and (not is_key_picture(data) or len(data) >= _HEAD_BYTES + _partition_bytes(data))


def may_be_sent_on(payload: bytes) -> bool:
    """Whether an RTP packet of a picture may be handed on.

    Looks at a picture's first packet, and at others that hide a key frame's head: whose sequence does not say that a
    picture begins, and which a careless receiver would take for its beginning.
    """
    length, begins = vp8_descriptor(payload)
    if begins:
        return may_begin(payload[length : length + _HEAD_BYTES])
    return payload[length + 3 : length + 6] != _START_CODE or may_begin(payload[length : length + _HEAD_BYTES])


def _partition_bytes(data: bytes) -> int:
    """The length of the first partition that a picture's head tells. Source: RFC 6386 section 9.1."""
    return int.from_bytes(data[:3], "little") >> 5


def voice_ms(opus: bytes) -> float:
    """How much sound an Opus packet holds.

    Returns:
        2.5 to 120 milliseconds; 0.0 for what no decoder takes: nothing, no frames, or more than 120 ms.
    """
    if not opus:
        return 0.0
    shape, code = opus[0] >> 3, opus[0] & 3
    if shape < 12:
        frame_ms = (10.0, 20.0, 40.0, 60.0)[shape & 3]
    elif shape < 16:
        frame_ms = (10.0, 20.0)[shape & 1]
    else:
        frame_ms = (2.5, 5.0, 10.0, 20.0)[shape & 3]
    frames = (1, 2, 2, int.from_bytes(opus[1:2]) & 0x3F)[code]
    return frame_ms * frames if frame_ms * frames <= MAX_VOICE_MS else 0.0
