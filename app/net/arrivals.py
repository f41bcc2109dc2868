"""What arrives on one m-line, counted: packets, bytes, and how many were not there when their turn came; pure."""

from __future__ import annotations

from dataclasses import dataclass

from app.net.repair import MAX_GAP, ahead


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
