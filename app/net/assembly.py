"""VP8 pictures out of RTP packets, each handed on as soon as its last packet arrives; pure.

Source: RFC 7741 section 4.3 (payload header).
"""

from __future__ import annotations

from dataclasses import dataclass

from app.net.guard.payloads import is_key_picture, vp8_descriptor
from app.net.repair import ahead

#: Parts that wait for a missing one; about 5 s of a 500 kbit/s picture.
_MOST_PARTS = 512


@dataclass(frozen=True, slots=True)
class Vp8Part:
    """One packet's share of a picture.

    Attributes:
        data: VP8 bytes.
        starts: the first share of its picture.
        ends: the last one (RTP marker).
        is_key: it starts a picture that needs no other.
        timestamp: RTP time, 90 kHz.
    """

    data: bytes
    starts: bool
    ends: bool
    is_key: bool
    timestamp: int


@dataclass(frozen=True, slots=True)
class EncodedPicture:
    """A whole picture, in decoding order.

    Attributes:
        data: VP8 bytes.
        is_key: it needs no other.
        timestamp: RTP time, 90 kHz.
    """

    data: bytes
    is_key: bool
    timestamp: int


def read_part(payload: bytes, *, ends: bool, timestamp: int) -> Vp8Part | None:
    """Reads the payload descriptor.

    Args:
        payload: of one RTP packet.
        ends: its marker bit.
        timestamp: its RTP time.

    Returns:
        The part, or None where the payload is shorter than its descriptor says.
    """
    start, starts = vp8_descriptor(payload)
    if not start:
        return None
    data = payload[start:]
    return Vp8Part(data, starts, ends, starts and is_key_picture(data), timestamp)


class PictureAssembly:
    """Puts the packets of one stream in order.

    A picture is only handed on when every one before it was: VP8 builds each on the last. After `skip` (and at the
    start) it waits for a key picture.

    Attributes:
        key_packets: how many packets the last key picture had; 0 before the first.
    """

    def __init__(self) -> None:
        self.key_packets = 0
        self._parts: dict[int, Vp8Part | None] = {}
        self._next: int | None = None

    @property
    def needs_key(self) -> bool:
        """Whether nothing can be handed on before a key picture comes."""
        return self._next is None

    def is_past(self, seq: int) -> bool:
        """Whether nothing is built any more on the packet of this number, come or not."""
        return self._next is not None and ahead(seq, self._next) < 0

    @property
    def is_at_key(self) -> bool:
        """Whether the picture that is being put together is a key picture: its first packet is there, not yet all."""
        part = self._parts.get(self._next) if self._next is not None else None
        return part is not None and part.is_key

    @property
    def has_hole(self) -> bool:
        """Whether something waits for a packet that is not there."""
        count, seq = 0, self._next
        while seq is not None and seq in self._parts:
            count, seq = count + 1, seq + 1 & 0xFFFF
        return seq is not None and count < len(self._parts)

    def put(self, seq: int, part: Vp8Part | None) -> list[EncodedPicture]:
        """Takes a packet.

        Args:
            seq: its sequence number.
            part: what it holds; None for one that only fills the sequence (padding).

        Returns:
            The pictures that are complete now.
        """
        if self.is_past(seq):
            return []
        self._parts[seq] = part
        if len(self._parts) > _MOST_PARTS:
            return self.skip()
        if self._next is None and (part is None or not self._find_key()):
            return []
        return self._complete()

    def skip(self) -> list[EncodedPicture]:
        """Gives the missing packets up and goes on at the next key picture, if it is there already."""
        stuck, self._next = self._next, None
        if stuck is not None:
            # A key picture that lacks packets itself is not where to go on.
            self._parts.pop(stuck, None)
        if len(self._parts) > _MOST_PARTS // 2:
            # Nothing of what waits can be shown any longer, unless a key picture is among it.
            newest = list(self._parts)[-_MOST_PARTS // 2 :]
            self._parts = {seq: self._parts[seq] for seq in newest}
        return self._complete() if self._find_key() else []

    def _find_key(self) -> bool:
        keys = [seq for seq, part in self._parts.items() if part is not None and part.is_key]
        if not keys:
            return False
        start = keys[0]
        for seq in keys:
            if ahead(seq, start) > 0:
                start = seq
        self._next = start
        # What is far ahead is of a round of numbers before, as long as nothing was put together.
        self._parts = {seq: part for seq, part in self._parts.items() if 0 <= ahead(seq, start) <= _MOST_PARTS}
        return True

    def _complete(self) -> list[EncodedPicture]:
        pictures: list[EncodedPicture] = []
        while (found := self._first_picture()) is not None:
            pictures.append(found)
        return pictures

    def _first_picture(self) -> EncodedPicture | None:
        if self._next is None:
            return None
        seq, parts = self._next, list[Vp8Part]()
        while seq in self._parts:
            part = self._parts[seq]
            seq = seq + 1 & 0xFFFF
            if part is None:
                if not parts:
                    self._parts.pop(self._next)
                    self._next = seq
                continue
            parts.append(part)
            if part.ends:
                self._forget_until(seq)
                self.key_packets = len(parts) if parts[0].is_key else self.key_packets
                return EncodedPicture(b"".join(one.data for one in parts), parts[0].is_key, part.timestamp)
        return None

    def _forget_until(self, seq: int) -> None:
        while self._next is not None and self._next != seq:
            self._parts.pop(self._next, None)
            self._next = self._next + 1 & 0xFFFF
