"""Records a meeting by listening in on its streams: one Matroska file per person, without encoding again.

The folder holds `recording.json`, written anew (atomically) whenever a person is added::

    {"meeting": id, "started_at": epoch seconds, "people": [{"id", "name", "file", "screen", "shares"}]}

`file` has the person's voice (Opus) and camera (VP8) and is one file however often the person comes and goes; `screen`
is there only when the person shared a screen: a file with that picture alone, and `shares` says from when to when, as
[[start_s, end_s or null while it runs]]: a screen on which nothing moves sends nothing, and is shared all the same. All
timestamps count from `started_at`, so a later joiner's file begins late, and silence or a camera that is off is a gap.
Names of files come from ids alone.

Packets are put in order on the event loop (some microseconds each); only the disk has a thread of its own, fed by a
bounded queue: a disk that is too slow loses frames, counted, and never holds the call up.
"""

from __future__ import annotations

import asyncio
import errno
import hashlib
import json
import logging
import os
import re
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from app.wire.media import LOW
from server_stub.relay.disk import Disk, LazyFile
from server_stub.relay.engine import INDEX, MIN_FREE_BYTES, NoSpace, RelayError, RelayStatistics
from server_stub.relay.matroska import Sample
from server_stub.relay.reorder import Arrival, Reorder, Vp8Frames
from server_stub.relay.rtcp import SenderReport
from server_stub.relay.rtp import CLOCK_HZ, payload_of
from server_stub.relay.timeline import PersonClock, Timeline

_log = logging.getLogger(__name__)

#: A recording ends while the disk still has this much, which the database, the files' ends and the recap's text need.
LEAST_ROOM_BYTES = 50_000_000
ROOM_EVERY_S = 5.0
#: A screen is asked for a key frame after so many pictures, so that nobody waits long who jumps in the film. Not by the
#: clock: each is a whole page of small letters, and a page that stands still needs no second one.
SCREEN_PICTURES = 150
_PLAIN = re.compile(r"[A-Za-z0-9_-]{1,64}")


def free_bytes(folder: Path) -> int:
    """The room that is left on the disk of a folder that exists or is to be made."""
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free


@dataclass(frozen=True, slots=True)
class RecordingHooks:
    """What a recording needs of its surroundings.

    Attributes:
        heard: told of each Opus packet (person, start in seconds, packet), on the event loop.
        stopped: told on the event loop when the disk ended the recording ("disk_full" or "failed").
        free: the free bytes of a folder's disk.
        open_container: stands in for av.open in tests.
    """

    heard: Callable[[str, float, bytes], None]
    stopped: Callable[[str], None]
    free: Callable[[Path], int] = free_bytes
    open_container: Any = None


