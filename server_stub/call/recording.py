"""AI recording: one switch, the host's; nothing of a person is stored before that person's consent is."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from app.paths import private_folder
from app.wire.fields import Tell
from app.wire.recording import (
    AcceptRecording,
    MarkMoment,
    MomentMarked,
    RecordingStarted,
    RecordingStopped,
    StartRecording,
    StopReason,
    StopRecording,
)
from server_stub.call import captions_rules, gestures_rules, meeting, recording_rules
from server_stub.call.ongoing import Ongoing
from server_stub.call.places import seat_in
from server_stub.errors import Refusal
from server_stub.kernel import links
from server_stub.kernel.config import NOTICE_VERSION
from server_stub.kernel.context import Context
from server_stub.kernel.hub import Asker
from server_stub.kernel.requests import Rule
from server_stub.kernel.session import Session
from server_stub.relay.engine import NoSpace, RelayError
from server_stub.storage import Connection
from server_stub.storage import meetings as meetings_table
from server_stub.storage.meetings import Consent, MeetingRow, RecordingRow

log = logging.getLogger(__name__)
_STOPPED: dict[StopReason, str] = {
    "host": "The host switched AI recording off.",
    "ended": "The meeting has ended.",
    "disk_full": "AI recording stopped: the server's disk is full. What was recorded is kept, and the call goes on.",
    "failed": "AI recording stopped because of a fault. What was recorded is kept, and the call goes on.",
}


@dataclass(frozen=True, slots=True)
class RecordingBegins:
    """Somebody will be recorded from now on; waited for, and what it raises ends the recording."""

    ongoing: Ongoing
    row: RecordingRow
    people: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RecordingFailed:
    """A recording did not begin after all; waited for."""

    recording: str


@dataclass(frozen=True, slots=True)
class RecordingEnded:
    """AI recording was switched off; waited for."""

    recording: str
    at: float


@dataclass(frozen=True, slots=True)
class PersonRecorded:
    """Somebody more is recorded."""

    recording: str
    person: str
    name: str


@dataclass(frozen=True, slots=True)
class ConsentKept:
    """A consent is kept; `session` is that of who gave it, if it is still there."""

    session: Session | None
    row: MeetingRow
    consent: Consent


async def start_recording(context: Context, session: Session, ask: StartRecording) -> Tell | None:
    """Switches AI recording on."""
    place = seat_in(session, ask.meeting)
    async with place.ongoing.recording_lock:
        await _begin(context, place.ongoing, place.person, Asker(session, ask.request))
    return None


async def begin_with_join(context: Context, ongoing: Ongoing, session: Session) -> None:
    """Switches AI recording on as the host joins; when that fails, they are in the meeting anyway and are told.

    To be called under `recording_lock`, held since they have their seat: who joins after them learns of it.
    """
    try:
        await _begin(context, ongoing, session.signed_in.id)
    except Refusal as refusal:
        reason: StopReason = "disk_full" if refusal.reason == "no_space" else "failed"
        session.tell(RecordingStopped(meeting=ongoing.id, at=context.now(), reason=reason, words=refusal.words))


async def _begin(context: Context, ongoing: Ongoing, host: str, asker: Asker | None = None) -> None:
    """Keeps the host's consent, starts the relay's recording, and tells everyone; under `recording_lock`.

    Raises:
        Refusal: not the host, already on, or no space.
    """
    recording_rules.check_may_record(ongoing.meeting, host)
    seat = meeting.seat_of(ongoing.meeting, host)
    part, now = len(ongoing.recordings) + 1, context.now()
    row = RecordingRow(
        id=ongoing.id if part == 1 else links.new_id("v"),
        meeting=ongoing.id,
        part=part,
        started_at=now,
        recap="recording",
    )
    given = Consent(row.id, host, seat.person.name, now, NOTICE_VERSION, "switched on")

    def keep(connection: Connection) -> None:
        meetings_table.add_recording(connection, row)
        meetings_table.add_consent(connection, given)

    await context.store.do(keep)
    people = {host: seat.person.name}
    try:
        folder = private_folder(context.settings.meetings_folder / row.id)
        await context.events.wait(RecordingBegins(ongoing, row, people))
        await context.relay.start_recording(ongoing.id, folder, people)
        # Time has passed: the host may have gone meanwhile, or the meeting be over.
        outcome = recording_rules.start_recording(ongoing.meeting, host, context.now())
    except Exception as error:
        await context.relay.stop_recording(ongoing.id)
        await context.events.wait(RecordingFailed(row.id))
        raise _refusal(error) from error
    ongoing.recordings.append(row)
    started = RecordingStarted(meeting=ongoing.id, at=row.started_at, by=host)
    ongoing.tell_everyone(started, asker)
    ongoing.apply(outcome)
    ongoing.tell_card()
    context.events.say(ConsentKept(ongoing.inside.get(host), ongoing.row, given))


def _refusal(error: Exception) -> Refusal:
    """Why a recording did not begin, in words."""
    if isinstance(error, Refusal):
        return error
    if isinstance(error, RelayError):
        return Refusal("no_space" if isinstance(error, NoSpace) else "failed", str(error))
    log.error("a recording could not begin", exc_info=error)
    return Refusal("failed", "AI recording could not begin because of a fault on the server.")


async def stop_recording(context: Context, session: Session, ask: StopRecording) -> Tell | None:
    """Switches AI recording off."""
    place = seat_in(session, ask.meeting)
    meeting.check_host(place.ongoing.meeting, place.person)
    await _stop(context, place.ongoing, "host", Asker(session, ask.request))
    return None


async def stopped_unasked(context: Context, ongoing: Ongoing, reason: str) -> None:
    """The relay could not go on recording."""
    try:
        await _stop(context, ongoing, "disk_full" if reason == "disk_full" else "failed")
    except Refusal:
        log.info("a recording had stopped already")


async def accept_recording(context: Context, session: Session, ask: AcceptRecording) -> Tell | None:
    """A person in the meeting agrees; they are recorded once that is stored."""
    place = seat_in(session, ask.meeting)
    if ask.notice_version != NOTICE_VERSION:
        raise Refusal("notice_needed", "Please read the current notice about the recording first.")
    outcome = recording_rules.consent(place.ongoing.meeting, place.person)
    place.ongoing.apply(outcome, Asker(session, ask.request))
    await keep_consent(context, place.ongoing, place.person, how="accepted")
    return None


async def keep_consent(context: Context, ongoing: Ongoing, person: str, *, how: str) -> None:
    """Keeps a person's consent and then records them, if it is still that recording and they are still there.

    Only who has read the present wording of the notice is asked to consent; who comes back has consented already.
    """
    row, seat = ongoing.recording, ongoing.meeting.seats.get(person)
    if row is None or seat is None:
        return
    name = seat.person.name
    given = Consent(row.id, person, name, context.now(), NOTICE_VERSION, how)

    def keep(connection: Connection) -> Consent:
        meetings_table.add_consent_once(connection, given)
        return next(known for known in meetings_table.consents_of(connection, row.id) if known.person == person)

    kept = await context.store.do(keep)
    # Also to someone who comes back: the connection may have been lost before their receipt arrived.
    context.events.say(ConsentKept(ongoing.inside.get(person), ongoing.row, kept))
    seat = ongoing.meeting.seats.get(person)
    now = ongoing.recording
    if now is not None and now.id == row.id and seat is not None and seat.person.consents:
        context.events.say(PersonRecorded(row.id, person, name))
        await context.relay.record_person(ongoing.id, person, name)


async def mark_moment(context: Context, session: Session, ask: MarkMoment) -> Tell:
    """Keeps the present moment as one that a member wants to find again."""
    place = seat_in(session, ask.meeting)
    captions_rules.check_marker(place.ongoing.meeting, place.person)
    if not place.ongoing.tries.mark.take(place.person, context.tick()):
        raise Refusal("too_much", "You marked very many moments just now. Please wait a moment.")
    place.ongoing.note_moment(place.person, "mark")
    return MomentMarked(meeting=ask.meeting, at=context.now())


async def _stop(context: Context, ongoing: Ongoing, reason: StopReason, asker: Asker | None = None) -> None:
    async with ongoing.recording_lock:
        outcome, row, now = recording_rules.stop_recording(ongoing.meeting), ongoing.recordings[-1], context.now()
        stopped = RecordingStopped(meeting=ongoing.id, at=now, reason=reason, words=_STOPPED[reason])
        ongoing.tell_everyone(stopped, asker)
        ongoing.apply(outcome)
        need_recording = context.settings.gestures_need_recording
        ongoing.apply(gestures_rules.recording_stopped(ongoing.meeting, need_recording=need_recording))
        await context.relay.stop_recording(ongoing.id)
        await context.events.wait(RecordingEnded(row.id, now))


RULES = (
    Rule(StartRecording, start_recording, needs="seat", is_heavy=True),
    Rule(StopRecording, stop_recording, needs="seat"),
    Rule(AcceptRecording, accept_recording, needs="seat"),
    Rule(MarkMoment, mark_moment, needs="seat"),
)
