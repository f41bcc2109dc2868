"""One stream between fake connections in virtual time, for the tests of what becomes of its packets."""

import struct
import time

from server_stub.relay import rtcp
from server_stub.relay.source import Source, StreamCounts
from server_stub.relay.stream import Stream
from tests.fakes.viewers import OwnSocket
from tests.fakes.vp8 import key_frame
from tests.server_stub.relay.virtual_loop import run

THEIR_SSRC, OUR_SSRC, THEIR_TYPE = 5, 900, 111
KEY, DELTA = b"\x10" + key_frame(), b"\x10\x11delta"


class FakeLink(OwnSocket):
    """Keeps what it is given; `is_full` makes it lose packets."""

    def __init__(self):
        self.packets, self.control = [], []
        self.is_full = False

    def send(self, packet):
        if not self.is_full:
            self.packets.append(packet)
        return not self.is_full

    def send_rtcp(self, packet):
        self.control += rtcp.read(packet) or [packet]

    def seqs(self):
        return [struct.unpack_from("!H", packet, 2)[0] for packet in self.packets]


class Scene:
    def __init__(self, kind="video"):
        self.counts = StreamCounts()
        self.stream = Stream(kind, OUR_SSRC, self.counts)
        self.publisher, self.subscriber = FakeLink(), FakeLink()
        self.has_room = False
        self.bind(self.publisher)

    def bind(self, link):
        self.stream.bind(Source(link, "ada", "camera", THEIR_SSRC, THEIR_TYPE, lambda now_s: self.has_room))

    def send(self, seq, payload=DELTA, timestamp=0, first=0x80, extra=b"", marker=False):
        kind = THEIR_TYPE | marker << 7
        self.take(struct.pack("!BBHLL", first, kind, seq, timestamp, THEIR_SSRC) + extra + payload)

    def take(self, packet):
        self.stream.take(packet, time.monotonic())

    def subscribe(self):
        self.stream.add_subscriber(self.subscriber)

    def asked(self, kind):
        return [message for message in self.publisher.control if isinstance(message, kind)]


def scene(kind="video"):
    """Runs a coroutine function with a scene in virtual time."""

    def decorate(play):
        def test():
            async def main():
                one = Scene(kind)
                await play(one)
                one.stream.unbind()

            run(main())

        test.__name__ = play.__name__
        return test

    return decorate
