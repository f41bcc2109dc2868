"""The recaps in the making: each recording has a job that listens during the meeting and makes the recap after it.

(The pipeline itself is the package `server_stub.recap`; a module cannot bear its name beside it.)
The states of a recap: "recording", from the first leave "generating", at last "ready" or "failed"; "deleted" when a
member had it deleted before its time. Six months after the meeting's end nothing of it can be read, see `retention`.
It is ready as soon as its texts are. Its films follow: "making", then "ready", "failed", or "none" where nothing was
recorded that could be played. What is left unmade, texts or films alone, is made again at the next start.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from app.wire.recap import Recap
from app.wire.rooms import RecapState
from server_stub.after.recap_news import keep, keep_film, tell_recording
from server_stub.after.recaps import folder_of, read
from server_stub.after.retention import drop_folder, is_expired
from server_stub.call import captions
from server_stub.recap.errors import RecapError
from server_stub.recap.filmed import Films
from server_stub.recap.moments import Moment, MomentKind
from server_stub.recap.so_far import SoFar
from server_stub.recap.transcript import Spoken
from server_stub.room import cards
from server_stub.storage import meetings as meetings_table
from server_stub.storage.meetings import MeetingRow, RecordingRow

if TYPE_CHECKING:
    from server_stub.backend import Backend
    from server_stub.call.ongoing import Ongoing

log = logging.getLogger(__name__)
Remaker = Callable[["Backend", MeetingRow, RecordingRow], Awaitable[None]]
STILL_ON = "The meeting is still going on. The recap will be ready soon after it."
WAITS_FOR_END = "AI recording is off. The recap will be ready soon after the meeting."
BEING_MADE = "The recap is being made."
AFTER_RESTART = "The server stopped during this meeting. The recap is being made from what was recorded."
FAILED = "The recording is kept; the server will try again the next time it starts."
NO_SOUND = "No sound was recorded, so there is nothing to play."


class Job(Protocol):
    """Makes one recap; see `server_stub.recap.job`."""

    def listen_in(self, told: Callable[[Spoken], None]) -> None:
        """Has each utterance told as it is written down."""

    async def start(self) -> None:
        """Starts the worker."""

    def feed(self, person: str, start_s: float, opus: bytes) -> None:
        """Takes a packet of voice."""

    def add_person(self, person: str, name: str) -> None:
        """Somebody more is recorded."""

    def note_moment(self, moment: Moment) -> None:
        """Somebody raised a hand, reacted or marked the moment."""

    def spell(self, texts: Iterable[str]) -> None:
        """Something was written whose names help to spell what is heard."""

    def note_first_leave(self) -> None:
        """Somebody has left."""

    async def renew(self) -> None:
        """A better engine may have come: it takes over."""

    async def rest(self) -> None:
        """The recording has stopped: ends the worker until `finish` needs one."""

    async def finish(self, *, ended_at: float, last_left_at: float) -> Recap:
        """Makes the texts of the recap."""

    async def cancel(self) -> None:
        """Ends the worker without a recap."""


class Maker(Protocol):
    """Makes jobs; the tests have their own."""

    def open(self, folder: Path, people: Mapping[str, str]) -> Job:
        """A job for a recording that begins."""

    async def remake(self, folder: Path) -> Recap:
        """Makes the texts of a recap from what a recording left in its folder."""

    async def film(self, folder: Path, recap: Recap, *, since: float) -> Films | None:
        """Makes the films of a recap whose texts are there; None where nothing was recorded that could be played."""


@dataclass(slots=True)
class OpenJob:
    """A recording whose recap is not whole yet."""

    ongoing: Ongoing
    row: RecordingRow
    job: Job
    so_far: SoFar
    is_noted: bool = False


@dataclass(slots=True)
class OpenJobs:
    """The jobs of meetings that run or have just ended."""

    by_recording: dict[str, OpenJob] = field(default_factory=dict)
    #: The newest of each meeting: voice belongs to it, also what arrives while the recording stops.
    newest: dict[str, OpenJob] = field(default_factory=dict)
    #: Recordings whose recap is made again, or that are being deleted: their files are in use.
    busy: set[str] = field(default_factory=set)
    #: Recordings whose recap a member has made again by a better engine; the present one can be read meanwhile.
    remade: set[str] = field(default_factory=set)

    def of_meeting(self, meeting: str) -> list[OpenJob]:
        """The jobs of a meeting, oldest first."""
        return [job for job in self.by_recording.values() if job.row.meeting == meeting]

    def drop(self, recording: str) -> OpenJob | None:
        """Forgets a job and returns it."""
        job = self.by_recording.pop(recording, None)
        if job is not None and self.newest.get(job.row.meeting) is job:
            del self.newest[job.row.meeting]
        return job


def is_in_use(backend: Backend, recording: str) -> bool:
    """Whether somebody works on the files of a recording now."""
    return recording in backend.jobs.by_recording or recording in backend.jobs.busy


async def open_job(backend: Backend, ongoing: Ongoing, row: RecordingRow, people: Mapping[str, str]) -> None:
    """A recording begins: its job listens from now on."""
    job = backend.recap_maker.open(folder_of(backend, row.id), people)
    opened = OpenJob(ongoing, row, job, SoFar(row.started_at, people))
    job.listen_in(lambda spoken: captions.hear(backend, opened, spoken))
    backend.jobs.by_recording[row.id] = opened
    backend.jobs.newest[row.meeting] = opened
    # What is fed before the worker runs would have to be read from the file again after the meeting.
    await job.start()
    # Small words in front: the capital of a title's first word is a name's as often as not.
    job.spell([f"in {ongoing.row.title}", *(line.text for line in ongoing.lines)])


async def renew(backend: Backend) -> None:
    """A speech model has come: the recordings that run are heard with it, too."""
    for opened in list(backend.jobs.by_recording.values()):
        await opened.job.renew()


async def drop_job(backend: Backend, recording: str) -> None:
    """A recording did not begin after all."""
    opened = backend.jobs.drop(recording)
    if opened is not None:
        await opened.job.cancel()
    await backend.store.do(lambda connection: meetings_table.drop_recording(connection, recording))
    # A second try of the meeting's first recording has the same folder.
    await drop_folder(backend, recording)


def add_person(backend: Backend, recording: str, person: str, name: str) -> None:
    """Somebody more is recorded."""
    opened = backend.jobs.by_recording.get(recording)
    if opened is not None:
        opened.so_far.add_person(person, name)
        opened.job.add_person(person, name)


def note_moment(backend: Backend, ongoing: Ongoing, person: str, kind: MomentKind) -> None:
    """Somebody raised a hand, reacted or marked it: kept with the recording that runs, of who consents to it."""
    row, seat = ongoing.recording, ongoing.meeting.seats.get(person)
    opened = backend.jobs.by_recording.get(row.id) if row is not None else None
    if opened is not None and seat is not None and seat.person.consents:
        opened.job.note_moment(Moment(at=backend.now(), person=person, kind=kind))


def note_words(backend: Backend, meeting: str, text: str) -> None:
    """Something was written in the chat of a meeting."""
    opened = backend.jobs.newest.get(meeting)
    if opened is not None:
        opened.job.spell([text])


def note_leave(backend: Backend, ongoing: Ongoing) -> None:
    """Somebody has left: from the first one on, the recaps of the meeting are in the making."""
    words = STILL_ON if ongoing.meeting.ended_at is None else BEING_MADE
    for opened in backend.jobs.of_meeting(ongoing.id):
        if opened.is_noted:
            continue
        opened.is_noted = True
        opened.job.note_first_leave()
        opened.row = replace(opened.row, recap="generating")
        backend.chores.start(set_state(backend, opened.row.id, "generating", words), "telling about a recap")


async def note_stop(backend: Backend, recording: str, at: float) -> None:
    """AI recording was switched off: the recap waits for the end of the meeting."""
    opened = backend.jobs.by_recording.get(recording)
    if opened is not None:
        opened.row = replace(opened.row, ended_at=at)
        # Who switches recording on and off again and again does not fill the server with workers.
        await opened.job.rest()
    await backend.store.do(lambda connection: meetings_table.end_recording(connection, recording, at))
    await set_state(backend, recording, "generating", WAITS_FOR_END)


async def set_state(backend: Backend, recording: str, state: RecapState, words: str) -> None:
    """Keeps how far a recap of an open job is and tells the room."""
    opened = backend.jobs.by_recording.get(recording)
    if opened is None:
        return
    opened.row = replace(opened.row, recap=state, recap_words=words)
    row = opened.row
    known = opened.ongoing.recordings
    opened.ongoing.recordings = [row if other.id == row.id else other for other in known]
    await backend.store.do(lambda c: meetings_table.set_recap(c, row.id, row.recap, row.recap_words))
    if backend.jobs.by_recording.get(recording) is opened and opened.row is row:
        tell_recording(backend, opened.ongoing.row, row)


async def finish(backend: Backend, ongoing: Ongoing, last_left_at: float) -> None:
    """The meeting is over and its files are complete: makes the recap of each recording, and then the films."""
    jobs = backend.jobs.of_meeting(ongoing.id)
    made: list[tuple[RecordingRow, Recap]] = []
    for opened in jobs:
        try:
            made += await _finish_one(backend, opened, last_left_at)
        except Exception:
            # The database refuses: the next start of the server makes this recap, and now it is the next one's turn.
            log.exception("how far a recap is could not be kept")
            await opened.job.cancel()
            backend.jobs.drop(opened.row.id)
    for row, recap in made:
        try:
            await film(backend, ongoing.row, row, recap, since=last_left_at)
        finally:
            backend.jobs.drop(row.id)


async def _finish_one(backend: Backend, opened: OpenJob, last_left_at: float) -> list[tuple[RecordingRow, Recap]]:
    """Makes the texts of one recap; returns what its films are made of, or nothing where it failed."""
    await set_state(backend, opened.row.id, "generating", BEING_MADE)
    ended_at = min(opened.row.ended_at or last_left_at, last_left_at)
    try:
        recap = await opened.job.finish(ended_at=ended_at, last_left_at=last_left_at)
        opened.row, recap = await keep(backend, opened.ongoing.row, opened.row, recap)
    except Exception as error:
        await set_state(backend, opened.row.id, "failed", _why("The recap", error))
        backend.jobs.drop(opened.row.id)
        return []
    return [(opened.row, recap)]


async def film(backend: Backend, row: MeetingRow, recording: RecordingRow, recap: Recap, *, since: float) -> None:
    """Makes the films of a recap that can be read already, and tells its room."""
    try:
        films = await backend.recap_maker.film(folder_of(backend, recording.id), recap, since=since)
        if films is None:
            await keep_film(backend, row, recording, "none", NO_SOUND)
        else:
            await keep_film(backend, row, recording, "ready", "", recap=films.add_to(recap))
    except Exception as error:
        try:
            await keep_film(backend, row, recording, "failed", _why("The film", error))
        except Exception:
            log.exception("how far a film is could not be kept")


async def remake_all(backend: Backend) -> None:
    """Makes what the last run of the server left unmade, one after the other: the recaps' texts, then their films."""
    for unmade, make in (
        (meetings_table.unfinished_recordings, _remake),
        (meetings_table.filmless_recordings, _film_again),
    ):
        for recording in await backend.store.do(unmade):
            await make_again(backend, recording.id, make)


