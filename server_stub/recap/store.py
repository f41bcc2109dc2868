"""What a recorded meeting's folder holds besides the recordings, so that a crash loses no word.

`recording.json` names the meeting and its people; `utterances.jsonl` gets a line for each utterance as it ends.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

import msgspec

from server_stub.recap.shares import NewScreen, Shared
from server_stub.recap.transcript import Spoken

RECORDING, UTTERANCES, RECAP, JSON = "recording.json", "utterances.jsonl", "recap", "recap.json"
#: What a worker mixes for the film during the meeting.
MIXED = "sound-*.mix"


class StoreError(Exception):
    """The folder does not hold a recording; the message is for people."""


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Someone in the meeting, and the files of what was recorded of them.

    Attributes:
        file: voice and camera.
        screen: the pictures of all their shares; empty where they shared nothing.
        shares: from when to when, in seconds from the recording's start; an end of None while it ran.
    """

    id: str
    name: str
    file: str
    screen: str = ""
    shares: list[tuple[float, float | None]] = []


class Recording(msgspec.Struct, frozen=True, kw_only=True):
    """`recording.json`. Both times are seconds since 1970; the end is 0 until it is known."""

    meeting: str
    started_at: float
    people: list[Person]
    ended_at: float = 0.0


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """One line of `utterances.jsonl`: an utterance, and up to where its person's speech is told."""

    engine: str
    settled_s: float
    spoken: Spoken


def read_recording(folder: Path) -> Recording:
    """What `recording.json` says.

    Raises:
        StoreError: it is missing or not what it should be.
    """
    try:
        return msgspec.json.decode((folder / RECORDING).read_bytes(), type=Recording)
    except (OSError, msgspec.MsgspecError, ValueError) as error:
        raise StoreError("Nothing of this meeting was recorded.") from error


def find_files(folder: Path, people: Iterable[str], named: dict[str, str]) -> dict[str, Path]:
    """The recordings that are there, by person.

    Args:
        folder: the meeting's.
        people: ids.
        named: file names by id where they are not `<id>.mkv`.
    """
    places = {person: folder / Path(named.get(person) or f"{person}.mkv").name for person in people}
    return {person: path for person, path in places.items() if path.is_file() and path.stat().st_size}


def find_shares(folder: Path, recording: Recording) -> list[Shared]:
    """The screens that were shared and whose pictures are there, in the order in which the shares began."""
    found = [
        Shared(path=str(path.resolve()), start_s=start_s, end_s=end_s)
        for person in recording.people
        if person.screen and (path := folder / Path(person.screen).name).is_file() and path.stat().st_size
        for start_s, end_s in person.shares
        if end_s is None or start_s < end_s
    ]
    return sorted(found, key=lambda one: (one.start_s, one.path))


def find_new_screens(recording: Recording) -> list[NewScreen]:
    """Who began to share when, in order of time."""
    found = [NewScreen(at_s=at_s, person=person.id) for person in recording.people for at_s, _ in person.shares]
    return sorted(found, key=lambda one: (one.at_s, one.person))


def drop_mix(folder: Path) -> None:
    """Deletes what was mixed for the film, once that is there."""
    for path in folder.glob(MIXED):
        path.unlink(missing_ok=True)


def read_heard(folder: Path) -> list[Heard]:
    """The lines of `utterances.jsonl`; one cut off by a crash is passed over, of two alike the later counts."""
    try:
        lines = (folder / UTTERANCES).read_bytes().splitlines()
    except OSError:
        return []
    found: dict[tuple[str, str, float], Heard] = {}
    for line in lines:
        try:
            heard = msgspec.json.decode(line, type=Heard)
        except (msgspec.MsgspecError, ValueError):
            continue
        found[heard.engine, heard.spoken.person, heard.spoken.start_s] = heard
    return list(found.values())


class HeardLog:
    """Appends lines to `utterances.jsonl`; a full disk never disturbs the meeting."""

    def __init__(self, folder: Path) -> None:
        self._file: BinaryIO | None = None
        try:
            handle = os.open(folder / UTTERANCES, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        except OSError:
            return
        self._file = os.fdopen(handle, "ab", buffering=0)
        if os.fstat(handle).st_size:
            # The line before may have been cut off by a crash.
            self._file.write(b"\n")

    def add(self, heard: Heard) -> None:
        """Writes one line through to the disk's cache, which a killed process cannot lose."""
        if self._file is not None:
            try:
                self._file.write(msgspec.json.encode(heard) + b"\n")
            except OSError:
                self.close()

    def close(self) -> None:
        """Ends the log; lines added later are dropped."""
        if self._file is not None:
            self._file.close()
            self._file = None
