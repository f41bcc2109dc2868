"""One stream with fake connections and virtual time: shared plaintext, repairs, key frames, changes of owner."""

import asyncio
import struct

import pytest

from server_stub.relay import rtcp
from server_stub.relay.feedback import KEY_FRAME_PAUSE_S
from server_stub.relay.history import RING_PACKETS
from server_stub.relay.rtp import payload_start
from tests.server_stub.relay.stream_scene import DELTA, KEY, OUR_SSRC, THEIR_SSRC, THEIR_TYPE, FakeLink, Scene, scene
from tests.server_stub.relay.virtual_loop import run


@scene("audio")
async def test_all_get_the_same_bytes_under_our_name(one):
    others = [FakeLink(), FakeLink()]
    for link in others:
        one.stream.add_subscriber(link)
    one.send(10, b"voice", timestamp=960)
    one.send(11, b"voice", timestamp=1920, first=0x90, extra=b"\xbe\xde\x00\x01ext.")
    (first, second) = others[0].packets
    assert others[0].packets == others[1].packets
    assert others[0].packets[0] is others[1].packets[0]
    assert first[8:12] == OUR_SSRC.to_bytes(4, "big")
    assert first[1] & 0x7F == 96
    assert second[0] == 0x80
    assert second[12:] == b"voice"
    assert int.from_bytes(second[4:8], "big") - int.from_bytes(first[4:8], "big") == 960
    assert (one.counts.packets_in, one.counts.packets_out) == (2, 4)


@scene()
async def test_pictures_begin_with_a_key_frame(one):
    one.send(1, KEY)
    one.subscribe()
    assert one.asked(rtcp.KeyFrameWanted) == [rtcp.KeyFrameWanted(THEIR_SSRC)]
    one.send(2)
    assert one.subscriber.packets == []
    one.send(3, KEY)
    one.send(4)
    assert len(one.subscriber.packets) == 2


@scene()
async def test_wishes_for_key_frames_are_merged_and_repeated_until_one_comes(one):
    one.send(1, KEY)
    loop = asyncio.get_running_loop()
    begin_s = loop.time()
    for _ in range(50):
        one.stream.want_key_frame()
    assert len(one.asked(rtcp.KeyFrameWanted)) == 1
    await asyncio.sleep(KEY_FRAME_PAUSE_S + 0.01)
    assert len(one.asked(rtcp.KeyFrameWanted)) == 2
    one.send(2, KEY)
    await asyncio.sleep(10)
    assert len(one.asked(rtcp.KeyFrameWanted)) == 2
    for _ in range(100):
        one.stream.want_key_frame()
        await asyncio.sleep(0.1)
    assert len(one.asked(rtcp.KeyFrameWanted)) - 2 <= 2 * (loop.time() - begin_s - 10)
    await asyncio.sleep(10)
    asked = len(one.asked(rtcp.KeyFrameWanted))
    await asyncio.sleep(10)
    assert len(one.asked(rtcp.KeyFrameWanted)) == asked


@scene()
async def test_a_newcomer_gets_a_key_frame_even_when_the_first_wishes_were_in_vain(one):
    one.subscribe()
    await asyncio.sleep(30)
    asked = len(one.asked(rtcp.KeyFrameWanted))
    one.send(1)
    assert len(one.asked(rtcp.KeyFrameWanted)) == asked + 1
    one.send(2, KEY)
    assert len(one.subscriber.packets) == 1


@scene()
async def test_a_full_socket_loses_packets_and_others_do_not(one):
    other = FakeLink()
    one.subscribe()
    one.stream.add_subscriber(other)
    one.send(1, KEY)
    one.subscriber.is_full = True
    one.send(2)
    assert (len(one.subscriber.packets), len(other.packets)) == (1, 2)
    assert one.counts.packets_out == 3


