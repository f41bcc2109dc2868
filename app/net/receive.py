"""The receiving side of a call: what stock aiortc lacks, in place of its receivers.

Each m-line of the receiving connection gets a `Line` instead of aiortc's own receiver work: it repeats NACKs, gives up
in time, hands pictures on with their last packet, and lets an m-line change its owner. Voices are played out by one
thread; pictures are decoded and scaled by a pool of two.

`SEAMS` lists each private name of aiortc that is used here, for tests/test_platform.py.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.media.types import BLOCK_S, Frame, Picture
from app.net.assembly import EncodedPicture, PictureAssembly, read_part
from app.net.guard.payloads import may_be_decoded
from app.net.repair import PICTURE_PATIENCE, Missing
from app.net.voice import VoiceStatistics
from app.net.voice_stream import VoiceStream
from app.wire.media import Source, TrackInfo

if TYPE_CHECKING:
    import av

    from app.media.types import Samples

_log = logging.getLogger(__name__)

#: Module, dotted name inside it; each must exist for this module to work.
SEAMS: tuple[tuple[str, str], ...] = (
    ("aiortc.rtcrtpreceiver", "RTCRtpReceiver.receive"),
    ("aiortc.rtcdtlstransport", "RTCDtlsTransport._register_rtp_receiver"),
    ("aiortc.rtcdtlstransport", "RTCDtlsTransport._unregister_rtp_receiver"),
    ("aiortc.rtcdtlstransport", "RTCDtlsTransport._send_rtp"),
    ("aiortc.rtp", "RtcpRtpfbPacket"),
    ("aiortc.rtp", "RtcpPsfbPacket"),
)
#: Private attributes of instances: class, then names that its constructor sets.
INSTANCE_SEAMS: tuple[tuple[str, str, tuple[str, ...]], ...] = (("aiortc.rtcrtpsender", "RTCRtpSender", ("_ssrc",)),)

_CHECK_S = 0.015
_PLI_EVERY_S = 0.3
#: Pictures that wait for the decoder; two seconds' worth means that it cannot keep up.
_MOST_WAITING = 60
#: Pictures of one person decoded in a row: those of others have their turn in between, however large these are.
_MOST_IN_A_ROW = 8
_WORKERS = 2
_VP8 = "vp8"


@dataclass(frozen=True, slots=True)
class Sinks:
    """Where what is received goes; called from worker threads.

    Attributes:
        show: takes a person's newest picture, by tile key.
        sound: takes a person's next 10 ms, float32 48 kHz mono.
        silence: a person's voice has ended.
        tile_px: the size at which a tile is shown now, or None while it is hidden.
    """

    show: Callable[[str, Picture], None]
    sound: Callable[[str, Samples], None]
    silence: Callable[[str], None]
    tile_px: Callable[[str], tuple[int, int] | None]


@dataclass(slots=True)
class PictureStatistics:
    """What became of a person's pictures since they began.

    Attributes:
        shown: handed to the tile.
        decoded: decoded, shown or not.
        skipped: given up because packets were missing or the decoder could not keep up.
        refused: never given to the decoder, because of what their heads claim.
        first_at_s: `time.monotonic()` of the first one decoded, 0.0 before.
    """

    shown: int = 0
    decoded: int = 0
    skipped: int = 0
    refused: int = 0
    first_at_s: float = 0.0


def tile_key(person: str, source: Source) -> str:
    """The mailbox's name for a tile: the person's id for a face, with ":screen" behind it for a shared screen."""
    return f"{person}:screen" if source == "screen" else person


class Line:
    """One m-line of the receiving connection. Stands where aiortc expects a receiver."""

    def __init__(self, receiver: Any, rtcp_ssrc: int) -> None:
        """Takes an aiortc receiver's place.

        Args:
            receiver: aiortc's RTCRtpReceiver of the m-line, not yet started.
            rtcp_ssrc: whose name our feedback bears.
        """
        self._receiver = receiver
        self._rtcp_ssrc = rtcp_ssrc
        self._ssrc = 0
        self._codecs: dict[int, str] = {}
        self.stream: VoiceStream | PictureStream | None = None
        receiver.receive = self._take_over

    async def _take_over(self, parameters: Any) -> None:
        """Called by aiortc after each negotiation, once the connection is encrypted."""
        transport = self._receiver.transport
        self._codecs = {codec.payloadType: codec.name.lower() for codec in parameters.codecs}
        ssrc = parameters.encodings[0].ssrc if parameters.encodings else 0
        if ssrc == self._ssrc:
            return
        self._ssrc = ssrc
        transport._unregister_rtp_receiver(self)
        transport._register_rtp_receiver(self, parameters)
        if self.stream is not None:
            self.stream.restart()

    def leave(self) -> None:
        """Ends the feedback; the connection is being closed."""
        self.stream = None

    # What aiortc calls on a receiver.
    async def _handle_rtp_packet(self, packet: Any, arrival_time_ms: int) -> None:
        if self.stream is not None and packet.ssrc == self._ssrc and packet.payload_type in self._codecs:
            await self.stream.take(packet, self._codecs[packet.payload_type])

    async def _handle_rtcp_packet(self, packet: Any) -> None:
        """Sender reports are not needed yet: voice and picture of one person arrive by the same way."""

    def _handle_disconnect(self) -> None:
        """Nothing to stop: threads here belong to all lines together."""

    async def ask_again(self, seqs: list[int]) -> None:
        """Sends a NACK."""
        from aiortc.rtp import RTCP_RTPFB_NACK, RtcpRtpfbPacket

        packet = RtcpRtpfbPacket(fmt=RTCP_RTPFB_NACK, ssrc=self._rtcp_ssrc, media_ssrc=self._ssrc)
        packet.lost = sorted(seqs)
        await self._send(bytes(packet))

    async def ask_key(self) -> None:
        """Sends a PLI."""
        from aiortc.rtp import RTCP_PSFB_PLI, RtcpPsfbPacket

        await self._send(bytes(RtcpPsfbPacket(fmt=RTCP_PSFB_PLI, ssrc=self._rtcp_ssrc, media_ssrc=self._ssrc)))

    async def _send(self, feedback: bytes) -> None:
        try:
            await self._receiver.transport._send_rtp(feedback)
        except ConnectionError:
            _log.debug("feedback came after the connection had ended")


class PictureStream:
    """One person's pictures on one line."""

    def __init__(self, track: TrackInfo, line: Line, *, sinks: Sinks, pool: ThreadPoolExecutor) -> None:
        self.person = track.person
        self.key = tile_key(track.person, track.source)
        self._is_face = track.source != "screen"
        self._line = line
        self._sinks = sinks
        self._pool = pool
        self._loop = asyncio.get_running_loop()
        self._missing = Missing(PICTURE_PATIENCE)
        self._assembly = PictureAssembly()
        self._waiting: deque[EncodedPicture] = deque()
        self._is_decoding = False
        self._needs_key = True
        self._asked_key_s = 0.0
        self._has_ended = False
        self._decoder: Any = None
        self.statistics = PictureStatistics()

    def restart(self) -> None:
        """Another stream follows on this line."""
        self._missing.forget()
        self._assembly = PictureAssembly()
        self._start_at_key()

    def end(self) -> None:
        """Nothing is shown any more."""
        self._has_ended = True
        self._waiting.clear()

    async def take(self, packet: Any, codec: str) -> None:
        """Takes an RTP packet; on the loop."""
        if codec != _VP8:
            return
        seq = packet.sequence_number
        if not self._missing.seen(seq, time.monotonic()):
            self._missing.forget()
            self._assembly.skip()
            self.statistics.skipped += 1
        part = read_part(packet.payload, ends=bool(packet.marker), timestamp=packet.timestamp)
        self._add(self._assembly.put(seq, part))
        await self.check()

    async def check(self) -> None:
        """Asks for what is missing, or for a key picture where that came to nothing; on the loop."""
        now_s = time.monotonic()
        if self._missing.given_up(now_s):
            self.statistics.skipped += 1
            self._add(self._assembly.skip())
        if not self._assembly.needs_key and (due := self._missing.due(now_s)):
            await self._line.ask_again(due)
        if (self._assembly.needs_key or self._needs_key) and now_s - self._asked_key_s >= _PLI_EVERY_S:
            self._asked_key_s = now_s
            await self._line.ask_key()

    def _start_at_key(self) -> None:
        self._waiting.clear()
        self._needs_key = True

    def _add(self, pictures: list[EncodedPicture]) -> None:
        for picture in pictures:
            if not may_be_decoded(picture.data):
                self.statistics.refused += 1
                self._needs_key = True
                continue
            if picture.is_key:
                # Whatever waits is older than a picture that needs none of it.
                self._needs_key = False
            if not self._needs_key:
                self._waiting.append(picture)
        if len(self._waiting) > _MOST_WAITING:
            self.statistics.skipped += len(self._waiting)
            self._start_at_key()
        self._decode_next()

    def _decode_next(self) -> None:
        if self._is_decoding or not self._waiting or self._has_ended:
            return
        self._is_decoding = True
        batch = [self._waiting.popleft() for _ in range(min(_MOST_IN_A_ROW, len(self._waiting)))]
        self._loop.run_in_executor(self._pool, self._decode, batch).add_done_callback(self._decoded)

    def _decoded(self, done: asyncio.Future[bool]) -> None:
        self._is_decoding = False
        if done.cancelled():
            return
        if done.exception() is not None or not done.result():
            _log.debug("a picture could not be decoded")
            self._start_at_key()
        self._decode_next()

    def _decode(self, batch: list[EncodedPicture]) -> bool:
        """In a worker: decodes all, shows the newest. False: the next one must be a key picture."""
        import av

        if self._decoder is None:
            self._decoder = av.CodecContext.create("libvpx", "r")
        newest: av.VideoFrame | None = None
        try:
            for picture in batch:
                for frame in self._decoder.decode(av.Packet(picture.data)):
                    newest = frame
                    self.statistics.decoded += 1
        except av.FFmpegError:
            self._decoder = None
            return False
        if newest is not None:
            self.statistics.first_at_s = self.statistics.first_at_s or time.monotonic()
            self._show(newest)
        return True

    def _show(self, decoded: av.VideoFrame) -> None:
        size = self._sinks.tile_px(self.key)
        if size is None or self._has_ended:
            return
        from app.media.pictures import make_picture

        if decoded.format.name == "yuv420p" and not decoded.width % 2 and not decoded.height % 2:
            frame = Frame(decoded.to_ndarray(), "yuv420p", time.monotonic())
        else:
            frame = Frame(decoded.to_ndarray(format="bgr24"), "bgr24", time.monotonic())
        self._sinks.show(self.key, make_picture(frame, tile_px=size, cover=self._is_face))
        self.statistics.shown += 1


