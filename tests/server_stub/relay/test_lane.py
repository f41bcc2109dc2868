"""What each viewer of a stream gets, and what is sent again to whom."""

import pytest

from server_stub.relay.history import PacketRing
from server_stub.relay.lane import Lanes
from server_stub.relay.source import StreamCounts
from tests.fakes.viewers import OwnSocket


class Link(OwnSocket):
    """A viewer's connection; `is_open` is whether it takes packets."""

    def __init__(self, *, is_open=True):
        self.sent, self.is_open = [], is_open

    def send(self, packet):
        if self.is_open:
            self.sent.append(packet)
        return self.is_open


def packet(seq):
    return bytes((0x80, 100)) + seq.to_bytes(2, "big") + bytes(8) + b"x"


def test_a_viewer_of_a_voice_gets_it_at_once_and_one_of_a_picture_from_a_key_frame_on():
    voice, picture, link = Lanes("audio", StreamCounts()), Lanes("video", StreamCounts()), Link()
    assert not voice.add(link)
    assert [lane.link for lane in voice.flowing] == [link]
    assert picture.add(link)
    assert (picture.flowing, [lane.link for lane in picture.waiting]) == ([], [link])
    picture.begin()
    assert ([lane.link for lane in picture.flowing], picture.waiting) == ([link], [])


@pytest.mark.parametrize("has_begun", [False, True])
def test_a_viewer_is_one_only_once_and_gone_when_taken_out(has_begun):
    lanes, link, other = Lanes("video", StreamCounts()), Link(), Link()
    for one in (link, other):
        lanes.add(one)
    if has_begun:
        lanes.begin()
    assert not lanes.add(link), "no second key frame for who waits or watches already"
    assert len(lanes.flowing) + len(lanes.waiting) == 2
    lanes.remove(link)
    lanes.remove(link)
    assert [lane.link for lane in (*lanes.flowing, *lanes.waiting)] == [other]


def test_a_number_of_which_one_got_the_header_alone_is_sent_again_so():
    lanes, ring, link = Lanes("video", StreamCounts()), PacketRing(), Link()
    lanes.add(link)
    lanes.begin()
    lanes.hold_back(link, True)
    for seq in (15, 16, 17):
        lanes.keep_in_step(packet(seq << 8))
        ring.put(seq << 8, packet(seq << 8))
    (bare,) = link.sent
    assert bare == bytes((0x80, 100)) + packet(16 << 8)[2:12]
    lanes.hold_back(link, False)
    lanes.begin()
    lanes.of(link).repair(ring, (16 << 8, 17 << 8), 1e6)
    assert link.sent[1:] == [bare, packet(17 << 8)], "never two contents under one number and the same keys"


def test_only_who_gets_packets_gets_them_again_and_what_is_gone_is_counted():
    counts, ring = StreamCounts(), PacketRing()
    lanes, link, shut = Lanes("video", counts), Link(), Link(is_open=False)
    lanes.add(link)
    assert lanes.of(link) is None, "waits for a key frame"
    lanes.add(shut)
    lanes.begin()
    ring.put(7, packet(7))
    assert lanes.of(link).repair(ring, (7, 8), 1e6) == 8 * len(packet(7))
    assert lanes.of(shut).repair(ring, (7,), 1e6) == 0
    assert link.sent == [packet(7)]
    assert (counts.naks_answered, counts.naks_missed, counts.packets_out) == (1, 1, 1)
    assert counts.bytes_out == len(packet(7))
    assert lanes.of(Link()) is None


def test_no_more_is_sent_again_than_the_link_bears():
    ring, lanes, link = PacketRing(), Lanes("audio", StreamCounts()), Link()
    lanes.add(link)
    for seq in range(10):
        ring.put(seq, packet(seq))
    bits = 8 * len(packet(0))
    assert lanes.of(link).repair(ring, tuple(range(10)), 2.5 * bits) == 3 * bits
    assert lanes.of(link).repair(ring, tuple(range(10)), 0.0) == 0
    assert len(link.sent) == 3


