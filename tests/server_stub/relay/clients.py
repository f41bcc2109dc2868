"""What the relay's tests talk with: events that can be waited for, clients of real aiortc, clients that only speak."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import av
import numpy as np
from aiortc import (
    AudioStreamTrack,
    RTCBundlePolicy,
    RTCConfiguration,
    RTCPeerConnection,
    RTCSessionDescription,
    VideoStreamTrack,
)
from aiortc.mediastreams import MediaStreamError

from app.net import guard
from server_stub.relay.engine import Offer, RelayEngine

MEETING = "meeting"
LIMIT_S = 15.0


class Notebook:
    """`RelayEvents` that keeps all it is told, passes offers on to the clients, and can be waited on."""

    def __init__(self) -> None:
        self.offers: dict[str, list[Offer]] = defaultdict(list)
        self.voice: list[tuple[str, float, bytes]] = []
        self.stopped: list[str] = []
        self.lost: list[str] = []
        self.lost_sessions: list[str] = []
        self.wanted: list[tuple[str, str, int | None]] = []
        self.held: list[tuple[str, frozenset[tuple[str, str]]]] = []
        self.clients: dict[str, Any] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._changed = asyncio.Event()

    def offer_made(self, meeting: str, person: str, offer: Offer) -> None:
        self.offers[person].append(offer)
        if person in self.clients:
            task = asyncio.get_running_loop().create_task(self.clients[person].take(offer))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        self.change()

    def voice_heard(self, meeting: str, person: str, start_s: float, opus: bytes) -> None:
        self.voice.append((person, start_s, opus))
        self.change()

    def recording_stopped(self, meeting: str, reason: str) -> None:
        self.stopped.append(reason)
        self.change()

    def picture_wanted(self, meeting: str, person: str, source: str, height: int | None) -> None:
        self.wanted.append((person, source, height))

    def pictures_held(self, meeting: str, person: str, pictures: frozenset[tuple[str, str]]) -> None:
        self.held.append((person, pictures))
        self.change()

    def media_lost(self, meeting: str, person: str, session: str) -> None:
        self.lost.append(person)
        self.lost_sessions.append(session)
        self.change()

    def change(self) -> None:
        self._changed.set()

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Waits until something that events or frames bring about is so."""
        async with asyncio.timeout(LIMIT_S):
            while not is_so():
                self._changed.clear()
                await self._changed.wait()


class SpokenClient:
    """Takes part in offers and answers only; for engines that move no media."""

    def __init__(self, engine: RelayEngine, notebook: Notebook, name: str) -> None:
        self.engine, self.name = engine, name
        self.answers = True
        notebook.clients[name] = self

    async def publish(self, *sources: str) -> str:
        named = {str(mid): source for mid, source in enumerate(sources or ("microphone", "camera"))}
        return await self.engine.publish(MEETING, self.name, "v=0\r\n", named)

    async def publish_again(self, *sources: str) -> str:
        """Publishes over the same connection these sources, and what it had besides no more."""
        return await self.publish(*sources)

    async def take(self, offer: Offer) -> None:
        if self.answers:
            await self.engine.answer(MEETING, self.name, offer.revision, await self.answer_to(offer))

    async def answer_to(self, offer: Offer) -> str:
        return "v=0\r\n"

    async def close(self) -> None:
        pass


class Shade(VideoStreamTrack):
    """A camera whose whole picture has one grey value."""

    def __init__(self, level: int, size: tuple[int, int] = (160, 90)) -> None:
        super().__init__()
        self.level, self.size = level, size

    async def recv(self) -> av.VideoFrame:
        pts, time_base = await self.next_timestamp()
        width, height = self.size
        frame = av.VideoFrame.from_ndarray(np.full((height, width), self.level, np.uint8), format="gray")
        frame = frame.reformat(format="yuv420p")
        frame.pts, frame.time_base = pts, time_base
        return frame


def new_peer() -> RTCPeerConnection:
    return RTCPeerConnection(RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))


async def sending_offer() -> str:
    """An offer of a voice and a camera, at this computer's own address alone."""
    peer = new_peer()
    peer.addTransceiver("audio", direction="sendonly")
    peer.addTransceiver("video", direction="sendonly")
    guard.use_addresses(peer, [guard.LOOPBACK])
    await peer.setLocalDescription(await peer.createOffer())
    sdp = peer.localDescription.sdp
    await peer.close()
    return sdp