class Recording:
    """One recording of one meeting; made, started, fed through taps, stopped."""

    def __init__(self, meeting: str, folder: Path, hooks: RecordingHooks) -> None:
        self._meeting = meeting
        self._folder = folder
        self._hooks = hooks
        self._people: dict[str, _Person] = {}
        self._taps: dict[tuple[str, str], _Tap] = {}
        self._start_s = 0.0
        self._look_s = 0.0
        self._started_at = 0.0
        self._disk: Disk | None = None
        self._lost = self._overrun = 0

    async def start(self, people: Mapping[str, str]) -> None:
        """Makes the folder and the index and begins.

        Raises:
            NoSpace: too little room.
            RelayError: the folder cannot be written.
        """
        try:
            if await asyncio.to_thread(self._hooks.free, self._folder) < MIN_FREE_BYTES:
                raise NoSpace(
                    "There is less than 500 MB of free space on the server's disk, so the recording cannot start."
                )
            self._started_at = time.time()
            self._start_s = time.monotonic()
            self._people = {person: _Person(person, name) for person, name in people.items()}
            await asyncio.to_thread(self._make_folder)
        except OSError as error:
            _log.warning("a recording could not start: %s", error.strerror)
            raise RelayError("The recording's folder cannot be written, so the recording cannot start.") from None
        self._disk = Disk(asyncio.get_running_loop(), self._hooks.stopped)

    def _make_folder(self) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder.chmod(0o700)
        self._write_index()

    async def add_person(self, person: str, name: str) -> None:
        """Records one more person from now on; without effect for one who is recorded already."""
        if person not in self._people and self._disk:
            self._people[person] = _Person(person, name)
            self._disk.do(self._write_index)

    def tap_for(self, person: str, source: str, want_key_frame: Callable[[], None]) -> _Tap | None:
        """What listens in on a stream of that person; None: they are not recorded, or not so, as a face made small."""
        someone = self._people.get(person)
        if someone is None or self._disk is None or source == LOW:
            return None
        key = "screen" if source == "screen" else "file"
        if key not in someone.files:
            path = self._new_path(person, ".screen" if key == "screen" else "")
            file = LazyFile(path, has_audio=key == "file", open_container=self._hooks.open_container)
            someone.files[key] = file
            self._disk.files.append(file)
            self._disk.do(self._write_index)
        old = self._taps.get((person, source))
        tap = _Tap(self, someone, _Place(source, someone.files[key], want_key_frame), follows=old)
        self._taps[person, source] = tap
        if old:
            self._lost += old.lost
        return tap

    def pass_time(self, now_s: float) -> None:
        """Gives up on packets that were waited for too long; to be called a few times a second.

        Args:
            now_s: monotonic.
        """
        for tap in self._taps.values():
            tap.pass_time(now_s)
        if self._disk and now_s >= self._look_s:
            self._look_s = now_s + ROOM_EVERY_S
            self._disk.do(self._check_room)

    def _check_room(self) -> None:
        """Ends the recording before the disk is so full that nothing else of the server works."""
        if self._hooks.free(self._folder) < LEAST_ROOM_BYTES:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    async def stop(self) -> None:
        """Ends the recording; returns when the files are complete."""
        if self._disk is None:
            return
        for tap in self._taps.values():
            tap.pass_time(float("inf"))
        now_s = self.since_start(time.monotonic())
        for someone in self._people.values():
            someone.shares.end(now_s)
        self._disk.do(self._write_index)
        await asyncio.to_thread(self._disk.finish)
        if self._overrun:
            _log.info("a recording lacks %d samples that the disk was too slow for", self._overrun)

    def add_counts_to(self, statistics: RelayStatistics) -> RelayStatistics:
        """The statistics with this recording's counts added."""
        return replace(
            statistics,
            frames_recorded=statistics.frames_recorded + (self._disk.written if self._disk else 0),
            frames_lost=statistics.frames_lost + self._lost + sum(tap.lost for tap in self._taps.values()),
            frames_overrun=statistics.frames_overrun + self._overrun,
        )

    # For the taps

    def since_start(self, now_s: float) -> float:
        """A monotonic time as seconds since the recording's start."""
        return now_s - self._start_s

    def hear(self, person: str, start_s: float, opus: bytes) -> None:
        """Tells of a voice packet."""
        self._hooks.heard(person, start_s, opus)

    def keep(self, file: LazyFile, sample: Sample) -> bool:
        """Gives a sample to the disk's thread; False when its queue is full."""
        if self._disk is None or not self._disk.put(file, sample):
            self._overrun += 1
            return False
        return True

    def note_share(self, person: _Person, at_s: float, *, is_on: bool) -> None:
        """A person's screen is shown from a second on, or no more."""
        if not (person.shares.begin(at_s) if is_on else person.shares.end(at_s)):
            return
        if self._disk:
            self._disk.do(self._write_index)
        # An older share is large again: the film can only go on with it from a key frame.
        for tap in self._taps.values() if not is_on else ():
            tap.want_share()

    def _new_path(self, person: str, ending: str) -> Path:
        """A file that does not exist yet, named by the person's id; nothing recorded is ever written over."""
        stem = person
        if not _PLAIN.fullmatch(person):
            stem = "person-" + hashlib.sha256(person.encode()).hexdigest()[:16]
        number = 1
        # A folder that cannot be looked into says so where it is written, off the loop.
        while os.path.lexists(path := self._folder / f"{stem}{ending}{f'.{number}' if number > 1 else ''}.mkv"):
            number += 1
        return path

    def _write_index(self) -> None:
        people: list[dict[str, Any]] = [
            {"id": someone.id, "name": someone.name}
            | {key: file.path.name for key, file in sorted(someone.files.items())}
            | ({"shares": someone.shares.spans} if "screen" in someone.files else {})
            for someone in list(self._people.values())
        ]
        # A person who has not sent anything yet has the name of the file that will be.
        for entry in people:
            entry.setdefault("file", self._new_path(entry["id"], "").name)
        index = {"meeting": self._meeting, "started_at": self._started_at, "people": people}
        draft = self._folder / f".{INDEX}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as text:
            json.dump(index, text, ensure_ascii=False, indent=1)
            text.flush()
            os.fsync(text.fileno())
        draft.replace(self._folder / INDEX)


