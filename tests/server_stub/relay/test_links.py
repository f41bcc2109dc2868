"""What each person's link carries, as it is judged and heard of, and what follows for who sends and who sees."""

import dataclasses
import struct

import pytest

from server_stub.relay import rtcp
from server_stub.relay.links import Downlink, Uplink
from server_stub.relay.rtp import HEADER, SEND_TIME_ID, payload_of, send_time_of, timed_packet
from server_stub.relay.sharing import share_out
from server_stub.relay.source import Source, StreamCounts
from server_stub.relay.stream import Stream
from server_stub.relay.telling import tell_wanted
from tests.fakes.viewers import OwnSocket
from tests.fakes.vp8 import key_frame
from tests.server_stub.relay.virtual_loop import run

SOURCES = ("microphone", "camera", "camera-low")
KEY = b"\x10" + key_frame()
TYPE = 111


class Link(OwnSocket):
    """A connection that is up, and keeps what it is given."""

    def __init__(self):
        self.packets, self.told = [], []

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
        for source in ("microphone", "camera"):
            self.add(source)

    def add(self, source):
        ssrc = self.number * 10 + SOURCES.index(source)
        kind = "audio" if source == "microphone" else "video"
        stream = Stream(kind, 1_000 + ssrc, StreamCounts())
        stream.bind(Source(self.uplink.link, self.id, source, ssrc, TYPE, self.uplink.estimate.has_room))
        self.uplink.streams[source] = self.uplink.by_ssrc[ssrc] = stream
        self.uplink.send_time_ids[ssrc] = SEND_TIME_ID if kind == "video" else 0
        return stream

    def streams(self):
        return list(self.uplink.streams.values())

    def send(self, source, payload, at_s=None):
        ssrc = self.number * 10 + SOURCES.index(source)
        self.seq += 1
        head = 0x80, TYPE | 0x80, self.seq & 0xFFFF, 0, ssrc
        return self.uplink.take(HEADER.pack(*head) + payload if at_s is None else timed_packet(*head, payload, at_s))


