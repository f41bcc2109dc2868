"""RTP as the relay needs it: the fixed header read once and written once; pure functions over bytes.

Source: RFC 3550 section 5.1.
"""

from __future__ import annotations

import struct

from app.net.guard.payloads import is_key_picture, vp8_descriptor

HEADER = struct.Struct("!BBHLL")
HEADER_BYTES = 12
#: Payload types in every offer of ours, and in every packet that leaves us; they are aiortc's own.
PAYLOAD_TYPE = {"audio": 96, "video": 97}
CLOCK_HZ = {"audio": 48_000, "video": 90_000}
#: Longer packets cannot be encrypted again: pylibsrtp's buffer holds 1500 bytes, 144 of them for the trailer.
MAX_PACKET_BYTES = 1_356


def payload_start(packet: bytes) -> int:
    """Where the payload begins: behind CSRCs and the header extension.

    Returns:
        Offset in bytes, or -1 where the packet ends earlier than its header says.
    """
    first = packet[0]
    start = HEADER_BYTES + 4 * (first & 0x0F)
    if first & 0x10:
        if len(packet) < start + 4:
            return -1
        start += 4 + 4 * int.from_bytes(packet[start + 2 : start + 4], "big")
    return start if start <= len(packet) else -1


def payload_of(packet: bytes) -> bytes:
    """The payload of a packet that we wrote (12 bytes of header), without padding; empty where the padding lies."""
    if not packet[0] & 0x20:
        return packet[HEADER_BYTES:]
    end = len(packet) - packet[-1]
    return packet[HEADER_BYTES:end] if end > HEADER_BYTES and packet[-1] else b""


#: As much of a payload as tells whether a key frame begins: the longest descriptor, and a byte.
KEY_HEAD_BYTES = 7


def begins_key_frame(payload: bytes) -> bool:
    """Whether this VP8 payload is the first of a key frame."""
    length, starts = vp8_descriptor(payload)
    return starts and is_key_picture(payload[length:])


def unwrap(value: int, last: int, bits: int) -> int:
    """Counts on past the wrap of a counter: the number congruent to `value` that lies nearest to `last`."""
    span = 1 << bits
    return last + (value - last + span // 2) % span - span // 2
