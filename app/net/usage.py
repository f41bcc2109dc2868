"""How much data a call has used, in bytes that its connections sent and received, and how it is doing.

`SEAMS` lists each private name of aiortc that is used here, for tests/test_platform.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.net.receive import Receiver
    from app.net.screen_track import ScreenFigures

#: Module, name inside it. The public way to these counters (`getStats`) cannot be used at the moment of closing.
SEAMS: tuple[tuple[str, str], ...] = (("aiortc.rtcdtlstransport", "RTCDtlsTransport._get_stats"),)


@dataclass(slots=True)
class JoinTimes:
    """When what happened on the way in, `time.monotonic()`; 0.0: not yet."""

    opened_s: float = 0.0
    offered_s: float = 0.0
    answered_s: float = 0.0
    sending_s: float = 0.0
    subscribed_s: float = 0.0
    receiving_s: float = 0.0


class Usage:
    """Adds up over all connections of one meeting, reconnections included; everything runs on the loop."""

    def __init__(self) -> None:
        """Nothing yet."""
        self._meeting = ""
        self._past = 0
        self._counted: dict[int, int] = {}

    def begin(self, meeting: str) -> None:
        """New connections of a meeting follow; those of before do not count on."""
        self._past = self._past + sum(self._counted.values()) if meeting == self._meeting else 0
        self._meeting, self._counted = meeting, {}

    def count(self, connections: Iterable[Any]) -> int:
        """Looks at the counters.

        Args:
            connections: the peer connections that are open now.

        Returns:
            Bytes of the meeting so far: the content of all datagrams, without the headers of IP and UDP.
        """
        for transport in {one for connection in connections for one in transports(connection)}:
            for stats in transport._get_stats().values():
                self._counted[id(transport)] = stats.bytesSent + stats.bytesReceived
        return self._past + sum(self._counted.values())


def packets_received(connection: Any) -> int:
    """How many RTP and RTCP packets a peer connection has received so far."""
    counts = (stats.packetsReceived for one in transports(connection) for stats in one._get_stats().values())
    return sum(counts)


def transports(connection: Any) -> set[Any]:
    """What carries a peer connection: one, where all its lines are bundled."""
    return {one.sender.transport for one in connection.getTransceivers() if one.sender.transport is not None}


def figures(receiver: Receiver | None) -> dict[str, float]:
    """How a call goes, for benches and tests; from any thread.

    Args:
        receiver: what is received; None before there is one.

    Returns:
        pictures_shown: of all others, since they began. audio_gap_ms: longest run that was covered or silent though
        somebody spoke, the worst of all voices. audio_concealed_ms: covered in all, the worst. audio_delay_ms: kept
        in hand against jitter, the most. All 0.0 without a call.
    """
    voices = list(receiver.voice_statistics().values()) if receiver else []
    pictures = list(receiver.picture_statistics().values()) if receiver else []
    return {
        "pictures_shown": float(sum(one.shown for one in pictures)),
        "audio_gap_ms": max((one.longest_gap_ms for one in voices), default=0.0),
        "audio_concealed_ms": max((one.concealed_ms for one in voices), default=0.0),
        "audio_delay_ms": max((one.delay_ms for one in voices), default=0.0),
    }


def share_figures(share: ScreenFigures) -> dict[str, float]:
    """How one's own share is encoded: see `ScreenFigures`; all 0.0 where nothing was."""
    return {
        "share_pictures": float(share.pictures),
        "share_encode_s": share.encode_all_s,
        "share_encode_cpu_s": share.encode_cpu_s,
        "share_bytes": float(share.sent_bytes),
        "share_quantiser": float(share.quantiser) if share.pictures else 0.0,
    }
