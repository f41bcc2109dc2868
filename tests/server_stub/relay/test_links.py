"""What each person's link carries, as it is judged and heard of, and what follows for who sends and who sees."""

import dataclasses
import struct

import pytest

from server_stub.relay import rtcp
from server_stub.relay.links import Downlink, Uplink, share_out
from server_stub.relay.rtp import SEND_TIME_ID, send_time_of, with_send_time
from server_stub.relay.source import Source, StreamCounts
from server_stub.relay.stream import Stream
from tests.fakes.vp8 import key_frame
from tests.server_stub.relay.virtual_loop import run

KEY = b"\x10" + key_frame()
TYPE = 111


class Link:
    """A connection that is up, and keeps what it is given."""

    def __init__(self):
        self.packets, self.told = [], []
        self.is_up = True

    def send(self, packet):
        self.packets.append(packet)
        return True

    def send_rtcp(self, packet):
        self.told += rtcp.read(packet)

    def rates(self, *ssrcs):
        return [one.bps for one in self.told if isinstance(one, rtcp.MostRate) and one.ssrcs == ssrcs]


@dataclasses.dataclass(eq=False)
class Person:
    """Who sends microphone and camera and sees everybody else."""

    id: str
    number: int
    uplink: Uplink = None
    downlink: Downlink = None

    def __post_init__(self):
        self.uplink, self.downlink = Uplink(self.id, Link()), Downlink(Link())
        self.seq = 0
        for kind, source in (("audio", "microphone"), ("video", "camera")):
            ssrc = self.number * 10 + (kind == "video")
            stream = Stream(kind, 1_000 + ssrc, StreamCounts())
            stream.bind(Source(self.uplink.link, self.id, source, ssrc, TYPE))
            self.uplink.streams[source] = self.uplink.by_ssrc[ssrc] = stream
        self.uplink.send_time_ids = {self.number * 10: 0, self.number * 10 + 1: SEND_TIME_ID}

    def streams(self):
        return list(self.uplink.streams.values())

    def send(self, source, payload, at_s=None):
        ssrc = self.number * 10 + (source == "camera")
        self.seq += 1
        packet = struct.pack("!BBHLL", 0x80, TYPE, self.seq & 0xFFFF, 0, ssrc) + payload
        return self.uplink.take(packet if at_s is None else with_send_time(packet, at_s))


