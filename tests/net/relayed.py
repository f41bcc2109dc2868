"""Callers over loopback: the client's real connections on the real relay, on one loop; a test plays what they send."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from typing import Any

import numpy as np

from app.media.types import BLOCK, BLOCK_S, Frame, PictureKey, View
from app.net import guard
from app.net.peers import Peers, Wishes
from app.net.picture_stream import PictureStream, Sinks
from app.net.receive import Receiver
from app.net.warming import warm_up
from app.wire.errors import Refused
from app.wire.media import (
    MediaLost,
    PictureWanted,
    PublishAnswer,
    PublishOffer,
    SubscribeAnswer,
    SubscribeOffer,
    TrackInfo,
)
from server_stub.relay.engine import BadSdp, Offer
from server_stub.relay.forwarder import Forwarder

MEETING = "m1"
ALL = frozenset(("microphone", "camera", "screen"))
LIMIT_S = 20.0
SIZE_PX = (160, 90)


class Caller:
    """One person: connections, what arrives, and what was asked of the server.

    Attributes:
        offers: each `PublishOffer`, oldest first.
        may_publish: while it is not set, offers wait here on their way to the relay.
        may_answer: while it is not set, the relay's answers to them do.
        refusals: what the next offers are refused with, in place of going to the relay.
        got: for each person and source the packets that arrived, as (sequence number, RTP time, is the picture's last).
        greys: the grey of each picture that was shown, by tile.
        tracks: what camera and microphone are sent by.
    """

    def __init__(self, house: House, name: str, on_track: Callable[[str, Any], None]) -> None:
        self.house, self.name, self._on_track = house, name, on_track
        self.offers: list[PublishOffer] = []
        self.refusals: list[tuple[str, str]] = []
        self.may_publish, self.may_answer = asyncio.Event(), asyncio.Event()
        self.may_publish.set()
        self.may_answer.set()
        self.got: dict[tuple[str, str], list[tuple[int, int, bool]]] = defaultdict(list)
        self.greys: dict[PictureKey, list[float]] = defaultdict(list)
        self.tracks: dict[str, Any] = {}
        self.lost = self.found = 0
        loop = asyncio.get_running_loop()

        def show(key: PictureKey, view: int, picture: Any) -> None:
            self.greys[key].append(float(picture.seen[:, :, :3].mean()))
            loop.call_soon_threadsafe(house.ring)

        self.receiver = Receiver(Sinks(show, lambda *_: None, lambda *_: None, lambda _: {0: View(*SIZE_PX)}))
        self._make_stream = self.receiver._make_stream
        self.receiver._make_stream = self._listen  # type: ignore[method-assign]
        wishes = Wishes(send=self._say, lost=self._note_lost, found=self._note_found, tracks=self._take_tracks)
        self.peers = Peers(self.receiver, wishes, addresses=[guard.LOOPBACK])

    async def join(self) -> None:
        await self.house.relay.join(MEETING, self.name)
        self.house.relay.allow(MEETING, self.name, ALL)
        self.peers.open(MEETING)
        await self.house.until(lambda: self.peers.is_up)

    async def close(self) -> None:
        self.peers.close()
        await self.peers.closed()
        self.receiver.close()

    def decoded(self, person: str, source: str) -> int:
        statistics = self.receiver.picture_statistics().get((person, source))
        return statistics.decoded if statistics else 0

    def _take_tracks(self, tracks: Any) -> None:
        for source, track in tracks.items():
            if self.tracks.get(source) is not track:
                self.tracks[source] = track
                self._on_track(source, track)

    def _listen(self, track: TrackInfo, line: Any) -> Any:
        stream = self._make_stream(track, line)
        log, take = self.got[track.person, track.source], stream.take

        async def noting(packet: Any, codec: str) -> None:
            log.append((packet.sequence_number, packet.timestamp, bool(packet.marker)))
            await take(packet, codec)
            self.house.ring()

        stream.take = noting
        if isinstance(stream, PictureStream):
            done = stream._decoded

            def decoded(future: Any) -> None:
                done(future)
                self.house.ring()

            stream._decoded = decoded  # type: ignore[method-assign]
        return stream

    def _note_lost(self) -> None:
        self.lost += 1
        self.house.ring()

    def _note_found(self) -> None:
        self.found += 1
        self.house.ring()

    def _say(self, message: Any) -> None:
        if isinstance(message, PublishOffer):
            self.offers.append(message)
            self.house.start(self._publish(message))
        elif isinstance(message, SubscribeAnswer):
            self.house.start(self.house.relay.answer(MEETING, self.name, message.revision, message.sdp))
        self.house.ring()

    async def _publish(self, offer: PublishOffer) -> None:
        if self.refusals:
            reason, words = self.refusals.pop(0)
            self.peers.heard(Refused(re=offer.request, reason=reason, words=words))  # type: ignore[arg-type]
            return
        await self.may_publish.wait()
        try:
            sdp = await self.house.relay.publish(MEETING, self.name, offer.sdp, offer.sources)
        except BadSdp as error:
            self.peers.heard(Refused(re=offer.request, reason="bad_sdp", words=str(error)))
            return
        await self.may_answer.wait()
        self.peers.heard(PublishAnswer(re=offer.request, meeting=MEETING, sdp=sdp))


class House:
    """The relay and the callers; `RelayEvents` for the former.

    Attributes:
        wanted: who was told how high which of their pictures is wanted, oldest first.
        lost: whose media the relay found to be lost, and of which session, oldest first.
    """

    def __init__(self) -> None:
        self.relay = Forwarder(self)
        self.callers: dict[str, Caller] = {}
        self.wanted: list[tuple[str, str, int | None]] = []
        self.lost: list[tuple[str, str]] = []
        self._rang = asyncio.Event()
        self._tasks: set[asyncio.Task[Any]] = set()

    async def caller(self, name: str, on_track: Callable[[str, Any], None] = lambda *_: None) -> Caller:
        """Somebody who is in the call; `on_track` gets camera and microphone before anything is taken from them."""
        caller = self.callers[name] = Caller(self, name, on_track)
        await caller.join()
        return caller

    def ring(self) -> None:
        self._rang.set()

    async def until(self, is_so: Callable[[], object]) -> None:
        """Waits until something that packets, pictures or messages bring about is so."""
        async with asyncio.timeout(LIMIT_S):
            while not is_so():
                self._rang.clear()
                await self._rang.wait()

    def start(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        for caller in self.callers.values():
            await caller.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.relay.shutdown()

    # What the relay tells.
    def offer_made(self, meeting: str, person: str, offer: Offer) -> None:
        tracks = tuple(
            TrackInfo(mid=one.mid, person=one.person, source=one.source)  # type: ignore[arg-type]
            for one in offer.tracks
        )
        told = SubscribeOffer(meeting=meeting, revision=offer.revision, sdp=offer.sdp, tracks=tracks)
        self.callers[person].peers.heard(told)

    def voice_heard(self, meeting: str, person: str, start_s: float, opus: bytes) -> None:
        pass

    def recording_stopped(self, meeting: str, reason: str) -> None:
        pass

    def picture_wanted(self, meeting: str, person: str, source: str, height: int | None) -> None:
        told = PictureWanted(meeting=meeting, source=source, height_px=height)  # type: ignore[arg-type]
        self.wanted.append((person, source, height))
        self.callers[person].peers.heard(told)
        self.ring()

    def pictures_held(self, meeting: str, person: str, pictures: frozenset[tuple[str, str]]) -> None:
        pass

    def media_lost(self, meeting: str, person: str, session: str) -> None:
        self.lost.append((person, session))
        self.callers[person].peers.heard(MediaLost(meeting=meeting, session=session))
        self.ring()


class Playing:
    """Plays pictures of one grey, or a voice, into a track until it is stopped, and notes what the line took.

    Attributes:
        taken: the time of each picture or packet that was taken to be sent, in units of its RTP clock.
    """

    def __init__(self, track: Any, *, grey: int = 0, fps: float = 30.0) -> None:
        self.taken: list[int] = []
        self._track = track
        self._recv = track.recv
        track.recv = self._note
        work = self._show(grey, 1 / fps) if track.kind == "video" else self._speak()
        self._task = asyncio.get_running_loop().create_task(work)

    async def stop(self) -> None:
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    async def _note(self) -> Any:
        taken = await self._recv()
        self.taken.append(taken.pts)
        return taken

    async def _show(self, grey: int, every_s: float) -> None:
        width, height = SIZE_PX
        number = 0
        while True:
            pixels = np.full((height * 3 // 2, width), 128, np.uint8)
            pixels[:height] = grey
            pixels[number % height] = 255 - grey
            number += 1
            self._track.show(Frame(pixels, "yuv420p", time.monotonic()))
            await asyncio.sleep(every_s)

    async def _speak(self) -> None:
        began_s, heard = time.monotonic(), 0
        while True:
            while heard * BLOCK_S <= time.monotonic() - began_s:
                self._track.hear(
                    (0.1 * np.sin(0.06 * np.arange(heard * BLOCK, (heard + 1) * BLOCK))).astype(np.float32)
                )
                heard += 1
            await asyncio.sleep(BLOCK_S / 2)


@contextlib.asynccontextmanager
async def house() -> AsyncIterator[House]:
    """A relay without callers, which ends with them."""
    warm_up()
    made = House()
    try:
        yield made
    finally:
        await made.close()
