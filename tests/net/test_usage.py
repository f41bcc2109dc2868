"""R75: what a call has cost is counted as the network saw it, and the data saver sends far less."""

import asyncio
import contextlib
import itertools
import re
import time
from dataclasses import replace

import numpy as np
import pytest
from aiortc import RTCBundlePolicy, RTCConfiguration, RTCPeerConnection, RTCSessionDescription

from app.media.outgoing import SAVER_FPS, SAVER_SIZE_PX, Outgoing
from app.media.types import BLOCK, BLOCK_S, Frame
from app.net import guard
from app.net.encoding import CAMERA
from app.net.sending import Sending
from app.net.tracks import MicrophoneTrack, PictureTrack
from app.net.usage import JoinTimes, Usage
from app.net.warming import warm_up
from app.wire.media import PublishAnswer
from tests.fakes.camera import FakeCamera

CANDIDATE = re.compile(r"^a=candidate:.*$\r?\n", re.MULTILINE)
PHASE_S = 3.0
#: A computer that is busy just then does not get round to sending all that a camera may: it is looked at again.
TURNS = 4
#: What a camera may send where nobody's link is narrow.
FULL = replace(CAMERA, start_rate=CAMERA.most_rate)


class CountingWire(asyncio.DatagramProtocol):
    """One end of a wire that counts what it carries; the other end is another one of its kind."""

    def __init__(self):
        self.count = 0
        self.other = self.transport = self.far = None

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, address):
        self.count += len(data)
        self.other.transport.sendto(data, self.other.far)

    @property
    def port(self):
        return self.transport.get_extra_info("sockname")[1]


@contextlib.asynccontextmanager
async def wire():
    """Two ends: what one gets, the other sends on."""
    loop = asyncio.get_running_loop()
    ends = [(await loop.create_datagram_endpoint(CountingWire, local_addr=("127.0.0.1", 0)))[1] for _ in range(2)]
    ends[0].other, ends[1].other = ends[1], ends[0]
    try:
        yield ends
    finally:
        for end in ends:
            end.transport.close()


def led_through(sdp, near, far):
    """A description whose only candidate is the end `near`; the real address becomes where `far` sends to."""
    port = int(re.search(r"a=candidate:\S+ 1 udp \d+ 127\.0\.0\.1 (\d+) ", sdp).group(1))
    far.far = ("127.0.0.1", port)
    line = f"a=candidate:1 1 udp 2130706431 127.0.0.1 {near.port} typ host\r\n"
    lines = CANDIDATE.sub("", sdp)
    return lines.replace("a=end-of-candidates\r\n", line + "a=end-of-candidates\r\n")


@contextlib.asynccontextmanager
async def connected(tracks, ends):
    """The sending connection of a client and its other side, through the wire."""
    together = RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)
    near, far = (RTCPeerConnection(together) for _ in range(2))
    offers = asyncio.Queue()
    sending = Sending(offers.put_nowait, ["127.0.0.1"])
    for source, track in tracks.items():
        sending.add(source, track)
    running = asyncio.create_task(sending.run(near, "m1", JoinTimes()))
    up = asyncio.Event()
    near.on("connectionstatechange", lambda: near.connectionState == "connected" and up.set())
    try:
        offer = await asyncio.wait_for(offers.get(), 10)
        await far.setRemoteDescription(RTCSessionDescription(led_through(offer.sdp, ends[1], ends[0]), "offer"))
        guard.use_addresses(far, ["127.0.0.1"])
        await far.setLocalDescription(await far.createAnswer())
        answer = led_through(far.localDescription.sdp, ends[0], ends[1])
        sending.heard(PublishAnswer(re=offer.request, meeting="m1", sdp=answer))
        await asyncio.wait_for(up.wait(), 10)
        yield near
    finally:
        running.cancel()
        sending.let_go()
        await near.close()
        await far.close()


