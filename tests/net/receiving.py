"""A stage for the receiving side: a transport that a test plays, a Receiver with two lines, pictures to give it."""

import asyncio
import fractions
import threading
import time

import av
import numpy as np
from aiortc.codecs.vpx import Vp8Encoder
from aiortc.rtp import RtcpPacket, RtpPacket

from app.media.types import View
from app.net.picture_stream import Sinks
from app.net.receive import Receiver
from app.wire.media import TrackInfo
from tests.patience import PATIENCE_S

GRACE = TrackInfo(mid="1", person="grace", source="camera")
VOICE = TrackInfo(mid="0", person="grace", source="microphone")


class FakeTransport:
    """Keeps feedback, and who is registered."""

    def __init__(self):
        self.feedback, self.registered = [], []
        self.is_gone = False

    def _register_rtp_receiver(self, receiver, parameters):
        self.registered.append(receiver)

    def _unregister_rtp_receiver(self, receiver):
        if receiver in self.registered:
            self.registered.remove(receiver)

    async def _send_rtp(self, data):
        if self.is_gone:
            raise ConnectionError
        self.feedback += RtcpPacket.parse(data)

    def of_kind(self, kind):
        return [one for one in self.feedback if isinstance(one, kind)]


class Named:
    """Anything with attributes."""

    def __init__(self, **fields):
        self.__dict__.update(fields)


def transceiver(mid, transport):
    return Named(mid=mid, receiver=Named(transport=transport, receive=None), sender=Named(_ssrc=1))


def parameters(ssrc, codec):
    return Named(
        codecs=[Named(payloadType={"opus": 96, "VP8": 97}[codec], name=codec)],
        encodings=[Named(ssrc=ssrc)] if ssrc else [],
    )


class Scene:
    """A Receiver with two lines: a voice (mid 0, SSRC 10) and a face (mid 1, SSRC 11)."""

    def __init__(self):
        self.shown, self.heard, self.silenced = [], [], []
        self.views = {7: View(64, 36)}
        self.changed = threading.Condition()
        sinks = Sinks(
            show=lambda key, view, picture: self.note(self.shown, (key, view, picture)),
            sound=lambda person, block: self.note(self.heard, (person, block)),
            silence=lambda person: self.note(self.silenced, person),
            views=lambda key: self.views,
        )
        self.receiver = Receiver(sinks)
        self.transport = FakeTransport()
        self.lines = [transceiver("0", self.transport), transceiver("1", self.transport)]
        self.encoder = Vp8Encoder()
        self.seq = 65_530
        self.number = 0

    def note(self, where, what):
        with self.changed:
            where.append(what)
            self.changed.notify_all()

    async def begin(self, tracks=(VOICE, GRACE)):
        self.receiver.adopt(self.lines)
        self.receiver.assign(tracks)
        await self.lines[0].receiver.receive(parameters(10, "opus"))
        await self.lines[1].receiver.receive(parameters(11, "VP8"))

    def picture(self, *, is_key=False):
        """The packets of the next picture; each has noise enough for several."""
        noise = np.random.default_rng(self.number).integers(0, 255, (90, 160, 3), np.uint8)
        frame = av.VideoFrame.from_ndarray(noise, format="bgr24")
        frame.pts, frame.time_base = self.number * 3000, fractions.Fraction(1, 90_000)
        payloads, _ = self.encoder.encode(frame, force_keyframe=is_key)
        packets = []
        for index, payload in enumerate(payloads):
            packet = RtpPacket(payload_type=97, sequence_number=self.seq, timestamp=self.number * 3000, ssrc=11)
            packet.payload, packet.marker = payload, int(index == len(payloads) - 1)
            packets.append(packet)
            self.seq = (self.seq + 1) & 0xFFFF
        self.number += 1
        return packets

    async def give(self, packets):
        for packet in packets:
            for receiver in self.transport.registered:
                if receiver._ssrc == packet.ssrc:
                    await receiver._handle_rtp_packet(packet, arrival_time_ms=0)

    async def until(self, is_true, limit_s=PATIENCE_S):
        def wait():
            end_s = time.monotonic() + limit_s
            with self.changed:
                while not is_true():
                    assert time.monotonic() < end_s
                    # Not every figure has an event: a picture may be decoded and never shown.
                    self.changed.wait(0.05)

        await asyncio.to_thread(wait)

    @property
    def decoded(self):
        return self.receiver.picture_statistics()["grace", "camera"].decoded


def run(story):
    async def all_of_it():
        scene = Scene()
        try:
            await story(scene)
        finally:
            scene.receiver.close()

    asyncio.run(all_of_it())
