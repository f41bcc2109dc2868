"""The ring of packets."""

import struct

from server_stub.relay.history import RING_PACKETS, PacketRing


def packet(seq):
    return struct.pack("!BBHLL", 0x80, 97, seq, 0, 0)


def test_the_ring_gives_back_the_last_ones_only():
    ring = PacketRing()
    for seq in range(65_000, 65_000 + 1_000):
        ring.put(seq & 0xFFFF, packet(seq & 0xFFFF))
    newest = (65_000 + 999) & 0xFFFF
    assert ring.get(newest) == packet(newest)
    assert ring.get(newest - RING_PACKETS + 1 & 0xFFFF) is not None
    assert ring.get(newest - RING_PACKETS & 0xFFFF) is None
    ring.clear()
    assert ring.get(newest) is None