class _Person:
    """One recorded person: the clock that voice and picture share, and the files."""

    def __init__(self, person: str, name: str) -> None:
        self.id = person
        self.name = name
        self.clock = PersonClock()
        self.files: dict[str, LazyFile] = {}
        self.shares = _Shares()


class _Shares:
    """From when to when a person's screen was shown: [start_s, end_s], an end of None while it is.

    Attributes:
        spans: in order; the disk's thread reads them, so each change is a new list.
    """

    def __init__(self) -> None:
        self.spans: list[tuple[float, float | None]] = []
        self._picture_s = 0.0

    @property
    def is_on(self) -> bool:
        return bool(self.spans) and self.spans[-1][1] is None

    def begin(self, at_s: float) -> bool:
        """A picture of it is shown from that second on; False when it was shown already."""
        self._picture_s = at_s
        if self.is_on:
            return False
        self.spans = [*self.spans, (round(at_s, 3), None)]
        return True

    def end(self, at_s: float) -> bool:
        """No more, after its last picture (which may be ahead of the clock); False when it was not shown."""
        if not self.is_on:
            return False
        start_s = self.spans[-1][0]
        self.spans = [*self.spans[:-1], (start_s, round(max(at_s, self._picture_s), 3))]
        return True


@dataclass(frozen=True, slots=True)
class _Place:
    source: str
    file: LazyFile
    want_key_frame: Callable[[], None]


class _Tap:
    """Listens in on one stream: puts it in order and in time and hands it to the disk; see `stream.Tap`."""

    def __init__(self, recording: Recording, person: _Person, place: _Place, *, follows: _Tap | None) -> None:
        self._recording = recording
        self._person = person
        self._place = place
        self._kind = "audio" if place.source == "microphone" else "video"
        self._order = Reorder()
        self._since_key = 0
        self._frames = Vp8Frames()
        self._timeline = Timeline(CLOCK_HZ[self._kind], person.clock, leads=self._kind == "audio")
        if follows:
            # The same track, published anew: what the old one still waited for comes first, and time goes on.
            follows.pass_time(float("inf"))
            self._timeline.follow(follows._timeline)

    @property
    def lost(self) -> int:
        """Pictures left out so far."""
        return self._frames.lost

    def take_packet(self, packet: bytes, now_s: float) -> None:
        self._keep_all(self._order.push(packet, now_s))

    def take_report(self, report: SenderReport, now_s: float) -> None:
        self._timeline.heed(report.ntp, report.timestamp)

    def pause(self, now_s: float) -> None:
        if self._place.source == "screen":
            self.pass_time(float("inf"))
            self._recording.note_share(self._person, self._recording.since_start(now_s), is_on=False)

    def pass_time(self, now_s: float) -> None:
        self._keep_all(self._order.pass_time(now_s))

    def want_share(self) -> None:
        """Asks for a key frame where this is a screen that is shown."""
        if self._place.source == "screen" and self._person.shares.is_on:
            self._place.want_key_frame()

    def _keep_all(self, arrivals: list[Arrival]) -> None:
        for arrival in arrivals:
            if self._kind == "audio":
                self._keep_voice(arrival)
            else:
                self._keep_picture(arrival)

    def _keep_voice(self, arrival: Arrival) -> None:
        opus = payload_of(arrival.packet)
        if opus:
            start_s = self._timeline.place(arrival.timestamp, self._recording.since_start(arrival.arrived_s))
            self._recording.hear(self._person.id, start_s, opus)
            self._recording.keep(self._place.file, Sample("audio", round(start_s * 1000), opus, True))

    def _keep_picture(self, arrival: Arrival) -> None:
        lost_before = self._frames.lost
        picture = self._frames.push(arrival)
        if arrival.follows_loss or self._frames.lost > lost_before:
            self._place.want_key_frame()
        if picture:
            start_s = self._timeline.place(picture.timestamp, self._recording.since_start(picture.arrived_s))
            sample = Sample("video", round(start_s * 1000), picture.data, picture.is_key)
            if not self._recording.keep(self._place.file, sample):
                self._frames.skip()
            elif self._place.source == "screen":
                self._recording.note_share(self._person, start_s, is_on=True)
                self._since_key = 0 if picture.is_key else self._since_key + 1
                if self._since_key and self._since_key % SCREEN_PICTURES == 0:
                    self._place.want_key_frame()
