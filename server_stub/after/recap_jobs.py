"""The recaps in the making: each recording has a job that listens during the meeting and makes the recap after it.

(The pipeline itself is the package `server_stub.recap`; a module cannot bear its name beside it.)
The states of a recap: "recording", from the first leave "generating", at last "ready" or "failed"; "deleted" when a
member had it deleted before its time. Six months after the meeting's end nothing of it can be read, see
`kernel.keeping`. It is ready as soon as its texts are. Its films follow: "making", then "ready", "failed", or "none"
where nothing was recorded that could be played. What is left unmade, texts or films alone, is made again at the next
start.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from app.paths import private_folder
from app.wire.recap import Recap
from app.wire.rooms import RecapState
from server_stub.after import captions
from server_stub.after.jobs import OpenJob, OpenJobs, is_in_use, may_ask_model
from server_stub.after.recap_news import keep, keep_film, tell_recording
from server_stub.after.recaps import folder_of, read
from server_stub.after.retention import drop_folder
from server_stub.call.calls import Calls
from server_stub.call.events import MomentGiven, SeatFreed
from server_stub.call.media import VoiceHeard
from server_stub.call.ongoing import Ongoing
from server_stub.kernel.context import Context
from server_stub.kernel.keeping import is_expired
from server_stub.recap.errors import RecapError
from server_stub.recap.moments import Moment
from server_stub.recap.so_far import SoFar
from server_stub.recap.store import RECORDING
from server_stub.room import cards
from server_stub.storage import meetings as meetings_table
from server_stub.storage.meetings import MeetingRow, RecordingRow

log = logging.getLogger(__name__)
Remaker = Callable[[Context, MeetingRow, RecordingRow], Awaitable[None]]
STILL_ON = "The meeting is still going on. The recap will be ready soon after it."
WAITS_FOR_END = "AI recording is off. The recap will be ready soon after the meeting."
BEING_MADE = "The recap is being made."
AFTER_RESTART = "The server stopped during this meeting. The recap is being made from what was recorded."
CUT_OFF = "The server stopped during this part. Its recap will be ready soon after the meeting."
FAILED = "The recording is kept; the server will try again the next time it starts."
NO_SOUND = "No sound was recorded, so there is nothing to play."


async def open_job(context: Context, ongoing: Ongoing, row: RecordingRow, people: Mapping[str, str]) -> None:
    """A recording begins: its job listens from now on.

    Raises:
        RecapError: what a try before has left in its folder cannot be deleted.
    """
    # Of a try that did not begin: the meeting's first recording has the same folder each time.
    if not await drop_folder(context, row.id):
        raise RecapError("what an earlier try has left cannot be deleted")
    private_folder(folder_of(context, row.id))
    job = context.part(OpenJobs).maker.open(folder_of(context, row.id), people)
    opened = OpenJob(ongoing, row, job, SoFar(row.started_at, people))
    job.listen_in(lambda spoken: captions.hear(context, opened, spoken))
    context.part(OpenJobs).by_recording[row.id] = opened
    context.part(OpenJobs).newest[row.meeting] = opened
    # What is fed before the worker runs would have to be read from the file again after the meeting.
    await job.start()
    # Small words in front: the capital of a title's first word is a name's as often as not.
    job.spell([f"in {ongoing.row.title}", *(line.text for line in ongoing.lines)])


async def renew(context: Context) -> None:
    """A speech model has come: the recordings that run are heard with it, too."""
    for opened in list(context.part(OpenJobs).by_recording.values()):
        await opened.job.renew()


async def drop_job(context: Context, recording: str) -> None:
    """A recording did not begin after all."""
    opened = context.part(OpenJobs).drop(recording)
    try:
        if opened is not None:
            await opened.job.cancel()
    finally:  # a second try of the meeting's first recording has the same folder
        await drop_folder(context, recording)


def add_person(context: Context, recording: str, person: str, name: str) -> None:
    """Somebody more is recorded."""
    opened = context.part(OpenJobs).by_recording.get(recording)
    if opened is not None:
        opened.so_far.add_person(person, name)
        opened.job.add_person(person, name)


def note_moment(context: Context, given: MomentGiven) -> None:
    """Somebody raised a hand, reacted or marked the moment: kept with the recording that runs."""
    opened = context.part(OpenJobs).by_recording.get(given.recording)
    if opened is not None:
        opened.job.note_moment(Moment(at=given.at, person=given.person, kind=given.kind))


def hear(context: Context, heard: VoiceHeard) -> None:
    """A packet of voice: for the recording that runs, or is just ending."""
    opened = context.part(OpenJobs).newest.get(heard.meeting)
    if opened is not None:
        opened.job.feed(heard.person, heard.start_s, heard.opus)


def note_words(context: Context, meeting: str, text: str) -> None:
    """Something was written in the chat of a meeting."""
    opened = context.part(OpenJobs).newest.get(meeting)
    if opened is not None:
        opened.job.spell([text])


def note_leave(context: Context, left: SeatFreed) -> None:
    """Somebody has left: from the first one on, the recaps of the meeting are in the making."""
    words = BEING_MADE if left.is_over else STILL_ON
    for opened in context.part(OpenJobs).of_meeting(left.meeting):
        if opened.is_noted:
            continue
        opened.is_noted = True
        opened.job.note_first_leave()
        opened.row = replace(opened.row, recap="generating")
        context.chores.start(set_state(context, opened.row.id, "generating", words), "telling about a recap")


async def note_stop(context: Context, recording: str, at: float) -> None:
    """AI recording was switched off: the recap waits for the end of the meeting."""
    opened = context.part(OpenJobs).by_recording.get(recording)
    if opened is not None:
        opened.row = replace(opened.row, ended_at=at)
        # Who switches recording on and off again and again does not fill the server with workers.
        await opened.job.rest()
    await context.unkept.keep(
        f"the end of recording {recording}", lambda connection: meetings_table.end_recording(connection, recording, at)
    )
    await set_state(context, recording, "generating", WAITS_FOR_END)


async def set_state(context: Context, recording: str, state: RecapState, words: str) -> None:
    """Keeps how far a recap of an open job is and tells the room."""
    opened = context.part(OpenJobs).by_recording.get(recording)
    if opened is None:
        return
    opened.row = replace(opened.row, recap=state, recap_words=words)
    row = opened.row
    opened.ongoing.recordings.note(row)
    await context.store.do(lambda c: meetings_table.set_recap(c, row.id, row.recap, row.recap_words))
    if context.part(OpenJobs).by_recording.get(recording) is opened and opened.row is row:
        tell_recording(context, opened.ongoing.row, row)


async def finish(context: Context, meeting: MeetingRow, last_left_at: float) -> None:
    """The meeting is over and its files are complete: makes the recap of each recording, and then the films.

    Parts that a stop of the server has cut off have no job, and are made again from their files.
    """
    cut_off = await _cut_off(context, meeting)
    for part in cut_off:
        await make_again(context, part, _remake)
    jobs = context.part(OpenJobs).of_meeting(meeting.id)
    made: list[tuple[RecordingRow, Recap]] = []
    for opened in jobs:
        try:
            made += await _finish_one(context, opened, last_left_at)
        except Exception:
            # The database refuses: the next start of the server makes this recap, and now it is the next one's turn.
            log.exception("how far a recap is could not be kept")
            await opened.job.cancel()
            context.part(OpenJobs).drop(opened.row.id)
    for row, recap in made:
        try:
            await film(context, meeting, row, recap, since=last_left_at)
        finally:
            context.part(OpenJobs).drop(row.id)
    for part in cut_off:
        await make_again(context, part, _film_again)


async def _cut_off(context: Context, meeting: MeetingRow) -> tuple[str, ...]:
    """The parts of a meeting that were begun under a server that stopped, and whose recaps are still to be made."""
    try:
        rows = await context.store.do(lambda connection: meetings_table.recordings_of(connection, meeting.id))
    except Exception:  # the next start makes them; the parts that have a job are not to wait for that
        log.exception("which parts of a meeting were cut off could not be read")
        return ()
    unmade = [row.id for row in rows if row.recap in ("recording", "generating") and not is_in_use(context, row.id)]

    def begun() -> tuple[str, ...]:
        # Of one that did not begin, the row may have to wait for the disk to take it back.
        return tuple(one for one in unmade if (folder_of(context, one) / RECORDING).exists())

    return await asyncio.to_thread(begun)


async def _finish_one(context: Context, opened: OpenJob, last_left_at: float) -> list[tuple[RecordingRow, Recap]]:
    """Makes the texts of one recap; returns what its films are made of, or nothing where it failed."""
    await set_state(context, opened.row.id, "generating", BEING_MADE)
    ended_at = min(opened.row.ended_at or last_left_at, last_left_at)
    try:
        recap = await opened.job.finish(ended_at=ended_at, last_left_at=last_left_at)
        opened.row, recap = await keep(context, opened.ongoing.row, opened.row, recap)
    except Exception as error:
        await set_state(context, opened.row.id, "failed", _why("The recap", error))
        context.part(OpenJobs).drop(opened.row.id)
        return []
    return [(opened.row, recap)]


async def film(context: Context, row: MeetingRow, recording: RecordingRow, recap: Recap, *, since: float) -> None:
    """Makes the films of a recap that can be read already, and tells its room."""
    try:
        films = await context.part(OpenJobs).maker.film(folder_of(context, recording.id), recap, since=since)
        if films is None:
            await keep_film(context, row, recording, "none", NO_SOUND)
        else:
            await keep_film(context, row, recording, "ready", "", recap=films.add_to(recap))
    except Exception as error:
        try:
            await keep_film(context, row, recording, "failed", _why("The film", error))
        except Exception:
            log.exception("how far a film is could not be kept")


async def remake_all(context: Context) -> None:
    """Makes what the last run of the server left unmade, one after the other: the recaps' texts, then their films."""
    for unmade, make in (
        (meetings_table.unfinished_recordings, _remake),
        (meetings_table.filmless_recordings, _film_again),
    ):
        for recording in await context.store.do(unmade):
            if context.part(Calls).find(recording.meeting) is not None:
                continue  # it goes on; its recaps are made at its end
            await make_again(context, recording.id, make)


