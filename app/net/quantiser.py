"""How coarse a VP8 picture is, read from its head: what an encoder chose is told nowhere else.

Source: RFC 6386, sections 7.3 (the boolean decoder), 9.2 to 9.6 and 19.2 (the frame header).
"""

from __future__ import annotations

_KEY_HEAD, _HEAD = 10, 3
#: What an encoder's scale of 0 to 63 means on the codec's own of 0 to 127. Source: libvpx, `vp8/encoder/onyx_if.c`.
_OF_63 = (
    *(0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 12, 13, 15, 17, 18, 19, 20, 21, 23, 24, 25, 26, 27, 28, 29, 30, 31, 33, 35, 37),
    *(39, 41, 43, 45, 47, 49, 51, 53, 55, 57, 59, 61, 64, 67, 70, 73, 76, 79, 82, 85, 88, 91, 94, 97, 100, 103, 106),
    *(109, 112, 115, 118, 121, 124, 127),
)


def quantiser_of(picture: bytes) -> int:
    """How coarse a whole picture is, 0 (finest) to 63, on the scale of an encoder's limits.

    Args:
        picture: a VP8 frame of our own encoder; what is cut off reads as zeros.
    """
    is_key = not picture[0] & 1
    bits = _Bits(picture[_KEY_HEAD if is_key else _HEAD :])
    if is_key:
        bits.take(2)
    if bits.take(1):
        _skip_segments(bits)
    bits.take(1 + 6 + 3)
    if bits.take(1) and bits.take(1):
        _skip_values(bits, 8, 7)
    bits.take(2)
    index = bits.take(7)
    return next(step for step, least in enumerate(_OF_63) if index <= least)


def _skip_segments(bits: _Bits) -> None:
    has_map, has_data = bits.take(1), bits.take(1)
    if has_data:
        bits.take(1)
        _skip_values(bits, 4, 8)
        _skip_values(bits, 4, 7)
    if has_map:
        for _ in range(3):
            if bits.take(1):
                bits.take(8)


def _skip_values(bits: _Bits, count: int, width: int) -> None:
    for _ in range(count):
        if bits.take(1):
            bits.take(width)


class _Bits:
    """The boolean decoder, for values that are as likely as not."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._value = int.from_bytes(data[:2].ljust(2, b"\0"), "big")
        self._at = 2
        self._range = 255
        self._shifted = 0

    def take(self, count: int) -> int:
        value = 0
        for _ in range(count):
            value = value << 1 | self._next()
        return value

    def _next(self) -> int:
        split = 1 + ((self._range - 1) * 128 >> 8)
        bit = self._value >= split << 8
        if bit:
            self._range -= split
            self._value -= split << 8
        else:
            self._range = split
        while self._range < 128:
            self._value <<= 1
            self._range <<= 1
            self._shifted += 1
            if self._shifted == 8:
                self._shifted = 0
                self._value |= self._data[self._at] if self._at < len(self._data) else 0
                self._at += 1
        return int(bit)