async def make_again(backend: Backend, recording: str, make: Remaker) -> None:
    """Has something of a recap made again, unless it is not there any more or somebody else works on it."""
    found = await backend.store.do(lambda connection: cards.find_subject(connection, recording))
    if found is None or found[1] is None or found[1].recap == "deleted":
        return
    if is_expired(found[0].ended_at, backend.now()) or is_in_use(backend, recording):
        return
    backend.jobs.busy.add(recording)
    try:
        await make(backend, found[0], found[1])
    except Exception:
        log.exception("how far a recap is could not be kept")
    finally:
        backend.jobs.busy.discard(recording)


async def _remake(backend: Backend, row: MeetingRow, recording: RecordingRow) -> None:

    async def told(state: RecapState, words: str) -> None:
        await backend.store.do(lambda c: meetings_table.set_recap(c, recording.id, state, words))
        tell_recording(backend, row, replace(recording, recap=state, recap_words=words))

    await told("generating", AFTER_RESTART if recording.recap != "failed" else BEING_MADE)
    try:
        await keep(backend, row, recording, await backend.recap_maker.remake(folder_of(backend, recording.id)))
    except Exception as error:
        await told("failed", _why("The recap", error))


async def _film_again(backend: Backend, row: MeetingRow, recording: RecordingRow) -> None:
    recap, begun = await read(backend, recording.id), backend.now()
    if recap is None:
        return
    await keep_film(backend, row, recording, "making", "")
    await film(backend, row, recording, recap, since=begun)


def _why(what: str, error: Exception) -> str:
    """What is said of a failure; only a fault of ours is worth a look at the log."""
    if isinstance(error, RecapError):
        log.info("%s could not be made", what)
        return f"{error} {FAILED}"
    log.error("%s could not be made", what, exc_info=error)
    return f"{what} could not be made. {FAILED}"
