"""One m-line of the receiving connection: what it receives goes to a stream, and RTCP feedback goes back.

`SEAMS` lists each private name of aiortc that is used here, for tests/test_platform.py.
"""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any, Protocol

from app.net.arrivals import Arrivals, Delivery

if TYPE_CHECKING:
    from app.net.estimate import LinkEstimate
    from app.net.told import Told

_log = logging.getLogger(__name__)

_HEADER_BYTES = 20

#: Module, dotted name inside it; each must exist for this module to work.
SEAMS: tuple[tuple[str, str], ...] = (
    ("aiortc.rtcrtpreceiver", "RTCRtpReceiver.receive"),
    ("aiortc.rtcdtlstransport", "RTCDtlsTransport._register_rtp_receiver"),
    ("aiortc.rtcdtlstransport", "RTCDtlsTransport._unregister_rtp_receiver"),
    ("aiortc.rtcdtlstransport", "RTCDtlsTransport._send_rtp"),
    ("aiortc.rtp", "RtcpRtpfbPacket"),
    ("aiortc.rtp", "RtcpPsfbPacket"),
    ("aiortc.rtp", "RtcpSrPacket"),
    ("aiortc.rtp", "pack_remb_fci"),
)
#: Private attributes of instances: class, then names that its constructor sets.
INSTANCE_SEAMS: tuple[tuple[str, str, tuple[str, ...]], ...] = (("aiortc.rtcrtpsender", "RTCRtpSender", ("_ssrc",)),)


class Stream(Protocol):
    """What becomes of the packets of one m-line."""

    def restart(self) -> None:
        """Another stream follows on this line."""
        ...

    async def take(self, packet: Any, codec: str) -> None:
        """Takes an RTP packet; on the loop."""
        ...

    async def check(self) -> None:
        """Asks for what is missing; on the loop, every few milliseconds."""
        ...


class Line:
    """One m-line of the receiving connection. Stands where aiortc expects a receiver."""

    def __init__(self, transceiver: Any, link: LinkEstimate, told: Told) -> None:
        """Takes the place of an aiortc receiver.

        Args:
            transceiver: aiortc's RTCRtpTransceiver of the m-line; its receiver is not yet started, and our feedback
                bears its sender's SSRC.
            link: judges what the connection carries, by all its lines.
            told: when the relay hears of that.
        """
        self._link, self._told = link, told
        self._receiver = transceiver.receiver
        self._rtcp_ssrc = transceiver.sender._ssrc
        self._ssrc = 0
        self._codecs: dict[int, str] = {}
        self.stream: Stream | None = None
        self.arrivals = Arrivals()
        self._delivery = Delivery()
        self._receiver.receive = self._take_over

    async def _take_over(self, parameters: Any) -> None:
        """Called by aiortc after each negotiation, once the connection is encrypted."""
        transport = self._receiver.transport
        self._codecs = {codec.payloadType: codec.name.lower() for codec in parameters.codecs}
        ssrc = parameters.encodings[0].ssrc if parameters.encodings else 0
        if ssrc == self._ssrc:
            return
        self._ssrc = ssrc
        transport._unregister_rtp_receiver(self)
        transport._register_rtp_receiver(self, parameters)
        self.arrivals.begin_anew()
        self._delivery = Delivery()
        if self.stream is not None:
            self.stream.restart()

    def has_room(self, now_s: float) -> bool:
        """See `LinkEstimate.has_room`."""
        return self._link.has_room(now_s)

    def leave(self) -> None:
        """Ends the feedback; the connection is being closed."""
        self.stream = None

    # What aiortc calls on a receiver.
    async def _handle_rtp_packet(self, packet: Any, arrival_time_ms: int) -> None:
        if packet.ssrc != self._ssrc:
            return
        now_s, size = time.monotonic(), _HEADER_BYTES + len(packet.payload)
        sent = packet.extensions.abs_send_time
        is_news = self._link.note(packet.ssrc, packet.sequence_number, sent, now_s, size)
        if is_news and self._told.is_due(self._link.bps, now_s):
            await self._tell_rate()
        self._delivery.came += 1
        self.arrivals.note(packet.sequence_number, size)
        if self.stream is not None and packet.payload_type in self._codecs:
            await self.stream.take(packet, self._codecs[packet.payload_type])

    async def _handle_rtcp_packet(self, packet: Any) -> None:
        """The relay says how many packets it has given to us: what has not come was lost on its way to us.

        The times in its reports are not needed: voice and picture of one person arrive by the same way.
        """
        from aiortc.rtp import RtcpSrPacket

        if isinstance(packet, RtcpSrPacket) and packet.ssrc == self._ssrc:
            came, lost = self._delivery.told(packet.sender_info.packet_count)
            self._link.count(came, lost, time.monotonic())

    def _handle_disconnect(self) -> None:
        """Nothing to stop: threads here belong to all lines together."""

    async def ask_again(self, seqs: list[int]) -> None:
        """Sends a NACK."""
        from aiortc.rtp import RTCP_RTPFB_NACK, RtcpRtpfbPacket

        packet = RtcpRtpfbPacket(fmt=RTCP_RTPFB_NACK, ssrc=self._rtcp_ssrc, media_ssrc=self._ssrc)
        packet.lost = sorted(seqs)
        self._link.asked(self._ssrc, seqs, time.monotonic())
        await self._send(bytes(packet))

    async def ask_key(self) -> None:
        """Sends a PLI."""
        from aiortc.rtp import RTCP_PSFB_PLI, RtcpPsfbPacket

        await self._send(bytes(RtcpPsfbPacket(fmt=RTCP_PSFB_PLI, ssrc=self._rtcp_ssrc, media_ssrc=self._ssrc)))

    async def _tell_rate(self) -> None:
        """Sends a REMB: what the connection carries to us."""
        from aiortc.rtp import RTCP_PSFB_APP, RtcpPsfbPacket, pack_remb_fci

        fci = pack_remb_fci(int(self._link.bps), [self._ssrc])
        await self._send(bytes(RtcpPsfbPacket(fmt=RTCP_PSFB_APP, ssrc=self._rtcp_ssrc, media_ssrc=0, fci=fci)))

    async def _send(self, feedback: bytes) -> None:
        try:
            await self._receiver.transport._send_rtp(feedback)
        except ConnectionError:
            _log.debug("feedback came after the connection had ended")