def noisy():
    """Pictures that fill the rate that an encoder may use: a scene that moves, with the grain of a dark room."""
    random = np.random.default_rng(1)
    scene = random.integers(40, 200, (45, 80, 3)).repeat(8, axis=0).repeat(8, axis=1)
    grains = [random.integers(-14, 15, (360, 640, 3)) for _ in range(8)]
    pictures = [(np.roll(scene, 5 * number, axis=1) + grain).astype(np.uint8) for number, grain in enumerate(grains)]
    return itertools.cycle(pictures)


async def play(camera, microphone, pictures):
    """A camera and a microphone for one phase, in real time."""
    began_s = time.monotonic()
    shown = heard = 0
    while (now_s := time.monotonic() - began_s) < PHASE_S:
        if now_s >= shown / 30:
            camera.show(next(pictures))
            shown += 1
        while heard * BLOCK_S <= now_s:
            microphone.hear((0.1 * np.sin(np.arange(BLOCK) * heard)).astype(np.float32))
            heard += 1
        await asyncio.sleep(0.005)


class LiveCamera(FakeCamera):
    """A camera whose pictures were taken now."""

    def show(self, pixels):
        self._on_frame(Frame(pixels, "bgr24", time.monotonic()))


class OwnSide:
    """A fake camera, the real pipeline, the real track."""

    def __init__(self, tmp_path):
        self.track, self.voice = PictureTrack(FULL), MicrophoneTrack()
        self.camera = LiveCamera()
        self.sizes = []
        self.outgoing = Outgoing(mask_model=tmp_path / "none", show=lambda *_: None, tell=lambda _: None)
        self.outgoing.listen(self.send)
        self.outgoing.use_camera(self.camera)

    def send(self, frame):
        self.sizes.append((frame.width_px, frame.height_px))
        self.track.show(frame)

    def save_data(self, is_on):
        self.outgoing.save_data(is_on)
        self.track.policy = FULL.saving() if is_on else FULL


def test_r16_r75_the_counter_is_what_the_wire_saw_and_the_data_saver_sends_less_than_a_third(tmp_path):
    warm_up()

    async def run():
        own = OwnSide(tmp_path)
        tracks = {"microphone": own.voice, "camera": own.track}
        try:
            async with wire() as ends, connected(tracks, ends) as peer:
                usage = Usage()
                usage.begin("m1")
                sender = peer.getTransceivers()[1].sender
                before = (sender.track.id, sender._ssrc)
                pictures = noisy()
                shares = []
                while not shares or (shares[-1] >= 1 / 3 and len(shares) < TURNS):
                    spent = []
                    for saves in (False, True):
                        own.save_data(saves)
                        own.sizes.clear()
                        start = ends[0].count
                        await play(own.camera, own.voice, pictures)
                        spent.append(ends[0].count - start)
                        sizes = list(own.sizes)
                    shares.append(spent[1] / spent[0])
                    assert set(sizes[3:]) == {SAVER_SIZE_PX}
                    assert len(sizes) <= SAVER_FPS * PHASE_S + 4
                counted = usage.count([peer])
                seen = ends[0].count + ends[1].count
                assert (sender.track.id, sender._ssrc) == before, "the same track all along"
                assert counted == pytest.approx(seen, rel=0.05)
                assert shares[-1] < 1 / 3, shares
        finally:
            own.outgoing.close()

    asyncio.run(run())


def test_what_was_spent_before_new_connections_of_the_same_meeting_counts_on():
    class Stats:
        bytesSent, bytesReceived = 30, 12

    class Part:
        def __init__(self):
            self.sender = self
            self.transport = self

        def _get_stats(self):
            return {"x": Stats()}

    class Connection:
        def __init__(self):
            self.part = Part()

        def getTransceivers(self):
            return [self.part, self.part]

    usage = Usage()
    usage.begin("m1")
    assert usage.count([]) == 0
    assert usage.count([Connection()]) == 42
    usage.begin("m1")
    assert usage.count([Connection()]) == 84
    usage.begin("m2")
    assert usage.count([]) == 0