class Receiver:
    """Everything that is received in one call, over however many connections it takes."""

    def __init__(self, sinks: Sinks) -> None:
        """Nothing is received yet.

        Args:
            sinks: where it goes.
        """
        self._sinks = sinks
        self._lines: dict[str, Line] = {}
        self._tracks: dict[str, TrackInfo] = {}
        self._pool = ThreadPoolExecutor(_WORKERS, thread_name_prefix="pictures")
        self._voices: tuple[VoiceStream, ...] = ()
        self._has_ended = threading.Event()
        self._player = threading.Thread(target=self._play, name="voices", daemon=True)
        self._player.start()

    def adopt(self, transceivers: list[Any]) -> None:
        """Takes the place of aiortc's receivers on m-lines that are new; after each remote offer, before the answer."""
        for transceiver in transceivers:
            if transceiver.mid not in self._lines:
                self._lines[transceiver.mid] = Line(transceiver.receiver, transceiver.sender._ssrc)

    def assign(self, tracks: tuple[TrackInfo, ...]) -> None:
        """Whose voice or picture each m-line carries from now on; m-lines that are not named are silent."""
        now = {track.mid: track for track in tracks}
        for mid, line in self._lines.items():
            track = now.get(mid)
            if track == self._tracks.get(mid) and (track is None) == (line.stream is None):
                continue
            self._end_stream(line)
            if track is not None:
                line.stream = self._make_stream(track, line)
        self._tracks = now
        self._collect_voices()

    def forget_lines(self) -> None:
        """The connection is gone; a new one begins with none."""
        for line in self._lines.values():
            self._end_stream(line)
        self._lines = {}
        self._tracks = {}
        self._collect_voices()

    async def keep_asking(self) -> None:
        """Repeats NACKs and PLIs until it is cancelled."""
        while True:
            await asyncio.sleep(_CHECK_S)
            for line in list(self._lines.values()):
                if line.stream is not None:
                    await line.stream.check()

    def close(self) -> None:
        """Ends the threads; what was not shown is lost."""
        self.forget_lines()
        self._has_ended.set()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def voice_statistics(self) -> dict[str, VoiceStatistics]:
        """By person, of the voices that are received now."""
        return {voice.person: voice.statistics for voice in self._voices}

    def picture_statistics(self) -> dict[str, PictureStatistics]:
        """By tile, of the pictures that are received now."""
        streams = (line.stream for line in self._lines.values())
        return {stream.key: stream.statistics for stream in streams if isinstance(stream, PictureStream)}

    def _make_stream(self, track: TrackInfo, line: Line) -> VoiceStream | PictureStream:
        if track.source == "microphone":
            return VoiceStream(track.person, line)
        return PictureStream(track, line, sinks=self._sinks, pool=self._pool)

    def _end_stream(self, line: Line) -> None:
        stream, line.stream = line.stream, None
        if isinstance(stream, VoiceStream):
            self._sinks.silence(stream.person)
        elif stream is not None:
            stream.end()

    def _collect_voices(self) -> None:
        streams = (line.stream for line in self._lines.values())
        self._voices = tuple(stream for stream in streams if isinstance(stream, VoiceStream))

    def _play(self) -> None:
        """The playing thread: every 10 ms a block of each voice; what was slept over is made up for."""
        due_s = time.monotonic()
        while not self._has_ended.wait(max(0.0, due_s - time.monotonic())):
            if time.monotonic() - due_s > 1.0:
                due_s = time.monotonic()
            due_s += BLOCK_S
            for voice in self._voices:
                try:
                    block = voice.next_block()
                except Exception:
                    # One voice that cannot be played must not silence the others, nor fill the log.
                    if not voice.has_failed:
                        _log.exception("a voice could not be played")
                    voice.has_failed = True
                    continue
                if block is not None:
                    self._sinks.sound(voice.person, block)