class Call:
    def __init__(self, count):
        self.people = [Person(f"p{number}", number) for number in range(1, count + 1)]
        for person in self.people:
            for other in self.people:
                if other is not person:
                    for stream in other.streams():
                        self.offer(person, stream)
        self.now_s = 50.0
        self.told, self.held = [], []

    def offer(self, person, stream):
        person.downlink.lines[stream] = None
        person.downlink.answered[stream] = stream.generation
        stream.add_subscriber(person.downlink.link, is_held=not person.downlink.begins_with(stream))

    def make_low(self, person):
        """A client that has been asked for a small picture sends one."""
        stream = person.add("camera-low")
        for other in self.people:
            if other is not person:
                self.offer(other, stream)
        return stream

    def go_on(self, seconds, size=1_000, per_s=40, *, is_low_begun=True):
        for _ in range(round(seconds * 4)):
            self.now_s += 0.25
            for person in self.people:
                for number in range(per_s // 4):
                    person.send("camera", (KEY if number == 0 else b"\x10\x11") + bytes(size), self.now_s)
                    if "camera-low" in person.uplink.streams and number % 4 == 0:
                        person.send("camera-low", (KEY if is_low_begun else b"\x10\x11") + bytes(300), self.now_s)
            self.share_out()

    def steps(self):
        streams = [stream for one in self.people for stream in one.streams()]
        return share_out(self.people, streams, self.now_s, 0.25, lambda *news: self.held.append(news))

    def share_out(self):
        for _ in self.steps():
            pass
        wants = {person.id: person.downlink.wants for person in self.people if person.downlink.wants is not None}
        tell_wanted({one.id: one for one in self.people}, wants, self.now_s, lambda *news: self.told.append(news))

    def height(self, person, source):
        """What an owner was told last."""
        return {news[:2]: news[2] for news in self.told}[person, source]

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
    payload = bytes(range(8)) + bytes(length - 20)
    timed = timed_packet(0x80, TYPE, 7, 0, 5, payload, 3.5)
    assert send_time_of(timed, SEND_TIME_ID) == (int(3.5 * 2**18) if length < 1_356 else None)
    assert timed[1:12] == HEADER.pack(0x80, TYPE, 7, 0, 5)[1:]
    assert payload_of(timed) == payload
    assert send_time_of(timed, 4) is None
    assert send_time_of(timed, 0) is None


@pytest.mark.parametrize("cut", range(12, 20))
def test_a_header_that_ends_early_says_nothing(cut):
    packet = timed_packet(0x80, TYPE, 7, 0, 5, b"", 3.5)
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


def shown(one, person, viewer):
    """In which sizes somebody's face flows to a viewer, or is waited for."""
    streams = person.uplink.streams
    return [
        source for source in SOURCES[1:] if source in streams and streams[source].is_viewed_by(viewer.downlink.link)
    ]


def arrived(viewer, stream):
    """What came of a picture, without bare headers that keep both sides in step."""
    ours = stream.ssrc.to_bytes(4, "big")
    return [packet for packet in viewer.downlink.link.packets if packet[8:12] == ours and len(packet) > 12]


@call(3)
def test_who_shows_a_face_small_gets_it_small_beside_one_who_shows_it_large_and_large_again_without_a_gap(one):
    ada, grace, alan = one.people
    grace.downlink.show({("p1", "camera"): 180})
    alan.downlink.show({("p1", "camera"): 720})
    one.go_on(1.0)
    assert one.height("p1", "camera-low") == 180
    assert not any(source == "camera-low" for person, source, _ in one.told if person != "p1")
    low, camera = one.make_low(ada), ada.uplink.streams["camera"]
    assert shown(one, ada, grace) == ["camera"]
    one.go_on(1.0, is_low_begun=False)
    assert shown(one, ada, grace) == ["camera", "camera-low"], "the large one goes on until the small one begins"
    assert not arrived(grace, low)
    one.go_on(0.5)
    assert (shown(one, ada, grace), shown(one, ada, alan)) == (["camera-low"], ["camera"])
    packets = len(arrived(grace, camera))
    one.go_on(2.0)
    assert len(arrived(grace, camera)) == packets
    assert len(arrived(grace, low)) > 20
    assert not arrived(alan, low)
    assert one.height("p1", "camera-low") == 180
    assert ada.uplink.link.rates(12)[-1] > 450_000

    grace.downlink.show({("p1", "camera"): 720})
    one.share_out()
    assert shown(one, ada, grace) == ["camera", "camera-low"]
    one.go_on(0.25)
    assert shown(one, ada, grace) == ["camera"]
    one.go_on(10.0)
    assert one.height("p1", "camera-low") == 0
    assert not any(held for _, held in one.held), "it was never said to be held back"


@call(3)
def test_the_large_picture_is_wanted_as_high_as_those_need_it_who_get_it(one):
    ada, grace, alan = one.people
    grace.downlink.show({("p1", "camera"): 720})
    alan.downlink.show({("p1", "camera"): 540})
    one.go_on(1.0)
    assert one.height("p1", "camera") == 720
    grace.downlink.heed(rtcp.MostRate(200_000, (1,)))
    one.go_on(1.0)
    one.make_low(ada)
    one.go_on(4.0)
    assert shown(one, ada, grace) == ["camera-low"]
    assert one.height("p1", "camera") == 540
    assert 150_000 < ada.uplink.link.rates(12)[-1] < 200_000, "the small one is what the poor link bears"
    assert ada.uplink.link.rates(11)[-1] > 1_000_000


@call(3)
def test_a_link_that_does_not_bear_the_large_pictures_gets_the_small_ones_and_who_speaks_large(one):
    ada, grace, alan = one.people
    one.go_on(2.0)
    grace.downlink.heed(rtcp.MostRate(450_000, (1,)))
    one.go_on(1.0)
    for person in (ada, alan):
        one.make_low(person)
    one.go_on(3.0)
    assert sorted(shown(one, person, grace) for person in (ada, alan)) == [["camera"], ["camera-low"]]
    assert shown(one, ada, alan) == ["camera"]
    assert dict(one.held)["p2"] == frozenset()
    grace.downlink.heed(rtcp.MostRate(3_000_000, (1,)))
    one.go_on(8.0)
    assert [shown(one, person, grace) for person in (ada, alan)] == [["camera"], ["camera"]]


@call(2)
def test_in_a_call_of_two_a_face_is_never_made_small_as_well(one):
    ada, grace = one.people
    grace.downlink.show({("p1", "camera"): 180})
    one.go_on(1.0)
    grace.downlink.heed(rtcp.MostRate(100_000, (1,)))
    one.go_on(3.0)
    assert not any(source == "camera-low" for _, source, _ in one.told)
    low = one.make_low(ada)
    one.go_on(2.0)
    assert not arrived(grace, low), "who sends it unasked sends it to nobody"
    assert one.height("p1", "camera-low") == 0


@call(3)
def test_a_small_picture_alone_is_no_face(one):
    ada, grace, alan = one.people
    ada.uplink.streams.pop("camera").unbind()
    for viewer in (grace, alan):
        viewer.downlink.show({("p1", "camera"): 180})
    low = one.make_low(ada)
    for _ in range(20):
        ada.send("camera-low", KEY, one.now_s)
        one.now_s += 0.25
        one.share_out()
    assert not arrived(grace, low)
    assert not arrived(alan, low)
    assert not any(held for _, held in one.held)


@call(3)
def test_a_small_picture_that_never_begins_takes_the_large_one_from_nobody_whose_link_bears_it(one):
    ada, grace, _ = one.people
    grace.downlink.show({("p1", "camera"): 180})
    one.go_on(1.0)
    one.make_low(ada)
    one.go_on(5.0, is_low_begun=False)
    assert "camera" in shown(one, ada, grace)
    assert not any(held for _, held in one.held)
    grace.downlink.show({})
    grace.downlink.show({("p1", "camera"): 180})
    one.go_on(3.0, is_low_begun=False)
    assert "camera" in shown(one, ada, grace), "nor from who shows it again"
    grace.downlink.heed(rtcp.MostRate(100_000, (1,)))
    one.go_on(3.0, is_low_begun=False)
    assert shown(one, ada, grace) == ["camera-low"], "a link that does not bear it is not kept full"


@call(3)
def test_a_hidden_face_is_hidden_in_each_size(one):
    ada, grace, _ = one.people
    grace.downlink.show({("p1", "camera"): 180})
    one.go_on(1.0)
    low = one.make_low(ada)
    one.go_on(1.0)
    assert shown(one, ada, grace) == ["camera-low"]
    grace.downlink.show({})
    assert shown(one, ada, grace) == []
    seen = len(arrived(grace, low))
    one.go_on(1.0)
    assert len(arrived(grace, low)) == seen
    assert grace.downlink.heed(rtcp.KeyFrameWanted(low.ssrc)) is None
    grace.downlink.heed(rtcp.Nack(low.ssrc, tuple(range(65_536))))
    assert len(arrived(grace, low)) == seen
    one.go_on(8.0)
    assert one.height("p1", "camera-low") == 0


@call(4)
def test_who_shows_a_face_small_for_the_first_time_costs_the_others_no_large_key_frame(one):
    ada, grace, alan, eve = one.people
    eve.downlink.show({})
    grace.downlink.show({("p1", "camera"): 180})
    one.go_on(1.0)
    one.make_low(ada)
    one.go_on(2.0)
    asked = len(key_frames(ada, 11))
    eve.downlink.show({("p1", "camera"): 180})
    one.go_on(2.0)
    assert shown(one, ada, eve) == ["camera-low"]
    assert len(key_frames(ada, 11)) == asked
    assert key_frames(ada, 12)
    assert shown(one, ada, alan) == ["camera"]


def key_frames(person, ssrc):
    return [one for one in person.uplink.link.told if one == rtcp.KeyFrameWanted(ssrc)]
