"""VP8 pictures by hand: heads that claim what one likes, and as many bytes behind them as that needs."""

import struct


def key_frame(width=160, height=96, *, partition=None, spare=0, scaling=0):
    """A key frame's head and as many zero bytes as its first partition claims; nothing that could be decoded.

    `partition` is that claim (default: 3 bits for each 16 x 16 pixels), `spare` how many bytes fewer there are.
    """
    blocks = ((width + 15) // 16) * ((height + 15) // 16)
    claimed = (blocks * 3 + 7) // 8 if partition is None else partition
    head = (claimed << 5 | 0x10).to_bytes(3, "little") + b"\x9d\x01\x2a"
    size = struct.pack("<HH", width | scaling << 14, height | scaling << 14)
    return head + size + bytes(max(0, claimed - spare))


#: 27 bytes that claim the largest picture there can be: they cost a viewer three seconds and 0.9 GB.
BOMB = key_frame(16_383, 16_383, partition=17)
