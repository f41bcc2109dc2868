"""What a stream does about packets that are lost on their way to it, and to those who get it; in virtual time."""

import asyncio

from app.net.estimate import LinkEstimate
from server_stub.relay import rtcp
from server_stub.relay.links import Uplink
from server_stub.relay.sdp import SentTrack
from tests.server_stub.relay.stream_scene import DELTA, KEY, THEIR_SSRC, THEIR_TYPE, FakeLink, scene


@scene()
async def test_a_missing_packet_is_asked_for_again_and_then_given_up_for_a_key_frame(one):
    one.send(65_534, KEY)
    one.send(2)
    assert one.asked(rtcp.Nack) == [rtcp.Nack(THEIR_SSRC, (65_535, 0, 1))]
    await asyncio.sleep(0.02)
    one.send(0)
    await asyncio.sleep(0.05)
    assert [nack.lost for nack in one.asked(rtcp.Nack)] == [(65_535, 0, 1), (65_535, 1)]
    assert one.asked(rtcp.KeyFrameWanted) == []
    await asyncio.sleep(2)
    assert 6 <= len(one.asked(rtcp.Nack)) <= 12
    assert one.counts.losses == 2
    assert one.asked(rtcp.KeyFrameWanted)


@scene()
async def test_where_the_link_has_room_a_request_is_said_twice(one):
    one.has_room = True
    one.send(0, KEY)
    one.send(2)
    await asyncio.sleep(0.04)
    one.send(1)
    one.send(4)
    await asyncio.sleep(0.03)
    assert [nack.lost for nack in one.asked(rtcp.Nack)] == [(1,), (3,), (3,)]


@scene()
async def test_who_loses_packets_and_falls_silent_is_asked_for_the_next_ones_and_then_left_alone(one):
    one.has_room = True
    for seq in range(100):
        if seq != 60:
            one.send(seq, KEY)
        if seq == 62:
            one.send(60)
        await asyncio.sleep(0.02)
    one.publisher.control.clear()
    await asyncio.sleep(0.08)
    assert [nack.lost[:2] for nack in one.asked(rtcp.Nack)] == [(100, 101)]
    await asyncio.sleep(10)
    assert 4 <= len(one.asked(rtcp.Nack)) <= 6
    assert not one.asked(rtcp.KeyFrameWanted)
    assert one.counts.losses == 0
    assert not asyncio.get_running_loop()._scheduled, "it is not looked at for ever"


@scene()
async def test_who_answers_after_300_ms_is_not_asked_ten_times(one):
    loop = asyncio.get_running_loop()
    one.send(0, KEY)
    for seq in range(2, 400, 2):
        # Each answer comes with its round trip; what was lost last is still on its way.
        loop.call_later(0.3, one.send, seq - 1)
        one.send(seq)
        await asyncio.sleep(0.1)
    await asyncio.sleep(2)
    assert one.counts.losses == 0
    assert one.counts.naks_sent <= 1.1 * 199


@scene()
async def test_requests_are_no_storm_where_no_answer_comes(one):
    one.send(0, KEY)
    for seq in range(2, 2000, 2):
        one.send(seq)
        await asyncio.sleep(0.01)
    assert one.counts.naks_sent <= 50 + 0.5 * 1000


@scene("audio")
async def test_a_missing_voice_packet_is_given_up_sooner_and_without_key_frame(one):
    one.send(1, b"voice")
    one.send(3, b"voice")
    await asyncio.sleep(2)
    assert 3 <= len(one.asked(rtcp.Nack)) <= 5
    assert one.counts.losses == 1
    assert one.asked(rtcp.KeyFrameWanted) == []


@scene()
async def test_a_wide_gap_is_answered_by_a_key_frame_alone(one):
    one.send(1, KEY)
    one.send(400)
    assert one.asked(rtcp.Nack) == []
    assert one.asked(rtcp.KeyFrameWanted)


@scene()
async def test_more_lost_packets_than_a_key_frame_has_are_answered_by_a_key_frame(one):
    one.send(0, KEY)
    for seq in range(1, 25):
        one.send(seq, marker=seq == 24)
    # A key frame of 25 packets; as many may be missing, but no more.
    one.send(50)
    assert [len(nack.lost) for nack in one.asked(rtcp.Nack)] == [25]
    assert one.asked(rtcp.KeyFrameWanted) == []
    for seq in range(25, 50):
        one.send(seq)
    one.send(77)
    assert len(one.asked(rtcp.Nack)) == 1
    assert one.asked(rtcp.KeyFrameWanted)


@scene()
async def test_a_subscriber_gets_lost_packets_again_from_the_ring(one):
    one.subscribe()
    for seq in range(600):
        one.send(seq, KEY if seq == 0 else DELTA)
    ours = one.subscriber.seqs()
    one.stream.repair(one.subscriber, (ours[590], ours[10]), 1e6)
    first, again = (one.subscriber.packets[place] for place in (590, -1))
    assert again == first, "another header under the same number would lay open what proves packets"
    assert (one.counts.naks_answered, one.counts.naks_missed) == (1, 1)
    assert one.stream.repair(FakeLink(), (ours[590],), 1e6) == 0


def test_a_stream_is_told_whether_the_link_that_it_comes_by_has_room(monkeypatch):
    uplink = Uplink("s1", None)
    source = uplink.source_of("ada", SentTrack("0", "camera", THEIR_SSRC, THEIR_TYPE))
    assert source.has_room(1.0)
    monkeypatch.setattr(LinkEstimate, "queue_s", 1.0)
    assert not source.has_room(1.0)


@scene()
async def test_who_judges_a_link_knows_what_is_asked_for_on_it_by_its_senders_numbers(one):
    told = []
    uplink = Uplink("s1", one.publisher)
    uplink.estimate.asked = lambda ssrc, seqs, now_s: told.append((ssrc, list(seqs)))
    one.stream.bind(uplink.source_of("ada", SentTrack("0", "camera", THEIR_SSRC, THEIR_TYPE)))
    one.send(7, KEY)
    one.send(10)
    assert told == [(THEIR_SSRC, [8, 9])]
