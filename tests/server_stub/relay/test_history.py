"""The ring of packets and the list of missing ones."""

import struct

from server_stub.relay.history import GIVE_UP_S, RING_PACKETS, Missing, PacketRing


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


def test_missing_ones_are_asked_for_until_they_come_or_grow_old():
    missing = Missing("video")
    assert missing.add(65_534, 4, 10.0) == [65_534, 65_535, 0, 1]
    assert missing.found(0)
    assert not missing.found(0)
    assert missing.due(10.1) == ([65_534, 65_535, 1], 0)
    missing.add(7, 1, 10.3)
    assert missing.due(10.0 + GIVE_UP_S["video"]) == ([7], 3)
    assert len(missing) == 1
    missing.clear()
    assert missing.due(11.0) == ([], 0)