def test_what_is_on_its_way_is_not_sent_again(monkeypatch):
    now_s = [100.0]
    monkeypatch.setattr("server_stub.relay.lane.time.monotonic", lambda: now_s[0])
    ring, lanes, link = PacketRing(), Lanes("audio", StreamCounts()), Link()
    lanes.add(link)
    ring.put(7, packet(7))
    sent = []
    for _ in range(4):
        sent.append(lanes.of(link).repair(ring, (7,), 1e6) > 0)
        now_s[0] += 0.01
    assert sent == [True, False, False, True]


def test_who_is_held_back_gets_nothing_until_the_next_key_frame():
    lanes, link, other = Lanes("video", StreamCounts()), Link(), Link()
    lanes.add(link)
    lanes.add(other)
    lanes.begin()
    assert not lanes.hold_back(link, True)
    assert [lane.link for lane in lanes.flowing] == [other]
    assert not lanes.has(link)
    assert not lanes.add(link), "it is a viewer all the time"
    assert lanes.hold_back(link, False), "it waits for a key frame"
    assert not lanes.hold_back(link, False)
    assert lanes.has(link)
    lanes.begin()
    assert [lane.link for lane in lanes.flowing] == [other, link]
    lanes.hold_back(link, True)
    lanes.remove(link)
    assert lanes.held == []


@pytest.mark.parametrize("has_begun", [True, False])
def test_one_size_goes_on_until_the_other_begins_and_no_longer(has_begun):
    large, low, link, other = Lanes("video", StreamCounts()), Lanes("video", StreamCounts()), Link(), Link()
    for one in (link, other):
        large.add(one)
        low.add(one, is_held=True)
    if has_begun:
        large.begin()
    assert low.hold_back(link, False)
    low.take_over(link, large)
    assert large.has(link), "until the small one begins"
    assert low.waits(link)
    low.begin()
    assert ([lane.link for lane in low.flowing], low.waiting) == ([link], [])
    assert large.has(link), "until its first picture is through"
    assert low.waits(link)
    low.has_begun()
    assert not low.waits(link)
    assert large.is_held(link)
    assert large.has(other), "nobody else is concerned"
    low.begin()
    low.has_begun()
    assert large.hold_back(link, False)
    large.begin()
    assert low.has(link), "it was said once"


def test_who_is_held_back_while_they_wait_for_another_size_keeps_what_they_have():
    large, low, link = Lanes("video", StreamCounts()), Lanes("video", StreamCounts()), Link()
    large.add(link)
    large.begin()
    low.add(link)
    low.take_over(link, large)
    low.hold_back(link, True)
    low.hold_back(link, False)
    low.begin()
    low.has_begun()
    assert large.has(link)
    low.hold_back(link, True)
    low.hold_back(link, False)
    low.take_over(link, large)
    low.begin()
    low.hold_back(link, True)
    low.has_begun()
    assert large.has(link), "nor while the first picture is on its way"
    low.hold_back(link, False)
    low.take_over(link, large)
    low.begin()
    low.remove(link)
    low.has_begun()
    assert large.has(link)


def test_each_viewer_is_told_of_what_they_were_given_and_of_nothing_else():
    lanes, early, late = Lanes("video", StreamCounts()), Link(), Link()
    ring = PacketRing()
    ring.put(7, packet(7))
    lanes.add(early)
    lanes.begin()
    lanes.forwarded += 10
    lanes.add(late)
    lanes.begin()
    lanes.forwarded += 5
    of = {lane.link: lane for lane in lanes.flowing}
    of[early].repair(ring, (7, 8), 1e9)
    assert {link is early: lanes.given_to(lane) for link, lane in of.items()} == {True: 16, False: 5}
    # What the others get while one is held back does not count for them.
    lanes.hold_back(early, True)
    lanes.forwarded += 100
    lanes.hold_back(early, False)
    lanes.begin()
    lanes.forwarded += 1
    assert lanes.given_to(of[early]) == 17
    assert lanes.given_to(of[late]) == 106
