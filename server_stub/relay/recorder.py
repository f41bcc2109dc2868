"""Records a meeting by listening in on its streams: one Matroska file per person, without encoding again.

The folder holds `recording.json`, written anew (atomically) whenever a person is added::

    {"meeting": id, "started_at": epoch seconds, "people": [{"id", "name", "file", "screen"}]}

`file` has the person's voice (Opus) and camera (VP8) and is one file however often the person comes and goes; `screen`
is there only when the person shared a screen: a file with that picture alone. All timestamps count from `started_at`,
so a later joiner's file begins late, and silence or a camera that is off is a gap. Names of files come from ids alone.

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
import queue
import re
import shutil
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from server_stub.relay.engine import MIN_FREE_BYTES, NoSpace, RelayError, RelayStatistics
from server_stub.relay.matroska import MatroskaFile, Sample
from server_stub.relay.reorder import Arrival, Reorder, Vp8Frames
from server_stub.relay.rtcp import SenderReport
from server_stub.relay.rtp import CLOCK_HZ, payload_of
from server_stub.relay.timeline import PersonClock, Timeline

_log = logging.getLogger(__name__)

INDEX = "recording.json"
#: A recording ends while the disk still has this much, which the database, the files' ends and the recap's text need.
LEAST_ROOM_BYTES = 50_000_000
ROOM_EVERY_S = 5.0
#: About ten seconds of two people, five of ten.
_MAX_QUEUED = 4_000
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
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
        self._disk: _Disk | None = None
        self._lost = self._overrun = 0

    async def start(self, people: Mapping[str, str]) -> None:
        """Makes the folder and the index and begins.

        Raises:
            NoSpace: too little room.
            RelayError: the folder cannot be written.
        """
        if await asyncio.to_thread(self._hooks.free, self._folder) < MIN_FREE_BYTES:
            raise NoSpace(
                "There is less than 500 MB of free space on the server's disk, so the recording cannot start."
            )
        self._started_at = time.time()
        self._start_s = time.monotonic()
        self._people = {person: _Person(person, name) for person, name in people.items()}
        try:
            await asyncio.to_thread(self._make_folder)
        except OSError as error:
            _log.warning("a recording could not start: %s", error.strerror)
            raise RelayError("The recording's folder cannot be written, so the recording cannot start.") from None
        self._disk = _Disk(asyncio.get_running_loop(), self._hooks.stopped)

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
        """What listens in on a stream of that person; None when the person is not recorded."""
        someone = self._people.get(person)
        if someone is None or self._disk is None:
            return None
        key = "screen" if source == "screen" else "file"
        if key not in someone.files:
            path = self._new_path(person, ".screen" if key == "screen" else "")
            file = _LazyFile(path, has_audio=key == "file", open_container=self._hooks.open_container)
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

    def keep(self, file: _LazyFile, sample: Sample) -> bool:
        """Gives a sample to the disk's thread; False when its queue is full."""
        if self._disk is None or not self._disk.put(file, sample):
            self._overrun += 1
            return False
        return True

    def _new_path(self, person: str, ending: str) -> Path:
        """A file that does not exist yet, named by the person's id; nothing recorded is ever written over."""
        stem = person
        if not _PLAIN.fullmatch(person):
            stem = "person-" + hashlib.sha256(person.encode()).hexdigest()[:16]
        number = 1
        while (path := self._folder / f"{stem}{ending}{f'.{number}' if number > 1 else ''}.mkv").exists():
            number += 1
        return path

    def _write_index(self) -> None:
        people = [
            {"id": someone.id, "name": someone.name}
            | {key: file.path.name for key, file in sorted(someone.files.items())}
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
        self.files: dict[str, _LazyFile] = {}


class _LazyFile:
    """A file that is made on the disk's thread with its first sample, so that the event loop never waits."""

    def __init__(self, path: Path, *, has_audio: bool, open_container: Any) -> None:
        self.path = path
        self._has_audio = has_audio
        self._open_container = open_container
        self._file: MatroskaFile | None = None

    def write(self, sample: Sample) -> None:
        if self._file is None:
            self._file = MatroskaFile(self.path, has_audio=self._has_audio, open_container=self._open_container)
        self._file.write(sample)

    def close(self) -> None:
        if self._file:
            self._file.close()


@dataclass(frozen=True, slots=True)
class _Place:
    source: str
    file: _LazyFile
    want_key_frame: Callable[[], None]


class _Tap:
    """Listens in on one stream: puts it in order and in time and hands it to the disk; see `stream.Tap`."""

    def __init__(self, recording: Recording, person: _Person, place: _Place, *, follows: _Tap | None) -> None:
        self._recording = recording
        self._person = person
        self._place = place
        self._kind = "audio" if place.source == "microphone" else "video"
        self._order = Reorder()
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

    def pass_time(self, now_s: float) -> None:
        self._keep_all(self._order.pass_time(now_s))

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


class _Disk:
    """The thread that writes: a bounded queue of samples and of small jobs, in order."""

    def __init__(self, loop: asyncio.AbstractEventLoop, stopped: Callable[[str], None]) -> None:
        self.files: list[_LazyFile] = []
        self.written = 0
        self._loop = loop
        self._stopped = stopped
        self._has_failed = False
        self._jobs: queue.Queue[Callable[[], None] | tuple[_LazyFile, Sample] | None] = queue.Queue()
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    def put(self, file: _LazyFile, sample: Sample) -> bool:
        """Queues a sample; False when too many wait. After a failure it is forgotten."""
        if self._jobs.qsize() >= _MAX_QUEUED:
            return False
        if not self._has_failed:
            self._jobs.put_nowait((file, sample))
        return True

    def do(self, job: Callable[[], None]) -> None:
        """Queues a small job."""
        self._jobs.put_nowait(job)

    def finish(self) -> None:
        """Writes what is queued and completes the files; blocks until that is done."""
        self._jobs.put_nowait(None)
        self._thread.join()

    def _run(self) -> None:
        reason = ""
        try:
            while (job := self._jobs.get()) is not None:
                self._do(job)
        except Exception as error:
            self._has_failed = True
            is_full = isinstance(error, OSError) and error.errno in _FULL
            _log.warning("a recording ended early: %s", "the disk is full" if is_full else type(error).__name__)
            reason = "disk_full" if is_full else "failed"
        self._close_all()
        if reason:
            self._tell(reason)

    def _do(self, job: Callable[[], None] | tuple[_LazyFile, Sample]) -> None:
        if isinstance(job, tuple):
            file, sample = job
            file.write(sample)
            self.written += 1
        else:
            job()

    def _close_all(self) -> None:
        for file in self.files:
            try:
                file.close()
            except Exception as error:
                # A full disk makes the close fail as well; all but the file's index is there, and players do without.
                _log.warning("a recording's file could not be completed: %s", type(error).__name__)

    def _tell(self, reason: str) -> None:
        try:
            self._loop.call_soon_threadsafe(self._stopped, reason)
        except RuntimeError:
            _log.info("the event loop had closed before the recording ended")
