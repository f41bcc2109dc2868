"""One person's pictures, of their camera or their screen, on one line of the receiving connection.

A face may come on two lines, in two sizes, one of which flows at a time; `sizes` says which.
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

from app.media.types import Frame, Picture, PictureKey, Views
from app.net.assembly import EncodedPicture, PictureAssembly, read_part
from app.net.guard.payloads import may_be_decoded
from app.net.line import Line
from app.net.pace import Pace
from app.net.repair import PICTURE_PATIENCE, Missing
from app.net.sizes import Sizes
from app.wire.media import LOW, TrackInfo, seen_as

if TYPE_CHECKING:
    import av

    from app.media.types import Samples

_log = logging.getLogger(__name__)

_LOOKS_EVERY_S = 0.1
_PLI_EVERY_S = 0.3
#: Pictures that wait for the decoder; two seconds' worth means that it cannot keep up.
_MOST_WAITING = 60
#: Seconds after which a face that was not renewed is not shown to another view.
_FRESH_S = 0.5
_VP8 = "vp8"
#: FFmpeg's own, in seven tenths of libvpx' time, to the same bytes. Source: own measurement at 1280x720, 2.0 ms.
_DECODER = "vp8"


@dataclass(frozen=True, slots=True)
class Sinks:
    """Where what is received goes; called from worker threads.

    Attributes:
        show: takes a person's newest picture, and the number of the view that it is for.
        sound: takes a person's next 10 ms, float32 48 kHz mono.
        silence: a person's voice has ended.
        views: where a picture is shown now; none while it is hidden.
    """

    show: Callable[[PictureKey, int, Picture], None]
    sound: Callable[[str, Samples], None]
    silence: Callable[[str], None]
    views: Callable[[PictureKey], Views]


@dataclass(slots=True)
class PictureStatistics:
    """What became of a person's pictures since they began.

    Attributes:
        shown: handed to its views.
        decoded: decoded, shown or not.
        skipped: given up because packets were missing or the decoder could not keep up.
        refused: never given to the decoder, because of what their heads claim.
        first_at_s: `time.monotonic()` of the first one decoded, 0.0 before.
        size_px: width and height of the newest one decoded.
        is_small: it is a face that is made larger for others.
    """

    shown: int = 0
    decoded: int = 0
    skipped: int = 0
    refused: int = 0
    first_at_s: float = 0.0
    size_px: tuple[int, int] = (0, 0)
    is_small: bool = False

    def with_those_of(self, other: PictureStatistics) -> PictureStatistics:
        """Of both sizes together, which are shown one at a time; what is newest is that of this one."""
        return PictureStatistics(
            self.shown + other.shown,
            self.decoded + other.decoded,
            self.skipped + other.skipped,
            self.refused + other.refused,
            min((at_s for at_s in (self.first_at_s, other.first_at_s) if at_s), default=0.0),
            self.size_px if self.decoded else other.size_px,
            self.is_small if self.decoded else other.is_small,
        )


class PictureStream:
    """One person's pictures on one line."""

    def __init__(
        self, track: TrackInfo, line: Line, *, sinks: Sinks, pool: ThreadPoolExecutor, sizes: Sizes | None = None
    ) -> None:
        self.person, self.source = track.person, track.source
        self.key: PictureKey = (track.person, seen_as(track.source))
        self._sizes = sizes or Sizes()
        self._line = line
        self._sinks = sinks
        self._pool = pool
        self._loop = asyncio.get_running_loop()
        self._missing = Missing(PICTURE_PATIENCE)
        self._assembly = PictureAssembly()
        self._waiting: deque[EncodedPicture] = deque()
        self._is_decoding = False
        self._pace = Pace()
        #: It is too early for the next picture.
        self._rest: asyncio.TimerHandle | None = None
        self._needs_key = True
        self._is_still = False
        self._asked_key_s = 0.0
        #: Once it flows again it is given time to bring a key picture unasked, but only once for each that came whole:
        #: one whose pictures come far apart stands still between them, and would never be asked.
        self._is_believed = True
        self._came_s = self._looked_s = 0.0
        self._has_ended = False
        self._decoder: Any = None
        #: Kept for views that come later.
        self._newest: av.VideoFrame | None = None
        self._newest_at_s = 0.0
        self._showing = threading.Lock()
        #: `show_again` waits for a worker: while a window is resized it is called faster than they are.
        self._is_due_again = False
        self.statistics = PictureStatistics(is_small=track.source == LOW)

    @property
    def is_current(self) -> bool:
        """Whether this is the size that is shown."""
        return self._sizes.current == self.source

    def restart(self) -> None:
        """Another stream follows on this line."""
        self._missing.forget()
        self._assembly = PictureAssembly()
        self._start_at_key()

    def _stand_still(self) -> None:
        """The other size is shown: what is missing of this one is of no use, nor what it was built on."""
        if not self._is_still:
            self._is_still, self._newest = True, None
            self.restart()

    def end(self) -> None:
        """Nothing is shown any more."""
        self._has_ended = True
        self._sizes.leave(self.source)
        self._stop_resting()
        self._waiting.clear()
        self._newest = None

    async def take(self, packet: Any, codec: str) -> None:
        """Takes an RTP packet; on the loop."""
        if codec != _VP8:
            return
        seq, now_s = packet.sequence_number, time.monotonic()
        if packet.payload:
            self._sizes.came(self.source, now_s)
            self._came_s = now_s
            if self._is_still and self._is_believed:
                self._asked_key_s, self._is_believed = now_s, False
        self._is_still = False
        if not self._missing.seen(seq, now_s):
            self._assembly.skip()
            self.statistics.skipped += 1
        part = read_part(packet.payload, ends=bool(packet.marker), timestamp=packet.timestamp)
        self._add(self._assembly.put(seq, part))
        self._missing.key_packets = self._assembly.key_packets
        await self.check()

    async def check(self) -> None:
        """Asks for what is missing, or for a key picture where that came to nothing; on the loop."""
        now_s = time.monotonic()
        if not self._sizes.may_ask(self.source, now_s):
            self._stand_still()
            return
        if self._missed(self._missing.given_up(now_s)) or self._is_stuck(now_s):
            self.statistics.skipped += 1
            self._add(self._assembly.skip())
        if not self._assembly.needs_key and self._missing.is_watched(now_s):
            due = self._missed(self._missing.due(now_s, has_room=self._line.has_room(now_s)))
            if due:
                await self._line.ask_again(due)
        # A key picture is on its way for longer than a packet that is sent again.
        pause_s = max(_PLI_EVERY_S, self._missing.pause_s)
        is_due = now_s - self._asked_key_s >= pause_s and not self._key_comes(now_s, pause_s)
        # Of what nobody shows nothing comes; it begins with a key picture once it is shown.
        if (self._assembly.needs_key or self._needs_key) and is_due and self._sinks.views(self.key):
            self._asked_key_s = now_s
            await self._line.ask_key()

    def _missed(self, lost: list[int]) -> list[int]:
        """Those of the missing packets that something is built on: none that lies before a key picture which came."""
        return [seq for seq in lost if not self._assembly.is_past(seq)]

    def _is_stuck(self, now_s: float) -> bool:
        """Whether a packet is missing that nobody asks for: it lies before the first that came, and was overtaken."""
        if len(self._missing) or now_s - self._looked_s < _LOOKS_EVERY_S:
            return False
        self._looked_s = now_s
        return self._assembly.has_hole

    def _key_comes(self, now_s: float, pause_s: float) -> bool:
        """Whether a key picture is being put together, and goes on: what lacks of it is asked for by itself."""
        return self._assembly.is_at_key and now_s - self._came_s < pause_s

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
                self._is_believed = True
                # Whatever waits is older than a picture that needs none of it.
                self._needs_key = not self._sizes.takes_over(self.source, time.monotonic())
            if not self.is_current:
                self._start_at_key()
            elif not self._needs_key:
                self._waiting.append(picture)
        if len(self._waiting) > _MOST_WAITING:
            self.statistics.skipped += len(self._waiting)
            self._start_at_key()
        self._decode_next()

    def _decode_next(self) -> None:
        if self._is_decoding or not self._waiting or self._has_ended:
            return
        self._stop_resting()
        now_s = time.monotonic()
        turn = self._pace.turn([picture.timestamp for picture in self._waiting], now_s)
        if not turn.count:
            self._rest = self._loop.call_later(turn.wait_s, self._decode_next)
            return
        self._is_decoding = True
        batch = [self._waiting.popleft() for _ in range(turn.count)]
        self._pace.begin(batch[-1].timestamp, now_s)
        self._loop.run_in_executor(self._pool, self._decode, batch).add_done_callback(self._decoded)

    def _stop_resting(self) -> None:
        if self._rest is not None:
            self._rest.cancel()
            self._rest = None

    def _decoded(self, done: asyncio.Future[bool]) -> None:
        self._is_decoding = False
        if done.cancelled():
            return
        self._pace.done(time.monotonic())
        if done.exception() is not None or not done.result():
            _log.debug("a picture could not be decoded")
            self._start_at_key()
        self._decode_next()

    def _decode(self, batch: list[EncodedPicture]) -> bool:
        """In a worker: decodes all, shows the newest. False: the next one must be a key picture."""
        import av

        if self._decoder is None:
            self._decoder = av.CodecContext.create(_DECODER, "r")
            self._decoder.thread_count = 1
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
            self._newest, self._newest_at_s = newest, time.monotonic()
            self.statistics.size_px = newest.width, newest.height
            self.statistics.shown += self._show()
        return True

    def show_again(self) -> None:
        """Shows the newest picture to the views that there are now, without waiting for the next; on the loop.

        A screen may stand still for minutes; a face that is no longer fresh has been switched off, and stays away.
        """
        is_fresh = self.key[1] == "screen" or time.monotonic() - self._newest_at_s < _FRESH_S
        may_be_shown = self.is_current and not self._has_ended and not self._is_due_again
        if self._newest is not None and is_fresh and may_be_shown:
            self._is_due_again = True
            self._loop.run_in_executor(self._pool, self._show_due)

    def _show_due(self) -> None:
        # First: views that come while these are served ask once more.
        self._is_due_again = False
        self._show()

    def _show(self) -> bool:
        """In a worker: hands the newest picture to each view; whether there was any."""
        # Under the lock, so that no view is given an older picture after a newer one.
        with self._showing:
            decoded, views = self._newest, self._sinks.views(self.key)
            if decoded is None or not views or self._has_ended or not self.is_current:
                return False
            from app.media.pictures import make_pictures

            if decoded.format.name == "yuv420p" and not decoded.width % 2 and not decoded.height % 2:
                frame = Frame(decoded.to_ndarray(), "yuv420p", time.monotonic())
            else:
                frame = Frame(decoded.to_ndarray(format="bgr24"), "bgr24", time.monotonic())
            for view, picture in make_pictures(frame, views):
                self._sinks.show(self.key, view, picture)
            return True
