"""How much one source may send: buckets, floods, and what goes on all the same; in virtual time."""

import asyncio
import struct
import time

import pytest

from server_stub.relay import rtcp
from server_stub.relay.allowance import ALLOWED, Meter
from server_stub.relay.engine import KIND_OF_SOURCE
from server_stub.relay.rtp import payload_start
from server_stub.relay.source import Source, StreamCounts
from server_stub.relay.stream import Stream
from tests.fakes.vp8 import BOMB, key_frame
from tests.server_stub.relay.stream_scene import FakeLink
from tests.server_stub.relay.virtual_loop import run

OWN_SSRC, TYPE = 5, 111
KEY, DELTA = b"\x10" + key_frame(640, 360), b"\x10\x11delta"
VOICE = bytes([31 << 3]) + b"voice"


class Sender:
    """A stream of one source with a subscriber; packets are numbered by themselves."""

    def __init__(self, source):
        self.counts = StreamCounts()
        self.stream = Stream(KIND_OF_SOURCE[source], 900, self.counts)
        self.publisher, self.subscriber = FakeLink(), FakeLink()
        self.stream.bind(Source(self.publisher, "ada", source, OWN_SSRC, TYPE, lambda now_s: False))
        self.stream.add_subscriber(self.subscriber)
        self.seq = 0

    def send(self, payload, *, marker=0x80):
        self.seq += 1
        self.take(struct.pack("!BBHLL", 0x80, TYPE | marker, self.seq & 0xFFFF, 0, OWN_SSRC) + payload)

    def take(self, packet):
        self.stream.take(packet, time.monotonic())

    def got(self):
        """The payloads that arrived, and whether their numbers have no gap."""
        seqs = self.subscriber.seqs()
        assert [(seq - seqs[0]) & 0xFFFF for seq in seqs] == [number & 0xFFFF for number in range(len(seqs))]
        return [packet[payload_start(packet) :] for packet in self.subscriber.packets]


def played(play):
    def test(*args, **options):
        run(play(*args, **options))

    test.__name__ = play.__name__
    return test


def test_a_bucket_empties_by_packets_or_bytes_and_fills_with_time():
    meter = Meter(ALLOWED["camera"])
    assert sum(meter.admits(100, 0.0) for _ in range(5_000)) == 1_200
    assert not meter.has_room(0.5)
    assert meter.has_room(1.0)
    assert sum(meter.admits(100, 1.0) for _ in range(5_000)) == 600
    assert sum(meter.admits(2_000, 100.0) for _ in range(5_000)) == 500
    assert meter.admits(0, 100.0)
    assert not meter.admits(2_000, 99.0)


@pytest.mark.parametrize("source", sorted(ALLOWED))
def test_a_flood_costs_the_others_no_more_than_what_is_allowed(source):
    async def play():
        sender, allowance = Sender(source), ALLOWED[source]
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        payload = (VOICE if source == "microphone" else KEY) + bytes(600)
        while loop.time() - began_s < 20:
            # 3,500 packets a second; each is a key frame, which is what gets on again soonest.
            for _ in range(35):
                sender.send(payload)
            await asyncio.sleep(0.01)
        took_s = loop.time() - began_s
        got = sender.got()
        most = allowance.at_once_s + took_s
        assert len(got) <= allowance.packets_per_s * most
        assert sum(map(len, got)) <= allowance.bytes_per_s * most
        assert sender.counts.packets_beyond > 45_000
        assert sender.counts.naks_sent == 0
        # What may be sent is sent on all the same, and whoever sends less again is heard at once.
        assert len(got) > 100
        await asyncio.sleep(allowance.at_once_s)
        sender.send(payload)
        assert sender.got()[-1] == payload
        sender.stream.unbind()

    run(play())


@played
async def test_a_camera_at_its_best_and_the_largest_key_frame_of_a_screen_pass_whole():
    """720p at 4 Mbit/s, and 1.5 MB of a screen in one moment after which 8 Mbit/s go on."""
    camera, screen = Sender("camera"), Sender("screen")
    for number in range(300):
        camera.send(KEY if not number else DELTA)
        for _ in range(13):
            camera.send(b"\x00" + bytes(1_150))
        await asyncio.sleep(1 / 30)
    assert camera.counts.packets_beyond == 0
    assert len(camera.got()) == 300 * 14
    screen.send(KEY, marker=0)
    for _ in range(1_250):
        screen.send(b"\x00" + bytes(1_200), marker=0)
    for _ in range(100):
        await asyncio.sleep(0.1)
        for _ in range(70):
            screen.send(b"\x00" + bytes(1_200))
    assert screen.counts.packets_beyond == 0
    for sender in (camera, screen):
        sender.stream.unbind()


@played
async def test_a_voice_that_a_network_held_back_for_three_seconds_passes_whole():
    sender = Sender("microphone")
    for _ in range(150):
        sender.send(VOICE)
    assert len(sender.got()) == 150
    sender.stream.unbind()


@played
async def test_reports_are_measured_too():
    sender = Sender("microphone")
    sender.send(VOICE)
    for number in range(1_000):
        sender.stream.take_report(rtcp.SenderReport(OWN_SSRC, number, number, 1, 1))
    reports = [control for control in sender.subscriber.control if isinstance(control, rtcp.SenderReport)]
    assert 0 < len(reports) < 360
    sender.stream.unbind()


@played
async def test_a_picture_bomb_goes_to_nobody_and_the_next_real_picture_goes_on():
    sender = Sender("camera")
    sender.send(KEY)
    sender.send(b"\x10" + BOMB, marker=0)
    sender.send(b"\x00the rest of it")
    sender.send(DELTA)
    assert sender.got() == [KEY]
    assert sender.counts.pictures_refused == 1
    await asyncio.sleep(2)
    assert any(isinstance(asked, rtcp.KeyFrameWanted) for asked in sender.publisher.control)
    sender.send(KEY)
    sender.send(DELTA)
    assert sender.got() == [KEY, KEY, DELTA]
    sender.stream.unbind()


@played
async def test_a_bomb_that_hides_in_a_packet_that_begins_nothing_is_found():
    sender = Sender("camera")
    sender.send(KEY)
    for descriptor in (b"\x00", b"\x11", b"\x18"):
        sender.send(descriptor + BOMB)
    assert sender.got() == [KEY]
    assert sender.counts.pictures_refused == 3
    sender.stream.unbind()


@played
async def test_a_head_that_ends_in_padding_is_not_whole():
    sender = Sender("camera")
    sender.send(KEY)
    good = KEY[:40]
    padded = good[:8] + good[8:-1] + bytes([len(good) - 8])
    sender.seq += 1
    sender.take(struct.pack("!BBHLL", 0xA0, TYPE | 0x80, sender.seq, 0, OWN_SSRC) + padded)
    assert sender.got() == [KEY]
    sender.stream.unbind()


@played
async def test_sizes_that_change_with_every_key_frame_pass():
    sender = Sender("screen")
    sizes = [(640, 360), (1280, 720), (360, 640), (2560, 1440), (1, 1)]
    for size in sizes:
        sender.send(b"\x10" + key_frame(*size)[:1_200])
    assert len(sender.got()) == len(sizes)
    sender.stream.unbind()


@played
async def test_voice_that_no_decoder_takes_goes_to_nobody():
    sender = Sender("microphone")
    for junk in (bytes([31 << 3 | 3, 63]), bytes([31 << 3 | 3, 0]), bytes([31 << 3 | 3])):
        sender.send(junk)
    assert sender.subscriber.packets == []
    sender.send(VOICE)
    assert sender.got() == [VOICE]
    sender.stream.unbind()