@scene()
async def test_a_new_owner_goes_on_where_the_old_one_ended_and_is_sent_to_nobody_at_first(one):
    one.subscribe()
    one.send(50_000, KEY, timestamp=2**32 - 10)
    one.send(50_001, timestamp=5)
    before, generation = one.subscriber.seqs(), one.stream.generation
    one.bind(FakeLink())
    assert one.stream.generation > generation
    one.send(7, KEY, timestamp=77)
    assert one.subscriber.seqs() == before
    one.subscribe()
    one.send(8, KEY, timestamp=99)
    assert one.subscriber.seqs()[-1] == (before[-1] + 2) & 0xFFFF
    one.stream.repair(one.subscriber, (before[-1],), 1e6)
    assert one.counts.naks_missed == 1, "nothing of the old owner is left"
    stamps = [int.from_bytes(packet[4:8], "big") for packet in one.subscriber.packets]
    assert 0 < (stamps[-1] - stamps[-2]) % 2**32 < 90_000


@scene()
async def test_a_packet_from_before_the_first_is_never_sent_under_a_used_number(one):
    one.subscribe()
    one.send(100, KEY)
    one.send(99, KEY)
    assert len(one.subscriber.packets) == 1
    assert one.counts.packets_refused == 1


@pytest.mark.parametrize(
    "packet",
    [
        struct.pack("!BBHLL", 0x80, 96, 1, 2, THEIR_SSRC) + DELTA,
        struct.pack("!BBHLL", 0x90, THEIR_TYPE, 1, 2, THEIR_SSRC) + b"\xbe\xde\xff\xff",
        struct.pack("!BBHLL", 0x80, THEIR_TYPE, 1, 2, THEIR_SSRC) + bytes(1_400),
        struct.pack("!BBHLL", 0xA0, THEIR_TYPE, 1, 2, THEIR_SSRC),
        struct.pack("!BBHLL", 0xA0, THEIR_TYPE, 1, 2, THEIR_SSRC) + DELTA + b"\x00",
        struct.pack("!BBHLL", 0xA0, THEIR_TYPE, 1, 2, THEIR_SSRC) + DELTA + bytes((len(DELTA) + 2,)),
        struct.pack("!BBHLL", 0xA0, THEIR_TYPE, 1, 2, THEIR_SSRC) + DELTA + b"\xff",
    ],
    ids=[
        "another payload type",
        "an extension past the end",
        "too long to encrypt again",
        "padding of nothing",
        "padding of no bytes",
        "more padding than payload",
        "more padding than packet",
    ],
)
def test_packets_that_are_not_what_was_agreed_are_refused(packet):
    async def main():
        one = Scene("audio")
        one.subscribe()
        one.take(packet)
        assert one.subscriber.packets == []
        assert one.counts.packets_refused == 1
        one.stream.unbind()

    run(main())


@scene()
async def test_sender_reports_go_on_in_our_timestamps(one):
    one.subscribe()
    one.send(1, KEY, timestamp=1000)
    one.stream.take_report(rtcp.SenderReport(THEIR_SSRC, 42 << 32, 1000, 10, 20))
    (report,) = one.subscriber.control
    sent = int.from_bytes(one.subscriber.packets[0][4:8], "big")
    # Of packets, it tells how many this viewer was given.
    assert report == rtcp.SenderReport(OUR_SSRC, 42 << 32, sent, 1, 20)


@scene("audio")
async def test_the_publisher_is_told_what_was_lost(one):
    for seq in (65_533, 65_534, 65_535, 1, 2, 3, 4, 5):
        one.send(seq, b"voice")
    report = one.stream.reception(0.0)
    assert report.ssrc == THEIR_SSRC
    assert report.fraction_lost == 256 // 9
    assert report.lost == 1
    assert report.highest == 65_536 + 5


@scene()
async def test_a_publisher_that_leaves_gap_upon_gap_is_not_asked_for_all_of_them(one):
    one.send(0, KEY)
    for number in range(1, 200):
        one.send(number * 90 & 0xFFFF)
    await asyncio.sleep(0.05)
    assert max(len(nack.lost) for nack in one.asked(rtcp.Nack)) <= RING_PACKETS
    assert one.counts.losses > 10_000
    assert one.asked(rtcp.KeyFrameWanted)


