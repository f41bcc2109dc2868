"""RTCP as the relay needs it: reports, NACK and PLI, read without trust and written by hand; pure functions over bytes.

Source: RFC 3550 section 6 (SR, RR), RFC 4585 section 6 (NACK, PLI), RFC 5104 section 4.3.1 (FIR),
draft-alvestrand-rmcat-remb-03 (REMB).
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

#: Our own SSRC in feedback; nothing is ever sent under it.
OWN_SSRC = 1
_SENDER, _RTP_FEEDBACK, _PICTURE_FEEDBACK = 200, 205, 206
_APPLICATION = 15
_MOST_BPS = 1_000_000_000
_SENDER_INFO = struct.Struct("!LQLLL")
_MAX_NACKED = 512


@dataclass(frozen=True, slots=True)
class SenderReport:
    """What a publisher says of its clock: the NTP time (32.32 fixed point) at which `timestamp` (RTP units) was."""

    ssrc: int
    ntp: int
    timestamp: int
    packets: int
    octets: int


@dataclass(frozen=True, slots=True)
class Nack:
    """Sequence numbers that the sender of this did not get."""

    ssrc: int
    lost: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class KeyFrameWanted:
    """A PLI or FIR."""

    ssrc: int


@dataclass(frozen=True, slots=True)
class MostRate:
    """A REMB: bits a second that the sender of this can receive of these streams together."""

    bps: int
    ssrcs: tuple[int, ...]


Feedback = SenderReport | Nack | KeyFrameWanted | MostRate


def read(compound: bytes) -> list[Feedback]:
    """Reads what the relay acts on out of a decrypted compound packet; all else, and anything malformed, is skipped."""
    found: list[Feedback] = []
    at = 0
    while at + 4 <= len(compound):
        first, kind, words = struct.unpack_from("!BBH", compound, at)
        end = at + 4 + 4 * words
        if first >> 6 != 2 or end > len(compound):
            break
        body = compound[at + 4 : end]
        at = end
        message = _read_one(kind, first & 0x1F, body)
        if message:
            found.append(message)
    return found


def _read_one(kind: int, form: int, body: bytes) -> Feedback | None:
    if kind == _SENDER and len(body) >= 24:
        return SenderReport(*_SENDER_INFO.unpack_from(body))
    if kind == _RTP_FEEDBACK and form == 1 and len(body) >= 12:
        return Nack(int.from_bytes(body[4:8], "big"), _lost(body[8:]))
    if kind == _PICTURE_FEEDBACK and form == 1 and len(body) >= 8:
        return KeyFrameWanted(int.from_bytes(body[4:8], "big"))
    if kind == _PICTURE_FEEDBACK and form == _APPLICATION and body[8:12] == b"REMB" and len(body) >= 16:
        ssrcs = struct.iter_unpack("!L", body[16 : 16 + min(4 * body[12], (len(body) - 16) // 4 * 4)])
        bps = (int.from_bytes(body[13:16], "big") & 0x3FFFF) << (body[13] >> 2)
        return MostRate(min(bps, _MOST_BPS), tuple(ssrc for (ssrc,) in ssrcs))
    if kind == _PICTURE_FEEDBACK and form == 4 and len(body) >= 16:
        # A FIR names its target in its entry; the header's field is zero.
        return KeyFrameWanted(int.from_bytes(body[8:12], "big"))
    return None


def _lost(entries: bytes) -> tuple[int, ...]:
    lost: list[int] = []
    for at in range(0, len(entries) - 3, 4):
        first, more = struct.unpack_from("!HH", entries, at)
        lost.append(first)
        lost.extend((first + bit + 1) & 0xFFFF for bit in range(16) if more >> bit & 1)
        if len(lost) > _MAX_NACKED:
            break
    return tuple(lost[:_MAX_NACKED])


def write_nack(ssrc: int, lost: Iterable[int]) -> bytes:
    """Asks for packets again.

    Args:
        ssrc: the stream.
        lost: sequence numbers, 0-65535, in the order in which they were missed.
    """
    entries: list[list[int]] = []
    for seq in lost:
        # No entry reaches across the wrap: aiortc 1.16 reads 65536 there and finds nothing to send again.
        ahead = seq - entries[-1][0] if entries else 0
        if 1 <= ahead <= 16:
            entries[-1][1] |= 1 << (ahead - 1)
        else:
            entries.append([seq, 0])
    head = struct.pack("!BBHLL", 0x81, _RTP_FEEDBACK, 2 + len(entries), OWN_SSRC, ssrc)
    return head + b"".join(struct.pack("!HH", *entry) for entry in entries)


def write_pli(ssrc: int) -> bytes:
    """Asks for a key frame."""
    return struct.pack("!BBHLL", 0x81, _PICTURE_FEEDBACK, 2, OWN_SSRC, ssrc)


def write_most_rate(bps: float, ssrcs: Sequence[int]) -> bytes:
    """Says how many bits a second, with all headers, these streams may have together; the last digits are rounded."""
    exponent = max(0, int(bps).bit_length() - 18)
    rate = exponent << 18 | int(bps) >> exponent
    head = struct.pack("!BBHLL", 0x80 | _APPLICATION, _PICTURE_FEEDBACK, 4 + len(ssrcs), OWN_SSRC, 0)
    return head + b"REMB" + struct.pack(f"!L{len(ssrcs)}L", len(ssrcs) << 24 | rate, *ssrcs)


def write_sender_report(report: SenderReport) -> bytes:
    """A sender report without report blocks."""
    counts = (report.packets & 0xFFFFFFFF, report.octets & 0xFFFFFFFF)
    info = _SENDER_INFO.pack(report.ssrc, report.ntp, report.timestamp, *counts)
    return struct.pack("!BBH", 0x80, _SENDER, 6) + info


@dataclass(frozen=True, slots=True)
class ReceptionReport:
    """What the relay tells a publisher of its stream, so that its rate and round trip can be judged.

    Attributes:
        ssrc: the publisher's stream.
        fraction_lost: of 256, since the report before.
        lost: in all.
        highest: extended highest sequence number.
        jitter: in RTP units.
        last_report: middle 32 bits of the last sender report's NTP time, 0 before the first.
        delay: since that report, in 1/65536 s.
    """

    ssrc: int
    fraction_lost: int
    lost: int
    highest: int
    jitter: int
    last_report: int
    delay: int


def write_receiver_report(reports: Sequence[ReceptionReport]) -> bytes:
    """A receiver report with a block for each of up to 31 streams; a person sends four at most."""
    head = struct.pack("!BBHL", 0x80 | len(reports), 201, 1 + 6 * len(reports), OWN_SSRC)
    return head + b"".join(map(_reception_block, reports))


def _reception_block(report: ReceptionReport) -> bytes:
    return struct.pack(
        "!LLLLLL",
        report.ssrc,
        report.fraction_lost << 24 | max(0, min(report.lost, 0x7FFFFF)),
        report.highest & 0xFFFFFFFF,
        report.jitter & 0xFFFFFFFF,
        report.last_report,
        report.delay & 0xFFFFFFFF,
    )
