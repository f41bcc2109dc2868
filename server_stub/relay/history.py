"""What a stream remembers for repair: the last packets to send again, and how long it asks for missing ones."""

from __future__ import annotations

from app.net.repair import Patience

#: Packets kept per stream: about 5 s of a 500 kbit/s picture. Source: aiortc's own video buffer has the same depth.
RING_PACKETS = 512
#: How often it is looked whether a request is to be repeated, while packets are missing.
LOOK_S = 0.015
#: The same while none is missing, but was lately.
WATCH_S = 0.02
#: A voice is waited for longer than any listener would: the recording takes it late.
PATIENCE = {
    "audio": Patience(give_up_s=0.2, most_give_up_s=1.0),
    "video": Patience(give_up_s=0.4, most_give_up_s=1.5),
}


class PacketRing:
    """The last 512 packets of a stream, by sequence number."""

    __slots__ = ("_packets",)

    def __init__(self) -> None:
        self._packets: list[bytes | None] = [None] * RING_PACKETS

    def put(self, seq: int, packet: bytes) -> None:
        """Keeps a packet; the sequence number (0-65535) is the one in its header."""
        self._packets[seq % RING_PACKETS] = packet

    def get(self, seq: int) -> bytes | None:
        """The packet with that sequence number, or None when it is gone or never came."""
        packet = self._packets[seq % RING_PACKETS]
        if packet is not None and packet[2] << 8 | packet[3] == seq:
            return packet
        return None

    def clear(self) -> None:
        """Forgets all, so that nothing of a former owner is ever sent again."""
        self._packets = [None] * RING_PACKETS