class Call:
    def __init__(self, count):
        self.people = [Person(f"p{number}", number) for number in range(1, count + 1)]
        for person in self.people:
            for other in self.people:
                if other is not person:
                    for stream in other.streams():
                        person.downlink.lines[stream] = None
                        person.downlink.answered[stream] = stream.generation
                        stream.add_subscriber(person.downlink.link)
        self.now_s = 50.0

    def go_on(self, seconds, size=1_000, per_s=40):
        for _ in range(round(seconds * 4)):
            self.now_s += 0.25
            for person in self.people:
                for number in range(per_s // 4):
                    person.send("camera", (KEY if number == 0 else b"\x10\x11") + bytes(size), self.now_s)
            share_out(
                self.people,
                [stream for one in self.people for stream in one.streams()],
                self.now_s,
                0.25,
                lambda person, held: None,
            )

    def end(self):
        for person in self.people:
            for stream in person.streams():
                stream.unbind()


def call(count):
    def decorate(play):
        def test():
            async def main():
                one = Call(count)
                play(one)
                one.end()

            run(main())

        test.__name__ = play.__name__
        return test

    return decorate


@pytest.mark.parametrize("length", [20, 1_348, 1_356])
def test_a_packet_says_when_it_was_sent_unless_it_would_grow_too_long(length):
    packet = struct.pack("!BBHLL", 0x80, TYPE, 7, 0, 5) + bytes(length - 12)
    timed = with_send_time(packet, 3.5)
    assert send_time_of(timed, SEND_TIME_ID) == (int(3.5 * 2**18) if length < 1_356 else None)
    assert timed[-(length - 12) :] == packet[12:]
    assert send_time_of(timed, 4) is None
    assert send_time_of(timed, 0) is None


@pytest.mark.parametrize("cut", range(12, 20))
def test_a_header_that_ends_early_says_nothing(cut):
    packet = with_send_time(struct.pack("!BBHLL", 0x80, TYPE, 7, 0, 5), 3.5)
    assert send_time_of(packet[:cut], SEND_TIME_ID) is None


def test_padding_and_other_extensions_are_passed_over():
    head = struct.pack("!BBHLL", 0x90, TYPE, 7, 0, 5)
    body = b"\x00\x10a\x32\x01\x02\x03\x00"
    assert send_time_of(head + struct.pack("!HH", 0xBEDE, 2) + body, 3) == 0x010203
    assert send_time_of(head + struct.pack("!HH", 0x1000, 2) + body, 3) is None


def test_who_asks_for_everything_again_and_again_gets_a_fair_share_whatever_they_say_of_their_link():
    async def main():
        one = Call(2)
        viewer, sender = one.people
        one.go_on(1.0)
        viewer.downlink.heed(rtcp.MostRate(1_000_000_000, (1,)))
        stream = sender.uplink.streams["camera"]
        viewer.downlink.link.packets.clear()
        flood = rtcp.Nack(stream.ssrc, tuple(range(65_536)))
        for _ in range(20):
            viewer.downlink.allow_repairs(0.05)
            for _ in range(100):
                viewer.downlink.heed(flood)
        assert sum(len(packet) * 8 for packet in viewer.downlink.link.packets) < 1.6 * 40_000_000
        viewer.downlink.heed(rtcp.MostRate(100_000, (1,)))
        viewer.downlink.allow_repairs(1.0)
        viewer.downlink.link.packets.clear()
        viewer.downlink.heed(flood)
        assert sum(len(packet) * 8 for packet in viewer.downlink.link.packets) < 30_000
        one.end()

    run(main())


@call(2)
def test_who_sends_is_told_what_their_only_viewer_can_have(one):
    ada, grace = one.people
    one.go_on(2.0)
    assert ada.uplink.link.rates(11)[-1] > 1_000_000
    grace.downlink.heed(rtcp.MostRate(200_000, (1,)))
    one.go_on(1.0)
    assert 150_000 < ada.uplink.link.rates(11)[-1] < 200_000
    assert ada.uplink.link.rates(10)[-1] == pytest.approx(200_000, rel=0.01), "and a voice, what their links carry"
    assert grace.uplink.link.rates(21)[-1] > 1_000_000


@call(3)
def test_a_picture_that_a_link_does_not_carry_waits_and_the_best_viewer_decides_what_it_may_cost(one):
    ada, grace, alan = one.people
    one.go_on(2.0)
    grace.downlink.heed(rtcp.MostRate(420_000, (1,)))
    one.go_on(2.0)
    seen = [
        stream.is_viewed_by(grace.downlink.link)
        for stream in (ada.uplink.streams["camera"], alan.uplink.streams["camera"])
    ]
    assert sorted(seen) == [False, True], "each costs 330 kbit/s"
    assert all(person.uplink.streams["camera"].is_viewed_by(alan.downlink.link) for person in (ada, grace))
    assert ada.uplink.link.rates(11)[-1] > 1_000_000
    grace.downlink.heed(rtcp.MostRate(3_000_000, (1,)))
    one.go_on(1.0)
    assert all(person.uplink.streams["camera"].is_viewed_by(grace.downlink.link) for person in (ada, alan))


@call(1)
def test_who_is_alone_is_told_nothing_of_viewers_and_packets_of_nobody_are_refused(one):
    (ada,) = one.people
    one.go_on(2.0)
    assert ada.uplink.link.rates(11) == []
    assert not ada.uplink.take(struct.pack("!BBHLL", 0x80, TYPE, 1, 0, 77) + KEY)
