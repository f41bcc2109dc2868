"""What people hear of how their packets arrive."""

import struct

from aiortc import rtp

from server_stub.relay.links import Uplink
from server_stub.relay.source import Source, StreamCounts
from server_stub.relay.stream import Stream
from tests.fakes.viewers import OwnSocket
from tests.server_stub.relay.virtual_loop import run

TYPE = 111


class Link(OwnSocket):
    def __init__(self):
        self.told = []

    def send_rtcp(self, packet):
        self.told += rtp.RtcpPacket.parse(packet)


def test_one_packet_tells_of_all_streams_that_have_begun():
    async def main():
        uplink = Uplink("session", Link())
        for ssrc, source in ((5, "microphone"), (6, "camera"), (7, "screen")):
            stream = Stream("audio" if source == "microphone" else "video", 1_000 + ssrc, StreamCounts())
            stream.bind(Source(uplink.link, "ada", source, ssrc, TYPE, uplink.estimate.has_room))
            uplink.streams[source] = uplink.by_ssrc[ssrc] = stream
        uplink.report_reception()
        assert uplink.link.told == []
        for ssrc, seqs in ((5, (1, 2, 3)), (6, (10, 12))):
            for seq in seqs:
                assert uplink.take(struct.pack("!BBHLL", 0x80, TYPE, seq, 0, ssrc) + b"\x10\x11")
        uplink.report_reception()
        (report,) = [one for one in uplink.link.told if isinstance(one, rtp.RtcpRrPacket)]
        assert [(one.ssrc, one.packets_lost, one.highest_sequence) for one in report.reports] == [(5, 0, 3), (6, 1, 12)]
        for stream in uplink.streams.values():
            stream.unbind()

    run(main())