async def make_again(context: Context, recording: str, make: Remaker) -> None:
    """Has something of a recap made again, unless it is not there any more or somebody else works on it."""
    found = await context.store.do(lambda connection: cards.find_subject(connection, recording))
    if found is None or found[1] is None or found[1].recap == "deleted":
        return
    if is_expired(found[0].ended_at, context.now()) or is_in_use(context, recording):
        return
    context.part(OpenJobs).busy.add(recording)
    try:
        await make(context, found[0], found[1])
    except Exception:
        log.exception("how far a recap is could not be kept")
    finally:
        context.part(OpenJobs).busy.discard(recording)


async def _remake(context: Context, row: MeetingRow, recording: RecordingRow) -> None:

    async def told(state: RecapState, words: str) -> None:
        await context.store.do(lambda c: meetings_table.set_recap(c, recording.id, state, words))
        tell_recording(context, row, replace(recording, recap=state, recap_words=words))

    await told("generating", AFTER_RESTART if recording.recap != "failed" else BEING_MADE)
    try:
        may_ask = await may_ask_model(context, recording.id)
        recap = await context.part(OpenJobs).maker.remake(folder_of(context, recording.id), may_ask=may_ask)
        await keep(context, row, recording, recap)
    except Exception as error:
        await told("failed", _why("The recap", error))


async def _film_again(context: Context, row: MeetingRow, recording: RecordingRow) -> None:
    recap, begun = await read(context, recording.id), context.now()
    if recap is None:
        return
    await keep_film(context, row, recording, "making", "")
    await film(context, row, recording, recap, since=begun)


def _why(what: str, error: Exception) -> str:
    """What is said of a failure; only a fault of ours is worth a look at the log."""
    if isinstance(error, RecapError):
        log.info("%s could not be made", what)
        return f"{error} {FAILED}"
    log.error("%s could not be made", what, exc_info=error)
    return f"{what} could not be made. {FAILED}"
