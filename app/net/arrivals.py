"""What arrives on one m-line, counted: packets, bytes, how many were late, and how many never came; pure."""

from __future__ import annotations

from dataclasses import dataclass

from app.net.repair import MAX_GAP, ahead

#: More in one report is another stream's count.
_MOST_PACKETS = 100_000


@dataclass(slots=True)
class Delivery:
    """What came of what was sent, between two reports of the sender.

    What was sent again and comes twice is refused before it is counted, so it looks lost: two in a hundred at most.

    Attributes:
        came: packets since the last report, those that were sent once more among them.
    """

    came: int = 0
    _told: int | None = None

    def told(self, sent: int) -> tuple[int, int]:
        """The sender has sent so many packets in all, modulo 2**32; returns how many of the last ones came, and not."""
        came, before, self.came, self._told = self.came, self._told, 0, sent
        sent_now = 0 if before is None else sent - before & 0xFFFFFFFF
        return (came, max(0, sent_now - came)) if 0 < sent_now < _MOST_PACKETS else (0, 0)


@dataclass(slots=True)
class Arrivals:
    """Counts only grow, so that who looks twice knows what came in between.

    Attributes:
        packets: that came in their turn or before it.
        missed: that were not there when their turn came; some of them come later, or are sent again.
        size: bytes of all, RTP headers included.
    """

    packets: int = 0
    missed: int = 0
    size: int = 0
    _newest: int | None = None

    def note(self, seq: int, size: int) -> None:
        """Counts a packet.

        Args:
            seq: its number, 0-65535.
            size: its bytes.
        """
        self.size += size
        step = 1 if self._newest is None else ahead(seq, self._newest)
        if step <= 0:
            return  # sent again, or overtaken: it was missed before
        self._newest = seq
        self.packets += 1
        # A wider gap is a pause, not loss.
        self.missed += step - 1 if step <= MAX_GAP else 0

    def begin_anew(self) -> None:
        """Another stream follows; its numbers have nothing to do with those before."""
        self._newest = None
