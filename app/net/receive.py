"""The receiving side of a call: used in place of aiortc's receivers, for what they lack.

Each m-line of the receiving connection gets a `Line` instead of aiortc's own receiver work: it repeats NACKs, gives up
in time, hands pictures on with their last packet, and lets an m-line change its owner. Voices are decoded by whoever
plays them, when they are to be heard: no clock but the speaker's, and no sound that waits between two threads. Pictures
are decoded and scaled by a pool of two.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from app.media.priority import yield_to_voices
from app.media.types import PictureKey
from app.net.arrivals import Arrivals
from app.net.beat import Beat
from app.net.estimate import VIEWER_START_BPS, LinkEstimate
from app.net.line import Line
from app.net.picture_stream import PictureStatistics, PictureStream, Sinks
from app.net.sizes import Sizes
from app.net.told import Told
from app.net.voice import VoiceStatistics
from app.net.voice_stream import VoiceStream
from app.wire.media import Source, TrackInfo, seen_as

_log = logging.getLogger(__name__)

_CHECK_S = 0.015
_WORKERS = 2
#: What came while nobody played for longer than this is not heard: a speaker was changed, or the computer slept.
_LONGEST_AWAY_S = 2.0


class Receiver:
    """Everything that is received in one call, over however many connections it takes."""

    def __init__(self, sinks: Sinks) -> None:
        """Nothing is received yet.

        Args:
            sinks: where it goes.
        """
        self._sinks = sinks
        self._lines: dict[str, Line] = {}
        self._beat = Beat()
        #: What the connection carries to us.
        self.link = LinkEstimate(VIEWER_START_BPS, has_gaps=False, beat=self._beat)
        self._told = Told()
        self._tracks: dict[str, TrackInfo] = {}
        self._pool = ThreadPoolExecutor(_WORKERS, thread_name_prefix="pictures", initializer=yield_to_voices)
        #: Of each picture that is received now.
        self._sizes: dict[PictureKey, Sizes] = {}
        self._voices: tuple[VoiceStream, ...] = ()
        self._playing = threading.Lock()
        self._played_s = time.monotonic()

    def adopt(self, transceivers: list[Any]) -> None:
        """Takes the place of aiortc's receivers on m-lines that are new; after each remote offer, before the answer."""
        for transceiver in transceivers:
            if transceiver.mid not in self._lines:
                self._lines[transceiver.mid] = Line(transceiver, self.link, self._told)

    def assign(self, tracks: tuple[TrackInfo, ...]) -> None:
        """Whose voice or picture each m-line carries from now on; m-lines that are not named are silent."""
        now = {track.mid: track for track in tracks}
        for mid, line in self._lines.items():
            track = now.get(mid)
            if track == self._tracks.get(mid) and (track is None) == (line.stream is None):
                continue
            self._end_stream(line)
            line.arrivals = Arrivals()
            if track is not None:
                line.stream = self._make_stream(track, line)
        self._tracks = now
        keys = {stream.key for stream in self._pictures()}
        self._sizes = {key: sizes for key, sizes in self._sizes.items() if key in keys}
        self._collect_voices()

    def forget_lines(self) -> None:
        """The connection is gone; a new one begins with none."""
        for line in self._lines.values():
            self._end_stream(line)
        self._lines = {}
        self.link, self._told = LinkEstimate(VIEWER_START_BPS, has_gaps=False, beat=self._beat), Told()
        self._tracks, self._sizes = {}, {}
        self._collect_voices()

    async def keep_asking(self) -> None:
        """Repeats NACKs and PLIs until it is cancelled."""
        try:
            while True:
                await asyncio.sleep(_CHECK_S)
                for line in list(self._lines.values()):
                    if line.stream is not None:
                        await line.stream.check()
        finally:
            self._beat.end()

    def close(self) -> None:
        """Ends the workers; what was not shown is lost."""
        self.forget_lines()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def voice_statistics(self) -> dict[str, VoiceStatistics]:
        """By person, of the voices that are received now."""
        return {voice.person: voice.statistics for voice in self._voices}

    def arrivals(self) -> dict[tuple[str, Source], Arrivals]:
        """By person and source, of what is received now, each size of a face for itself."""
        lines = self._lines
        return {(one.person, one.source): lines[mid].arrivals for mid, one in self._tracks.items() if mid in lines}

    def show_again(self) -> None:
        """Other views are on the screen: they get the newest pictures that there are."""
        for stream in self._pictures():
            stream.show_again()

    def picture_statistics(self) -> dict[PictureKey, PictureStatistics]:
        """Of the pictures that are received now; of a face in two sizes both count, and the one that is shown tells."""
        found: dict[PictureKey, PictureStatistics] = {}
        for stream in sorted(self._pictures(), key=lambda stream: stream.is_current):
            before = found.get(stream.key)
            found[stream.key] = stream.statistics if before is None else stream.statistics.with_those_of(before)
        return found

    def _pictures(self) -> list[PictureStream]:
        streams = (line.stream for line in self._lines.values())
        return [stream for stream in streams if isinstance(stream, PictureStream)]

    def _make_stream(self, track: TrackInfo, line: Line) -> VoiceStream | PictureStream:
        if track.source == "microphone":
            return VoiceStream(track.person, line)
        sizes = self._sizes.setdefault((track.person, seen_as(track.source)), Sizes())
        return PictureStream(track, line, sinks=self._sinks, pool=self._pool, sizes=sizes)

    def _end_stream(self, line: Line) -> None:
        stream, line.stream = line.stream, None
        if isinstance(stream, VoiceStream):
            self._sinks.silence(stream.person)
        elif isinstance(stream, PictureStream):
            stream.end()

    def _collect_voices(self) -> None:
        streams = (line.stream for line in self._lines.values())
        self._voices = tuple(stream for stream in streams if isinstance(stream, VoiceStream))

    def play(self) -> None:
        """Hands the next 10 ms of each voice to the sinks; for whoever plays them, every 10 ms, from any thread."""
        with self._playing:
            now_s = time.monotonic()
            away_s, self._played_s = now_s - self._played_s, now_s
            for voice in self._voices:
                try:
                    if away_s > _LONGEST_AWAY_S:
                        voice.skip()
                    block = voice.next_block()
                except Exception:
                    # One voice that cannot be played must not silence the others, nor fill the log.
                    if not voice.has_failed:
                        _log.exception("a voice could not be played")
                    voice.has_failed = True
                    continue
                if block is not None:
                    self._sinks.sound(voice.person, block)
