"""RTP as the relay needs it: the fixed header read once and written once; pure functions over bytes.

Source: RFC 3550 section 5.1.
"""

from __future__ import annotations

import struct

from app.net.estimate import SEND_TIME_HZ
from app.net.guard.payloads import is_key_picture, vp8_descriptor

HEADER = struct.Struct("!BBHLL")
HEADER_BYTES = 12
#: Payload types in every offer of ours, and in every packet that leaves us; they are aiortc's own.
PAYLOAD_TYPE = {"audio": 96, "video": 97}
CLOCK_HZ = {"audio": 48_000, "video": 90_000}
#: Longer packets cannot be encrypted again: pylibsrtp's buffer holds 1500 bytes, 144 of them for the trailer.
MAX_PACKET_BYTES = 1_356

#: The header extension that says when a packet was sent, and its number in every offer of ours (aiortc's own). Source:
#: WebRTC's abs-send-time, RFC 8285 section 4.2 (one-byte headers).
SEND_TIME_URI = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
SEND_TIME_ID = 3
_TIMED_HEADER = struct.Struct("!BBHLLLL")
_TIMED_BYTES = _TIMED_HEADER.size
#: One word of one-byte headers, and the first of them: three bytes of send time.
_ONE_WORD, _SEND_TIME = 0xBEDE_0001, (SEND_TIME_ID << 4 | 2) << 24


def timed_packet(first: int, kind: int, seq: int, timestamp: int, ssrc: int, payload: bytes, now_s: float) -> bytes:
    """A packet that says when it is sent, unless it would grow too long with that.

    Args:
        first: the first byte of its header, 0x80 or 0xA0 (with padding).
        kind: the second one.
        seq: 0-65535.
        timestamp: 32 bits.
        ssrc: 32 bits.
        payload: padding included.
        now_s: monotonic; receivers see differences only.
    """
    if len(payload) > MAX_PACKET_BYTES - _TIMED_BYTES:
        return HEADER.pack(first, kind, seq, timestamp, ssrc) + payload
    time = _SEND_TIME | int(now_s * SEND_TIME_HZ) & 0xFFFFFF
    return _TIMED_HEADER.pack(first | 0x10, kind, seq, timestamp, ssrc, _ONE_WORD, time) + payload


def send_time_of(packet: bytes, number: int) -> int | None:
    """When a packet says that it was sent, 24 bits; None where it does not.

    Args:
        packet: at least 12 bytes.
        number: the extension's, as agreed with who sends; 0: not agreed.
    """
    at = HEADER_BYTES + 4 * (packet[0] & 0x0F)
    if not packet[0] & 0x10 or not number or len(packet) < at + 4 or packet[at : at + 2] != b"\xbe\xde":
        return None
    end = min(len(packet), at + 4 + 4 * (packet[at + 2] << 8 | packet[at + 3]))
    at += 4
    while at + 4 <= end:
        head = packet[at]
        if head >> 4 == number and head & 0x0F == 2:
            return packet[at + 1] << 16 | packet[at + 2] << 8 | packet[at + 3]
        at += 1 + ((head & 0x0F) + 1 if head else 0)
    return None


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
        start += 4 + 4 * (packet[start + 2] << 8 | packet[start + 3])
    return start if start <= len(packet) else -1


def payload_of(packet: bytes) -> bytes:
    """The payload of a packet that we wrote, without padding; empty where the padding lies."""
    start = _TIMED_BYTES if packet[0] & 0x10 else HEADER_BYTES
    if not packet[0] & 0x20:
        return packet[start:]
    end = len(packet) - packet[-1]
    return packet[start:end] if end > start and packet[-1] else b""


def begins_key_frame(payload: bytes) -> bool:
    """Whether this VP8 payload is the first of a key frame."""
    length, starts = vp8_descriptor(payload)
    return starts and is_key_picture(payload[length : length + 1])


def unwrap(value: int, last: int, bits: int) -> int:
    """Counts on past the wrap of a counter: the number congruent to `value` that lies nearest to `last`."""
    span = 1 << bits
    return last + (value - last + span // 2) % span - span // 2
