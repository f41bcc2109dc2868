"""What a stream remembers for repair: the last packets to send again, and the missing ones to ask for again."""

from __future__ import annotations

#: Packets kept per stream: about 5 s of a 500 kbit/s picture. Source: aiortc's own video buffer has the same depth.
RING_PACKETS = 512
#: How often a missing packet is asked for again, and how long. Source: measured at 5-20 % loss.
REPEAT_S = 0.040
GIVE_UP_S = {"audio": 0.200, "video": 0.400}
#: A wider gap is not repaired packet by packet: it is a pause of the network, and a key frame is cheaper.
MAX_GAP = 100


class PacketRing:
    """The last 512 packets of a stream, by sequence number."""

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


class Missing:
    """Sequence numbers that have not come, each with its age: who is to be asked for again, who is given up."""

    def __init__(self, kind: str) -> None:
        self._give_up_s = GIVE_UP_S[kind]
        self._since: dict[int, float] = {}

    def __len__(self) -> int:
        return len(self._since)

    def add(self, first: int, count: int, now_s: float) -> list[int]:
        """Notes `count` sequence numbers from `first` on as missing; returns them."""
        lost = [(first + ahead) & 0xFFFF for ahead in range(count)]
        self._since.update(dict.fromkeys(lost, now_s))
        return lost

    def found(self, seq: int) -> bool:
        """Notes that one came after all; whether it had been missed."""
        return self._since.pop(seq, None) is not None

    def due(self, now_s: float) -> tuple[list[int], int]:
        """Those to ask for again now, and how many were given up (they are forgotten)."""
        old = [seq for seq, since_s in self._since.items() if now_s - since_s >= self._give_up_s]
        for seq in old:
            del self._since[seq]
        return list(self._since), len(old)

    def clear(self) -> None:
        """Forgets all."""
        self._since.clear()
