"""A face that comes in two sizes on two lines: one tile, and nothing is asked of the size that stands still."""

import asyncio
import time

import pytest
from aiortc.rtp import RTCP_PSFB_PLI, RtcpPsfbPacket, RtcpRtpfbPacket, RtpPacket

from app.net import picture_stream
from app.wire.media import TrackInfo
from tests.net.receiving import GRACE, VOICE, Named, Scene, parameters, transceiver

SMALL = TrackInfo(mid="2", person="grace", source="camera-low")


class TwoSizes(Scene):
    """A voice, a face (SSRC 11), and the same made small (SSRC 12)."""

    def __init__(self):
        super().__init__()
        self.lines.append(transceiver("2", self.transport))
        self.other = Scene()

    async def begin(self, tracks=(VOICE, GRACE, SMALL)):
        await super().begin(tracks)
        await self.lines[2].receiver.receive(parameters(12, "VP8"))

    def small(self, *, is_key=False):
        packets = self.other.picture(is_key=is_key)
        for packet in packets:
            packet.ssrc = 12
        return packets

    def stream(self, mid):
        return self.receiver._lines[mid].stream

    async def see(self, packets):
        """Gives a picture and waits until it is shown."""
        before = len(self.shown)
        await self.give(packets)
        await self.until(lambda: len(self.shown) > before)

    def asked(self):
        keys = [one for one in self.transport.of_kind(RtcpPsfbPacket) if one.fmt == RTCP_PSFB_PLI]
        return [one.media_ssrc for one in (*keys, *self.transport.of_kind(RtcpRtpfbPacket))]


def play(story):
    async def main():
        scene = TwoSizes()
        try:
            await story(scene)
        finally:
            scene.receiver.close()
            scene.other.receiver.close()

    asyncio.run(main())


@pytest.fixture
def idle(monkeypatch):
    """With its call a second has passed in which nothing came."""
    passed_s = []
    clock = Named(monotonic=lambda: time.monotonic() + sum(passed_s))
    monkeypatch.setattr(picture_stream, "time", clock)
    return lambda: passed_s.append(1.0)


async def to_small(scene, idle):
    """The large size stands still, and nothing was asked since."""
    await scene.begin()
    await scene.see(scene.picture(is_key=True))
    await scene.see(scene.small(is_key=True))
    idle()
    await scene.see(scene.small())
    await scene.stream("1").check()
    scene.transport.feedback.clear()


def test_both_sizes_feed_the_same_tile_and_the_figures_are_those_of_the_one_that_flows(idle):
    async def story(scene):
        await scene.begin()
        await scene.see(scene.picture(is_key=True))
        await scene.see(scene.picture())
        await scene.see(scene.small(is_key=True))
        await scene.see(scene.small())
        assert {key for key, *_ in scene.shown} == {("grace", "camera")}
        statistics = scene.receiver.picture_statistics()
        assert set(statistics) == {("grace", "camera")}
        assert statistics["grace", "camera"].is_small
        assert statistics["grace", "camera"].decoded == 4, "counts only grow"
        assert set(scene.receiver.arrivals()) >= {("grace", "camera"), ("grace", "camera-low")}
        idle()
        await scene.see(scene.picture(is_key=True))
        assert not scene.receiver.picture_statistics()["grace", "camera"].is_small

    play(story)


def test_what_comes_late_of_the_size_before_is_not_shown_and_does_not_bring_it_back():
    async def story(scene):
        await scene.begin()
        await scene.see(scene.picture(is_key=True))
        late = [scene.picture(), scene.picture(is_key=True)]
        await scene.see(scene.small(is_key=True))
        shown = len(scene.shown)
        for packets in late:
            await scene.give(packets)
        await scene.see(scene.small())
        assert len(scene.shown) == shown + 1
        assert scene.stream("2").is_current

    play(story)


