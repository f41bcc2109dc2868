"""RTP as the relay needs it: the fixed header read once and written once; pure functions over bytes.

Source: RFC 3550 section 5.1; VP8 payload RFC 7741 section 4.2.
"""

from __future__ import annotations

import struct

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


def vp8_descriptor(payload: bytes) -> tuple[int, bool]:
    """Reads the VP8 payload descriptor.

    Returns:
        Its length in bytes, and whether the packet begins a frame. (0, False) for a payload that is too short.
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
    return length, bool(first & 0x10) and not first & 0x0F


def begins_key_frame(payload: bytes) -> bool:
    """Whether this VP8 payload is the first of a key frame."""
    length, starts = vp8_descriptor(payload)
    return starts and not payload[length] & 1


def unwrap(value: int, last: int, bits: int) -> int:
    """Counts on past the wrap of a counter: the number congruent to `value` that lies nearest to `last`."""
    span = 1 << bits
    return last + (value - last + span // 2) % span - span // 2
