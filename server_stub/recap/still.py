"""VP8 pictures on which nothing has changed, made without an encoder: what stands still is said again for the film.

A player that is set to a second at which nothing was sent shows the picture that comes next. So a film needs pictures
also where a screen stood still. This one says of each macroblock "as it was", leaves all that a decoder keeps as it is
(references, probabilities), and has some hundred bytes. Source: RFC 6386 sections 7, 9, 16 and 20.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable

#: Where the arithmetic coder stands after a header whose flags are all zero, 1,056 of them for the probabilities of
#: coefficients: so many bits, all zero, are out, and its range is this. Found by trying, proved by two decoders.
_HEADER_BITS, _HEADER_RANGE = 49, 193
#: That no probability of motion vectors changes. Source: RFC 6386 section 17.2.
_VECTORS = (
    *(237, 246, 253, 253, 254, 254, 254, 254, 254, 254, 254, 254, 254, 254, 250, 250, 252, 254, 254),
    *(231, 243, 245, 253, 254, 254, 254, 254, 254, 254, 254, 254, 254, 254, 251, 251, 254, 254, 254),
)
#: Of a macroblock's vector being zero: by whether it has neighbours above and to the left, which are zero, too.
_NO_NEIGHBOUR, _ONE_NEIGHBOUR, _ALL_NEIGHBOURS = 7, 135, 234
_EVEN = 128


@functools.lru_cache(maxsize=16)
def still_picture(width: int, height: int) -> bytes:
    """The picture that says that nothing has changed since the one before.

    Args:
        width: of the picture before, pixels.
        height: the same.
    """
    first = _encode(_decisions((width + 15) // 16, (height + 15) // 16))
    # An inter picture that is shown, and the length of its first part; the second holds no coefficient.
    tag = 1 | 1 << 4 | len(first) << 5
    return tag.to_bytes(3, "little") + first + bytes(4)


def _decisions(columns: int, rows: int) -> Iterable[tuple[int, int]]:
    """What the first part says after its flags: each bit, and the probability of 256 that it is zero."""
    # Macroblocks may say that they have no coefficients, and nearly all do; none is intra, all use the last picture.
    for value, bits in ((1, 1), (1, 8), (1, 8), (255, 8), (128, 8), (0, 2)):
        for bit in reversed(range(bits)):
            yield value >> bit & 1, _EVEN
    for probability in _VECTORS:
        yield 0, probability
    for row in range(rows):
        for column in range(columns):
            yield 1, 1
            yield 1, 1
            yield 0, 255
            neighbours = (row > 0) + (column > 0)
            yield 0, (_NO_NEIGHBOUR, _ONE_NEIGHBOUR, _ALL_NEIGHBOURS)[neighbours]


def _encode(decisions: Iterable[tuple[int, int]]) -> bytes:
    """The arithmetic coder, from the header on. Source: RFC 6386 section 7.3."""
    low, span, bits = 0, _HEADER_RANGE, _HEADER_BITS
    for bit, probability in decisions:
        split = 1 + ((span - 1) * probability >> 8)
        low, span = (low + split, span - split) if bit else (low, split)
        steps = 8 - span.bit_length()
        low, span, bits = low << steps, span << steps, bits + steps
    # The decoder compares eight bits at a time; what follows the last decision may be anything.
    total = bits + 8
    spare = -total % 8
    return (low << spare).to_bytes((total + spare) // 8, "big")