@pytest.mark.parametrize("is_lost", [False, True], ids=["complete", "with a packet that was lost"])
def test_nothing_is_asked_of_the_size_that_stands_still(is_lost, idle):
    async def story(scene):
        await scene.begin()
        await scene.see(scene.picture(is_key=True))
        last = scene.picture()
        await scene.give(last[1:] if is_lost else last)
        await scene.see(scene.small(is_key=True))
        idle()
        for _ in range(20):
            await scene.see(scene.small())
        scene.transport.feedback.clear()
        for number in range(40):
            # What the relay sends so that both sides count on together: a header and nothing else.
            bare = RtpPacket(payload_type=97, sequence_number=(scene.seq + 4096 * number) & 0xFFFF, ssrc=11)
            await scene.give([bare])
            await scene.stream("1").check()
            await scene.stream("2").check()
        assert scene.asked() == []
        scene.seq = (scene.seq + 4096 * 40) & 0xFFFF
        await scene.see(scene.picture(is_key=True))
        await scene.see(scene.picture())
        assert scene.stream("1").is_current

    play(story)


def test_what_is_missing_of_the_first_picture_of_a_size_is_asked_for_while_the_other_goes_on():
    async def story(scene):
        await scene.begin()
        await scene.see(scene.picture(is_key=True))
        first = scene.small(is_key=True)
        assert len(first) > 2
        await scene.give([first[0], *first[2:]])
        assert 12 in scene.asked()
        await scene.see(scene.picture())
        await scene.see([first[1]])
        assert scene.stream("2").is_current

    play(story)


def test_a_size_that_begins_again_is_asked_for_no_key_picture_while_that_comes(idle):
    async def story(scene):
        await to_small(scene, idle)
        key = scene.picture(is_key=True)
        # The second packet overtakes the first.
        for packet in (key[1], key[0], *key[2:-1]):
            await scene.give([packet])
            await scene.stream("1").check()
            assert scene.asked() == []
        await scene.see(key[-1:])
        await scene.see(scene.picture())
        assert scene.stream("1").is_current
        assert scene.asked() == []

    play(story)


@pytest.mark.parametrize("lost", [0, 1, -1], ids=["its first packet", "its second packet", "its last packet"])
def test_a_key_picture_that_is_lost_is_asked_for_in_time(lost, idle):
    async def story(scene):
        await to_small(scene, idle)
        key = scene.picture(is_key=True)
        del key[lost]
        await scene.give(key)
        keys = [one for one in scene.transport.of_kind(RtcpPsfbPacket) if one.fmt == RTCP_PSFB_PLI]
        assert not keys
        await scene.give(scene.picture())
        idle()
        await scene.give(scene.picture())
        keys = [one.media_ssrc for one in scene.transport.of_kind(RtcpPsfbPacket) if one.fmt == RTCP_PSFB_PLI]
        assert keys == [11]

    play(story)


def test_a_key_picture_whose_lost_packet_nobody_asks_for_is_asked_for_in_time(idle):
    async def story(scene):
        await scene.begin()
        first = scene.picture(is_key=True)
        # The third packet is the first that comes: what lies before it was never missed.
        await scene.give([first[2], first[0], *first[3:]])
        await scene.give(scene.picture())
        idle()
        await scene.stream("1").check()
        assert 11 in scene.asked()
        await scene.see(scene.picture(is_key=True))
        await scene.see(scene.picture())

    play(story)


def test_a_size_whose_pictures_come_far_apart_is_asked_for_the_key_picture_that_was_lost(idle):
    async def story(scene):
        await to_small(scene, idle)
        scene.picture(is_key=True)
        await scene.give(scene.picture())
        assert scene.asked() == []
        idle()
        await scene.see(scene.small())
        await scene.stream("1").check()
        await scene.give(scene.picture())
        assert scene.asked() == [11]

    play(story)


def test_a_face_goes_on_in_the_size_that_is_left_when_the_other_line_is_somebody_elses():
    async def story(scene):
        await scene.begin()
        await scene.see(scene.small(is_key=True))
        scene.receiver.assign((VOICE, GRACE))
        await scene.see(scene.picture(is_key=True))
        assert not scene.receiver.picture_statistics()["grace", "camera"].is_small
        scene.receiver.assign((VOICE,))
        assert scene.receiver.picture_statistics() == {}
        assert scene.receiver._sizes == {}

    play(story)