@scene("audio")
async def test_a_voice_that_is_not_allowed_is_dropped_and_goes_on_in_step_afterwards(one):
    one.subscribe()
    one.send(1, b"before", timestamp=960)
    one.stream.allow(False)
    for seq in range(2, 40):
        one.send(seq, b"hidden", timestamp=960 * seq)
    one.stream.take_report(rtcp.SenderReport(THEIR_SSRC, 42 << 32, 1000, 10, 20))
    assert len(one.subscriber.packets) == 1
    assert one.subscriber.control == []
    assert one.counts.packets_held == 38
    one.stream.allow(True)
    one.send(40, b"after", timestamp=960 * 40)
    one.send(39, b"hidden", timestamp=960 * 39)
    await asyncio.sleep(2)
    assert [packet[12:] for packet in one.subscriber.packets] == [b"before", b"after"]
    first, second = one.subscriber.seqs()
    assert second == first + 1, "nobody asks for what was held"
    stamps = [int.from_bytes(packet[4:8], "big") for packet in one.subscriber.packets]
    assert stamps[1] - stamps[0] == 39 * 960, "time has passed"
    assert one.asked(rtcp.Nack) == []


@scene()
async def test_a_picture_that_is_allowed_again_begins_with_a_key_frame_that_is_asked_for(one):
    one.subscribe()
    one.send(1, KEY)
    one.stream.allow(False)
    one.send(2, KEY)
    one.stream.want_key_frame()
    await asyncio.sleep(5)
    asked = len(one.asked(rtcp.KeyFrameWanted))
    one.stream.allow(True)
    assert len(one.asked(rtcp.KeyFrameWanted)) == asked + 1
    one.send(3)
    assert len(one.subscriber.packets) == 1
    one.send(4, KEY)
    one.send(5)
    assert [packet[payload_start(packet) :] for packet in one.subscriber.packets] == [KEY, KEY, DELTA]
    await asyncio.sleep(10)
    assert len(one.asked(rtcp.KeyFrameWanted)) == asked + 1, "no lasting effect on key frames"


@scene()
async def test_the_key_frame_is_asked_for_again_when_it_does_not_come(one):
    one.subscribe()
    one.stream.allow(False)
    one.stream.allow(True)
    await asyncio.sleep(30)
    asked = len(one.asked(rtcp.KeyFrameWanted))
    one.send(1)
    assert len(one.asked(rtcp.KeyFrameWanted)) == asked + 1
    one.send(2, KEY)
    assert len(one.subscriber.packets) == 1


@scene("audio")
async def test_what_was_lost_before_the_pause_is_not_asked_for_after_it(one):
    one.subscribe()
    one.send(1, b"voice")
    one.send(3, b"voice")
    one.stream.allow(False)
    one.send(2, b"late")
    asked = len(one.asked(rtcp.Nack))
    await asyncio.sleep(2)
    assert len(one.asked(rtcp.Nack)) == asked
    assert len(one.subscriber.packets) == 2


@scene("audio")
async def test_what_was_held_is_not_reported_as_lost(one):
    one.send(1, b"voice")
    one.stream.allow(False)
    one.send(2, b"voice")
    one.stream.allow(True)
    one.send(60, b"voice")
    report = one.stream.reception(0.0)
    assert (report.fraction_lost, report.lost, report.highest) == (0, 0, 60)


class FakeTap:
    def __init__(self):
        self.packets, self.reports, self.pauses = [], [], 0

    def pause(self, now_s):
        self.pauses += 1

    def take_packet(self, packet, now_s):
        self.packets.append(packet[12:])

    def take_report(self, report, now_s):
        self.reports.append(report)


@scene("audio")
async def test_the_recorder_hears_nothing_of_what_is_not_allowed(one):
    one.stream.tap = tap = FakeTap()
    one.send(1, b"before")
    one.stream.allow(False)
    one.send(2, b"hidden")
    one.stream.take_report(rtcp.SenderReport(THEIR_SSRC, 42 << 32, 1000, 10, 20))
    one.stream.allow(True)
    one.send(3, b"after")
    assert (tap.packets, tap.reports, tap.pauses) == ([b"before", b"after"], [], 1)
    one.stream.unbind()
    assert (tap.pauses, one.stream.tap) == (2, None)


@scene("audio")
async def test_a_new_owner_is_allowed_until_he_is_not(one):
    one.stream.allow(False)
    one.bind(FakeLink())
    one.subscribe()
    one.send(1, b"voice")
    assert len(one.subscriber.packets) == 1