class AiortcClient:
    """A real client: sends a grey picture and silence, decodes what it gets.

    Attributes:
        shades: for each person and source with a picture, the grey value of the newest decoded frame.
        pictures: how many frames of each were decoded.
        voices: how many audio frames of each person were decoded.
    """

    def __init__(self, engine: RelayEngine, notebook: Notebook, name: str, level: int = 100) -> None:
        self.engine, self.notebook, self.name = engine, notebook, name
        self.answers = True
        self.camera = Shade(level)
        #: The grey of the face made small; told from the large one, which a real client's is not.
        self.low_level = 240 - level
        self.sending: RTCPeerConnection | None = None
        self.receiving: RTCPeerConnection | None = None
        self.shades: dict[tuple[str, str], float] = {}
        self.pictures: dict[tuple[str, str], int] = defaultdict(int)
        self.voices: dict[str, int] = defaultdict(int)
        self._lines: list[tuple[Any, str]] = []
        self._owners: dict[str, tuple[str, str]] = {}
        self._readers: list[asyncio.Task[None]] = []
        notebook.clients[name] = self

    async def publish(self, *sources: str) -> str:
        """Adds lines with these sources to the connection."""
        self.sending = self.sending or new_peer()
        for source in sources or ("microphone", "camera"):
            line = self.sending.addTransceiver(self._track(source), direction="sendonly")
            self._lines.append((line, source))
        return await self._offer()

    async def publish_again(self, *sources: str) -> str:
        """Publishes over the same connection these sources, each on a line of its kind, and nothing besides."""
        left = list(sources)
        for number, (line, source) in enumerate(self._lines):
            if source not in left:
                # A track that ends would end aiortc's sender for good: it is hushed, not taken away.
                line.direction = "inactive"
                self._lines[number] = (line, "")
        for source in left:
            if all(source != carried for _, carried in self._lines):
                kind = "audio" if source == "microphone" else "video"
                free = [one for one, (line, carried) in enumerate(self._lines) if not carried and line.kind == kind]
                line, _ = self._lines[free[0]]
                line.sender.replaceTrack(self._track(source))
                line.direction = "sendonly"
                self._lines[free[0]] = (line, source)
        return await self._offer()

    def _track(self, source: str) -> Any:
        if source == "microphone":
            return AudioStreamTrack()
        greys = {"screen": (220, (320, 180)), "camera-low": (self.low_level, (80, 44))}
        return Shade(*greys[source]) if source in greys else self.camera

    async def _offer(self) -> str:
        assert self.sending is not None
        guard.use_addresses(self.sending, [guard.LOOPBACK])
        await self.sending.setLocalDescription(await self.sending.createOffer())
        named = {line.mid: source for line, source in self._lines if source}
        answer = await self.engine.publish(MEETING, self.name, self.sending.localDescription.sdp, named)
        await self.sending.setRemoteDescription(RTCSessionDescription(guard.check_sdp(answer), "answer"))
        return answer

    async def take(self, offer: Offer) -> None:
        if self.answers:
            answer = await self.answer_to(offer)
            await self.engine.answer(MEETING, self.name, offer.revision, answer)

    async def answer_to(self, offer: Offer) -> str:
        if self.receiving is None:
            self.receiving = new_peer()
            self.receiving.on("track", lambda track: self._readers.append(asyncio.create_task(self._read(track))))
        self._owners = {track.mid: (track.person, track.source) for track in offer.tracks}
        await self.receiving.setRemoteDescription(RTCSessionDescription(guard.check_sdp(offer.sdp), "offer"))
        guard.use_addresses(self.receiving, [guard.LOOPBACK])
        await self.receiving.setLocalDescription(await self.receiving.createAnswer())
        return self.receiving.localDescription.sdp

    def sees(self, person: str, level: int, source: str = "camera") -> bool:
        return abs(self.shades.get((person, source), -99) - level) < 12

    def drop_incoming(self, keeps: Callable[[int], bool]) -> None:
        """Loses media packets at this client's receiving socket: those whose running number `keeps` denies."""
        connection = self.receiving.getTransceivers()[0].receiver.transport.transport._connection
        for protocol in connection._protocols:
            receive, count = protocol.datagram_received, [0]

            def lossy(data: bytes, address: Any, receive: Any = receive, count: list[int] = count) -> None:
                if 127 < data[0] < 192 and not 192 <= data[1] <= 223:
                    count[0] += 1
                    if not keeps(count[0]):
                        return
                receive(data, address)

            protocol.datagram_received = lossy

    async def _read(self, track: Any) -> None:
        line = next(one for one in self.receiving.getTransceivers() if one.receiver.track is track)
        try:
            while True:
                frame = await track.recv()
                owner = self._owners.get(line.mid)
                if owner and track.kind == "video":
                    self.shades[owner] = float(frame.to_ndarray(format="gray").mean())
                    self.pictures[owner] += 1
                elif owner:
                    self.voices[owner[0]] += 1
                self.notebook.change()
        except MediaStreamError:
            return

    async def close(self) -> None:
        for peer in (self.sending, self.receiving):
            if peer:
                await peer.close()
        self.sending = self.receiving = None
        self._lines.clear()
        # A track of a connection that closed before it came up never ends by itself.
        for reader in self._readers:
            reader.cancel()
        await asyncio.gather(*self._readers, return_exceptions=True)
        self._readers.clear()
